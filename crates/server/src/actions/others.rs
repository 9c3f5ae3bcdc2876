//! What the providers of a Board see of each other.

use api::result::{AssumptionJson, MovedJson, RunJson, ServiceJson};
use api::value::ValueJson;
use quantities::ProviderCode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use store::{Agreement, SubmissionId};
use tenancy::{Permitted, Scope, demand};

use super::{agreement, editions};
use crate::engine::{self, SeenLine};
use crate::problem::Problem;
use crate::state::AppState;

/// Lines by the hashes of the book and of the parameters that they are made from.
type Lines = BTreeMap<(String, String), Arc<Vec<SeenLine>>>;

/// Lines of editions, which never change their meaning.
static LINES: LazyLock<Mutex<Lines>> = LazyLock::new(Mutex::default);

/// More editions than this are forgotten together.
const MOST_EDITIONS: usize = 100;

/// What others see, and under which agreement.
#[derive(Clone, Debug, PartialEq)]
pub struct Others {
    /// The agreement that stands; without one in force a provider sees no lines.
    pub agreement: Option<Agreement>,
    /// The lines.
    pub lines: Vec<SeenLine>,
}

/// What other providers would see of a submission's owner, were it published now: exactly what
/// [`of_edition`] serves them afterwards, while an agreement is in force.
///
/// # Errors
/// When there is none that this person may see, it was not accepted, or the tables signed off so
/// far make no book.
pub fn of_submission(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
) -> Result<Others, Problem> {
    let (submission, parts) = state.store.tables_if_published(who, id)?;
    let mut lines =
        engine::seen_if_published(&state.catalogue, &parts).map_err(|error| match error {
            engine::EngineError::Refused(why) => Problem::conflict(format!(
                "what others will see can be shown once the tables signed off make a book: {why}"
            )),
            other => other.into(),
        })?;
    // Those of the Board's own tables may be anyone's.
    lines.retain(|line| submission.owner.as_ref().is_none_or(|owner| line.provider == *owner));
    Ok(Others { agreement: agreement::stands(state, &reader(who)?)?, lines })
}

/// What others share of an edition: to a provider the lines of all others, while an agreement is
/// in force; to the Board every line as the others see it.
///
/// # Errors
/// When there is no such edition, or it is not valued.
pub fn of_edition(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    number: u64,
) -> Result<Others, Problem> {
    let reads = reader(who)?;
    let all = shared(state, &reads, number)?;
    let agreement = agreement::stands(state, &reads)?;
    let in_force = agreement.as_ref().is_some_and(|agreement| agreement.in_force);
    let lines = match who.provider() {
        None => all.to_vec(),
        Some(own) if in_force => all.iter().filter(|line| line.provider != *own).cloned().collect(),
        Some(_) => Vec::new(),
    };
    Ok(Others { agreement, lines })
}

/// Everyone who sees submissions reads the book.
fn reader(who: &Scope) -> Result<Permitted<demand::ReadBook>, Problem> {
    Ok(who.clone().permit()?)
}

/// Every line of an edition as others see it.
fn shared(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    number: u64,
) -> Result<Arc<Vec<SeenLine>>, Problem> {
    let edition = state.store.edition(who, number)?;
    let value = editions::whole_value(state, who, Some(number))?;
    let key = (edition.book_sha256.unwrap_or_default(), edition.parameters_sha256);
    if let Some(lines) = LINES.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(lines));
    }
    let parts = state.store.edition_tables(&**who, number)?;
    let lines = Arc::new(engine::seen(&state.catalogue, &parts, &value)?);
    let mut known = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_EDITIONS {
        known.clear();
    }
    known.insert(key, Arc::clone(&lines));
    Ok(lines)
}

/// The part of an edition's lines that somebody of a provider sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    own: ProviderCode,
    named: BTreeSet<ProviderCode>,
}

impl Sight {
    /// What this person sees of an edition; nothing for people of the Board, who see it whole.
    ///
    /// # Errors
    /// When there is no such edition, or it is not valued.
    pub fn of(
        state: &AppState,
        who: &Permitted<demand::ReadBook>,
        number: u64,
    ) -> Result<Option<Self>, Problem> {
        let Some(own) = who.provider().cloned() else { return Ok(None) };
        let agreement = agreement::stands(state, who)?;
        let mut named = BTreeSet::new();
        if agreement.is_some_and(|agreement| agreement.in_force) {
            let lines = shared(state, who, number)?;
            let of_named = lines.iter().filter(|line| line.named);
            named.extend(of_named.map(|line| line.provider.clone()));
        }
        Ok(Some(Self { own, named }))
    }

