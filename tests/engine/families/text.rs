//! The smallest model of each family, as algebra in `tests/golden/families`.

use allocation::families::Built;

use super::{STAFF, STILL, Tables, pounds, scenario};
use crate::support;

fn matches(family: &str, tables: &Tables, scenario: &str) {
    let case = support::case(&tables.book(), scenario);
    let found = Built::of(&case).model.text();
    let folder = tests::root().join("tests/golden/families");
    let path = folder.join(format!("{family}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&path, &found).expect("writes");
        return;
    }
    let wanted = std::fs::read_to_string(&path).expect("a golden file; `make golden` writes it");
    assert_eq!(found, wanted, "{family}");
}

const PLAIN: &str = "[pace]\nmax_cut_pct = 10\nmax_growth_pct = 10\n";

fn one_piece(top: &str, more: &str) -> String {
    scenario(top, &pounds(15.0), &format!("{PLAIN}{more}"))
        .replace("segments_per_side = 2", "segments_per_side = 1")
}

#[test]
fn money_and_staff_read_as_the_algebra_says() {
    matches("spend", &Tables::of(&["A01"]).growing(2.0, 1.0), &one_piece("years = 2", ""));
    let release = "[[release]]\nservice = \"A01/A\"\nshare = 0.4\n";
    matches("budget", &Tables::pair(), &one_piece("absorb_share = 0.5", release));
    let header = "pool_id,staff_group,scope_kind,wte_available,redeployable_share,\
                  recruitable_wte_per_year,recruitment_cost_gbp,agency_wte_cap,agency_premium_gbp";
    let pools = [header, "nursing,nursing,icb,86,0.8,2,10000.00,3,20000.00"];
    let staff = Tables::pair().with("staff_pools", &pools);
    matches("workforce", &staff, &one_piece("", STAFF));
    let total = "[[pace.total]]\nprovider = \"A01\"\nmax_cut_pct = 5\n";
    matches("pace", &Tables::pair().growing(0.0, 0.0), &one_piece("years = 2", total));
}

#[test]
fn what_is_asked_for_reads_as_the_algebra_says() {
    let floors = "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_change_pct = -2\n\
                  [[floor]]\nkey = \"p\"\nservice = \"P01/P\"\nmax_share_pct = 35\n";
    matches("floor", &Tables::pair(), &one_piece("", floors));
    matches("protected", &Tables::pair(), &one_piece("", "[[protect]]\nservice = \"A01/A\"\n"));
    let needs = ["service,needs_service,gbp_per_gbp", "P01/P,P01/D,0.1", "P01/P,A01/A,0.2"];
    let support = Tables::pair().line(("P01", "D"), 2.0, "support").with("service_needs", &needs);
    let with_d = one_piece("", "").replace("15000000.00", "17000000.00");
    matches("need", &support, &with_d);
    let shares = "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5";
    let equity = Tables::pair().with("equity", &[shares, "P01,P,0.3,0.25,0.2,0.15,0.1"]);
    let limits = "[equity]\nno_quintile_loses = true\nmost_deprived_min_share_pct = 20\n";
    matches("equity", &equity, &one_piece("", limits));
}

#[test]
fn what_may_change_reads_as_the_algebra_says() {
    let header = "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,max_move_gbp,\
                  year1_share,double_running_months,evidence_grade,source";
    let rows = [header, "p,A01/A,P01/P,0.7,5,1000000.00,0.5,6,B,x"];
    let moves = Tables::pair().with("pathways", &rows);
    matches("pathway", &moves, &one_piece("", ""));
    let header = "option_id,option_name,benefit_qaly,cost_gbp,all_or_nothing,year1_share,\
                  evidence_grade";
    let options = Tables::of(&["P01"])
        .growing(0.0, 0.0)
        .with("options", &[header, "o,O,100,1000000.00,yes,0.5,B", "q,Q,40,500000.00,no,,B"])
        .with(
            "option_effects",
            &["option_id,service,spend_change_gbp,source", "q,P01/P,-200000.00,x"],
        )
        .with(
            "option_rules",
            &["rule_id,option_id,rule_label,weight,limit", "r,o,Either,1,1", "r,q,Either,1,1"],
        );
    matches("option", &options, &scenario("years = 2", &pounds(6.0), STILL));
    let beds = Tables::pair()
        .with("resources", &["resource_id,label,unit,available", "beds,Beds,beds,140"])
        .with(
            "service_resources",
            &["service,resource_id,amount", "A01/A,beds,100", "P01/P,beds,50"],
        );
    matches("resource", &beds, &one_piece("", ""));
}
