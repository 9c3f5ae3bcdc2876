//! Deprivation and moves along pathways: health that must not be had for nothing.

use super::{Tables, answers, pounds};

const MOVES: &str = "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,max_move_gbp,\
                     double_running_months,evidence_grade,source";

const SHARES: &str = "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5";

fn into_a_line_without_a_curve(kappa: &str, eta: &str, months: &str) -> Tables {
    let row = format!("p,A01/A,P01/N,{kappa},{eta},1000000.00,{months},B,x");
    Tables::pair().line(("P01", "N"), 5.0, "care").with("pathways", &[MOVES, &row])
}

/// Money: own A + P + 5 + κ z = 20 with own A = ε − z and P = 6: ε = 9 + (1 − κ) z.
#[test]
fn a_move_saves_what_the_receiver_does_cheaper_and_no_more() {
    // κ = 0.5, z = 1: ε = 9.5, own A 8.5, N 5.5.
    let run = into_a_line_without_a_curve("0.5", "0", "0").run("", &pounds(20.0), "");
    answers(&run, 1, &[8.5, 5.5, 6.0], 2250.0 - 0.5 * 20.8516 + 94.5672);
    // As dear as where it was, or dearer: as good as no move, and then nothing moves.
    for kappa in ["1", "1.1"] {
        let run = into_a_line_without_a_curve(kappa, "0", "0").run("", &pounds(20.0), "");
        answers(&run, 1, &[9.0, 5.0, 6.0], 2323.7156);
    }
    // What it does to the patients counts: 10 QALY for the £1m moved at the same cost.
    let run = into_a_line_without_a_curve("1", "10", "0").run("", &pounds(20.0), "");
    answers(&run, 1, &[8.0, 6.0, 6.0], 2323.7156 + 10.0);
    // Six months of both: 0.25 more in the year of the move, so ε = 9.25.
    let run = into_a_line_without_a_curve("0.5", "0", "6").run("", &pounds(20.0), "");
    answers(&run, 1, &[8.25, 5.5, 6.0], 2250.0 - 0.75 * 20.8516 + 94.5672);
}

/// With A held at 10 what a move frees serves A's other patients at 19.2449, but the receiver's
/// 0.5 must come from P, at 103.1712 per £m: nothing moves, and P cannot grow.
#[test]
fn a_floor_on_the_giver_makes_no_health() {
    let floor = "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_change_pct = 0\n";
    let run = into_a_line_without_a_curve("0.5", "0", "0").run("", &pounds(20.0), floor);
    answers(&run, 1, &[10.0, 5.0, 5.0], 2250.0);
}

/// Half of what A loses stays behind. Growth inside A would re-use all of it (α = 1), but A does
/// not grow: cutting and growing at once is nothing. P's 1 costs A 2: 1 is stranded.
#[test]
fn cutting_and_growing_back_in_one_year_is_nothing() {
    let release = "[[release]]\nservice = \"A01/A\"\nshare = 0.5\n";
    for tables in [Tables::pair(), into_a_line_without_a_curve("1", "0", "0")] {
        let without_n = tables.list().iter().all(|(name, _)| *name != "pathways");
        let (budget, spends): (f64, &[f64]) =
            if without_n { (15.0, &[8.0, 6.0]) } else { (20.0, &[8.0, 5.0, 6.0]) };
        let run = tables.run("absorb_share = 1.0", &pounds(budget), release);
        answers(&run, 1, spends, 2250.0 - 20.8516 - 22.7959 + 94.5672);
        assert_eq!(super::totals(&run, 1).stranded.to_string(), "1000000.00");
    }
}

#[test]
fn circles_and_shares_above_the_whole_are_refused_with_the_book() {
    let rows = [MOVES, "p,A01/A,P01/P,0.5,0,1000000.00,0,B,x", "q,P01/P,A01/A,0.5,0,,0,B,x"];
    let circle = Tables::pair().with("pathways", &rows);
    assert!(circle.refused_by().contains(&"pathway.circle"), "{:?}", circle.refused_by());
    let twice = Tables::pair()
        .but("services", "setting", "setting,pathway_id,pathway_share")
        .but("services", "golden,acute", "golden,acute,x,0.6")
        .but("services", "golden,primary_care", "golden,primary_care,x,0.6");
    assert!(twice.refused_by().contains(&"pathway.share_sum"), "{:?}", twice.refused_by());
}

/// Without shares A's loss counts in full in every fifth. P's gain counts not at all, or, with
/// shares of its own, by a fifth: 0.2 · 97.1503 = 19.43 for each £m against A's 20.85.
#[test]
fn no_equity_shares_are_not_shares_of_nought() {
    let limit = "[equity]\nno_quintile_loses = true\n";
    let none = Tables::pair();
    let p = Tables::pair().with("equity", &[SHARES, "P01,P,0.2,0.2,0.2,0.2,0.2"]);
    for tables in [none, p] {
        answers(&tables.run("", &pounds(15.0), limit), 1, &[10.0, 5.0], 2250.0);
    }
    // With both known and alike the limit does not bind.
    let rows = [SHARES, "A01,A,0.2,0.2,0.2,0.2,0.2", "P01,P,0.2,0.2,0.2,0.2,0.2"];
    let both = Tables::pair().with("equity", &rows);
    answers(&both.run("", &pounds(15.0), limit), 1, &[9.0, 6.0], 2323.7156);
    // P helps the first four fifths, a quarter each; A's last fifth would lose: nothing moves.
    let rows = [SHARES, "A01,A,0.2,0.2,0.2,0.2,0.2", "P01,P,0.25,0.25,0.25,0.25,0"];
    let last = Tables::pair().with("equity", &rows);
    answers(&last.run("", &pounds(15.0), limit), 1, &[10.0, 5.0], 2250.0);
}
