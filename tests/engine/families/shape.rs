//! Floors, caps, pace and protection.

use super::{Tables, answers, close, pounds};

/// Prices rise by 5 %, so £15m buys 14.285714. A floor of today's spend under A in base-year prices
/// leaves P 4.285714; in cash A keeps 10 / 1.05 = 9.523810, and P 4.761905.
#[test]
fn floors_are_real_or_cash() {
    let tables = Tables::pair().growing(0.0, 5.0);
    let floor = |basis: &str| {
        format!(
            "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_change_pct = 0\nbasis = \"{basis}\"\n\
             [[floor]]\nkey = \"a2\"\nservice = \"A01/A\"\nmax_change_pct = 0\nbasis = \"{basis}\"\n"
        )
    };
    let run = tables.run("", &pounds(15.0), &floor("real"));
    answers(&run, 1, &[10.0, 4.285714], 2250.0 - 0.5 * 103.1712 - 0.214286 * 110.3035);
    let run = tables.run("", &pounds(15.0), &floor("cash"));
    let health = 2250.0 - 0.476190 * 20.8516 - 0.238095 * 103.1712;
    answers(&run, 1, &[9.523810, 4.761905], health);
}

/// 97 % of A's activity: 10 · 0.97^5 = 8.587340, with £14.25m P 5.662660.
#[test]
fn a_floor_on_activity_is_one_on_spend() {
    let floor = "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_activity_pct = 97\n";
    let run = Tables::pair().run("", &pounds(14.25), floor);
    let health = 2250.0 - 20.8516 - 0.412660 * 22.7959 + 0.5 * 97.1503 + 0.162660 * 91.9841;
    answers(&run, 1, &[8.587340, 5.662660], health);
}

/// Elicited: of ten patients five are lost by a cut of a tenth, so activity moves with the root of
/// spend and 97 % of it is 0.97² of £10m, 9.409. With £14.25m that leaves P 4.841. (0.5 times the
/// 0.4 by which a lost patient is worth less is the same elasticity of 0.2.)
#[test]
fn activity_moves_as_patients_were_said_to_be_lost() {
    let header = "provider_code,service_code,elasticity,patients_lost_pct_per_10pct_cut,\
                  marginal_to_average_gain,elasticity_se,source";
    let rows = [header, "A01,A,,5,0.4,0.05,x", "P01,P,0.40,,,0.05,x"];
    let tables = Tables::pair().with("elasticities", &rows);
    let floor = "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_activity_pct = 97\n";
    let run = tables.run("", &pounds(14.25), floor);
    answers(&run, 1, &[9.409, 4.841], 2250.0 - 0.591 * 20.8516 - 0.159 * 103.1712);
    assert!(run.notes.iter().all(|note| !note.contains("on activity")), "{:?}", run.notes);
}

/// N has neither an outcome nor an elicited figure: the floor cannot hold it, and the run says so.
#[test]
fn a_floor_on_activity_says_which_lines_it_cannot_hold() {
    let floor = "[[floor]]\nkey = \"p\"\nlabel = \"Access\"\nprovider = \"P01\"\n\
                 min_activity_pct = 100\n";
    let run = Tables::pair().line(("P01", "N"), 4.0, "care").run("", &pounds(19.0), floor);
    answers(&run, 1, &[9.0, 4.0, 6.0], 2323.7156);
    let said: Vec<_> = run.notes.iter().filter(|note| note.contains("\"Access\"")).collect();
    assert!(said.len() == 1 && said.iter().all(|note| note.contains("spend: P01/N.")), "{said:?}");
}

/// P at most 5.3: A gives 0.3. P at most 36 % of all spend, 5.4 of 15.
#[test]
fn caps_hold() {
    let cap = |limit: &str| format!("[[floor]]\nkey = \"p\"\nservice = \"P01/P\"\n{limit}\n");
    let run = Tables::pair().run("", &pounds(15.0), &cap("max_gbp = \"5300000.00\""));
    answers(&run, 1, &[9.7, 5.3], 2250.0 + 0.3 * (97.1503 - 20.8516));
    let run = Tables::pair().run("", &pounds(15.0), &cap("max_share_pct = 36"));
    answers(&run, 1, &[9.6, 5.4], 2250.0 + 0.4 * (97.1503 - 20.8516));
}

/// A's provider falls by 5 % a year at most: 9.5, then 9.025 of the year before, not of today.
#[test]
fn the_pace_of_a_total_is_on_the_year_before() {
    let pace = "[pace]\nmax_cut_pct = 20\nmax_growth_pct = 20\n\
                [[pace.total]]\nprovider = \"A01\"\nmax_cut_pct = 5\n";
    let run = Tables::pair().growing(0.0, 0.0).run("years = 2", &pounds(15.0), pace);
    let a = 1000.0 * (1.0 - 0.8_f64.powf(0.2)) / 2.0;
    let p = 1250.0 * (1.2_f64.powf(0.4) - 1.0);
    answers(&run, 1, &[9.5, 5.5], 2250.0 - 0.5 * a + 0.5 * p);
    answers(&run, 2, &[9.025, 5.975], 2250.0 - 0.975 * a + 0.975 * p);
}

/// Each line's own pace, and protection: A may fall by 3 % only; protected it may not fall at all.
#[test]
fn lines_have_a_pace_of_their_own() {
    let pace = "[pace]\nmax_cut_pct = 20\nmax_growth_pct = 20\n\
                [[pace.for]]\nprovider = \"A01\"\nmax_cut_pct = 3\n";
    let run = Tables::pair().run("", &pounds(15.0), pace);
    let a = 1000.0 * (1.0 - 0.97_f64.powf(0.2));
    answers(&run, 1, &[9.7, 5.3], 2250.0 - a + 0.3 * 97.1503);
    let run = Tables::pair().run("", &pounds(15.0), "[[protect]]\nservice = \"A01/A\"\n");
    answers(&run, 1, &[10.0, 5.0], 2250.0);
}

/// Half of A has an accepted outcome: b = 5, and it may fall to 4; the other half stays. P's 1 costs
/// A all of that: slopes are twice as steep on half the spend.
#[test]
fn spend_without_an_outcome_is_held() {
    let tables = Tables::pair().but("outcomes", "0.01,A,1,", "0.01,A,0.5,");
    let tables = tables.but("outcomes", "1250,1,0.01,A,0.5,", "1250,1,0.01,A,1,");
    let run = tables.run("", &pounds(15.0), "");
    answers(&run, 1, &[9.0, 6.0], 2250.0 - 20.8516 - 22.7959 + 94.5672);
    let run = tables.run("", &pounds(14.5), "");
    close("A no lower", super::totals(&run, 1).plan_spend.to_millions().get(), 14.5);
    let health = 2250.0 - 43.6475 + 0.5 * 97.1503;
    answers(&run, 1, &[9.0, 5.5], health);
}

/// A line without any outcome stays as it is, whatever else is worth doing.
#[test]
fn silence_does_not_pay() {
    let run = Tables::pair().line(("P01", "N"), 4.0, "care").run("", &pounds(19.0), "");
    answers(&run, 1, &[9.0, 4.0, 6.0], 2323.7156);
    let cost = run.plan.expect("a plan").facts.cost_of_silence.expect("a figure");
    assert!(cost.get() > 0.0, "{cost:?}");
}
