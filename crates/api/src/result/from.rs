//! From a run of the domain to its JSON.

use allocation::model::Sense;
use allocation::run::{
    Group, LimitResult, PlanResult, Run, ServiceResult, Totals as RunTotals, YearResult,
};
use allocation::uncertainty::{Finding, Information};
use allocation::{Case, objective_unit, solver};
use quantities::{Pence, Wte};
use sha2::{Digest, Sha256};
use value::information::Worth;

use super::{
    AnswersJson, CashReleaseJson, CertificateJson, ConstraintJson, GroupJson, KeyedValue,
    MovedJson, OptionJson, Provenance, QuintileJson, RelaxationJson, RunJson, SCHEMA,
    ScenarioFacts, ServiceJson, StaffJson, StandingStillJson, SwapJson, Totals, UncertaintyJson,
    WorthFindingOutJson, YearJson, room, sensitivity,
};

/// `valuebook` and its version.
const ENGINE: &str = concat!("valuebook ", env!("CARGO_PKG_VERSION"));

impl RunJson {
    /// The result's own hash: over its JSON with the hash left empty.
    ///
    /// # Errors
    /// When the result cannot be written as JSON.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        let mut unhashed = self.clone();
        unhashed.provenance.result_sha256 = String::new();
        let bytes = serde_json::to_vec(&unhashed)?;
        Ok(openbook::table::hex(&Sha256::digest(bytes)))
    }

    /// The JSON of a run, hashed.
    ///
    /// # Errors
    /// When the result cannot be written as JSON.
    pub fn of(run: &Run) -> Result<Self, serde_json::Error> {
        let mut result = unhashed(run);
        result.provenance.result_sha256 = result.hash()?;
        Ok(result)
    }
}

fn unhashed(run: &Run) -> RunJson {
    let case = &run.case;
    let definition = &case.scenario.definition;
    let plan = run.plan.as_ref();
    let last = plan.and_then(PlanResult::last);
    let keyed = |pairs: &[(String, f64)]| -> Vec<KeyedValue> {
        pairs.iter().map(|(key, value)| KeyedValue { key: key.clone(), value: *value }).collect()
    };
    RunJson {
        schema: SCHEMA.to_owned(),
        status: run.status.as_str().to_owned(),
        status_sentence: run.sentence.clone(),
        certified: plan.is_some_and(|plan| plan.certificate.holds()),
        unique: plan.map(|plan| plan.facts.unique),
        choice_gap: plan.and_then(|plan| plan.facts.choice_gap),
        scenario: ScenarioFacts {
            name: definition.name.clone(),
            base_year: definition.base_year.to_string(),
            objective: definition.objective.as_str().to_owned(),
            years: case.years(),
            threshold_gbp_per_qaly: case.values.threshold.get(),
            value_set: case.values.value_set.clone(),
        },
        provenance: Provenance {
            engine: ENGINE.to_owned(),
            solver: solver::name(),
            seed: definition.uncertainty.seed,
            book_sha256: case.book_sha256.clone(),
            scenario_sha256: case.scenario.sha256.clone(),
            parameters_sha256: case.parameters_sha256.clone(),
            model_sha256: run.model_sha256.clone(),
            result_sha256: String::new(),
        },
        totals: plan.zip(last).map(|(plan, last)| totals(plan, last)),
        services: plan.zip(last).map_or_else(Vec::new, |(plan, last)| services(case, plan, last)),
        options: last.map_or_else(Vec::new, options),
        moves: last.map_or_else(Vec::new, moves),
        constraints: plan.map_or_else(Vec::new, |plan| {
            plan.limits.iter().map(|limit| constraint(case, limit)).collect()
        }),
        providers: last.map_or_else(Vec::new, |last| last.providers.iter().map(group).collect()),
        quintiles: last.map_or_else(Vec::new, quintiles),
        sectors: last.map_or_else(Vec::new, |last| last.sectors.iter().map(group).collect()),
        staff: last.map_or_else(Vec::new, staff),
        swaps: plan.map_or_else(Vec::new, swaps),
        cash_release: plan.map_or_else(Vec::new, cash_release),
        efficiency: plan
            .map_or_else(Vec::new, |plan| plan.efficiency.iter().map(Into::into).collect()),
        years: plan.filter(|_| case.years() > 1).map_or_else(Vec::new, |plan| {
            plan.years.iter().map(|year| one_year(case, plan, year)).collect()
        }),
        answers: plan.map(|plan| AnswersJson {
            same_money_more_health_qaly: plan.facts.same_money_more_health.map(|gain| gain.get()),
            same_health_less_money_gbp: plan.facts.same_health_less_money,
        }),
        uncertainty: plan.and_then(uncertainty),
        alternatives: room::alternatives(run),
        sensitivity: sensitivity::of(run),
        relaxation: (!run.ways_back.is_empty()).then(|| relaxation(run)),
        notes: run.notes.clone(),
        variables: plan.map_or_else(Vec::new, |plan| keyed(&plan.variables)),
        duals: plan.map_or_else(Vec::new, |plan| keyed(&plan.duals)),
        certificate: plan.map(|plan| CertificateJson {
            max_violation_gbp: plan.certificate.max_violation_gbp,
            max_violation_wte: plan.certificate.max_violation_wte,
            dual_bound: plan.certificate.dual_bound,
            unit: objective_unit(case).to_owned(),
            relative_gap: plan.certificate.relative_gap,
        }),
    }
}

