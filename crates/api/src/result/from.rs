//! From a run of the domain to its JSON.

use allocation::model::{RowUnit, Sense};
use allocation::run::{Group, LimitResult, PlanResult, Run, ServiceResult, Totals as RunTotals};
use allocation::solver;
use quantities::Wte;
use sha2::{Digest, Sha256};

use super::{
    AnswersJson, CashReleaseJson, CertificateJson, ConstraintJson, GroupJson, KeyedValue,
    Provenance, QuintileJson, RelaxationJson, RunJson, SCHEMA, ScenarioFacts, ServiceJson,
    StaffJson, Totals, UncertaintyJson,
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
    let keyed = |pairs: &[(String, f64)]| -> Vec<KeyedValue> {
        pairs.iter().map(|(key, value)| KeyedValue { key: key.clone(), value: *value }).collect()
    };
    RunJson {
        schema: SCHEMA.to_owned(),
        status: run.status.as_str().to_owned(),
        status_sentence: run.sentence.clone(),
        certified: plan.is_some_and(|plan| plan.certificate.holds()),
        unique: plan.map(|plan| plan.facts.unique),
        scenario: ScenarioFacts {
            name: definition.name.clone(),
            base_year: definition.base_year.to_string(),
            objective: definition.objective.as_str().to_owned(),
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
        totals: plan.map(totals),
        services: plan.map_or_else(Vec::new, |plan| services(run, plan)),
        options: Vec::new(),
        constraints: plan
            .map_or_else(Vec::new, |plan| plan.limits.iter().map(constraint).collect()),
        providers: plan.map_or_else(Vec::new, |plan| plan.providers.iter().map(group).collect()),
        quintiles: plan.map_or_else(Vec::new, quintiles),
        sectors: plan.map_or_else(Vec::new, |plan| plan.sectors.iter().map(group).collect()),
        staff: plan.map_or_else(Vec::new, staff),
        swaps: Vec::new(),
        cash_release: plan.map_or_else(Vec::new, cash_release),
        answers: plan.map(|plan| AnswersJson {
            same_money_more_health_qaly: plan.facts.same_money_more_health.map(|gain| gain.get()),
            same_health_less_money_gbp: plan.facts.same_health_less_money,
        }),
        uncertainty: plan.and_then(uncertainty),
        relaxation: (!run.ways_back.is_empty()).then(|| relaxation(run)),
        notes: run.notes.clone(),
        variables: plan.map_or_else(Vec::new, |plan| keyed(&plan.variables)),
        duals: plan.map_or_else(Vec::new, |plan| keyed(&plan.duals)),
        certificate: plan.map(|plan| CertificateJson {
            max_violation_gbp: plan.certificate.max_violation_gbp,
            max_violation_wte: plan.certificate.max_violation_wte,
            dual_bound: plan.certificate.dual_bound,
            unit: "QALY".to_owned(),
            relative_gap: plan.certificate.relative_gap,
        }),
    }
}

fn totals(plan: &PlanResult) -> Totals {
    let RunTotals { budget, base_spend, plan_spend, stranded, unallocated, moved, .. } =
        plan.totals;
    let (before, after) = (plan.totals.base_health, plan.totals.plan_health);
    Totals {
        budget_gbp: budget,
        base_spend_gbp: base_spend,
        plan_spend_gbp: plan_spend,
        stranded_gbp: stranded,
        recruitment_gbp: Default::default(),
        agency_gbp: Default::default(),
        double_running_gbp: Default::default(),
        options_gbp: Default::default(),
        unallocated_gbp: unallocated,
        moved_gbp: moved,
        base_qaly: before.get(),
        plan_qaly: after.get(),
        gain_qaly: (after - before).get(),
        gain_if_fully_released_qaly: plan.facts.gain_if_fully_released.map(|gain| gain.get()),
        cost_of_standing_still_gbp: base_spend - budget,
        cost_of_silence_qaly: plan.facts.cost_of_silence.map(|cost| cost.get()),
    }
}

fn services(run: &Run, plan: &PlanResult) -> Vec<ServiceJson> {
    let valued = run.case.valued().zip(&plan.services);
    valued
        .map(|((line, value), service)| {
            let ServiceResult { at, label, stopped_by, label_reason, .. } = service;
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
                base_qaly: value.health.map(|health| health.get()),
                plan_qaly: service.plan_health.map(|health| health.get()),
                average_gbp_per_qaly: value.average().map(|price| price.get()),
                marginal_gbp_per_qaly: value.marginal().map(|price| price.get()),
                reduced_cost_qaly_per_gbp_m: service.reduced_cost,
                at: at.as_str().to_owned(),
                stopped_by: stopped_by.clone(),
                label: label.as_str().to_owned(),
                label_reason: label_reason.clone(),
                prob_at_lower: service.prob_at_lower,
                prob_low_value: service.prob_low_value,
                range_gbp: None,
            }
        })
        .collect()
}

fn unit_of(unit: RowUnit) -> &'static str {
    match unit {
        RowUnit::Money => "£m",
        RowUnit::Staff => "WTE",
        RowUnit::Health => "QALY",
    }
}

fn constraint(limit: &LimitResult) -> ConstraintJson {
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
        row_unit: unit_of(limit.unit).to_owned(),
        shadow_price: limit.price,
        unit: format!("QALY per {}", unit_of(limit.unit)),
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
    }
}

fn quintiles(plan: &PlanResult) -> Vec<QuintileJson> {
    let gains = (1..=5).zip(plan.quintiles.0);
    gains.map(|(quintile, gain_qaly)| QuintileJson { quintile, gain_qaly }).collect()
}

fn staff(plan: &PlanResult) -> Vec<StaffJson> {
    plan.staff
        .iter()
        .map(|pool| StaffJson {
            pool: pool.pool.clone(),
            staff_group: pool.staff_group.clone(),
            available_wte: pool.available.get(),
            base_wte: pool.base.get(),
            plan_wte: pool.plan.get(),
            price_qaly_per_wte: pool.price,
        })
        .collect()
}

fn cash_release(plan: &PlanResult) -> Vec<CashReleaseJson> {
    plan.cash_release
        .iter()
        .map(|release| CashReleaseJson {
            provider: release.provider.clone(),
            year: 1,
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
    Some(UncertaintyJson {
        draws: count(drawn.draws),
        solved: count(drawn.solved),
        seed: drawn.seed,
        gain_low_qaly: low.get(),
        gain_median_qaly: median.get(),
        gain_high_qaly: high.get(),
        prob_better: drawn.prob_better,
    })
}

fn relaxation(run: &Run) -> Vec<RelaxationJson> {
    let mut list = Vec::new();
    for (way, back) in (1..).zip(&run.ways_back) {
        for relaxed in &back.moves {
            list.push(RelaxationJson {
                key: relaxed.key.clone(),
                label: relaxed.label.clone(),
                by: relaxed.by,
                unit: unit_of(relaxed.unit).to_owned(),
                sentence: relaxed.sentence.clone(),
                way,
            });
        }
    }
    list
}
