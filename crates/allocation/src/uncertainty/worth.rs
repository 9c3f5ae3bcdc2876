//! What knowing more would be worth to this plan: which figure to find out next.
//!
//! Knowing every figure is worth the mean, over the draws solved again, of what the best plan of the
//! draw brings in the objective beyond this plan in the same draw. No study can be worth more.
//!
//! For one subject (a figure, a service, a provider) the plans to choose from are this plan and a
//! few others under the same limits: the best of twenty draws, evenly spaced; the best for the mean
//! of the draws; and, for the ten subjects that can change the plan most, the best were the subject
//! alone near either end of its draws. Each plan's advantage over this one is
//! expected from what the subject says, by a straight line over the draws (`regression`), and the
//! worth of knowing the subject is the best expected then less the best expected now. With few plans
//! to choose from it may be less than what all plans would give; with few draws the line is noisy,
//! and no subject is ever said to be worth more than all of them. A provider with many services is
//! also solved again for a few draws of them (`nested`), and the larger figure counts.
//!
//! All-or-nothing options stay as they were chosen. Where health is a limit and not the objective
//! (least cost), nothing is said.

use quantities::{Millions, PoundsPerQaly, Qaly};
use std::collections::BTreeMap;
use value::draws::LineDraws;
use value::information::Worth;

use super::again::Again;
use super::drawn::{Of, Subject};
use super::margin::{Margin, floor};
use super::number;
use super::regression::{Advantage, mean, worth_of};
use crate::case::Case;
use crate::certificate::reduced;
use crate::families::Built;
use crate::plan::Plan;
use crate::sentence;
use crate::solve::Solution;
use crate::warm::Warm;

/// What knowing more would be worth, in the objective's health: a year, or over the whole plan
/// where it has several years.
#[derive(Clone, Debug, PartialEq)]
pub struct Information {
    /// Of knowing every figure.
    pub all: Worth,
    /// Of knowing one figure, the most telling first; at most ten, none worth nothing.
    pub figures: Vec<Finding>,
    /// Of knowing every figure of one service.
    pub services: Vec<Finding>,
    /// Of knowing every figure of one provider's services.
    pub providers: Vec<Finding>,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The health of a service's outcomes.
    Outcome,
    /// How health follows its last pounds.
    Elasticity,
    /// Its true cost.
    Cost,
    /// The benefit of an option.
    Proposal,
    /// The change in health of work that moves.
    Move,
    /// All of a service.
    Service,
    /// All of a provider's services.
    Provider,
}

impl Kind {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Elasticity => "elasticity",
            Self::Cost => "cost",
            Self::Proposal => "option",
            Self::Move => "move",
            Self::Service => "service",
            Self::Provider => "provider",
        }
    }
}

/// What knowing one subject is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The service, option, move or provider.
    pub subject: String,
    /// What of it.
    pub kind: Kind,
    /// The provider whose figure it is; nothing for options.
    pub provider: Option<String>,
    /// Of knowing it.
    pub worth: Worth,
    /// The same as a sentence.
    pub sentence: String,
}

/// How many findings are listed, and how many subjects have plans sought for them.
const MOST: usize = 10;

/// How many draws are solved again for each provider.
const AGAIN: usize = 20;

/// How far from either end, in percent of the draws, a subject is taken for the plans sought for it.
const ENDS: [usize; 2] = [2, 15];

/// Less of a difference than flooring to pence may make, £m.
const PENNIES: f64 = 2e-8;

