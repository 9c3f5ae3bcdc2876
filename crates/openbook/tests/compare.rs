//! What lines and places are compared with: national unit costs, and the tables of the board.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use openbook::published::{Kind, Published, Selection, SourceFile};
use openbook::unit_cost::UnitCosts;
use openbook::{Book, Report, Tables, read};
use quantities::FinYear;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn definitions(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("models").join(folder)).expect("a folder of models") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.ends_with(".toml") {
            files.push((name, fs::read_to_string(&path).expect("a text")));
        }
    }
    files
}

fn tables() -> Tables {
    let files = definitions("uploads");
    Tables::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("tables")
}

fn text() -> String {
    fs::read_to_string(root().join("models/value/unit_costs.toml")).expect("a file of models")
}

fn unit_costs() -> UnitCosts {
    toml::from_str(&text()).expect("unit costs")
}

fn mean(costs: &UnitCosts, point: &str, currency: &str) -> Option<f64> {
    costs.mean_of(point, currency).map(|mean| mean.mean_gbp)
}

const HEAD: &str =
    "fin_year,department,currency_code,description,activity,mean_unit_cost_gbp,cost_gbp\n";

#[test]
fn a_mean_is_known_by_point_of_delivery_and_currency_together() {
    let costs = unit_costs();
    assert_eq!(mean(&costs, "CHS", "N02AF"), Some(59.65));
    assert_eq!(mean(&costs, "OP", "N02AF"), None);
    assert_eq!(mean(&costs, "EL", "HN12"), Some(9088.37));
    let hips = costs.mean_of("EL", "HN12").expect("hips");
    assert!(hips.covers.as_deref().is_some_and(|covers| covers.contains("HN12F")));
    let twice = format!(
        "{}\n[[unit_cost]]\npoint_of_delivery = \"CHS\"\ncurrency = \"N02AF\"\nlabel = \"x\"\n\
         mean_gbp = 1.0\n",
        text()
    );
    let error = toml::from_str::<UnitCosts>(&twice).expect_err("twice");
    assert!(error.to_string().contains("N02AF at CHS stands there twice"), "{error}");
}

#[test]
fn the_file_of_the_import_takes_the_place_of_the_list() {
    let rows = format!(
        "{HEAD}2024-25,Daycase,HN22A,Knee,10,5000.1234,50001.23\n\
         2024-25,Elective Inpatients,HN22A,Knee,10,10000,100000.00\n\
         2024-25,Emergency Care,VB01Z,Emergency,1,900,900.00\n\
         2024-25,Community Health Service,CHS00,No currency,1,80,80.00\n\
         2024-25,Community Health Service,ZN01,Nursing,,,25.01\n\
         2024-25,Cancer of no known department,X,X,1,1,1.00\n"
    );
    let costs = unit_costs().with_schedule(rows.as_bytes()).expect("a schedule");
    assert_eq!(mean(&costs, "DC", "HN22A"), Some(5000.1234));
    assert_eq!(mean(&costs, "EL", "HN22A"), Some(10_000.0));
    assert_eq!(mean(&costs, "AE", "VB01Z"), Some(900.0));
    assert_eq!(mean(&costs, "EM", "VB01Z"), Some(900.0));
    assert_eq!(mean(&costs, "CHS", "CHS00"), None, "no currency is no comparison");
    assert_eq!(mean(&costs, "CHS", "ZN01"), None, "no mean");
    assert_eq!(mean(&costs, "CHS", "N02AF"), None, "the list is the file's");
    assert_eq!(mean(&costs, "EL", "HN12"), Some(9088.37), "means over several currencies stay");
    assert!(costs.reference.contains("NATIONAL_UNIT_COSTS.csv"));
    let older = rows.replace("2024-25", "2023-24");
    let costs = unit_costs().with_schedule(older.as_bytes()).expect("a schedule");
    assert_eq!(costs.fin_year, "2023-24".parse::<FinYear>().expect("a year"));
    assert_eq!(mean(&costs, "EL", "HN12"), None, "of another year");
}

