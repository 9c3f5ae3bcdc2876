//! A published national health package as ordinary input files: eight scenarios to the integer.

use allocation::RunStatus;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::support::{book, run};

/// Options that exclude each other.
const EXCLUSIVE: [(&str, &str); 7] = [
    ("112", "113"),
    ("217", "218"),
    ("185", "186"),
    ("321", "322"),
    ("096", "097"),
    ("223", "224"),
    ("229", "233"),
];

/// (first, second, factor): cases of the second ≤ factor · cases of the first.
const NEEDS: [(&str, &str, f64); 9] = [
    ("003", "004", 0.05),
    ("353", "354", 0.1765),
    ("353", "036", 1.1765),
    ("006", "007", 1.0),
    ("006", "059", 1.0),
    ("006", "061", 1.0),
    ("006", "303", 1.0),
    ("104", "106", 1.0),
    ("105", "106", 1.0),
];

/// Cadres: where their minutes stand, and how many are available.
const CADRES: [(&str, &[&str], &str); 8] = [
    (
        "medical",
        &["Medical Officer / Specialist", "Clinical Officer / Technician"],
        "546896983.16923678",
    ),
    (
        "nursing",
        &["Med. Assistant", "Nurse Officer", "Nurse Midwife Technician"],
        "1272028837.731807",
    ),
    ("pharmacy", &["Pharmacist", "Pharm Technician", "Pharm Assistant"], "30539770.800000001"),
    ("lab", &["Lab Officer", "Lab Technician", "Lab Assistant"], "308736196.40000004"),
    ("dental", &["Dental Officer", "Dental Therapist", "Dental Assistant"], "31079228.400000002"),
    ("mental", &["Mental Health Staff"], "33404956.200000003"),
    ("nutrition", &["Nutrition Staff"], "3418894.8000000003"),
    (
        "radiography",
        &["Radiographer", "Radiography Technician", "Sonographer", "Radiotherapy Technician"],
        "16686294",
    ),
];

struct Intervention {
    code: String,
    cases: f64,
    dalys: f64,
    cost: f64,
    drugs: f64,
    coverage: f64,
    minutes: BTreeMap<&'static str, f64>,
}

/// What a scenario limits.
#[derive(Clone, Copy, Default)]
struct Limits {
    drugs: bool,
    coverage: bool,
    staff: bool,
    pharmacy: bool,
    shifting: bool,
}

fn interventions() -> Option<Vec<Intervention>> {
    let folder = tests::root().join("../shared/data/uganda");
    let file = csv::Reader::from_path(folder.join("uganda_intervention_data.csv"));
    let Ok(mut file) = file else {
        println!("skipped: the published package is not beside the repository");
        return None;
    };
    let headers = file.headers().expect("a header").clone();
    let all = file.records().map(|row| {
        let row = row.expect("a row");
        let text = |name: &str| {
            let at = headers.iter().position(|header| header == name).expect(name);
            row.get(at).expect(name).to_owned()
        };
        let number = |name: &str| text(name).parse::<f64>().unwrap_or(0.0);
        let minutes = |columns: &[&str]| columns.iter().map(|name| number(name)).sum();
        Intervention {
            code: text("Code"),
            cases: number("Cases_full_2020"),
            dalys: number("DALYs averted per patient (Uganda)"),
            cost: number("Cost per case (Uganda) - 2019 USD"),
            drugs: number("Average drugs and commodities cost (2019 USD)"),
            coverage: number("Coverage_2024"),
            minutes: CADRES.map(|(cadre, columns, _)| (cadre, minutes(columns))).into(),
        }
    });
    Some(all.collect())
}

/// The variants of an intervention: as it is, and with other staff doing the work of the scarce.
fn variants(limits: Limits) -> &'static [(&'static str, bool, bool)] {
    let all = &[("", false, false), ("P", true, false), ("N", false, true), ("B", true, true)];
    if limits.shifting { all } else { all.get(..1).expect("the first") }
}

fn minutes(
    one: &Intervention,
    (_, pharmacy, nutrition): (&str, bool, bool),
) -> Vec<(&'static str, f64)> {
    let mut minutes = one.minutes.clone();
    for (shifted, cadre) in [(pharmacy, "pharmacy"), (nutrition, "nutrition")] {
        if shifted {
            let moved = minutes.insert(cadre, 0.0).unwrap_or(0.0);
            *minutes.entry("nursing").or_default() += moved;
        }
    }
    let some = |minutes: f64| one.cases * minutes >= 0.001;
    minutes.into_iter().filter(|(_, minutes)| some(*minutes)).collect()
}

