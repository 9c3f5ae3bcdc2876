//! Efficiency targets against what the limits allow: four services, and two years, worked out by
//! hand; and what must hold on random books.

use allocation::Run;
use allocation::efficiency::Verdict;
use allocation::families::Built;
use allocation::model::{RowUnit, Sense};
use allocation::run::Efficiency;
use allocation::scenario::Objective;
use quantities::Pence;
use std::collections::BTreeMap;

use crate::best::{Answer, best};
use crate::books::{Outcome, Provider, Rule, Service, Sketch, book, case};
use crate::random::for_each_seed;
use crate::sketches;

/// The four services of the specification, each its own provider; 40 % of a cut is released.
fn four(rules: &[&str]) -> Run {
    let services = [
        ("A01", "A", 10_i64, 1_000_i64, 0.2),
        ("C01", "C", 6, 1_050, 0.5),
        ("M01", "M", 4, 750, 0.45),
        ("P01", "P", 5, 1_250, 0.4),
    ];
    let mut sketch = Sketch::default();
    for (provider, code, millions, patients, elasticity) in services {
        let code = code.to_owned();
        sketch.providers.push(Provider { code: provider.to_owned(), sector: "acute", place: "D" });
        sketch.services.push(Service {
            provider: provider.to_owned(),
            code,
            fund: "core",
            tag: "",
            role: "care",
            cost: [millions * 60_000_000, 0, millions * 40_000_000],
            outcome: Some(Outcome { patients, gain: 1.0, share: 1.0 }),
            elasticity,
            staff: BTreeMap::new(),
            shares: None,
        });
    }
    let limits = "segments_per_side = 2\n[pace]\nmax_cut_pct = 20\nmax_growth_pct = 20";
    sketch.rules.push(Rule::plain(limits));
    sketch.rules.extend(rules.iter().map(|rule| Rule::plain(*rule)));
    sketch.rules.push(Rule::plain("[uncertainty]\ndraws = 0"));
    Run::of(sketch.case().expect("a case"), |_| {})
}

fn targets(run: &Run) -> Vec<Efficiency> {
    assert!(run.plan.is_some(), "{}", run.sentence);
    run.plan.as_ref().expect("a plan").efficiency.clone()
}

fn pence(text: &str) -> Pence {
    text.parse().expect("money")
}

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-5, "{found} is not {wanted}");
}

#[test]
fn by_hand_of_four_services_two_per_cent_is_possible_only_at_a_loss() {
    let run = four(&[
        "[[efficiency]]\nyear = 1\ntarget_pct = 1.0",
        "[[efficiency]]\nyear = 1\ntarget_pct = 2.0\ndelivered_pct = 0.8\nsource = \"finance report\"",
        "[[efficiency]]\nyear = 1\ntarget_gbp = \"2500000.00\"",
    ]);
    let [one, two, ten] = <[Efficiency; 3]>::try_from(targets(&run)).expect("three");
    for target in [&one, &two, &ten] {
        // Everything falls by a fifth: £5m, of which 60 % stays behind.
        let most = target.found.most.expect("proven");
        assert_eq!((most.cut, most.stranded), (pence("5000000.00"), pence("3000000.00")));
        assert_eq!(target.found.at_most, Some(pence("2000000.00")));
        // A falls by a fifth; P grows by what its patients lose. P's first piece is £0.5m wide.
        let lost = 1_000.0 * (1.0 - 0.8_f64.powf(0.2));
        let slope = 1_250.0 * (1.1_f64.powf(0.4) - 1.0) / 0.5;
        let kept = target.found.keeping_health.expect("proven");
        close(kept.cash().to_millions().get(), 2.0 * 0.4 - lost / slope);
        assert_eq!(kept.cut, pence("2000000.00"));
    }
    assert_eq!(one.verdict, Some(Verdict::Possible));
    assert_eq!(two.verdict, Some(Verdict::AtALoss));
    assert_eq!(ten.verdict, Some(Verdict::NotPossible));
    assert_eq!((one.short, ten.short), (None, Some(pence("500000.00"))));
    assert_eq!((one.target.asked, two.target.asked), (pence("250000.00"), pence("500000.00")));
    // Without it £0.8m grows P: £0.5m at its first slope and £0.3m at its second. A target of
    // £0.5m takes the £0.3m and £0.2m of the first.
    let slopes = [1.1_f64.powf(0.4) - 1.0, 1.2_f64.powf(0.4) - 1.1_f64.powf(0.4)];
    let [first, second] = slopes.map(|rise| 1_250.0 * rise / 0.5);
    let cost = |target: &Efficiency| target.found.health_cost.map(|cost| cost.get());
    close(cost(&one).expect("proven"), 0.25 * second);
    close(cost(&two).expect("proven"), 0.3 * second + 0.2 * first);
    assert_eq!((ten.found.within_budget, cost(&ten)), (Some(false), None));
    assert_eq!(two.found.at_lowest, Some(4));
    assert_eq!(
        two.sentence,
        "Of the whole system, year 1: £500,000 less (2%) than the £25.0m that standing still would \
         cost. Possible only at a loss of health: without one the limits allow £351,000, £149,000 \
         short; at most £2.0m. To release £2.0m, £5.0m has to be cut, of which £3.0m (60%) stays \
         behind as cost. 4 of 4 lines are then as low as pace and protection allow. Asking for it would \
         cost 47 healthy years in the year, against the best plan without it. It asks for 2.5 times \
         the 0.80% that was delivered in earlier years (finance report)."
    );
}