#[test]
fn a_damaged_schedule_is_refused_with_its_row() {
    let row = "2024-25,Daycase,HN22A,Knee,10,5000,50000.00\n";
    for (rows, wanted) in [
        (format!("{HEAD}{row}{row}"), "row 3: HN22A stands twice at DC"),
        (format!("{HEAD}{row}2023-24,Daycase,B,B,1,1,1\n"), "row 3: the file has both"),
        (format!("{HEAD}2024-25,Daycase,A,A,1,0,1\n"), "row 2: the mean unit cost"),
        (HEAD.to_owned(), "no mean unit cost"),
        ("department_code,currency_code\nA,B\n".to_owned(), "make it again"),
    ] {
        let error = unit_costs().with_schedule(rows.as_bytes()).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn a_folder_without_the_file_leaves_the_list_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let costs = unit_costs().in_folder(folder.path()).expect("the list");
    assert_eq!(costs.len(), unit_costs().len());
    let rows = format!("{HEAD}2024-25,Daycase,HN22A,Knee,10,5000,50000.00\n");
    fs::write(folder.path().join("NATIONAL_UNIT_COSTS.csv"), rows).expect("written");
    let costs = unit_costs().in_folder(folder.path()).expect("the file");
    assert_eq!(mean(&costs, "DC", "HN22A"), Some(5000.0));
}

#[test]
fn the_list_agrees_with_the_national_schedule_to_the_penny() {
    let path = root().join("../shared/data/ncc_national_schedule_2024-25.csv");
    let Ok(bytes) = fs::read(&path) else {
        println!("skipped: the national schedule is not beside the repository");
        return;
    };
    let files = definitions("published");
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let published = Published::parse(texts).expect("definitions");
    let file = SourceFile { name: "schedule.csv", bytes: &bytes };
    let imported = published
        .import(&tables(), Kind::NccSchedule, &[file], &Selection::default())
        .expect("imported");
    let beside = imported.beside.get("NATIONAL_UNIT_COSTS").expect("a file");
    let listed = unit_costs();
    let whole = listed.with_schedule(beside.as_slice()).expect("the schedule");
    assert!(whole.len() > 10_000, "{}", whole.len());
    let mut checked = 0;
    for entry in toml::from_str::<openbook::unit_cost::UnitCostsDefinition>(&text())
        .expect("a list")
        .unit_cost
        .iter()
        .filter(|entry| entry.covers.is_none())
    {
        let found = mean(&whole, &entry.point_of_delivery, &entry.currency)
            .unwrap_or_else(|| panic!("{} is not in the schedule", entry.currency));
        assert!((found - entry.mean_gbp).abs() < 0.00501, "{}: {found}", entry.currency);
        checked += 1;
    }
    assert!(checked >= 39, "{checked}");
}

/// A book of two places and one line, with further tables.
fn book(more: &[(&str, &str)]) -> (Option<Book>, Report) {
    let tables = tables();
    let mut report = Report::default();
    let parts = [
        ("providers", "provider_code,provider_name,sector,place_code\nR1,One,acute,P\n"),
        (
            "services",
            "provider_code,service_code,service_name,programme,setting\nR1,A,Bones,MSK,op\n",
        ),
        (
            "costs",
            "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
             resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n\
             R1,A,2024-25,0,EL,HN22A,nursing,variable,1,100,plics,2025-03-31\n",
        ),
        (
            "population",
            "place_code,imd_quintile,population,weighted_population\nP,1,10,12\nQ,1,10,8\n",
        ),
    ];
    let read: Vec<_> = parts
        .iter()
        .chain(more)
        .map(|(name, csv)| {
            let definition = tables.get(name).expect("a table");
            read::accepted(&tables, definition, csv.as_bytes(), &mut report)
                .unwrap_or_else(|| panic!("{name}: {:?}", report.problems()))
        })
        .collect();
    (Book::assemble(read, &mut report), report)
}

const REVIEWS: &str = "provider_code,service_code,reason,reviewer,reviewed_on,review_by\n";
const PLACES: &str = "provider_code,service_code,place_code,work_share\n";
const WEIGHTS: &str = "place_code,stream,weighted_population,source\n";

#[test]
fn what_the_board_compares_with_must_hang_together() {
    let refused = [
        (
            "outlier_reviews",
            format!("{REVIEWS}R1,A,Far,Head of costing,2026-02-01,2026-01-01\n"),
            "outlier.dates",
        ),
        (
            "outlier_reviews",
            format!("{REVIEWS}R1,B,Far,Head of costing,2026-01-01,2026-02-01\n"),
            "service.unknown",
        ),
        ("service_places", format!("{PLACES}R1,A,P,0.6\nR1,A,Q,0.5\n"), "place.share_sum"),
        ("service_places", format!("{PLACES}R1,A,Z,0.6\n"), "place.unknown"),
        ("need_weights", format!("{WEIGHTS}Z,community,5,formula\n"), "reference.unknown"),
        (
            "market_forces",
            "provider_code,fin_year,market_forces_factor,source\nR9,2024-25,1.02,published\n"
                .to_owned(),
            "provider.unknown",
        ),
    ];
    for (table, csv, rule) in &refused {
        let (book, report) = book(&[(table, csv)]);
        assert!(book.is_none(), "{table} {rule}");
        assert!(report.counts().contains_key(rule), "{rule}: {:?}", report.problems());
    }
    let weights = format!("{WEIGHTS}P,community,5,formula\n");
    let (book, report) = book(&[("need_weights", &weights)]);
    assert!(book.is_some() && report.counts().contains_key("need.place_missing"));
}
