//! Seeded draws of the uncertain figures, the same for every plan compared.
//!
//! Each figure has a stream of its own, named by what it is, so that its draws do not depend on
//! which other services the book has. Figures of one source move together:
//! z = √r · z_source + √(1 − r) · z_own.
//!
//! Draws are made anew whenever a line's are asked for, which costs less than keeping them: those
//! of 2,000 lines would fill half a gigabyte.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::distributions::{Beta, DeviateTable, Gamma, LogNormal, TruncatedNormal};
use crate::outcome::ValuedOutcome;
use crate::parameters::{YearParameters, by_grade};
use crate::qaly::Annuities;
use crate::table::ServiceValue;
use quantities::Share;

/// The draws of every line of a value table, each made when it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    draws: usize,
    seed: u64,
    /// √r and √(1 − r).
    mix: (f64, f64),
    lines: Vec<Option<Line>>,
    /// Deviates of sources that many lines share.
    sources: BTreeMap<String, Vec<f64>>,
}

/// How the figures of an assessable line are drawn.
#[derive(Clone, Debug)]
struct Line {
    key: String,
    cohorts: Vec<Cohort>,
    elasticity: TruncatedNormal,
    elasticity_source: String,
    cost: Option<Gamma>,
}

#[derive(Clone, Debug)]
struct Cohort {
    name: String,
    people: f64,
    per_patient: f64,
    se: f64,
    mapping: Option<String>,
    lasting: Option<Lasting>,
    net: Option<Net>,
}

/// A duration, and the years it is worth as a multiple of those of its central figure.
#[derive(Clone, Debug)]
struct Lasting {
    years: LogNormal,
    annuities: Annuities,
    central: f64,
}

/// A counterfactual, and what is net of it as a multiple of that of its central figure.
#[derive(Clone, Debug)]
struct Net {
    part: Arc<DeviateTable>,
    central: f64,
}

/// Tables of the counterfactuals met so far, by the bits of their moments: lines share them.
type Known = BTreeMap<(u64, u64), Option<Arc<DeviateTable>>>;

/// One line's draws.
#[derive(Clone, Debug, Default)]
pub struct LineDraws {
    /// Health of the line's accepted outcomes at today's spend, QALY. May be nought or less.
    pub health: Vec<f64>,
    /// Elasticity.
    pub elasticity: Vec<f64>,
    /// True cost over reported cost.
    pub cost: Vec<f64>,
    own: Vec<f64>,
    source: Vec<f64>,
}

/// One cohort's draws, figure by figure. Health is their product.
#[derive(Clone, Debug)]
pub struct CohortDraws {
    /// The cohort.
    pub name: String,
    /// Health at the central duration and counterfactual, QALY.
    pub gain: Vec<f64>,
    /// The mapping behind the gain, and the health expected from what the mapping alone tells.
    pub mapping: Option<(String, Vec<f64>)>,
    /// Health over health at the central duration; nothing where the duration is sure.
    pub lasting: Option<Vec<f64>>,
    /// Health over health at the central counterfactual; nothing where it is sure.
    pub net: Option<Vec<f64>>,
}

/// A source that many lines may share is drawn once from this many lines on.
const KEPT_FROM: usize = 8;

impl Draws {
    /// Draws for every service of a value table.
    #[must_use]
    pub fn of(
        services: &[ServiceValue],
        parameters: &YearParameters,
        draws: usize,
        seed: u64,
    ) -> Self {
        let r = parameters.source_correlation.clamp(0.0, 1.0);
        let mix = (r.sqrt(), (1.0 - r).sqrt());
        let mut known = Known::new();
        let lines: Vec<Option<Line>> =
            services.iter().map(|service| Line::of(service, parameters, &mut known)).collect();
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        for line in lines.iter().flatten() {
            let mappings = line.cohorts.iter().filter_map(|cohort| cohort.mapping.as_deref());
            for source in mappings.chain([line.elasticity_source.as_str()]) {
                *uses.entry(source).or_default() += 1;
            }
        }
        let sources = uses
            .into_iter()
            .filter(|(_, lines)| *lines >= KEPT_FROM)
            .map(|(name, _)| (name.to_owned(), normals(seed, name).take(draws).collect()))
            .collect();
        Self { draws, seed, mix, lines, sources }
    }