#[test]
fn by_hand_the_pace_of_a_provider_is_what_binds() {
    let run = four(&[
        "[[pace.total]]\nprovider = \"A01\"\nmax_cut_pct = 5",
        "[[efficiency]]\nyear = 1\ntarget_pct = 8.0",
        "[[efficiency]]\nyear = 1\ntarget_pct = 8.0\nprovider = \"A01\"",
    ]);
    let [all, one] = <[Efficiency; 2]>::try_from(targets(&run)).expect("two");
    // A falls by £0.5m and the others by £3m; 40 % of it is cash.
    assert_eq!(all.found.at_most, Some(pence("1400000.00")));
    assert_eq!((all.verdict, all.short), (Some(Verdict::NotPossible), Some(pence("600000.00"))));
    let [pace] = all.binds.as_slice() else { panic!("{:?}", all.binds) };
    assert_eq!(pace.key, "pace_total/A01/cut/1");
    close(pace.price, -0.4);
    assert_eq!(
        pace.sentence,
        "Each £1m further would release £400,000 more. The boards of the providers concerned would \
         have to agree."
    );
    assert_eq!(one.target.of, "provider A01");
    assert_eq!(
        (one.target.asked, one.found.at_most),
        (pence("800000.00"), Some(pence("200000.00")))
    );
}

#[test]
fn by_hand_of_two_years_each_counts_growth_and_what_earlier_cuts_left_behind() {
    let mut sketch = Sketch::default();
    sketch.providers.push(Provider { code: "P".to_owned(), sector: "acute", place: "D" });
    sketch.services.push(Service {
        provider: "P".to_owned(),
        code: "S".to_owned(),
        fund: "core",
        tag: "",
        role: "care",
        cost: [600_000_000, 0, 400_000_000],
        outcome: Some(Outcome { patients: 1_000, gain: 1.0, share: 1.0 }),
        elasticity: 0.5,
        staff: BTreeMap::new(),
        shares: None,
    });
    let scenario = "name = \"x\"\nbase_year = \"2024-25\"\nyears = 2\n[uncertainty]\ndraws = 0\n\
                    [[efficiency]]\nyear = 1\ntarget_pct = 1.0\n\
                    [[efficiency]]\nyear = 2\ntarget_pct = 10.0\n";
    let header = "selector,fin_year,demand_pct,price_pct,efficiency_pct,source";
    let growth = |year: &str| format!("all,{year},2.0,3.0,1.0,x");
    let mut tables = sketch.tables();
    tables.push(("growth", header, vec![growth("2025-26"), growth("2026-27")]));
    let run = Run::of(case(&book(&tables), scenario).expect("a case"), |_| {});
    let [first, second] = <[Efficiency; 2]>::try_from(targets(&run)).expect("two");
    // Year 1: 10 × 1.02² standing still; 1.02 × (9 + 0.6 × 1) at least.
    assert_eq!(first.target.standing, pence("10404000.00"));
    assert_eq!(first.found.at_most, Some(pence("612000.00")));
    let most = first.found.most.expect("proven");
    assert_eq!((most.demand, most.cut), (pence("204000.00"), pence("1020000.00")));
    // Year 2: 10 × 1.02⁴; 1.02² × (8.1 + 0.6 × 1.9).
    assert_eq!(second.target.standing, pence("10824321.60"));
    assert_eq!(second.found.at_most, Some(pence("1211025.60")));
    assert_eq!(second.found.most.expect("proven").stranded, pence("1186056.00"));
    assert_eq!(second.verdict, Some(Verdict::AtALoss), "one line alone loses health with spend");
    assert!(second.found.health_cost.expect("proven").get() > 0.0);
}

