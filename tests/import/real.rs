//! The real files: every total to the penny.

use crate::support::{csv, import, real, total};
use openbook::published::{Kind, Selection};

fn all() -> Selection {
    Selection::default()
}

#[test]
fn the_national_schedule_to_the_penny() {
    let Some(bytes) = real("ncc_national_schedule_2024-25.csv") else { return };
    let found = import(Kind::NccSchedule, &[("schedule.csv", &bytes)], &all()).expect("imported");
    assert_eq!(
        total(&found, "cost of the national schedule"),
        ("99178955511.63119847751732".to_owned(), "99178955511.93".to_owned())
    );
    assert_eq!(found.rows, 13_362);
    let note = found.note("import.cost_without_activity").expect("a note");
    assert!(
        note.starts_with("1820 rows have cost and no activity, £27603911.53 together"),
        "{note}"
    );
    let list = found.beside.get("NATIONAL_UNIT_COSTS").expect("the list");
    let list = String::from_utf8(list.clone()).expect("text");
    assert_eq!(list.lines().count(), 13_363);
    for line in [
        "2024-25,Ambulance,01,Hear & Treat,1439703,62.3703,89794775.00",
        "2024-25,Daycase,WJ10E,\"HIV disease without interventions, with CC score 2–4\",123,483.4539,59464.83",
        "2024-25,Community Health Service,N19CN,\"Specialist Nursing, Infectious Diseases, Child, Non face to face\",,,25.18",
    ] {
        assert!(list.lines().any(|it| it == line), "{line}");
    }
    assert!(found.tables.is_empty());
}

#[test]
fn cost_lines_of_two_trusts_and_two_years() {
    let Some(bytes) = real("ncc_provider_currency_RXM_RY8.csv") else { return };
    let found = import(Kind::NccProvider, &[("lines.csv", &bytes)], &all()).expect("imported");
    let both = "671387873.51".to_owned();
    assert_eq!(total(&found, "cost lines"), (both.clone(), both));
    let year = Selection { year: "2024-25".parse().ok(), ..Selection::default() };
    for (provider, sum) in [("RXM", "191127639.25"), ("RY8", "150291839.21")] {
        let selection = Selection { providers: [provider.to_owned()].into(), ..year.clone() };
        let found =
            import(Kind::NccProvider, &[("lines.csv", &bytes)], &selection).expect("imported");
        assert_eq!(total(&found, "cost lines").1, sum);
        assert!(!csv(&found, "costs").contains("2023-24"));
    }
    let costs = csv(&found, "costs");
    let line =
        "RXM,MHCC,2023-24,0,all,MHCC,all,semi_fixed,420353,104957940.57,aggregate,2024-03-31";
    assert!(costs.lines().any(|it| it == line), "{costs}");
}