    /// How many draws there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.draws
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.draws == 0
    }

    /// The draws of a line, by its place in the value table; nothing where it is not assessable.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<LineDraws> {
        let mut made = LineDraws::default();
        self.fill(at, &mut made).then_some(made)
    }

    /// Puts the draws of a line in place of others; whether it is assessable.
    pub fn fill(&self, at: usize, out: &mut LineDraws) -> bool {
        let Some(line) = self.lines.get(at).and_then(Option::as_ref) else { return false };
        let LineDraws { health, elasticity, cost, own, source } = out;
        health.clear();
        for cohort in &line.cohorts {
            self.health(line, cohort, health, own, source);
        }
        if line.cohorts.is_empty() {
            health.resize(self.draws, 0.0);
        }
        self.elasticity(line, elasticity, own, source);
        self.cost(line, cost);
        true
    }

    /// Adds a cohort's health to that of the cohorts before it.
    fn health(
        &self,
        line: &Line,
        cohort: &Cohort,
        health: &mut Vec<f64>,
        own: &mut Vec<f64>,
        source: &mut Vec<f64>,
    ) {
        self.deviates(&cohort.stream("gain", line), cohort.mapping.as_deref(), own, source);
        let gain = |z: f64| cohort.people * (cohort.per_patient + cohort.se * z);
        own.iter_mut().for_each(|z| *z = gain(*z));
        if let Some(lasting) = &cohort.lasting {
            self.multiply(own, &cohort.stream("duration", line), |z| lasting.over_central(z));
        }
        if let Some(net) = &cohort.net {
            self.multiply(own, &cohort.stream("counterfactual", line), |z| net.over_central(z));
        }
        if health.is_empty() {
            health.extend_from_slice(own);
        } else {
            health.iter_mut().zip(own.iter()).for_each(|(health, more)| *health += more);
        }
    }

    fn multiply(&self, draws: &mut [f64], stream: &str, factor: impl Fn(f64) -> f64) {
        for (draw, z) in draws.iter_mut().zip(normals(self.seed, stream)) {
            *draw *= factor(z);
        }
    }

    fn elasticity(
        &self,
        line: &Line,
        elasticity: &mut Vec<f64>,
        own: &mut Vec<f64>,
        source: &mut Vec<f64>,
    ) {
        let stream = format!("elasticity {}", line.key);
        self.deviates(&stream, Some(&line.elasticity_source), own, source);
        let table = line.elasticity_table();
        elasticity.clear();
        elasticity.extend(own.iter().map(|z| table.at(*z)));
    }

    fn cost(&self, line: &Line, cost: &mut Vec<f64>) {
        cost.resize(self.draws, 1.0);
        let stream = || stream(self.seed, &format!("cost {}", line.key));
        match line.cost.as_ref().and_then(|gamma| gamma.sample_iter(stream())) {
            Some(drawn) => cost.iter_mut().zip(drawn).for_each(|(cost, drawn)| *cost = drawn),
            None => cost.fill(1.0),
        }
    }

    /// Normal deviates of a figure, moved by those of its source.
    fn deviates(
        &self,
        stream: &str,
        source: Option<&str>,
        own: &mut Vec<f64>,
        scratch: &mut Vec<f64>,
    ) {
        self.normals(stream, own);
        let Some(source) = source else { return };
        let (shared, rest) = self.mix;
        let deviates = self.source(source, scratch);
        for (own, source) in own.iter_mut().zip(deviates) {
            *own = shared * source + rest * *own;
        }
    }

    fn source<'a>(&'a self, name: &str, scratch: &'a mut Vec<f64>) -> &'a [f64] {
        if let Some(kept) = self.sources.get(name) {
            return kept;
        }
        self.normals(name, scratch);
        scratch
    }

    fn normals(&self, stream: &str, out: &mut Vec<f64>) {
        out.resize(self.draws, 0.0);
        out.iter_mut().zip(normals(self.seed, stream)).for_each(|(out, z)| *out = z);
    }

    /// The draws of a line's cohorts, figure by figure.
    #[must_use]
    pub fn cohorts(&self, at: usize) -> Vec<CohortDraws> {
        let Some(line) = self.lines.get(at).and_then(Option::as_ref) else { return Vec::new() };
        line.cohorts.iter().map(|cohort| self.cohort(line, cohort)).collect()
    }

    fn cohort(&self, line: &Line, cohort: &Cohort) -> CohortDraws {
        let (mut gain, mut scratch) = (Vec::new(), Vec::new());
        let mapping = cohort.mapping.as_deref();
        self.deviates(&cohort.stream("gain", line), mapping, &mut gain, &mut scratch);
        let health = |z: f64| cohort.people * (cohort.per_patient + cohort.se * z);
        gain.iter_mut().for_each(|z| *z = health(*z));
        let told = mapping.map(|name| {
            let source = self.source(name, &mut scratch);
            (name.to_owned(), source.iter().map(|z| health(self.mix.0 * z)).collect())
        });
        let factors = |what: &str, factor: &dyn Fn(f64) -> f64| {
            let stream = cohort.stream(what, line);
            normals(self.seed, &stream).take(self.draws).map(factor).collect()
        };
        CohortDraws {
            name: cohort.name.clone(),
            gain,
            mapping: told,
            lasting: cohort
                .lasting
                .as_ref()
                .map(|lasting| factors("duration", &|z| lasting.over_central(z))),
            net: cohort.net.as_ref().map(|net| factors("counterfactual", &|z| net.over_central(z))),
        }
    }

    /// Where a line's elasticity comes from, and by draw the elasticity expected from what that
    /// source alone tells.
    #[must_use]
    pub fn elasticity_of_source(&self, at: usize) -> Option<(&str, Vec<f64>)> {
        let line = self.lines.get(at)?.as_ref()?;
        let (shared, rest) = self.mix;
        // The mean over the line's own deviates, taken at the middles of equal parts of them.
        const PARTS: u32 = 64;
        let normal = statrs::distribution::Normal::new(0.0, 1.0).ok()?;
        let middles: Vec<f64> = (0..PARTS)
            .map(|part| (f64::from(part) + 0.5) / f64::from(PARTS))
            .map(|p| statrs::distribution::ContinuousCDF::inverse_cdf(&normal, p))
            .collect();
        let table = line.elasticity_table();
        let expected = DeviateTable::of(|z| {
            let at = |own: &f64| table.at(shared * z + rest * own);
            middles.iter().map(at).sum::<f64>() / f64::from(PARTS)
        });
        let mut scratch = Vec::new();
        let source = self.source(&line.elasticity_source, &mut scratch);
        let drawn = source.iter().map(|z| expected.at(*z)).collect();
        Some((line.elasticity_source.strip_prefix(ELASTICITY_SOURCE)?, drawn))
    }
}