/// What the draws solved again say of the worth of knowing more; nothing where there is none.
pub fn of(
    case: &Case,
    built: &Built,
    solution: &Solution,
    subjects: &[Subject<'_>],
    again: &Again,
) -> Option<Information> {
    let proven: Vec<usize> = again.regrets.iter().map(|(draw, _)| *draw).collect();
    let regrets: Vec<f64> = again.regrets.iter().map(|(_, regret)| *regret).collect();
    if proven.is_empty() {
        return None;
    }
    let ground = Ground { case, built, subjects, proven: &proven, floor: floor(built) };
    let all = mean(&regrets);
    let all = if all > ground.floor { all } else { 0.0 };
    let mut information = Information {
        all: worth(all, case.values.threshold),
        figures: Vec::new(),
        services: Vec::new(),
        providers: Vec::new(),
    };
    if all > 0.0 {
        let plans = ground.plans(solution, again);
        ground.find(&plans, all, &mut information);
    }
    Some(information)
}

fn worth(qaly: f64, threshold: PoundsPerQaly) -> Worth {
    Worth { qaly: Qaly::new(qaly), money: Millions::new(qaly * threshold.get() / 1e6) }
}

struct Ground<'a> {
    case: &'a Case,
    built: &'a Built,
    subjects: &'a [Subject<'a>],
    proven: &'a [usize],
    floor: f64,
}

/// Plans to choose from, each as its difference from this plan, column by column.
struct Plans {
    known: Vec<Plan>,
    own: Vec<f64>,
    apart: Vec<Vec<f64>>,
    /// By provider: what knowing all of it is worth by solving again.
    nested: BTreeMap<String, f64>,
}

impl Plans {
    /// Adds the plan of a solver's point, floored like this one, its pieces filled in order.
    fn add(&mut self, ground: &Ground<'_>, values: &[f64]) {
        let Some(plan) = Plan::floored(ground.case, ground.built, values) else { return };
        if self.known.contains(&plan) {
            return;
        }
        let point = plan.point(ground.case, ground.built);
        self.apart.push(point.iter().zip(&self.own).map(|(other, own)| other - own).collect());
        self.known.push(plan);
    }
}