fn tables(all: &[Intervention], limits: Limits) -> Vec<(&'static str, String)> {
    let mut options =
        "option_id,option_name,benefit_qaly,cost_gbp,max_take_up,evidence_grade\n".to_owned();
    let mut needs = "option_id,resource_id,amount\n".to_owned();
    let mut rules = "rule_id,option_id,rule_label,weight,limit\n".to_owned();
    let mut resources = "resource_id,label,unit,available\n".to_owned();
    if limits.drugs {
        resources.push_str("drugs,Drugs and commodities,US$,374300000\n");
    }
    for (cadre, _, available) in CADRES {
        if limits.staff && (cadre != "pharmacy" || limits.pharmacy) {
            writeln!(resources, "{cadre},{cadre} staff,minutes,{available}").expect("writes");
        }
    }
    let limited = |id: &str| resources.lines().any(|line| line.starts_with(&format!("{id},")));
    let most = |one: &Intervention| if limits.coverage { one.coverage.min(1.0) } else { 1.0 };
    let mut rule = |id: &str, limit: f64, parts: &[(&Intervention, f64)]| {
        for (one, weight) in parts {
            for (variant, _, _) in variants(limits) {
                let option = format!("{}{variant}", one.code);
                writeln!(rules, "{id},I{option},{id},{weight},{limit}").expect("writes");
            }
        }
    };
    for one in all {
        for variant in variants(limits) {
            let id = format!("I{}{}", one.code, variant.0);
            let (benefit, cost) = (one.cases * one.dalys, one.cases * one.cost);
            writeln!(options, "{id},{id},{benefit},{cost:.2},{},B", most(one)).expect("writes");
            if limits.drugs {
                writeln!(needs, "{id},drugs,{:.3}", one.cases * one.drugs).expect("writes");
            }
            for (cadre, minutes) in minutes(one, *variant) {
                if limited(cadre) {
                    writeln!(needs, "{id},{cadre},{:.3}", one.cases * minutes).expect("writes");
                }
            }
        }
        if limits.shifting {
            rule(&format!("V{}", one.code), most(one), &[(one, 1.0)]);
        }
    }
    let find = |code: &str| all.iter().find(|one| one.code == code).expect(code);
    for (first, second) in EXCLUSIVE {
        let (a, b) = (find(first), find(second));
        let limit = (most(a) * a.cases).max(most(b) * b.cases);
        rule(&format!("X{first}"), limit, &[(a, a.cases), (b, b.cases)]);
    }
    for (first, second, factor) in NEEDS {
        let (a, b) = (find(first), find(second));
        rule(&format!("N{first}-{second}"), 0.0, &[(b, b.cases), (a, -factor * a.cases)]);
    }
    let mut tables = vec![("options", options), ("option_rules", rules)];
    if limits.drugs {
        tables.extend([("resources", resources), ("option_resources", needs)]);
    }
    tables
}

#[test]
fn a_published_package_to_the_integer() {
    let Some(all) = interventions() else { return };
    assert_eq!(all.len(), 125);
    let drugs = Limits { drugs: true, ..Limits::default() };
    let coverage = Limits { coverage: true, ..drugs };
    let staff = Limits { staff: true, ..coverage };
    let every = Limits { pharmacy: true, ..staff };
    let shifting = Limits { shifting: true, ..every };
    let scenarios = [
        (None, Limits::default(), 68_835_329.0),
        (Some(397), Limits::default(), 42_810_785.0),
        (Some(161), Limits::default(), 40_629_959.0),
        (Some(161), drugs, 40_627_699.0),
        (Some(161), coverage, 40_609_003.0),
        (Some(161), staff, 39_514_467.0),
        (Some(161), every, 34_800_325.0),
        (Some(161), shifting, 40_491_090.0),
    ];
    for (number, (threshold, limits, published)) in (1..).zip(scenarios) {
        let objective = match threshold {
            Some(threshold) => {
                format!("objective = \"net_health\"\nthreshold_gbp_per_qaly = {threshold}\n")
            }
            None => String::new(),
        };
        let book = book(&tables(&all, limits));
        let run = run(&book, &format!("{objective}[budget]\nenforce = false"));
        assert_eq!(run.status, RunStatus::Optimal, "scenario {number}: {}", run.sentence);
        let plan = run.plan.expect("a plan");
        let found = plan.last().expect("a year").totals.plan_health.get();
        assert_eq!(found.round(), published, "scenario {number}: {found}");
    }
}
