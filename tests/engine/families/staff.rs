//! Staff, capacities and what lines need of each other.

use super::{STAFF, Tables, answers, pounds, price, totals};

/// A uses 6 nurses a £m, P 5: 85 today.
fn nurses(available: &str, more: &str) -> String {
    format!(
        "{STAFF}[[workforce.pool]]\npool = \"nursing\"\nwte_available = {available}\n\
         [[workforce.pool]]\npool = \"therapists\"\nwte_available = 1000\n{more}"
    )
}

#[test]
fn a_line_without_staff_figures_may_not_grow() {
    let silent = Tables::pair().but("workforce", "P01,P,2024-25,nursing,25,1250000.00\n", "");
    let run = silent.run("", &pounds(15.0), &nurses("1000", ""));
    answers(&run, 1, &[10.0, 5.0], 2250.0);
    assert!(run.notes.iter().any(|note| note.contains("no figure for 1 of its services")));
    // A written nought is a figure.
    let nought = Tables::pair().but("workforce", "nursing,25,1250000.00", "nursing,0,0.00");
    answers(&nought.run("", &pounds(15.0), &nurses("60", "")), 1, &[9.0, 6.0], 2323.7156);
}

/// The line has no nurses' row: an option that puts £1m into it, and the support line behind P,
/// would have them work for nothing.
#[test]
fn nor_may_it_grow_by_what_options_and_patients_ask_of_it() {
    let header = "option_id,option_name,benefit_qaly,cost_gbp,evidence_grade";
    let effects = ["option_id,service,spend_change_gbp,source", "o,P01/N,1000000.00,x"];
    let asked = Tables::pair()
        .line(("P01", "N"), 5.0, "care")
        .with("options", &[header, "o,Option,500,0.00,B"])
        .with("option_effects", &effects);
    let run = asked.run("", &pounds(20.0), &nurses("1000", ""));
    answers(&run, 1, &[9.0, 5.0, 6.0], 2323.7156);
    let rows = ["service,needs_service,gbp_per_gbp", "P01/P,P01/N,0.1"];
    let follows = Tables::pair().line(("P01", "N"), 5.0, "support").with("service_needs", &rows);
    let run = follows.run("", &pounds(20.0), &nurses("1000", ""));
    answers(&run, 1, &[10.0, 5.0, 5.0], 2250.0);
}

/// 80 nurses for 85 posts: 6 A + 5 P ≤ 80. P 6 needs 30 and leaves A 50 / 6 = 8.3333; a nurse is
/// worth 22.7959 / 6 = 3.7993 in A, and the £0.6667m left over nothing.
#[test]
fn a_pool_already_overrun_is_solvable() {
    let run = Tables::pair().run("", &pounds(15.0), &nurses("80", ""));
    answers(&run, 1, &[8.3333, 6.0], 2250.0 - 20.8516 - 22.7959 * 2.0 / 3.0 + 94.5672);
    super::close("a nurse", price(&run, "workforce/nursing/1"), 3.7993);
    super::close("the budget", price(&run, "budget/core/1"), 0.0);
    assert!(run.notes.iter().any(|note| note.contains("overrun today")));
}

fn p_alone(more: &str) -> Tables {
    let header = "pool_id,staff_group,scope_kind,wte_available,recruitable_wte_per_year,\
                  recruitment_cost_gbp,agency_wte_cap,agency_premium_gbp";
    let pool = format!("nursing,nursing,icb,25,{more}");
    Tables::of(&["P01"]).with("staff_pools", &[header, &pool]).growing(0.0, 0.0)
}

/// P needs 5 nurses a £m; money for 5.6. Two posts a year at £10,000: year 1 grows by 0.4. They
/// stay: year 2 needs r more with 0.4 + r / 5 + 0.01 r = 0.6, r = 0.952381.
#[test]
fn recruiting_is_paid_once_and_the_recruit_stays() {
    let run = p_alone("2,10000.00,0,").run("years = 2", "change_pct = 12", STAFF);
    // One piece a year: 5 to 6 at 1250 (1.2^0.4 − 1) / 1 = 94.5672.
    answers(&run, 1, &[5.4], 1250.0 + 0.4 * 94.5672);
    answers(&run, 2, &[5.590476], 1250.0 + 0.590476 * 94.5672);
    assert_eq!(totals(&run, 1).recruitment.to_string(), "20000.00");
    assert_eq!(totals(&run, 2).recruitment.to_string(), "9523.80");
}

/// The same from an agency: paid in both years, and year 2 has no more than year 1.
#[test]
fn agency_staff_are_paid_each_year() {
    let run = p_alone("0,,2,10000.00").run("years = 2", "change_pct = 12", STAFF);
    for year in [1, 2] {
        answers(&run, year, &[5.4], 1250.0 + 0.4 * 94.5672);
        assert_eq!(totals(&run, year).agency.to_string(), "20000.00");
    }
}