impl Ground<'_> {
    fn plans(&self, solution: &Solution, again: &Again) -> Plans {
        let own = solution.plan.point(self.case, self.built);
        let known = vec![solution.plan.clone()];
        let mut plans = Plans { known, own, apart: Vec::new(), nested: BTreeMap::new() };
        for (_, values) in &again.kept {
            plans.add(self, values);
        }
        let Some(mut warm) = Warm::new(self.case, self.built, solution.basis.as_ref()) else {
            return plans;
        };
        warm.model.constant = 0.0;
        let (mean, bounds) = self.bounds(solution, &plans.own);
        warm.set_gains(&mean);
        if let Some(point) = warm.best() {
            plans.add(self, &point.values);
        }
        plans.nested = self.nested(&mut warm, &mean, &plans.own, &bounds);
        let mut telling = bounds;
        telling.retain(|(bound, _)| *bound > self.floor);
        telling.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut unit = Vec::new();
        for (_, subject) in telling.into_iter().take(MOST) {
            for draw in self.ends(subject) {
                warm.set_gains(&mean);
                self.as_in(&mut warm, subject, draw, &mut unit);
                if let Some(point) = warm.best() {
                    plans.add(self, &point.values);
                }
            }
        }
        plans
    }

    /// Gives a subject's columns the gains of one draw.
    fn as_in(&self, warm: &mut Warm, subject: &Subject<'_>, draw: usize, unit: &mut Vec<f64>) {
        subject.unit(draw, unit);
        let amount = subject.amount(draw);
        for (at, unit) in subject.columns.iter().zip(unit.iter()) {
            let fixed = self.built.fixed_gains.get(*at).copied().unwrap_or(0.0);
            if let Some(column) = warm.model.columns.get_mut(*at) {
                column.gain = fixed + amount * unit;
            }
        }
    }

    /// What knowing all of a provider's services is worth by solving again, for the ten providers
    /// with the largest bounds: too many plans would be needed to choose from where it has many
    /// services. It is the mean, over a few draws evenly spaced, of what the best plan brings beyond
    /// this one with the provider's services as in the draw and everything else at its mean, less
    /// what it brings with all at their means.
    fn nested(
        &self,
        warm: &mut Warm,
        mean: &[f64],
        own: &[f64],
        bounds: &[(f64, &Subject<'_>)],
    ) -> BTreeMap<String, f64> {
        let beyond = |warm: &mut Warm| -> Option<f64> {
            let best = warm.best()?;
            let columns = warm.model.columns.iter().zip(&best.values).zip(own);
            Some(columns.map(|((column, best), own)| column.gain * (best - own)).sum())
        };
        let mut found = BTreeMap::new();
        warm.set_gains(mean);
        let Some(now) = beyond(warm) else { return found };
        let mut providers: BTreeMap<&str, (f64, Vec<&Subject<'_>>)> = BTreeMap::new();
        for (bound, subject) in bounds {
            let Of::Line(at) = subject.of else { continue };
            let Some(line) = self.case.lines.get(at) else { continue };
            let slot = providers.entry(line.key.provider().as_str()).or_default();
            slot.0 += bound;
            slot.1.push(subject);
        }
        let mut providers: Vec<_> = providers.into_iter().collect();
        providers.retain(|(_, (bound, lines))| *bound > self.floor && lines.len() > 1);
        providers.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0));
        let every = self.proven.len().div_ceil(AGAIN).max(1);
        let mut unit = Vec::new();
        for (code, (_, lines)) in providers.into_iter().take(MOST) {
            let mut known = Vec::new();
            for draw in self.proven.iter().step_by(every) {
                warm.set_gains(mean);
                for line in &lines {
                    self.as_in(warm, line, *draw, &mut unit);
                }
                known.extend(beyond(warm));
            }
            found.insert(code.to_owned(), super::regression::mean(&known) - now);
        }
        found
    }

    /// The mean of the draws' gains, and of each subject the mean of a bound on what it, known alone,
    /// could make the best plan bring beyond this one.
    fn bounds(&self, solution: &Solution, own: &[f64]) -> (Vec<f64>, Vec<(f64, &Subject<'_>)>) {
        let reduced = reduced(&self.built.model, &solution.prices);
        let mut mean = self.built.fixed_gains.clone();
        let mut bounds: Vec<(f64, &Subject<'_>)> = Vec::new();
        let (mut unit, draws) = (Vec::new(), number(self.proven.len()));
        for subject in self.subjects {
            let margin = Margin::of(self.built, &reduced, own, &subject.columns);
            let mut sums = vec![0.0; subject.columns.len()];
            let mut bound = 0.0;
            for draw in self.proven {
                subject.unit(*draw, &mut unit);
                let amount = subject.amount(*draw);
                bound += margin.forgone(unit.iter().map(|unit| amount * unit));
                for (sum, unit) in sums.iter_mut().zip(&unit) {
                    *sum += amount * unit;
                }
            }
            for (at, sum) in subject.columns.iter().zip(sums) {
                if let Some(slot) = mean.get_mut(*at) {
                    *slot += sum / draws;
                }
            }
            bounds.push((bound / draws, subject));
        }
        (mean, bounds)
    }

    /// The draws that stand at four percentiles of what a subject's last pound is worth: what rarely
    /// happens may matter most.
    fn ends(&self, subject: &Subject<'_>) -> Vec<usize> {
        let last = |draw: usize| subject.amount(draw) * subject.elasticity(draw);
        let mut order: Vec<(f64, usize)> =
            self.proven.iter().map(|draw| (last(*draw), *draw)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let part = |percent: usize| (order.len() * percent).div_euclid(100);
        let low = ENDS.iter().filter_map(|percent| order.get(part(*percent)));
        let high = ENDS.iter().filter_map(|percent| order.iter().rev().nth(part(*percent)));
        low.chain(high).map(|(_, draw)| *draw).collect()
    }

    /// By plan in which the subject differs from this one: what a unit of its health adds to the
    /// plan's advantage, draw by draw.
    fn shapes(&self, subject: &Subject<'_>, plans: &Plans) -> Vec<(usize, Vec<f64>)> {
        let of = |apart: &Vec<f64>| -> Vec<f64> {
            let columns = subject.columns.iter();
            columns.map(|at| apart.get(*at).copied().unwrap_or(0.0)).collect()
        };
        let differs = |parts: &[f64]| parts.iter().any(|part| part.abs() > PENNIES);
        let apart: Vec<(usize, Vec<f64>)> =
            plans.apart.iter().map(of).enumerate().filter(|(_, parts)| differs(parts)).collect();
        let mut shapes: Vec<(usize, Vec<f64>)> =
            apart.iter().map(|(at, _)| (*at, Vec::with_capacity(self.proven.len()))).collect();
        if apart.is_empty() {
            return shapes;
        }
        let mut unit = Vec::new();
        for draw in self.proven {
            subject.unit(*draw, &mut unit);
            for ((_, shape), (_, parts)) in shapes.iter_mut().zip(&apart) {
                shape.push(parts.iter().zip(&unit).map(|(part, unit)| part * unit).sum());
            }
        }
        shapes
    }

    /// Health by draw.
    fn amounts(&self, subject: &Subject<'_>) -> Vec<f64> {
        self.proven.iter().map(|draw| subject.amount(*draw)).collect()
    }

    fn advantages(&self, plans: &Plans) -> Vec<Advantage> {
        let fixed = |apart: &Vec<f64>| {
            let sure: f64 =
                apart.iter().zip(&self.built.fixed_gains).map(|(apart, gain)| apart * gain).sum();
            vec![sure; self.proven.len()]
        };
        let mut by_draw: Vec<Vec<f64>> = plans.apart.iter().map(fixed).collect();
        for subject in self.subjects {
            let amounts = self.amounts(subject);
            for (at, shape) in self.shapes(subject, plans) {
                let Some(sums) = by_draw.get_mut(at) else { continue };
                for ((sum, shape), amount) in sums.iter_mut().zip(shape).zip(&amounts) {
                    *sum += shape * amount;
                }
            }
        }
        by_draw.into_iter().map(Advantage::of).collect()
    }

    fn find(&self, plans: &Plans, all: f64, information: &mut Information) {
        let advantages = self.advantages(plans);
        let mut of_provider = Parts::default();
        let add = |list: &mut Vec<Finding>, what: What<'_>, parts: &Parts| {
            // The whole is never worth less than a part, but for the noise of the straight lines.
            let again = plans.nested.get(what.1).filter(|_| what.0 == Kind::Provider);
            let qaly = parts.worth(&advantages).max(again.copied().unwrap_or(0.0)).min(all);
            if qaly > self.floor {
                list.push(self.finding(what, qaly));
            }
        };
        let Information { figures, services, providers, .. } = information;
        let mut provider = None;
        for subject in self.subjects {
            let shapes = self.shapes(subject, plans);
            let own = Parts::of(&shapes, &self.amounts(subject));
            let Some((what, drawn)) = self.what(subject) else { continue };
            let (Some(code), Some(drawn)) = (what.2, drawn) else {
                add(figures, what, &own);
                continue;
            };
            // Lines are in the order of their keys: those of one provider stand together.
            if let Some(before) = provider.replace(code).filter(|before| *before != code) {
                add(providers, (Kind::Provider, before, Some(before)), &of_provider);
                of_provider = Parts::default();
            }
            of_provider.add(&own);
            add(services, what, &own);
            let at = |list: &[f64], draw: &usize| list.get(*draw).copied().unwrap_or(1.0);
            let draws = || self.proven.iter();
            let health: Vec<f64> = draws().map(|draw| at(&drawn.health, draw).max(0.0)).collect();
            let cheap: Vec<f64> = draws().map(|draw| at(&drawn.cost, draw).recip()).collect();
            let of = |kind| (kind, what.1, what.2);
            add(figures, of(Kind::Outcome), &Parts::same(&shapes, &health));
            add(figures, of(Kind::Cost), &Parts::same(&shapes, &cheap));
            add(figures, of(Kind::Elasticity), &Parts { by_plan: shapes });
        }
        if let Some(last) = provider {
            add(providers, (Kind::Provider, last, Some(last)), &of_provider);
        }
        for list in [figures, services, providers] {
            list.sort_by(|a, b| {
                let by_worth = b.worth.qaly.get().total_cmp(&a.worth.qaly.get());
                by_worth.then_with(|| (&a.subject, a.kind).cmp(&(&b.subject, b.kind)))
            });
            list.truncate(MOST);
        }
    }

    /// What a subject is, and the draws of its figures where it is a line.
    fn what<'s>(&'s self, subject: &'s Subject<'_>) -> Option<(What<'s>, Option<&'s LineDraws>)> {
        Some(match subject.of {
            Of::Line(at) => {
                let key = &self.case.lines.get(at)?.key;
                let what = (Kind::Service, key.as_str(), Some(key.provider().as_str()));
                (what, Some(subject.line()?))
            }
            Of::Move(at) => {
                let one = self.case.moves.get(at)?;
                let giver = self.case.lines.get(one.from)?.key.provider();
                ((Kind::Move, &one.key, Some(giver.as_str())), None)
            }
            Of::Proposal(at) => ((Kind::Proposal, &self.case.proposals.get(at)?.id, None), None),
        })
    }

    fn finding(&self, (kind, subject, provider): What<'_>, qaly: f64) -> Finding {
        let worth = worth(qaly, self.case.values.threshold);
        let what = match kind {
            Kind::Outcome => format!("the outcome of {subject}"),
            Kind::Elasticity => {
                format!("how health follows the last pounds of {subject} (elasticity)")
            }
            Kind::Cost => format!("the cost of {subject}"),
            Kind::Proposal => format!("the benefit of the option {subject}"),
            Kind::Move => format!("what patients gain by the move {subject}"),
            Kind::Service => format!("every figure of {subject}"),
            Kind::Provider => format!("every figure of {subject}'s services"),
        };
        let sentence = format!(
            "Finding out {what} for certain is worth at most {} ({} at the threshold).",
            sentence::gain(self.case, qaly),
            sentence::money(worth.money.get())
        );
        let (subject, provider) = (subject.to_owned(), provider.map(str::to_owned));
        Finding { subject, kind, provider, worth, sentence }
    }
}

/// Kind, subject and provider.
type What<'a> = (Kind, &'a str, Option<&'a str>);

/// A subject's own part of each plan's advantage, for the plans in which it differs.
#[derive(Default)]
struct Parts {
    by_plan: Vec<(usize, Vec<f64>)>,
}

impl Parts {
    /// Shape times amount, draw by draw.
    fn of(shapes: &[(usize, Vec<f64>)], amounts: &[f64]) -> Self {
        let one = |(at, shape): &(usize, Vec<f64>)| {
            (*at, shape.iter().zip(amounts).map(|(shape, amount)| shape * amount).collect())
        };
        Self { by_plan: shapes.iter().map(one).collect() }
    }

    /// One figure that every plan's part is a straight line over.
    fn same(shapes: &[(usize, Vec<f64>)], figure: &[f64]) -> Self {
        Self { by_plan: shapes.iter().map(|(at, _)| (*at, figure.to_vec())).collect() }
    }

    fn add(&mut self, other: &Self) {
        for (at, part) in &other.by_plan {
            match self.by_plan.iter_mut().find(|(known, _)| known == at) {
                Some((_, sums)) => {
                    for (sum, part) in sums.iter_mut().zip(part) {
                        *sum += part;
                    }
                }
                None => self.by_plan.push((*at, part.clone())),
            }
        }
    }

    fn worth(&self, advantages: &[Advantage]) -> f64 {
        let parts: Vec<(usize, &[f64])> =
            self.by_plan.iter().map(|(at, part)| (*at, part.as_slice())).collect();
        worth_of(advantages, &parts)
    }
}