fn one_year(case: &Case, plan: &PlanResult, year: &YearResult) -> YearJson {
    YearJson {
        year: year.year,
        totals: totals(plan, year),
        services: services(case, plan, year),
        options: options(year),
        moves: moves(year),
        providers: year.providers.iter().map(group).collect(),
        quintiles: quintiles(year),
        sectors: year.sectors.iter().map(group).collect(),
        staff: staff(year),
    }
}

fn totals(plan: &PlanResult, year: &YearResult) -> Totals {
    let of: RunTotals = year.totals;
    // What a solver says of the plan it says of the final year.
    let facts = plan.last().filter(|last| last.year == year.year).map(|_| &plan.facts);
    let gain = of.plan_health - of.base_health;
    Totals {
        budget_gbp: of.budget,
        base_spend_gbp: of.base_spend,
        plan_spend_gbp: of.plan_spend,
        stranded_gbp: of.stranded,
        recruitment_gbp: of.recruitment,
        agency_gbp: of.agency,
        double_running_gbp: of.double_running,
        options_gbp: of.options,
        unallocated_gbp: of.unallocated,
        moved_gbp: of.moved,
        base_qaly: of.base_health.get(),
        plan_qaly: of.plan_health.get(),
        gain_qaly: gain.get(),
        gain_if_fully_released_qaly: facts
            .and_then(|facts| facts.gain_if_fully_released)
            .map(|gain| gain.get()),
        cost_of_standing_still_gbp: of.standing_still.gap,
        standing_still: StandingStillJson {
            demand_gbp: of.standing_still.demand,
            prices_gbp: of.standing_still.prices,
            efficiency_gbp: of.standing_still.efficiency,
        },
        cost_of_silence_qaly: facts.and_then(|facts| facts.cost_of_silence).map(|cost| cost.get()),
    }
}

fn options(year: &YearResult) -> Vec<OptionJson> {
    let one = |taken: &allocation::run::Taken| OptionJson {
        option: taken.option.clone(),
        name: taken.name.clone(),
        take_up: taken.take_up,
        cost_gbp: taken.cost,
        gain_qaly: taken.gain.get(),
        capital_gbp: taken.capital,
    };
    year.options.iter().map(one).collect()
}

fn moves(year: &YearResult) -> Vec<MovedJson> {
    let one = |moved: &allocation::run::Moved| MovedJson {
        pathway: moved.key.clone(),
        from: moved.from.clone(),
        to: moved.to.clone(),
        moved_gbp: moved.moved,
        needed_gbp: moved.needed,
        gain_qaly: moved.gain.get(),
    };
    year.moves.iter().map(one).collect()
}

fn swaps(plan: &PlanResult) -> Vec<SwapJson> {
    let one = |swap: &allocation::run::Swap| SwapJson {
        from: swap.from.clone(),
        to: swap.to.clone(),
        amount_gbp: swap.amount,
        lost_qaly: swap.lost.get(),
        gained_qaly: swap.gained.get(),
    };
    plan.swaps.iter().map(one).collect()
}

fn services(case: &Case, plan: &PlanResult, year: &YearResult) -> Vec<ServiceJson> {
    let is_last = plan.last().is_some_and(|last| last.year == year.year);
    let valued = case.valued().zip(&year.services);
    valued
        .enumerate()
        .map(|(place, ((line, value), service))| {
            let ServiceResult { at, label, stopped_by, label_reason, why_not, .. } = service;
            let base = line.base;
            let change_pct = if base == Default::default() {
                0.0
            } else {
                (service.plan - base).to_pounds() / base.to_pounds() * 100.0
            };
            ServiceJson {
                service: line.key.to_string(),
                name: value.name.clone(),
                provider: line.key.provider().to_string(),
                sector: value.sector.clone(),
                base_gbp: base,
                plan_gbp: service.plan,
                change_pct,
                base_qaly: service.base_health.map(|health| health.get()),
                plan_qaly: service.plan_health.map(|health| health.get()),
                average_gbp_per_qaly: value.average().map(|price| price.get()),
                marginal_gbp_per_qaly: value.marginal().map(|price| price.get()),
                reduced_cost_qaly_per_gbp_m: service.reduced_cost,
                at: at.as_str().to_owned(),
                stopped_by: stopped_by.clone(),
                why_not: why_not.clone(),
                label: label.as_str().to_owned(),
                label_reason: label_reason.clone(),
                prob_at_lower: service.prob_at_lower,
                prob_low_value: service.prob_low_value,
                range_gbp: room::range(plan, place).filter(|_| is_last),
            }
        })
        .collect()
}