#[test]
fn by_hand_less_money_in_all_never_keeps_health_and_is_said_so() {
    let run = four(&[
        "[budget]\nchange_pct = -6.0",
        "[[efficiency]]\nyear = 1\ntarget_pct = 1.0\nprovider = \"A01\"",
    ]);
    let [one] = <[Efficiency; 1]>::try_from(targets(&run)).expect("one");
    // £1.5m less in all, of which a fifth off A releases £0.8m: others must be cut too.
    assert_eq!((one.found.keeping_health, one.found.keeps_health), (None, Some(false)));
    assert_eq!((one.verdict, one.short), (Some(Verdict::AtALoss), None));
    assert!(one.sentence.contains("which no plan under these limits avoids: at most £800,000."));
}

/// Whether some plan under every limit but the budget spends so much less: asked of the model anew.
fn can_release(run: &Run, target: &Efficiency, asked: f64) -> Result<bool, String> {
    let mut case = run.case.clone();
    case.scenario.definition.budget.enforce = false;
    let mut built = Built::with_objective(&case, Objective::Health);
    let money = built.year(target.target.year).expect("a year").money.clone();
    let limit = target.target.standing.to_millions().get() - asked;
    built.model.row("asked".to_owned(), money, Sense::AtMost, limit, RowUnit::Money, 1);
    Ok(matches!(best(&built.model)?, Answer::Best(..)))
}

#[test]
fn a_higher_target_never_costs_less_health_and_the_most_is_the_most() {
    for_each_seed(92_001..92_061, 25, |random| {
        let mut sketch = sketches::sketch(random);
        for pct in [0.0, 0.4, 1.0, 2.0, 40.0] {
            let text = format!("[[efficiency]]\nyear = 1\ntarget_pct = {pct}");
            sketch.rules.push(Rule::plain(text));
        }
        let run = Run::of(sketch.case()?, |_| {});
        let Some(plan) = &run.plan else { return Ok(false) };
        for pair in plan.efficiency.windows(2) {
            let [less, more] = pair else { continue };
            let cost = |of: &Efficiency| of.found.health_cost.map(|cost| cost.get());
            if let (Some(a), Some(b)) = (cost(less), cost(more))
                && b < a - 1e-6 * a.max(1.0)
            {
                return Err(format!("{b} after {a}: {}", more.sentence));
            }
            if less.found.within_budget == Some(false) && more.found.within_budget == Some(true) {
                return Err(format!("more is possible where less is not: {}", more.sentence));
            }
            let (a, b) = (less.verdict.map(rank), more.verdict.map(rank));
            if a.zip(b).is_some_and(|(a, b)| a > b) {
                return Err(format!("{:?} after {:?}", more.verdict, less.verdict));
            }
        }
        let Some(first) = plan.efficiency.first() else { return Err("no answer".to_owned()) };
        let (Some(most), Some(at_most)) = (first.found.most, first.found.at_most) else {
            return Err(format!("nothing is proven: {}", first.sentence));
        };
        let [most, at_most] = [most.cash(), at_most].map(|cash| cash.to_millions().get());
        // To a pound, so that no penny of rounding decides.
        if !can_release(&run, first, most - 1e-6)? || can_release(&run, first, at_most + 1e-6)? {
            return Err(format!("{most} and {at_most} are not the most"));
        }
        let kept = first.found.keeping_health.map(|kept| kept.cash().to_millions().get());
        if kept.is_some_and(|kept| kept > most + 1e-6) {
            return Err(format!("{kept:?} without loss, {most} with"));
        }
        Ok(true)
    });
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Possible => 0,
        Verdict::AtALoss => 1,
        Verdict::NotPossible => 2,
    }
}

#[test]
fn a_target_that_means_nothing_is_refused_with_the_mend() {
    let refused = |text: &str| {
        let scenario = format!("name = \"x\"\nbase_year = \"2024-25\"\n[[efficiency]]\n{text}\n");
        let parsed = allocation::Scenario::parse(&scenario, |_| Err("no base".to_owned()));
        parsed.expect_err("refused").to_string()
    };
    for (text, words) in [
        ("year = 2\ntarget_pct = 1", "give 1 to years"),
        ("year = 1", "needs a target_pct or a target_gbp"),
        ("year = 1\ntarget_pct = 1\ntarget_gbp = \"1.00\"", "and not both"),
        ("year = 1\ntarget_pct = 101", "outside 0 to 100"),
        ("year = 1\ntarget_pct = 1\ndelivered_pct = 1", "give both or neither"),
        ("year = 1\ntarget_percent = 1", "did you mean \"target_pct\"?"),
    ] {
        let found = refused(text);
        assert!(found.contains(words), "{text}: {found}");
    }
}
