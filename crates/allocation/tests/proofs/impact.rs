//! What a plan means for providers adds up, on random books with contracts, pathways and years; and
//! one book worked out by hand.

use allocation::case::Mechanism;
use allocation::run::{Impact, PlanResult, YearResult};
use allocation::{Case, Run};
use quantities::Pence;
use std::collections::BTreeMap;

use crate::books::{Lines, Outcome, Provider, Rule, Service, Sketch, book, case};
use crate::random::{Random, for_each_seed};
use crate::sketches;

const CONTRACTS: &str = "provider_code,service_code,commissioner_code,fin_year,mechanism,income_gbp,\
                         activity,unit_price_gbp";

fn contracts(sketch: &Sketch, random: &mut Random) -> Lines {
    let mut rows = Vec::new();
    for service in &sketch.services {
        if random.percent(25) {
            continue;
        }
        let Service { provider, code, .. } = service;
        let mechanism = random.pick(&["fixed", "variable", "block", "activity"]);
        let income = Pence::new(random.whole(0, 2 * service.pence().max(1)));
        let priced = if random.percent(50) { "120.5,8000.10" } else { "," };
        rows.push(format!("{provider},{code},QJ2,2024-25,{mechanism},{income},{priced}"));
    }
    ("contracts", CONTRACTS, rows)
}

fn pathways(sketch: &Sketch, random: &mut Random) -> Lines {
    let header = "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,year1_share,\
                  double_running_months,evidence_grade,source";
    let key = |at: usize| {
        let service = sketch.services.get(at).expect("a line");
        format!("{}/{}", service.provider, service.code)
    };
    let mut rows = Vec::new();
    if sketch.services.len() > 1 && random.percent(70) {
        let from = random.below(sketch.services.len() - 1);
        let kappa = random.between(0.3, 1.2);
        let (from, to) = (key(from), key(from + 1));
        rows.push(format!("W,{from},{to},{kappa:.3},20,0.5,3,D,x"));
    }
    ("pathways", header, rows)
}

fn growth(random: &mut Random) -> Lines {
    let header = "selector,fin_year,demand_pct,price_pct,efficiency_pct,source";
    let mut row = |year| {
        let (demand, price) = (random.between(-1.0, 3.0), random.between(0.0, 4.0));
        format!("all,{year},{demand:.2},{price:.2},1.1,x")
    };
    ("growth", header, vec![row("2025-26"), row("2026-27")])
}

fn cash(amount: Pence, price: f64) -> Pence {
    let exact = amount.to_millions() * price;
    if price == 1.0 { amount } else { exact.floor_to_pence().expect("an amount") }
}

