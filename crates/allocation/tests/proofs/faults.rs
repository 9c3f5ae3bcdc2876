//! Faults that published programs for this kind of problem have been found with, and solvers too.
//! Each test fails where we had the fault.

use allocation::certificate::dual_bound;
use allocation::families::Built;
use allocation::model::{Expression, LpModel, ModelError, RowUnit, Sense};
use allocation::solver::{Solver, SolverError, Status};
use allocation::{Certificate, Run, RunStatus};
use quantities::Pence;
use std::collections::BTreeMap;

use crate::best::{Answer, best};
use crate::books::{Outcome, Provider, Rule, Service, Sketch};
use crate::random::Random;

/// £10m of weak care and £5m of strong care, no staff; nothing released in part.
fn two_lines(rules: &[&str]) -> Sketch {
    let provider = Provider { code: "P".to_owned(), sector: "acute", place: "NORTH" };
    let line = |code: &str, pence: i64, patients: i64| Service {
        provider: "P".to_owned(),
        code: code.to_owned(),
        fund: "core",
        tag: "",
        role: "care",
        cost: [0, 0, pence],
        outcome: Some(Outcome { patients, gain: 1.0, share: 1.0 }),
        elasticity: 0.4,
        staff: BTreeMap::new(),
        shares: None,
    };
    let mut sketch = Sketch {
        providers: vec![provider],
        services: vec![line("WEAK", 1_000_000_000, 100), line("STRONG", 500_000_000, 1_000)],
        ..Sketch::default()
    };
    sketch.rules.push(Rule::plain("releases = \"full\""));
    sketch.rules.extend(rules.iter().map(|rule| Rule::plain(*rule)));
    sketch.rules.push(Rule::plain("[uncertainty]\ndraws = 0"));
    sketch
}

fn run(rules: &[&str]) -> Run {
    Run::of(two_lines(rules).case().expect("a case"), |_| {})
}

/// Planned spend in pence by service code.
fn spend(run: &Run) -> BTreeMap<String, i64> {
    let plan = run.plan.as_ref().expect("a plan");
    let lines = plan.variables.iter().filter_map(|(key, value)| {
        let code = key.strip_prefix("spend/P/")?.strip_suffix("/1")?;
        let pence = quantities::Millions::new(*value).floor_to_pence()?;
        Some((code.to_owned(), pence.get()))
    });
    lines.collect()
}

#[test]
fn an_infeasible_model_is_not_a_plan_of_zero() {
    // Half the money, and no line may fall by more than a tenth.
    let rules = ["[budget]\nchange_pct = -50", "[pace]\nmax_cut_pct = 10"];
    let run = run(&rules);
    assert_eq!(run.status, RunStatus::Infeasible);
    assert!(run.plan.is_none(), "no plan, not one of nothing");
    assert!(run.ways_back.iter().all(|way| !way.moves.is_empty() && way.cost > 0.0));
    let built = Built::of(&two_lines(&rules).case().expect("a case"));
    assert_eq!(best(&built.model), Ok(Answer::Infeasible));
    // Nor does the proof hold for a plan of nothing.
    let nothing = vec![0.0; built.model.columns.len()];
    let prices = vec![0.0; built.model.rows.len()];
    assert!(!Certificate::of(&built.model, &nothing, &prices).holds());
}

#[test]
fn ten_percent_is_a_tenth_wherever_a_percentage_is_read() {
    let of = |rules: &[&str]| spend(&run(rules));
    let pence = |weak: i64, strong: i64| {
        BTreeMap::from([("WEAK".to_owned(), weak), ("STRONG".to_owned(), strong)])
    };
    let pace = "[pace]\nmax_cut_pct = 10\nmax_growth_pct = 20";
    assert_eq!(of(&[pace]), pence(900_000_000, 600_000_000), "pace");
    assert_eq!(
        of(&["[budget]\nchange_pct = 2", "[pace]\nmax_cut_pct = 10\nmax_growth_pct = 100"]),
        pence(900_000_000, 630_000_000),
        "the budget"
    );
    assert_eq!(
        of(&[pace, "[[pace.for]]\nservice = \"P/STRONG\"\nmax_growth_pct = 4"]),
        pence(980_000_000, 520_000_000),
        "a line's own pace, and what it leaves is not cut"
    );
    assert_eq!(
        of(&[pace, "[[pace.total]]\nservice = \"P/WEAK\"\nmax_cut_pct = 3"]),
        pence(970_000_000, 530_000_000),
        "the pace of a selection"
    );
    assert_eq!(
        of(&[pace, "[[floor]]\nkey = \"f\"\nservice = \"P/WEAK\"\nmin_change_pct = -2"]),
        pence(980_000_000, 520_000_000),
        "a floor"
    );
    assert_eq!(
        of(&[pace, "[[floor]]\nkey = \"f\"\nservice = \"P/STRONG\"\nmax_change_pct = 6"]),
        pence(970_000_000, 530_000_000),
        "a cap"
    );
    assert_eq!(
        of(&[pace, "[[floor]]\nkey = \"f\"\nservice = \"P/STRONG\"\nmax_share_pct = 36"]),
        pence(960_000_000, 540_000_000),
        "a share of planned spend"
    );
}