    /// Whether the lines of a provider are named to this person.
    #[must_use]
    pub fn names(&self, provider: &ProviderCode) -> bool {
        *provider == self.own || self.named.contains(provider)
    }

    fn sees(&self, provider: &str) -> bool {
        provider.parse().is_ok_and(|code| self.names(&code))
    }

    /// A value table without what this person does not see: of others only what they share.
    #[must_use]
    pub fn of_value(&self, mut value: ValueJson) -> ValueJson {
        let all = value.services.len();
        value.services.retain(|line| self.sees(&line.provider));
        if value.services.len() < all {
            value.notes.push(LEFT_OUT.to_owned());
        }
        for line in value.services.iter_mut().filter(|line| line.provider != self.own.as_str()) {
            line.keep_shared();
        }
        value
    }

    /// A result without the lines that this person does not see. Its own hash is that of the whole
    /// result, which only the Board can verify.
    #[must_use]
    pub fn of_run(&self, mut run: RunJson) -> RunJson {
        let groups = run.providers.iter().map(|group| group.id.as_str());
        let hidden: BTreeSet<String> = groups
            .chain(run.services.iter().map(|line| line.provider.as_str()))
            .filter(|code| !self.sees(code))
            .map(str::to_owned)
            .collect();
        if hidden.is_empty() {
            return run;
        }
        let shown = |key: &str| !key.split('/').any(|part| hidden.contains(part));
        // A sentence may name a limit of a provider that is hidden.
        let of_word = |c: char| !c.is_ascii_alphanumeric();
        let said = |text: &str| !text.split(of_word).any(|word| hidden.contains(word));
        let services = |lines: &mut Vec<ServiceJson>| {
            lines.retain(|line| shown(&line.provider));
            for line in lines {
                line.why_not = line.why_not.take().filter(|why| said(why));
                line.stopped_by.retain(|key| shown(key));
            }
        };
        let moves = |moves: &mut Vec<MovedJson>| {
            moves.retain(|moved| shown(&moved.from) && shown(&moved.to));
        };
        services(&mut run.services);
        moves(&mut run.moves);
        for year in &mut run.years {
            services(&mut year.services);
            moves(&mut year.moves);
            year.providers.retain(|group| shown(&group.id));
        }
        for other in run.alternatives.iter_mut().flatten() {
            other.services.retain(|line| shown(&line.service));
        }
        if let Some(drawn) = &mut run.uncertainty {
            let lists = [
                &mut drawn.worth_finding_out,
                &mut drawn.worth_finding_out_by_service,
                &mut drawn.worth_finding_out_by_provider,
            ];
            for list in lists {
                list.retain(|found| shown(&found.subject) && said(&found.sentence));
            }
        }
        if let Some(found) = &mut run.sensitivity {
            let ends =
                |of: &AssumptionJson| of.low.iter().chain(&of.high).all(|it| said(&it.sentence));
            found.assumptions.retain(|it| shown(&it.key) && said(&it.label) && ends(it));
        }
        run.constraints.retain(|row| shown(&row.key));
        run.providers.retain(|group| shown(&group.id));
        run.swaps.retain(|swap| shown(&swap.from) && shown(&swap.to));
        run.cash_release.retain(|release| shown(&release.provider));
        run.efficiency.retain(|target| said(&target.of));
        for target in &mut run.efficiency {
            target.binds.retain(|bind| shown(&bind.key) && said(&bind.label));
        }
        run.variables.retain(|variable| shown(&variable.key));
        run.duals.retain(|dual| shown(&dual.key));
        if let Some(ways) = &mut run.relaxation {
            ways.retain(|way| shown(&way.key));
        }
        run.notes.retain(|note| said(note));
        run.notes.push(LEFT_OUT.to_owned());
        run
    }
}