fn constraint(case: &Case, limit: &LimitResult) -> ConstraintJson {
    ConstraintJson {
        key: limit.key.clone(),
        kind: limit.kind.to_owned(),
        label: limit.label.clone(),
        sense: match limit.sense {
            Sense::AtMost => "<=".to_owned(),
            Sense::AtLeast => ">=".to_owned(),
        },
        activity: limit.activity,
        limit: limit.limit,
        slack: limit.slack,
        row_unit: limit.unit_name.clone(),
        shadow_price: limit.price,
        unit: format!("{} per {}", objective_unit(case), limit.unit_name),
        holds_from: limit.range.from,
        holds_to: limit.range.to,
        sentence: limit.sentence.clone(),
    }
}

fn group(group: &Group) -> GroupJson {
    let change = group.plan - group.base;
    let wte = |(key, wte): &(String, Wte)| KeyedValue { key: key.clone(), value: wte.get() };
    GroupJson {
        id: group.id.clone(),
        name: group.name.clone(),
        base_gbp: group.base,
        plan_gbp: group.plan,
        change_pct: if group.base == Default::default() {
            0.0
        } else {
            change.to_pounds() / group.base.to_pounds() * 100.0
        },
        stranded_gbp: group.stranded,
        gain_qaly: group.gain.get(),
        not_assessable_gbp: group.not_assessable,
        wte_change: group.staff.iter().map(wte).collect(),
        impact: group.impact.as_ref().map(Into::into),
    }
}

fn quintiles(plan: &YearResult) -> Vec<QuintileJson> {
    let gains = (1..=5).zip(plan.quintiles.0);
    gains.map(|(quintile, gain_qaly)| QuintileJson { quintile, gain_qaly }).collect()
}

fn staff(plan: &YearResult) -> Vec<StaffJson> {
    plan.staff
        .iter()
        .map(|pool| StaffJson {
            pool: pool.pool.clone(),
            staff_group: pool.staff_group.clone(),
            available_wte: pool.available.get(),
            base_wte: pool.base.get(),
            plan_wte: pool.plan.get(),
            recruited_wte: pool.recruited.get(),
            agency_wte: pool.agency.get(),
            price_qaly_per_wte: pool.price,
        })
        .collect()
}

fn cash_release(plan: &PlanResult) -> Vec<CashReleaseJson> {
    plan.years
        .iter()
        .flat_map(|year| &year.cash_release)
        .map(|release| CashReleaseJson {
            provider: release.provider.clone(),
            year: release.year,
            cut_gbp: release.cut,
            released_gbp: release.cut - release.stranded,
            stranded_gbp: release.stranded,
        })
        .collect()
}

fn uncertainty(plan: &PlanResult) -> Option<UncertaintyJson> {
    let drawn = plan.facts.uncertainty.as_ref()?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (low, median, high) = drawn.gain;
    let information = drawn.information.as_ref();
    let list = |of: fn(&Information) -> &Vec<Finding>| {
        information.map_or_else(Vec::new, |it| of(it).iter().map(finding).collect())
    };
    Some(UncertaintyJson {
        value_of_perfect_information_qaly: information.map(|it| it.all.qaly.get()),
        value_of_perfect_information_gbp: information.map(|it| pence(it.all)),
        worth_finding_out: list(|it| &it.figures),
        worth_finding_out_by_service: list(|it| &it.services),
        worth_finding_out_by_provider: list(|it| &it.providers),
        draws: count(drawn.draws),
        solved: count(drawn.solved),
        seed: drawn.seed,
        gain_low_qaly: low.get(),
        gain_median_qaly: median.get(),
        gain_high_qaly: high.get(),
        prob_better: drawn.prob_better,
    })
}

fn pence(worth: Worth) -> Pence {
    worth.money.floor_to_pence().unwrap_or_default()
}

fn finding(finding: &Finding) -> WorthFindingOutJson {
    WorthFindingOutJson {
        subject: finding.subject.clone(),
        kind: finding.kind.as_str().to_owned(),
        provider: finding.provider.clone(),
        qaly: finding.worth.qaly.get(),
        gbp: pence(finding.worth),
        sentence: finding.sentence.clone(),
    }
}

fn relaxation(run: &Run) -> Vec<RelaxationJson> {
    let mut list = Vec::new();
    for (way, back) in (1..).zip(&run.ways_back) {
        for relaxed in &back.moves {
            list.push(RelaxationJson {
                key: relaxed.key.clone(),
                label: relaxed.label.clone(),
                by: relaxed.by,
                unit: relaxed.unit_name.clone(),
                sentence: relaxed.sentence.clone(),
                way,
            });
        }
    }
    list
}