/// Thirty columns and twenty rows, no two coefficients alike.
fn wide() -> LpModel {
    let random = &mut Random::of(60_001);
    let mut model = LpModel::default();
    for at in 0..30 {
        model.column(format!("x/{at}"), 0.0, random.between(5.0, 10.0), 0.0);
    }
    for at in 0..20 {
        let terms = (0..30).filter(|_| random.percent(50)).collect::<Vec<usize>>();
        let terms = terms.into_iter().map(|column| (column, random.between(0.5, 2.0))).collect();
        let sense = if at % 2 == 0 { Sense::AtMost } else { Sense::AtLeast };
        let expression = Expression { constant: 0.0, terms };
        let limit = if at % 2 == 0 { random.between(20.0, 40.0) } else { random.between(3.0, 9.0) };
        model.row(format!("row/{at}"), expression, sense, limit, RowUnit::Money, 1);
    }
    model
}

#[test]
fn no_row_is_dropped_or_taken_for_another() {
    let plain = wide();
    for (at, row) in plain.rows.iter().enumerate() {
        // Push against this row alone: it must be what holds the point, under its own place.
        let push = match row.sense {
            Sense::AtMost => 1.0,
            Sense::AtLeast => -1.0,
        };
        let mut model = plain.clone();
        for (column, part) in &row.terms {
            model.columns[*column].gain = push * part;
        }
        // The other rows are out of the way, so that only this one can hold.
        for (other, row) in model.rows.iter_mut().enumerate().filter(|(other, _)| *other != at) {
            row.limit += match row.sense {
                Sense::AtMost => 1e3,
                Sense::AtLeast => -1e3,
            };
            assert_ne!(other, at);
        }
        let Ok(Answer::Best(_, point)) = best(&model) else { panic!("row {at} has no answer") };
        let reached = LpModel::activity(row, &point.values);
        assert!((reached - row.limit).abs() < 1e-7, "row {at}: {reached} is not {}", row.limit);
        let mut prices = point.prices.clone();
        assert!((prices.remove(at) - push).abs() < 1e-7, "row {at}: {:?}", point.prices);
        assert!(prices.iter().all(|price| price.abs() < 1e-7), "row {at}: {:?}", point.prices);
    }
}

/// A £3bn system with posts of which each £m needs few: in pence the coefficients are under 1e-9.
/// `unit` is how many of the model's money units make £1m.
fn posts(unit: f64) -> LpModel {
    let random = &mut Random::of(61_001);
    let mut model = LpModel::default();
    let mut staff = Expression::default();
    let mut money = Expression::default();
    for at in 0..60 {
        let width = random.between(20.0, 50.0) * unit;
        let gain = random.between(20.0, 100.0) / unit;
        let column = model.column(format!("spend/{at}"), 0.0, width, gain);
        let per_million = if at % 3 == 0 { random.between(5.0, 10.0) } else { 8e-4 };
        staff.terms.push((column, per_million / unit));
        money.terms.push((column, 1.0));
    }
    model.row("staff".to_owned(), staff, Sense::AtMost, 1_500.0, RowUnit::Staff, 60);
    model.row("money".to_owned(), money, Sense::AtMost, 1_400.0 * unit, RowUnit::Money, 60);
    model
}