/// Every sum that must hold in a year of a plan.
fn adds_up(case: &Case, year: &YearResult) -> Result<(), String> {
    let same = |what: &str, a: Pence, b: Pence| {
        if a == b { Ok(()) } else { Err(format!("year {}: {what}: {a} is not {b}", year.year)) }
    };
    let impact = |group: &allocation::run::Group| group.impact.clone().expect("a provider's");
    let impacts: Vec<(String, Impact)> =
        year.providers.iter().map(|group| (group.id.clone(), impact(group))).collect();
    let all =
        |of: fn(&Impact) -> Pence| impacts.iter().map(|(_, impact)| of(impact)).sum::<Pence>();
    let lines = case.lines.iter().zip(&year.services);
    let changes: Pence = lines
        .clone()
        .map(|(line, service)| {
            let price = line.grown(year.year).price;
            cash(service.plan, price) - cash(line.base, price)
        })
        .sum();
    same("providers' change in cost is services'", all(|it| it.cost_change), changes)?;
    same("what is left behind", all(|it| it.stranded), year.totals.stranded)?;
    let unchanged: Pence =
        case.lines.iter().map(|line| cash(line.base, line.grown(year.year).price)).sum();
    let totals = &year.totals;
    let besides = totals.recruitment + totals.agency + totals.double_running + totals.options;
    let paid = unchanged + all(|it| it.cost_change) + all(|it| it.stranded) + besides;
    same("everything is the budget", paid + totals.unallocated, totals.budget)?;
    for ((id, impact), group) in impacts.iter().zip(&year.providers) {
        same(id, group.stranded.expect("a provider's"), impact.stranded)?;
        let ours = || {
            let lines = case.lines.iter().zip(&case.terms).zip(&year.services);
            lines.filter(|((line, _), _)| line.key.provider().as_str() == id)
        };
        let contracted: Pence =
            ours().filter_map(|((_, terms), _)| Some(terms.contract?.income)).sum();
        same(id, impact.income.iter().map(|it| it.income).sum(), contracted)?;
        let counted: usize = impact.income.iter().map(|it| it.lines).sum();
        if counted + impact.not_contracted.lines != ours().count() {
            return Err(format!("{id}: a line is lost"));
        }
        let follows: Pence = impact.income.iter().map(|it| it.follows).sum();
        let agreed: Pence = impact.income.iter().map(|it| it.to_agree).sum();
        if let Some(position) = impact.position {
            same(id, position, follows - impact.cost_change - impact.stranded)?;
            let after = impact.after_agreement.expect("with a position");
            same(id, after, position + agreed)?;
        }
        if (impact.position.is_some()) == (impact.not_contracted.changing > 0) {
            return Err(format!("{id}: {impact:?}"));
        }
        for income in &impact.income {
            let still = if income.mechanism.follows() { income.to_agree } else { income.follows };
            same(id, still, Pence::ZERO)?;
        }
        for staff in &impact.staff {
            let wanted: f64 = ours()
                .filter_map(|((line, terms), service)| {
                    let per_million = terms.staff.get(&staff.group)?.get();
                    Some(per_million * (service.plan - line.base).to_millions().get())
                })
                .sum();
            if (wanted - staff.change.get()).abs() > 1e-9 {
                return Err(format!("{id}: {staff:?} is not {wanted}"));
            }
        }
    }
    Ok(())
}

#[test]
fn what_providers_are_told_adds_up_to_the_penny() {
    for_each_seed(91_001..91_101, 50, |random| {
        let mut sketch = sketches::sketch(random);
        let years = random.whole(1, 2);
        sketch.rules.insert(0, Rule::plain(format!("years = {years}")));
        let mut tables = sketch.tables();
        tables.extend([contracts(&sketch, random), pathways(&sketch, random), growth(random)]);
        let run = Run::of(case(&book(&tables), &sketch.scenario())?, |_| {});
        let Some(plan) = &run.plan else { return Ok(false) };
        plan.years.iter().try_for_each(|year| adds_up(&run.case, year))?;
        Ok(plan.years.len() == usize::try_from(years).unwrap_or(0))
    });
}

/// A line of £10m: 60 % fixed and 40 % variable, elasticity a half.
fn line(provider: &str, code: &str, health: f64) -> Service {
    let outcome = Outcome { patients: 1_000, gain: health / 1_000.0, share: 1.0 };
    Service {
        provider: provider.to_owned(),
        code: code.to_owned(),
        fund: "core",
        tag: "",
        role: "care",
        cost: [600_000_000, 0, 400_000_000],
        outcome: (health > 0.0).then_some(outcome),
        elasticity: 0.5,
        staff: BTreeMap::from([("nursing", 100_000)]),
        shares: None,
    }
}

/// Poor value at A (£10m), good value at B (£10m), nothing known of C: the plan cuts A by its tenth
/// and gives B what that releases.
fn by_hand(contracts: &[&str]) -> Run {
    let provider = |code: &str| Provider { code: code.to_owned(), sector: "acute", place: "D" };
    let sketch = Sketch {
        providers: vec![provider("P")],
        services: vec![line("P", "A", 100.0), line("P", "B", 9_000.0), line("P", "C", 0.0)],
        pools: Vec::new(),
        changes: Default::default(),
        rules: vec![Rule::plain("[uncertainty]\ndraws = 0")],
    };
    let mut tables = sketch.tables();
    let rows = contracts.iter().map(|row| (*row).to_owned()).collect();
    tables.push(("contracts", CONTRACTS, rows));
    let run = Run::of(case(&book(&tables), &sketch.scenario()).expect("a case"), |_| {});
    assert!(run.plan.is_some(), "{}", run.sentence);
    run
}

