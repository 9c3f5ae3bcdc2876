//! Ranges and the plans that differ most: every end of a range against whole solves with that spend
//! asked for, every other plan against the published figures of the four services.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use allocation::ranges::{Room, SpendRange};
use allocation::run::PlanResult;
use allocation::{Case, Run, RunStatus, Scenario};
use api::result::RunJson;
use openbook::folder;
use quantities::{Millions, Pence};
use server::Catalogue;
use std::ffi::OsString;
use std::path::Path;
use tests::{Ended, example, root, valuebook};

fn case(book: &Path, scenario: &str) -> Case {
    let catalogue = Catalogue::embedded().expect("definitions");
    let (book, report) = folder::read(&catalogue.tables, book).expect("reads");
    let book = book.unwrap_or_else(|| panic!("{:?}", report.problems()));
    let scenario = Scenario::parse(scenario, |_| Err("no base".to_owned())).expect("a scenario");
    let (instruments, parameters) = (&catalogue.instruments, &catalogue.parameters);
    allocation::run::case(&book, &scenario, instruments, parameters, Some(0), None).expect("a case")
}

const FOUR: &str = "name = \"x\"\nbase_year = \"2024-25\"\nsegments_per_side = 2\n\
                    releases = \"full\"\n[pace]\nmax_cut_pct = 20\nmax_growth_pct = 20\n";
const TIGHT: &str = "[[workforce.pool]]\npool = \"therapists\"\nwte_available = 80\n";

fn four(more: &str) -> Case {
    case(&root().join("tests/golden/four-services/book"), &format!("{FOUR}{more}"))
}

fn gain(run: &Run) -> Option<f64> {
    let totals = run.plan.as_ref()?.last()?.totals;
    Some((totals.plan_health - totals.base_health).get())
}

fn room(run: &Run) -> &Room {
    run.plan.as_ref().and_then(|plan| plan.facts.room.as_ref()).expect("room")
}

fn own(run: &Run) -> Vec<Pence> {
    let last = run.plan.as_ref().and_then(PlanResult::last).expect("a plan");
    last.services.iter().map(|service| service.plan).collect()
}

/// The most gain when one service must spend so much at least (or at most); nothing where no plan
/// does.
fn forced(more: &str, service: &str, limit: &str, amount: Pence) -> Option<f64> {
    let floor =
        format!("[[floor]]\nkey = \"x\"\nservice = \"{service}\"\n{limit} = \"{amount}\"\n");
    let run = Run::of(four(&format!("{more}{floor}")), |_| {});
    assert!([RunStatus::Optimal, RunStatus::Infeasible].contains(&run.status), "{}", run.sentence);
    gain(&run)
}

#[test]
fn beyond_an_end_the_gain_is_less_and_short_of_it_it_is_not() {
    let pound = Pence::new(100);
    for more in ["", TIGHT] {
        let run = Run::of(four(more), |_| {}).with_room(|_| {});
        let kept = gain(&run).expect("a plan") * 0.99;
        let lines = run.case.lines.iter().zip(&room(&run).spends).zip(own(&run));
        let mut inner = 0;
        for ((line, range), plan) in lines {
            let SpendRange { low, high } = range.expect("it can move");
            assert!(low <= plan && plan <= high, "{}: {low} {plan} {high}", line.key);
            let key = line.key.to_string();
            for (limit, inside, outside) in
                [("min_gbp", high - pound, high + pound), ("max_gbp", low + pound, low - pound)]
            {
                let within = forced(more, &key, limit, inside).expect("a plan");
                assert!(within >= kept, "{key} {limit} {inside}: {within} is not {kept}");
                if let Some(beyond) = forced(more, &key, limit, outside) {
                    assert!(beyond < kept, "{key} {limit} {outside}: {beyond} is not under {kept}");
                    inner += 1;
                }
            }
        }
        assert!(inner >= 3, "ends that only the gain sets: {inner}");
    }
}

#[test]
fn where_nothing_is_gained_the_plan_itself_is_kept() {
    let run = Run::of(four("[budget]\nchange_pct = -8\n"), |_| {}).with_room(|_| {});
    assert!(gain(&run).expect("a plan") < 0.0);
    // The objective may fall short by a billionth, which is worth a few pounds.
    for (range, plan) in room(&run).spends.iter().zip(own(&run)) {
        let SpendRange { low, high } = range.expect("it can move");
        let near = (plan - low).get().max((high - plan).get());
        assert!(low <= plan && plan <= high && near <= 500, "{low} {plan} {high}");
    }
}