/// Two therapists do the work of one nurse, for at most two nurses: 0.4 more. With three
/// therapists, 1.5 nurses: 0.3 more.
#[test]
fn substitutes_work_at_their_ratio() {
    let rows = ["from_pool,to_pool,ratio,max_wte,source", "therapists,nursing,2,2,x"];
    for (therapists, growth) in [("80", 0.4), ("3", 0.3)] {
        let header = "pool_id,staff_group,scope_kind,wte_available,redeployable_share";
        let pool = format!("therapists,therapists,icb,{therapists},1");
        let tables = Tables::of(&["P01"])
            .with("staff_pools", &[header, "nursing,nursing,icb,25,1", &pool])
            .with("substitutions", &rows);
        let run = tables.run("", &pounds(6.0), STAFF);
        answers(&run, 1, &[5.0 + growth], 1250.0 + growth * 97.1503);
    }
}

/// One nurse for half a therapist and one therapist for half a nurse: round and round, four times
/// the staff for nothing. At 2 and 0.5 the circle gives back what it took.
#[test]
fn substitutes_in_a_circle_make_no_staff() {
    let circle = |back: &str| {
        let header = "from_pool,to_pool,ratio,max_wte,source";
        let back = format!("nursing,therapists,{back},20,x");
        Tables::pair().with("substitutions", &[header, "therapists,nursing,0.5,20,x", &back])
    };
    let refused = circle("0.5").refused_by();
    assert!(refused.contains(&"substitution.circle"), "{refused:?}");
    circle("2").run("", &pounds(15.0), STAFF);
}

/// P's 1 brings D 0.1, which brings E 0.05: A pays 1.15.
#[test]
fn support_follows_its_users_through_other_support() {
    let rows = ["service,needs_service,gbp_per_gbp", "P01/P,P01/D,0.1", "P01/D,P01/E,0.5"];
    let tables = Tables::pair()
        .line(("P01", "D"), 2.0, "support")
        .line(("P01", "E"), 1.0, "support")
        .with("service_needs", &rows);
    let run = tables.run("", &pounds(18.0), "");
    let health = 2250.0 - 20.8516 - 0.15 * 22.7959 + 94.5672;
    answers(&run, 1, &[8.85, 2.1, 1.05, 6.0], health);
}

/// A gives 2. Alone P would take 1 and C 1; C must take 1.2 for each 1 of P: P 1/1.1, C 1.2/1.1.
#[test]
fn what_patients_need_grows_at_least_as_much() {
    let rows = ["service,needs_service,gbp_per_gbp,kind", "P01/P,C01/C,1.2,at_least"];
    let tables = Tables::of(&["A01", "C01", "P01"]).with("service_needs", &rows);
    let run = tables.run("", &pounds(21.0), "");
    let (p, c) = (1.0 / 1.1, 1.2 / 1.1);
    let gained = 0.5 * 97.1503 + (p - 0.5) * 91.9841 + 0.6 * 85.4155 + (c - 0.6) * 81.6135;
    answers(&run, 1, &[8.0, 6.0 + c, 5.0 + p], 3300.0 - 43.6475 + gained);
}

/// D follows P at 0.1: A pays 1.1. That D must also be at least 0.2 of A does not bind while A falls.
/// Where it follows nothing and must be at least 0.2 of P, P is held.
#[test]
fn a_support_line_follows_and_may_have_to_be_at_least_something_else() {
    let header = "service,needs_service,gbp_per_gbp,kind";
    let line = || Tables::pair().line(("P01", "D"), 2.0, "support");
    let run = |rows: &[&str]| {
        let rows: Vec<&str> = [header].iter().chain(rows).copied().collect();
        line().with("service_needs", &rows).run("", &pounds(17.0), "")
    };
    let (follows, of_a) = ("P01/P,P01/D,0.1,follows", "A01/A,P01/D,0.2,at_least");
    let health = 2250.0 - 20.8516 - 0.1 * 22.7959 + 94.5672;
    for rows in [[follows].as_slice(), &[follows, of_a]] {
        answers(&run(rows), 1, &[8.9, 2.1, 6.0], health);
    }
    // Nothing moves D, so what needs it may not grow.
    answers(&run(&["P01/P,P01/D,0.2,at_least"]), 1, &[10.0, 2.0, 5.0], 2250.0);
}

/// 10 beds a £m in both lines, 145 of 150: P takes 60, A falls to 8.5, though £0.5m is left. A bed
/// is worth a tenth of 22.7959.
#[test]
fn capacities_bind() {
    let tables = Tables::pair()
        .with("resources", &["resource_id,label,unit,available", "beds,Beds,beds,145"])
        .with(
            "service_resources",
            &["service,resource_id,amount", "A01/A,beds,100", "P01/P,beds,50"],
        );
    let run = tables.run("", &pounds(15.0), "");
    answers(&run, 1, &[8.5, 6.0], 2312.31765);
    super::close("a bed", price(&run, "resource/beds/1"), 2.27959);
    let run = tables.run("", &pounds(15.0), "[resources]\nskip = [\"beds\"]\n");
    answers(&run, 1, &[9.0, 6.0], 2323.7156);
}