const ELASTICITY_SOURCE: &str = "elasticity source ";

impl Line {
    fn of(service: &ServiceValue, parameters: &YearParameters, known: &mut Known) -> Option<Self> {
        let elasticity = service.elasticity.as_ref()?;
        let (low, high) = parameters.elasticity_range;
        let truncated = TruncatedNormal { mean: elasticity.mean, se: elasticity.se, low, high };
        let cv = service.cost_cv;
        let cohort = |outcome| Cohort::of(outcome, service, parameters, known);
        Some(Self {
            key: service.key.as_str().to_owned(),
            cohorts: service.outcomes.valued.iter().map(cohort).collect(),
            elasticity: truncated,
            elasticity_source: format!("{ELASTICITY_SOURCE}{}", elasticity.source),
            cost: Gamma::of_moments(1.0, cv).filter(|_| cv > 1e-6),
        })
    }
}

impl Line {
    fn elasticity_table(&self) -> DeviateTable {
        DeviateTable::of(|z| self.elasticity.at_deviate(z))
    }
}

impl Cohort {
    fn of(
        outcome: &ValuedOutcome,
        service: &ServiceValue,
        parameters: &YearParameters,
        known: &mut Known,
    ) -> Self {
        let lasting = outcome.duration_years.and_then(|years| {
            let cv = by_grade(&parameters.duration_cv, outcome.grade);
            Lasting::of(years, cv, outcome.decay_per_year, parameters.discount_rate)
        });
        let net = outcome.counterfactual.and_then(|part| {
            Net::of(part, by_grade(&parameters.counterfactual_se, outcome.grade), known)
        });
        Self {
            name: outcome.cohort.clone(),
            people: outcome.patients * service.pathway_share.get(),
            per_patient: outcome.per_patient.get(),
            se: outcome.per_patient_se.get(),
            mapping: outcome.mapping.as_ref().map(|mapping| format!("mapping {mapping}")),
            lasting,
            net,
        }
    }

    fn stream(&self, what: &str, line: &Line) -> String {
        format!("{what} {} {}", line.key, self.name)
    }
}

impl Lasting {
    fn of(years: f64, cv: f64, decay: f64, discount_rate: f64) -> Option<Self> {
        let annuities = Annuities::new(discount_rate, decay);
        let central = annuities.at(years);
        let years = LogNormal::of_moments(years, years * cv)?;
        (cv > 0.0 && central > 0.0).then_some(Self { years, annuities, central })
    }

    fn over_central(&self, z: f64) -> f64 {
        self.annuities.at(self.years.at_deviate(z)) / self.central
    }
}

impl Net {
    /// Nothing where the part is none or all, or sure.
    fn of(part: Share, se: f64, known: &mut Known) -> Option<Self> {
        let mean = part.get();
        // No share is wider spread than evenly over everything it may be, but for a part that is
        // next to none or all.
        let se = se.min((mean * (1.0 - mean) / 3.0).sqrt());
        let table = known.entry((mean.to_bits(), se.to_bits())).or_insert_with(|| {
            let beta = Beta::of_moments(mean, se)?;
            Some(Arc::new(DeviateTable::of(|z| beta.at_deviate(z).unwrap_or(mean))))
        });
        Some(Self { part: table.clone()?, central: part.rest().get() })
    }

    fn over_central(&self, z: f64) -> f64 {
        (1.0 - self.part.at(z)) / self.central
    }
}

fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

/// Standard normal deviates of one stream, named by what is drawn.
pub fn normals(seed: u64, name: &str) -> impl Iterator<Item = f64> {
    StandardNormal.sample_iter(stream(seed, name))
}

/// The p-quantile of numbers in rising order, with straight lines between them.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = p.clamp(0.0, 1.0) * f64::from(u32::try_from(last).ok()?);
    let below = at.floor();
    #[expect(clippy::as_conversions, reason = "a whole number between 0 and len − 1")]
    let index = below as usize;
    let low = sorted.get(index)?;
    let high = sorted.get(index + 1).unwrap_or(low);
    Some(if low == high { *low } else { low + (at - below) * (high - low) })
}