#[test]
fn other_plans_keep_every_limit_and_the_gain_and_share_less() {
    let run = Run::of(four(""), |_| {}).with_room(|_| {});
    let (plan, whole) = (own(&run), gain(&run).expect("a plan"));
    let others = &room(&run).alternatives;
    assert!(!others.is_empty() && others.len() <= 3, "{others:?}");
    let mut known = vec![plan.clone()];
    for other in others {
        let total: Pence = other.own.iter().copied().sum();
        assert!(total <= Pence::new(2_500_000_000), "{total}");
        let nurses: f64 = other
            .own
            .iter()
            .zip([6.0, 12.0, 2.0, 5.0])
            .map(|(own, wte)| own.to_millions().get() * wte)
            .sum();
        assert!(nurses <= 165.0 + 1e-6, "{nurses}");
        let mut health = 0.0;
        for (line, own) in run.case.lines.iter().zip(&other.own) {
            let base = line.base.to_millions().get();
            let own = own.to_millions().get();
            assert!((base * 0.8 - 1e-8..=base * 1.2 + 1e-8).contains(&own), "{}: {own}", line.key);
            let curve = line.curve.as_ref().expect("a curve");
            let change = Millions::new(own - base);
            health += curve.gain(change, curve.central(1.0)).get();
        }
        assert!((health - other.gain.get()).abs() < 1e-4, "{health} {other:?}");
        assert!(health >= 0.99 * whole - 1e-4, "{health} of {whole}");
        assert!(!known.contains(&other.own), "{other:?}");
        known.push(other.own.clone());
    }
    // The first shares less of its moves with the plan than the plan does with itself.
    let common = |other: &[Pence]| -> i64 {
        let lines = run.case.lines.iter().zip(&plan).zip(other);
        lines
            .map(|((line, plan), other)| {
                (*plan - line.base).get().signum() * (*other - line.base).get()
            })
            .sum()
    };
    let first = others.first().expect("one");
    assert!(common(&first.own) < common(&plan) - 100_000, "{first:?}");
}

#[test]
fn the_example_leaves_room_and_its_plan_lies_within_it() {
    let scenario = "name = \"x\"\nbase_year = \"2024-25\"\n\
                    [options]\nuse = false\n[pathways]\nuse = false\n";
    let run = Run::of(case(&example(), scenario), |_| {}).with_room(|_| {});
    let (ranges, plan) = (&room(&run).spends, own(&run));
    assert_eq!(ranges.len(), plan.len());
    let mut open = 0;
    for ((range, plan), line) in ranges.iter().zip(plan).zip(&run.case.lines) {
        assert_eq!(range.is_some(), line.curve.is_some() || line.uncredited, "{}", line.key);
        if let Some(SpendRange { low, high }) = range {
            assert!(*low <= plan && plan <= *high, "{}: {low} {plan} {high}", line.key);
            open += usize::from(low < high);
        }
    }
    assert!(open > 10, "{open}");
}

fn command(more: &[&str]) -> Ended {
    let golden = root().join("tests/golden/four-services");
    let mut all: Vec<OsString> = vec!["solve".into(), golden.join("book").into()];
    all.extend(["--scenario".into(), golden.join("scenarios/case-2.toml").into()]);
    all.extend(more.iter().map(OsString::from));
    let ended = valuebook(all).expect("runs");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    ended
}

#[test]
fn the_command_writes_room_only_where_it_is_asked_for_and_the_result_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result.json");
    let golden = root().join("tests/golden/four-services");
    let plain = command(&["--format", "json"]).out;
    assert!(!plain.contains("\"alternatives\""));
    assert!(!command(&[]).out.contains("keep 99 %"));
    let words = command(&["--ranges", "--out", path.to_str().expect("a path")]).out;
    assert!(words.contains("keep 99 %") && words.contains("Plan 1 of those"), "{words}");
    let text = std::fs::read_to_string(&path).expect("a result");
    let result = RunJson::read(&text).expect("a result");
    let [low, high] = result.services.first().and_then(|s| s.range_gbp.clone()).expect("a range");
    let csv = command(&["--ranges", "--format", "csv"]).out;
    assert!(csv.contains(&format!("{low}; {high}")), "{csv}");
    let verify = |path: &Path| {
        let all: [OsString; 5] = [
            "verify".into(),
            golden.join("book").into(),
            "--scenario".into(),
            golden.join("scenarios/case-2.toml").into(),
            path.into(),
        ];
        valuebook(all).expect("runs")
    };
    let ended = verify(&path);
    assert_eq!(ended.code, 0, "{}", ended.err);
    // The hash covers a range, though nobody computes it again.
    std::fs::write(&path, text.replacen(&low, "1.00", 1)).expect("writes");
    assert_eq!(verify(&path).code, 1);
}
