//! Who gains: weights, and limits on deprivation with moves and options.

use super::{STILL, Tables, answers, close, pounds, take_up};

const OPTIONS: &str = "option_id,option_name,benefit_qaly,cost_gbp,evidence_grade,imd_q1,imd_q2,\
                       imd_q3,imd_q4,imd_q5";
const SHARES: &str = "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5";
const NO_ONE_LOSES: &str = "[equity]\nno_quintile_loses = true\n";

/// By the healthy life expectancy h of each fifth, 66.37 to 77.63, Atkinson's weights go with h^−ε and
/// Kolm's with e^(−αh), brought to a mean of 1. £1m buys 10 for the first fifth or 15 for the last,
/// so the first must count 1.5 times as much.
#[test]
fn atkinson_and_kolm_weigh_as_their_formulas_say() {
    let rows =
        [OPTIONS, "first,First,10,1000000.00,B,1,0,0,0,0", "last,Last,15,1000000.00,B,0,0,0,0,1"];
    let tables = Tables::pair().with("options", &rows);
    let health = [66.37_f64, 70.07, 73.74, 75.32, 77.63];
    type Weight = fn(f64, f64) -> f64;
    let atkinson: Weight = |h, epsilon| h.powf(-epsilon);
    let kolm: Weight = |h, alpha| (-alpha * h).exp();
    for (name, epsilon, of, first) in [
        // (77.63 / 66.37)^2 = 1.37 is less than 15 / 10; ^3 = 1.60 is more.
        ("atkinson", 2.0, atkinson, 0.0),
        ("atkinson", 3.0, atkinson, 1.0),
        // e^(0.03 · 11.26) = 1.40 is less, e^(0.04 · 11.26) = 1.57 is more.
        ("kolm", 0.03, kolm, 0.0),
        ("kolm", 0.04, kolm, 1.0),
    ] {
        let more = format!("{STILL}[equity]\nweights = \"{name}\"\nepsilon = {epsilon}\n");
        let run = tables.run("objective = \"equity_weighted\"", &pounds(16.0), &more);
        assert_eq!(take_up(&run, 1), [first, 1.0 - first], "{name} {epsilon}");
        let raw = health.map(|h| of(h, epsilon));
        let mean = raw.iter().sum::<f64>() / 5.0;
        let [q1, .., q5] = raw;
        let weighted = if first > 0.0 { 10.0 * q1 / mean } else { 15.0 * q5 / mean };
        let objective = run.plan.expect("a plan").certificate.objective;
        close("weighted", objective, 2250.0 + weighted);
    }
}

/// A alone pays for an option of £1m with 20.8516 QALY, a fifth of them in each fifth: 4.17. The
/// option's 30 give the first fifth 6 at a share of 0.2, and 3 at one of 0.1. Without shares its gain
/// counts nowhere.
#[test]
fn an_option_must_make_good_what_a_fifth_loses() {
    let shares = [SHARES, "A01,A,0.2,0.2,0.2,0.2,0.2"];
    for (option, taken) in [
        ("o,Option,30,1000000.00,B,0.2,0.2,0.2,0.2,0.2", 1.0),
        ("o,Option,30,1000000.00,B,0.1,0.3,0.2,0.2,0.2", 0.0),
        ("o,Option,30,1000000.00,B,,,,,", 0.0),
    ] {
        let tables = Tables::of(&["A01"]).with("equity", &shares);
        let run = tables.with("options", &[OPTIONS, option]).run("", &pounds(10.0), NO_ONE_LOSES);
        assert_eq!(take_up(&run, 1), [taken], "{option}");
        answers(&run, 1, &[10.0 - taken], 1000.0 + taken * (30.0 - 20.8516));
    }
}

/// A move of £1m out of A saves half of it and costs A's patients 5 QALY, 0.4 of them in the first
/// fifth. P's patients are not there, so what A's own curve gains must make that good: ε above 10 by
/// 5 / 19.2449 = 0.259810. The rest of the half, 0.240190, goes to P.
#[test]
fn a_move_must_make_good_what_it_takes_from_a_fifth() {
    let header = "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,max_move_gbp,\
                  evidence_grade,source";
    let shares = [SHARES, "A01,A,0.4,0.15,0.15,0.15,0.15", "P01,P,0,0.25,0.25,0.25,0.25"];
    let tables = Tables::pair()
        .line(("P01", "N"), 5.0, "care")
        .with("pathways", &[header, "p,A01/A,P01/N,0.5,-5,1000000.00,B,x"])
        .with("equity", &shares);
    let run = tables.run("", &pounds(20.0), NO_ONE_LOSES);
    answers(&run, 1, &[9.259810, 5.5, 5.240190], 2250.0 + 0.240190 * 97.1503);
    // Without the limit A pays for all that P may grow: 0.5 of its ε.
    let run = tables.run("", &pounds(20.0), "");
    answers(&run, 1, &[8.5, 5.5, 6.0], 2250.0 - 0.5 * 20.8516 - 5.0 + 94.5672);
}

/// A fifth of all that is gained must be the first fifth's. An option gives it 10, 8 more than its
/// part; of P's gain it has a tenth, a tenth too little. P's pieces bend down, so that each of its
/// pounds counts as the first above today: 0.1 · 97.1503 p ≤ 8, p = 0.823466. A has just its fifth.
#[test]
fn the_most_deprived_fifth_has_its_share_of_the_gain() {
    let shares = [SHARES, "A01,A,0.2,0.2,0.2,0.2,0.2", "P01,P,0.1,0.225,0.225,0.225,0.225"];
    let tables = Tables::pair()
        .with("equity", &shares)
        .with("options", &[OPTIONS, "o,Option,10,0.00,B,1,0,0,0,0"]);
    let limit = "[equity]\nmost_deprived_min_share_pct = 20\n";
    let run = tables.run("", &pounds(15.0), limit);
    let (p, lost) = (0.823466, 0.823466 * 20.8516);
    let of_p = 0.5 * 97.1503 + (p - 0.5) * 91.9841;
    answers(&run, 1, &[10.0 - p, 5.0 + p], 2250.0 + 10.0 + of_p - lost);
    // By the curves themselves it has more than its fifth.
    let first = 10.0 + 0.1 * of_p - 0.2 * lost;
    assert!(first > 0.2 * (10.0 + of_p - lost), "{first}");
    let year = run.plan.as_ref().and_then(|plan| plan.last()).expect("a year");
    close("the first fifth", *year.quintiles.0.first().expect("a fifth"), first);
}