/// What HiGHS says of a model in the model's own figures, scaled by nobody.
fn unscaled(model: &LpModel) -> Vec<f64> {
    let mut problem = highs::RowProblem::new();
    let columns: Vec<_> = model
        .columns
        .iter()
        .map(|column| problem.add_column(column.gain, column.lower..=column.upper))
        .collect();
    for row in &model.rows {
        let terms: Vec<_> = row
            .terms
            .iter()
            .map(|(at, part)| (*columns.get(*at).expect("a column"), *part))
            .collect();
        problem.add_row(..=row.limit, terms);
    }
    let mut solver = problem.optimise(highs::Sense::Maximise);
    solver.make_quiet();
    // One scheduler serves the whole process: ask of it what our own instances ask.
    solver.set_option("threads", 1);
    solver.set_option("parallel", "off");
    let solved = solver.solve();
    assert_eq!(solved.status(), highs::HighsModelStatus::Optimal, "what hides the fault");
    let values = solved.get_solution().columns().to_vec();
    // Destroying an instance while others run is unsound; this one is left alone.
    std::mem::forget(solved);
    values
}

#[test]
fn tiny_coefficients_in_pence_are_not_dropped() {
    let (pence, millions) = (posts(1e8), posts(1.0));
    let used = |point: &[f64]| LpModel::activity(&pence.rows[0], point);
    // The control: HiGHS alone calls a plan optimal that breaks the staff row.
    let claimed = unscaled(&pence);
    assert!(used(&claimed) > 1_500.01, "{} WTE: this proves nothing", used(&claimed));
    let mut solver = Solver::new(&pence).expect("a model");
    assert_eq!(solver.run(60.0), Status::Optimal);
    let point = solver.point().expect("a point");
    assert!(used(&point.values) <= 1_500.0 + 1e-6, "{} WTE", used(&point.values));
    let best = best(&millions).expect("proven").objective().expect("a plan");
    let found = pence.objective(&point.values);
    assert!((found - best).abs() <= 1e-9 * best, "{found} in pence is not {best} in millions");
    // And what HiGHS alone had claimed is not let through.
    let certificate = Certificate::of(&pence, &claimed, &point.prices);
    assert!(certificate.max_violation_wte > 0.01 && !certificate.holds(), "{certificate:?}");
}

#[test]
fn figures_too_far_apart_to_solve_are_refused() {
    let mut model = posts(1.0);
    model.rows[0].terms[1].1 = 1e-30;
    let refused = Solver::new(&model).err();
    assert_eq!(refused, Some(SolverError::Model(ModelError::Spread("staff".to_owned()))));
}

/// A figure of a model, made into something else.
type Spoil = fn(&mut LpModel, f64);

#[test]
fn what_is_not_a_number_is_refused_wherever_it_stands() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let spoil: [(&str, Spoil); 6] = [
            ("x/3", |model, bad| model.columns[3].gain = bad),
            ("x/3", |model, bad| model.columns[3].lower = bad),
            ("x/3", |model, bad| model.columns[3].upper = bad),
            ("row/2", |model, bad| model.rows[2].limit = bad),
            ("row/2", |model, bad| model.rows[2].terms[0].1 = bad),
            ("the objective", |model, bad| model.constant = bad),
        ];
        for (place, spoil) in spoil {
            let mut model = wide();
            spoil(&mut model, bad);
            let refused = Solver::new(&model).err();
            let wanted = ModelError::NotFinite(place.to_owned());
            assert_eq!(refused, Some(SolverError::Model(wanted)), "{bad} at {place}");
        }
    }
}

#[test]
fn nothing_without_a_bound_is_ever_optimal() {
    // Maximise x, nothing above it: the model is refused before a solver can say "optimal".
    let mut model = LpModel::default();
    model.column("x".to_owned(), 0.0, 1.0, 1.0);
    model.columns[0].upper = f64::INFINITY;
    assert!(matches!(Solver::new(&model), Err(SolverError::Model(ModelError::NotFinite(_)))));
    // And no finite plan of it is proven, whatever was claimed.
    assert!(!dual_bound(&model, &[]).is_finite());
    assert!(!Certificate::of(&model, &[1e300], &[]).holds());
    // With a bound, however far, the best plan is at it.
    model.columns[0].upper = 1e9;
    let mut solver = Solver::new(&model).expect("a model");
    assert_eq!(solver.run(60.0), Status::Optimal);
    assert_eq!(solver.point().expect("a point").values, [1e9]);
}

#[test]
fn no_change_of_money_is_no_change_in_pence() {
    let run = run(&["[pace]\nmax_cut_pct = 0\nmax_growth_pct = 0"]);
    let plan = run.plan.as_ref().expect("a plan");
    assert_eq!(
        plan.last().expect("a year").totals.plan_spend,
        plan.last().expect("a year").totals.base_spend
    );
    assert_eq!(plan.last().expect("a year").totals.unallocated, Pence::ZERO);
}