/// What a reader of a part must know.
const LEFT_OUT: &str = "Lines of other providers are left out: those who share indices only, and \
                        all of them while no data-sharing agreement is in force.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    fn sight(own: &str, named: &[&str]) -> Sight {
        let code = |text: &&str| text.parse().expect("a code");
        Sight { own: code(&own), named: named.iter().map(code).collect() }
    }

    /// The same with several years, moves between all lines, other plans and reasons that name limits.
    fn with_more(mut run: RunJson) -> RunJson {
        let keys: Vec<String> = run.services.iter().map(|line| line.service.clone()).collect();
        let pairs = keys.iter().zip(keys.iter().rev());
        run.moves = pairs
            .map(|(from, to)| MovedJson {
                pathway: format!("P/{from}/{to}"),
                from: from.clone(),
                to: to.clone(),
                moved_gbp: quantities::Pence::new(100),
                needed_gbp: quantities::Pence::new(70),
                gain_qaly: 0.0,
            })
            .collect();
        for (line, other) in run.services.iter_mut().zip(keys.iter().rev()) {
            let code = other.split('/').next().expect("a code");
            line.why_not = Some(format!("It waits for one limit: {code} falls at most 2%."));
            line.stopped_by.push(format!("pace_total/{code}/cut/1"));
        }
        for group in &mut run.providers {
            group.impact = Some(impact(&group.id));
        }
        run.efficiency = keys.iter().map(|key| efficiency(key, &keys)).collect();
        run.efficiency.push(efficiency("the whole system", &keys));
        run.years = vec![api::result::YearJson {
            year: 1,
            totals: run.totals.clone().expect("totals"),
            services: run.services.clone(),
            options: Vec::new(),
            moves: run.moves.clone(),
            providers: run.providers.clone(),
            quintiles: Vec::new(),
            sectors: Vec::new(),
            staff: Vec::new(),
        }];
        let services = run.services.iter().map(|line| api::result::PlannedJson {
            service: line.service.clone(),
            plan_gbp: line.plan_gbp,
        });
        run.alternatives = Some(vec![api::result::AlternativeJson {
            gain_qaly: 1.0,
            services: services.collect(),
        }]);
        let found = |subject: &str, kind: &str, code: &str| api::result::WorthFindingOutJson {
            subject: subject.to_owned(),
            kind: kind.to_owned(),
            provider: Some(code.to_owned()),
            qaly: 1.0,
            gbp: quantities::Pence::new(1_500_000),
            sentence: format!("Finding out the outcome of {subject} is worth something."),
        };
        let code = |key: &String| key.split('/').next().expect("a code").to_owned();
        let end = |key: &str| api::result::EndJson {
            gain_held: 1.0,
            keeps_limits: true,
            gain_best: Some(2.0),
            why: None,
            moved_gbp: None,
            sentence: format!("If the outcome of {key} were less, so would be the gain."),
        };
        let assumption = |key: &String| AssumptionJson {
            key: format!("outcome/{key}"),
            label: format!("The outcome of {key}"),
            subject: Some(key.clone()),
            source: None,
            effect: 1.0,
            low: Some(end(key)),
            high: None,
        };
        run.sensitivity = Some(api::result::SensitivityJson {
            unit: "QALY".to_owned(),
            gain: 1.0,
            assumptions: keys.iter().map(assumption).collect(),
            line_figures: keys.len(),
            line_figures_cleared: 0,
        });
        let drawn = run.uncertainty.as_mut().expect("draws");
        drawn.worth_finding_out =
            keys.iter().map(|key| found(key, "outcome", &code(key))).collect();
        drawn.worth_finding_out_by_service =
            keys.iter().map(|key| found(key, "service", &code(key))).collect();
        drawn.worth_finding_out_by_provider =
            keys.iter().map(|key| found(&code(key), "provider", &code(key))).collect();
        run
    }

    /// What a plan means for a provider, in figures that only this provider may read.
    fn impact(provider: &str) -> api::result::ImpactJson {
        let amount = quantities::Pence::new(12_345_678);
        api::result::ImpactJson {
            cost_change_gbp: amount,
            income: vec![api::result::IncomeJson {
                mechanism: format!("block/{provider}"),
                lines: 1,
                income_gbp: amount,
                follows_gbp: amount,
                to_agree_gbp: amount,
            }],
            not_contracted_lines: 0,
            not_contracted_changing: 0,
            not_contracted_cost_change_gbp: amount,
            position_gbp: Some(amount),
            position_after_agreement_gbp: Some(amount),
            staff: vec![api::result::StaffChangeJson {
                staff_group: provider.to_owned(),
                change_wte: 1.0,
                lines_without_figure: 0,
            }],
            sentence: format!("{provider} is left £123,000 over."),
        }
    }

    /// A target of some lines that the limits of all providers hold back.
    fn efficiency(of: &str, keys: &[String]) -> api::result::EfficiencyJson {
        let bind = |key: &String| {
            let code = key.split('/').next().expect("a code");
            api::result::BindingJson {
                key: format!("pace_total/{code}/cut/1"),
                label: format!("{code} together fall at most 2%"),
                price_gbp_m: 0.4,
                unit: "£m".to_owned(),
                sentence: "Each £1m further would release £400,000 more.".to_owned(),
            }
        };
        api::result::EfficiencyJson {
            of: of.to_owned(),
            year: 1,
            standing_gbp: quantities::Pence::new(100),
            target_gbp: quantities::Pence::new(2),
            target_pct: Some(2.0),
            delivered_pct: None,
            delivered_source: None,
            verdict: None,
            short_gbp: None,
            most: None,
            at_most_gbp: None,
            most_keeping_health: None,
            keeps_health: None,
            binds: keys.iter().map(bind).collect(),
            lines: 1,
            lines_at_lowest: None,
            within_budget: None,
            health_cost_qaly: None,
            sentence: format!("Of {of}: 2% less."),
        }
    }

    #[test]
    fn nothing_of_a_hidden_provider_is_left_in_a_result() {
        let whole = with_more(samples::run(14, false));
        let own = whole.services[0].provider.clone();
        let others: BTreeSet<&str> =
            whole.services.iter().map(|it| it.provider.as_str()).filter(|it| *it != own).collect();
        assert!(!others.is_empty());
        let seen = sight(&own, &[]).of_run(whole.clone());
        assert!(seen.services.iter().all(|line| line.provider == own) && !seen.services.is_empty());
        let drawn = seen.uncertainty.as_ref().expect("draws");
        assert!(drawn.worth_finding_out.iter().all(|it| it.provider.as_ref() == Some(&own)));
        assert!(!drawn.worth_finding_out_by_provider.is_empty(), "one's own is told");
        let found = seen.sensitivity.as_ref().expect("sensitivity");
        assert_eq!(found.assumptions.len(), seen.services.len(), "one's own is told");
        let text = serde_json::to_string(&seen).expect("JSON");
        for other in &others {
            assert!(!text.contains(&format!("{other}/")), "{other}: {text}");
            let words = text.split(|c: char| !c.is_ascii_alphanumeric());
            assert!(!words.into_iter().any(|word| word == *other), "{other}: {text}");
        }
        assert_eq!(seen.totals, whole.totals, "what concerns everyone stays");
        assert!(seen.efficiency.iter().any(|target| target.of == "the whole system"));
        assert!(seen.efficiency.iter().all(|target| !target.binds.is_empty()), "one's own limits");
        let ours = seen.providers.iter().chain(&seen.years[0].providers);
        assert!(ours.clone().all(|group| group.id == own && group.impact.is_some()));
        assert_eq!(text.matches("123456.78").count(), 7 * ours.count(), "one's own figures stay");
        let named: Vec<&str> = others.into_iter().collect();
        assert_eq!(sight(&own, &named).of_run(whole.clone()), whole);
    }

    #[test]
    fn of_other_providers_a_value_table_holds_what_they_share() {
        let whole = samples::value(14, false);
        let own = whole.services[0].provider.clone();
        let alone = sight(&own, &[]).of_value(whole.clone());
        assert!(alone.services.iter().all(|line| line.provider == own));
        assert_eq!(alone.notes.len(), whole.notes.len() + 1);
        let other = whole.services.iter().find(|line| line.provider != own).expect("another");
        let with = sight(&own, &[&other.provider]).of_value(whole.clone());
        let line = with.services.iter().find(|it| it.service == other.service).expect("named");
        assert_eq!((line.spend_gbp, line.qaly), (other.spend_gbp, other.qaly));
        assert_eq!((line.marginal_gbp_per_qaly, line.valued_by.len()), (None, 0));
        assert_eq!(with.services[0], whole.services[0], "one's own stays whole");
    }
}