fn only(run: &Run) -> Impact {
    let last = run.plan.as_ref().and_then(PlanResult::last).expect("a year");
    assert_eq!(last.providers.len(), 1);
    last.providers.first().and_then(|only| only.impact.clone()).expect("its impact")
}

fn pence(text: &str) -> Pence {
    text.parse().expect("money")
}

#[test]
fn by_hand_a_payment_by_activity_falls_with_the_work_and_a_block_waits_for_agreement() {
    let run = by_hand(&[
        "P,A,QJ2,2024-25,activity,9500000.00,1000,9000.00",
        "P,B,QJ2,2024-25,block,11000000.00,,",
    ]);
    let impact = only(&run);
    // A falls by £1m, of which 60 % stays behind; B grows by the £0.4m that is released.
    assert_eq!(impact.cost_change, pence("-600000.00"));
    assert_eq!(impact.stranded, pence("600000.00"));
    // Work moves as the square root of spend: £9m × (√0.9 − 1).
    let [block, activity] = impact.income.as_slice() else { panic!("{impact:?}") };
    assert_eq!((block.mechanism, activity.mechanism), (Mechanism::Block, Mechanism::Activity));
    assert_eq!((activity.income, activity.to_agree), (pence("9500000.00"), Pence::ZERO));
    assert_eq!(activity.follows, pence("-461850.32"));
    assert_eq!((block.follows, block.to_agree), (Pence::ZERO, pence("400000.00")));
    assert_eq!(impact.position, Some(pence("-461850.32")));
    assert_eq!(impact.after_agreement, Some(pence("-61850.32")), "less than A's released £0.4m");
    assert_eq!((impact.not_contracted.lines, impact.not_contracted.changing), (1, 0));
    let [staff] = impact.staff.as_slice() else { panic!("{impact:?}") };
    assert!((staff.change.get() + 6.0).abs() < 1e-6, "10 WTE a million, £0.6m less");
    assert_eq!(
        impact.sentence.split(" The whole").next().expect("a part"),
        "Its services cost £600,000 less, and £600,000 of what is cut stays behind. Its income is \
         £462,000 less by itself, with its work. For income to follow cost, £400,000 more of its \
         block payment would have to be agreed. As its contracts stand it is left £462,000 short (a \
         gap), and £61,850 short once that is agreed."
    );
}

#[test]
fn by_hand_a_line_without_a_contract_is_said_to_be_so_and_never_nought() {
    let run = by_hand(&["P,A,QJ2,2024-25,fixed,9500000.00,,"]);
    let impact = only(&run);
    assert_eq!((impact.position, impact.after_agreement), (None, None));
    assert_eq!((impact.not_contracted.lines, impact.not_contracted.changing), (2, 1));
    assert_eq!(impact.not_contracted.cost_change, pence("400000.00"));
    assert!(impact.sentence.contains("1 line of those that change is not contracted in this book"));
    let [fixed] = impact.income.as_slice() else { panic!("{impact:?}") };
    assert_eq!(fixed.to_agree, pence("-400000.00"), "a cut of £1m less the £0.6m left behind");
    // A block alone keeps its income when its work falls: a windfall until it is agreed.
    let run =
        by_hand(&["P,A,QJ2,2024-25,fixed,9500000.00,,", "P,B,QJ2,2024-25,variable,10000000.00,,"]);
    let impact = only(&run);
    // £10m × (√1.04 − 1) follows; cost with what stays behind does not change.
    assert_eq!(impact.position, Some(pence("198039.02")));
    assert_eq!(impact.after_agreement, Some(pence("-201960.98")));
}
