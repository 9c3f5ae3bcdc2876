//! `valuebook import` as a person meets it: exit codes, files, words and JSON.

use crate::support::{FILES, fixture, path};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use tests::{Ended, valuebook};

fn import(kind: &str, files: &[&Path], out: &Path, more: &[&str]) -> Ended {
    let mut arguments: Vec<OsString> = vec!["import".into(), kind.into()];
    arguments.extend(files.iter().map(|file| file.as_os_str().to_owned()));
    arguments.extend(["--out".into(), out.as_os_str().to_owned()]);
    arguments.extend(more.iter().map(OsString::from));
    valuebook(arguments).expect("it runs")
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a file")
}

#[test]
fn every_kind_is_written_and_its_tables_are_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    for (kind, file) in FILES {
        let out = folder.path().join(file);
        let ended = import(kind.as_str(), &[&path(file)], &out, &[]);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{file}");
        assert!(ended.out.contains("Written to "), "{}", ended.out);
        let sources = read(&out, "SOURCES.csv");
        assert!(sources.starts_with("table,provider_code,service_code,what,kind,source\n"));
        for entry in out.read_dir().expect("the folder") {
            let written = entry.expect("an entry").path();
            let name =
                written.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            assert!(name.ends_with(".csv"), "{name}");
            if name.chars().any(char::is_lowercase) && name != name.to_uppercase() {
                let table = name.trim_end_matches(".csv").to_owned();
                if table.chars().any(char::is_lowercase) {
                    let checked =
                        valuebook([OsString::from("check"), written.into()]).expect("runs");
                    assert_eq!(checked.code, 0, "{file} {name}: {}", checked.out);
                }
            }
        }
    }
}

#[test]
fn a_book_grows_from_several_publications() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("book");
    let providers = folder.path().join("providers.csv");
    fs::write(
        &providers,
        "provider_code,provider_name,sector,place_code\nXA1,Example Acute,acute,NORTH\n",
    )
    .expect("written");
    let providers = providers.to_str().expect("a path");
    let steps: [(&str, &str, &[&str]); 4] = [
        ("trust-cost", "trust-cost.csv", &["--provider", "XA1", "--providers", providers]),
        ("gp-payments", "gp-payments.csv", &["--by", "pcn"]),
        ("ncc-provider", "ncc-provider.csv", &["--provider", "RY8", "--year", "2024-25"]),
        ("proms", "proms.csv", &["--provider", "XA1"]),
    ];
    for (kind, file, more) in steps {
        let ended = import(kind, &[&path(file)], &out, more);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{kind}");
    }
    assert!(read(&out, "providers.csv").contains("XA1,Example Acute,acute,NORTH,named\n"));
    let checked = valuebook([OsString::from("check"), out.clone().into()]).expect("runs");
    assert_eq!(checked.code, 0, "{}", checked.out);
    let bytes = |folder: &Path| -> Vec<Vec<u8>> {
        let mut files: Vec<_> =
            folder.read_dir().expect("a folder").map(|it| it.expect("an entry").path()).collect();
        files.sort();
        files.iter().map(|file| fs::read(file).expect("a file")).collect()
    };
    let before = bytes(&out);
    // Once more the same: nothing changes, nothing is added up.
    for (kind, file, more) in steps {
        assert_eq!(import(kind, &[&path(file)], &out, more).code, 0);
    }
    assert_eq!(before, bytes(&out));
    // Costs of XA1 from elsewhere would count twice; nothing is written.
    let ended = import(
        "ncc-provider",
        &[&path("ncc-provider.csv")],
        &out,
        &["--provider", "XA1", "--providers", providers],
    );
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("costs of XA1 in 2024-25 from elsewhere"), "{}", ended.err);
    assert_eq!(before, bytes(&out));
    // The same key with another figure is named.
    let other = folder.path().join("proms.csv");
    let text = String::from_utf8(fixture("proms.csv")).expect("text");
    fs::write(&other, text.replacen("0.76,0.46,0.2", "0.76,0.47,0.2", 1)).expect("written");
    let ended = import("proms", &[&other], &out, &["--provider", "XA1"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.contains("another figure for XA1, 110H, 2018-19, all, eq5d_index"),
        "{}",
        ended.err
    );
    assert_eq!(before, bytes(&out));
}

#[test]
fn json_says_the_same_for_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [path("talking-therapies.csv"), path("talking-therapies-scores.csv")];
    let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    let more = ["--format", "json", "--icb", "QX1"];
    let ended = import("talking-therapies", &files[..1], folder.path(), &more);
    let json: Value = serde_json::from_str(&ended.out).expect("json");
    assert_eq!((ended.code, &json["schema"]), (0, &Value::from("valuebook.import/1")));
    assert_eq!(json["accepted"], true);
    assert_eq!((&json["rows"], &json["suppressed"]), (&Value::from(4), &Value::from(28)));
    assert_eq!(json["tables"]["outcomes"], 7);
    assert_eq!(json["totals"][0]["in_source"], "1065");
    assert_eq!(json["totals"][0]["difference"], "0");
    assert!(json["files"].as_array().is_some_and(|files| files.contains(&"outcomes.csv".into())));
    let both =
        import("talking-therapies", &files, &folder.path().join("both"), &["--format", "json"]);
    let json: Value = serde_json::from_str(&both.out).expect("json");
    assert_eq!(json["definitions"].as_object().map(serde_json::Map::len), Some(2));
    let refused = import("workforce", &files[..1], folder.path(), &["--format", "json"]);
    let json: Value = serde_json::from_str(&refused.out).expect("json");
    assert_eq!((refused.code, &json["accepted"]), (1, &Value::from(false)));
    assert_eq!(json["problems"][0]["rule"], "import.kind");
    assert_eq!(json["problems"][0]["row"], 1);
}

#[test]
fn what_cannot_run_ends_in_two_and_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let good = path("workforce.csv");
    let gone = folder.path().join("gone.csv");
    let cases: [(&str, &Path, &[&str], &str); 7] = [
        ("workforse", &good, &[], "did you mean \"workforce\"?"),
        ("workforce", &gone, &[], "gone.csv: "),
        ("workforce", folder.path(), &[], "check the path"),
        ("workforce", &good, &["--year", "2018/19"], "--year: \"2018/19\" is not a financial year"),
        ("workforce", &good, &["--format", "csv"], "text or json"),
        ("workforce", &good, &["--providers", "nowhere.csv"], "nowhere.csv"),
        ("workforce", &good, &["--deprivation", "nowhere.csv"], "nowhere.csv"),
    ];
    for (kind, file, more, says) in cases {
        let ended = import(kind, &[file], &out, more);
        assert_eq!(ended.code, 2, "{}", ended.err);
        assert!(ended.err.contains(says) && ended.err.lines().count() == 1, "{}", ended.err);
        assert!(!out.exists(), "nothing is written");
    }
    let file_for_folder = import("workforce", &[&good], &good, &[]);
    assert_eq!(file_for_folder.code, 2, "{}", file_for_folder.err);
}

#[test]
fn deprivation_makes_the_population_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let fifths = folder.path().join("fifths.csv");
    fs::write(&fifths, "practice_code,imd_quintile\nX00001,1\nX00002,2\nX00003,3\n")
        .expect("written");
    let out = folder.path().join("out");
    let more = ["--deprivation", fifths.to_str().expect("a path")];
    let ended = import("weighted-population", &[&path("weighted-population.csv")], &out, &more);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(read(&out, "population.csv").contains("E99000001,2,2000.5,1900\n"));
}
