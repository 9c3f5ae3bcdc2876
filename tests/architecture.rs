//! The picture in `crates/README.md`, held to: who may name whom, and how large things get.
//!
//! Each check has a positive control, so that a misspelt name cannot make it pass.

#[path = "house/cargo.rs"]
mod cargo;
#[path = "house/files.rs"]
mod files;
#[path = "house/functions.rs"]
mod functions;

use cargo_metadata::{Metadata, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

type TestResult = Result<(), Box<dyn Error>>;

/// The crates of the domain, in the order of the arrows.
const DOMAIN: [&str; 4] = ["quantities", "openbook", "value", "allocation"];

/// The arrows of the picture: a crate may name those it points to, and those they may name, in its
/// tests too. The `tests` member stands outside: it may name any.
const ARROWS: [(&str, &[&str]); 9] = [
    ("quantities", &[]),
    ("openbook", &["quantities"]),
    ("value", &["openbook"]),
    ("allocation", &["value"]),
    ("tenancy", &["quantities"]),
    ("store", &["allocation", "tenancy"]),
    ("api", &["allocation"]),
    ("server", &["store", "api"]),
    ("cli", &["server"]),
];

/// The one crate that may name each library, and how the names of that library's crates begin.
const OWNED: [(&str, &str, &[&str]); 3] = [
    ("store", "diesel", &["diesel"]),
    ("server", "actix-web", &["actix", "utoipa-actix"]),
    ("allocation", "good_lp", &["good_lp", "highs"]),
];

/// What neither the domain nor `tenancy` may reach by any path.
const NOT_IN_DOMAIN: [&str; 3] = ["diesel", "actix-web", "tokio"];

/// The folders that hold sources, and those a newcomer must find explained.
const SOURCE_FOLDERS: [&str; 3] = ["crates", "tests", "web"];
const TOP_FOLDERS: [&str; 5] = ["crates", "migrations", "models", "web", "tests"];

const LONGEST_FILE: usize = 800;
const LONGEST_HANDLER: usize = 60;

/// The crates under `crates/`.
fn crates(metadata: &Metadata) -> Vec<&Package> {
    let members = metadata.workspace_packages().into_iter();
    members.filter(|it| it.name != "tests").collect()
}

fn find<'a>(metadata: &'a Metadata, name: &str) -> Result<&'a Package, Box<dyn Error>> {
    let mut crates = crates(metadata).into_iter();
    let found = crates.find(|it| it.name == name);
    Ok(found
        .ok_or_else(|| format!("no crate `{name}` under crates/: mend tests/architecture.rs"))?)
}

/// What a manifest names, in every section of it.
fn named(package: &Package) -> BTreeSet<&str> {
    let dependencies = package.dependencies.iter();
    dependencies.map(|it| it.name.as_str()).collect()
}

/// The crates of ours that a manifest names.
fn named_of_ours<'a>(metadata: &Metadata, package: &'a Package) -> BTreeSet<&'a str> {
    let ours = crates(metadata);
    let mut names = named(package);
    names.retain(|name| ours.iter().any(|it| it.name == *name));
    names
}

/// The names of all that gets into a build of one crate.
fn reached<'a>(metadata: &'a Metadata, name: &str) -> Result<BTreeSet<&'a str>, Box<dyn Error>> {
    let packages = cargo::reached(metadata, &find(metadata, name)?.id);
    Ok(packages.iter().map(|it| it.name.as_str()).collect())
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// Who may name whom: by crate, the names its row gives.
type Table = BTreeMap<String, BTreeSet<String>>;

/// Each crate that has no row, or names one of ours that its row does not give.
fn against(table: &Table, metadata: &Metadata, place: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for package in crates(metadata) {
        let name = package.name.as_str();
        let Some(allowed) = table.get(name) else {
            problems.push(format!("{place} has no row for `{name}`: add one"));
            continue;
        };
        for other in named_of_ours(metadata, package) {
            if !allowed.contains(other) {
                problems.push(format!(
                    "`{name}` names `{other}`, which {place} does not allow: \
                     take it out of crates/{name}/Cargo.toml, or change the picture first"
                ));
            }
        }
    }
    problems
}

/// The arrows followed to their ends: each crate with all those below it.
fn below() -> Table {
    let arrows = BTreeMap::from(ARROWS);
    let mut table = Table::new();
    for name in arrows.keys() {
        let mut waiting = vec![*name];
        let below = table.entry((*name).to_owned()).or_default();
        while let Some(name) = waiting.pop() {
            for other in arrows.get(name).into_iter().copied().flatten() {
                below.insert((*other).to_owned());
                waiting.push(other);
            }
        }
    }
    table
}

#[test]
fn crates_name_only_those_below_them() -> TestResult {
    let metadata = cargo::metadata()?;
    let table = below();
    assert_none(&against(&table, &metadata, "ARROWS in tests/architecture.rs"));

    for name in table.keys().chain(table.values().flatten()) {
        find(&metadata, name)?;
    }
    assert_eq!(named_of_ours(&metadata, find(&metadata, "quantities")?).len(), 0);
    assert!(named_of_ours(&metadata, find(&metadata, "server")?).contains("store"));
    assert!(table.get("cli").is_some_and(|it| it.contains("quantities")));
    Ok(())
}

#[test]
fn the_table_in_the_readme_says_what_the_manifests_do() -> TestResult {
    let metadata = cargo::metadata()?;
    let readme = std::fs::read_to_string(cargo::root().join("crates/README.md"))?;
    let table = stated(&readme);
    assert_none(&against(&table, &metadata, "the table in crates/README.md"));
    Ok(())
}

/// The rows `| crate | … | may name |` of the table so headed.
fn stated(text: &str) -> Table {
    let plain = |cell: &str| cell.replace(['`', '*'], "").trim().to_owned();
    let mut lines = text.lines();
    lines.find(|line| line.ends_with("| may name |"));
    let mut table = Table::new();
    for line in lines.take_while(|line| line.starts_with('|')) {
        let mut cells = line.trim_matches(['|', ' ']).split('|');
        if let (Some(name), Some(may_name)) = (cells.next(), cells.next_back()) {
            let mut names: BTreeSet<String> = may_name.split(',').map(plain).collect();
            if names.contains("domain") || names.contains("domain crates") {
                names.extend(DOMAIN.map(str::to_owned));
            }
            table.insert(plain(name), names);
        }
    }
    table
}

#[test]
fn the_table_reader_reads_a_table() {
    let table = stated(
        "text\n\n| crate | in one line | may name |\n|---|---|---|\n\
         | `value` | cost | `quantities`, serde |\n\
         | `store` | rows | domain crates, **diesel** |\n\n\
         | `api` | another table | store |\n",
    );
    let names = |row: &str| {
        let names = table.get(row).into_iter().flatten();
        names.map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!(names("value"), ["quantities", "serde"]);
    assert!(names("store").contains(&"allocation") && names("store").contains(&"diesel"));
    assert!(!names("store").contains(&"tenancy"));
    assert!(names("api").is_empty());
}

#[test]
fn diesel_actix_and_the_solver_have_one_owner_each() -> TestResult {
    let metadata = cargo::metadata()?;
    let mut problems = Vec::new();
    for (owner, library, family) in OWNED {
        for package in crates(&metadata) {
            for name in named(package) {
                let in_family = family.iter().any(|start| name.starts_with(start));
                if in_family && package.name != owner {
                    problems.push(format!(
                        "`{0}` names `{name}`: only `{owner}` may; take it out of crates/{0}/Cargo.toml",
                        package.name
                    ));
                }
            }
        }
        assert!(
            named(find(&metadata, owner)?).contains(library),
            "`{owner}` does not name `{library}`, so this check checks nothing: mend OWNED"
        );
    }
    assert_none(&problems);
    Ok(())
}

#[test]
fn the_domain_reaches_no_database_no_web_and_no_runtime() -> TestResult {
    let metadata = cargo::metadata()?;
    let mut problems = Vec::new();
    for name in DOMAIN.into_iter().chain(["tenancy"]) {
        let reached = reached(&metadata, name)?;
        for library in NOT_IN_DOMAIN.iter().filter(|it| reached.contains(*it)) {
            problems.push(format!(
                "`{name}` reaches `{library}`: see the path with `cargo tree -p {name} -i {library}`"
            ));
        }
    }
    assert_none(&problems);

    let binary = reached(&metadata, "cli")?;
    for library in NOT_IN_DOMAIN {
        assert!(
            binary.contains(library),
            "`cli` does not reach `{library}`, so this check checks nothing: mend NOT_IN_DOMAIN"
        );
    }
    Ok(())
}

#[test]
fn store_and_api_do_not_know_each_other() -> TestResult {
    let metadata = cargo::metadata()?;
    for (one, other) in [("store", "api"), ("api", "store")] {
        assert!(
            !reached(&metadata, one)?.contains(other),
            "`{one}` reaches `{other}`: `server` turns the types of one into those of the other"
        );
        assert!(reached(&metadata, "server")?.contains(other));
    }
    Ok(())
}

#[test]
fn no_file_is_too_long() -> TestResult {
    let sources = files::sources(&cargo::root(), &SOURCE_FOLDERS)?;
    let mut problems = Vec::new();
    for source in sources.iter().filter(|it| !it.is_generated()) {
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE {
            problems.push(format!(
                "{} has {lines} lines, {LONGEST_FILE} at most: split it",
                source.path.display()
            ));
        }
    }
    assert_none(&problems);
    for known in ["tests/architecture.rs", "crates/quantities/src/lib.rs"] {
        assert!(sources.iter().any(|it| it.path.ends_with(known)));
    }
    Ok(())
}

#[test]
fn no_handler_is_too_long() -> TestResult {
    let sources = files::sources(&cargo::root(), &["crates/server/src"])?;
    let mut handlers = 0;
    let mut problems = Vec::new();
    for source in &sources {
        let mut parts = source.path.iter();
        if !parts
            .any(|part| ["routes", "routes.rs", "pages", "pages.rs"].iter().any(|it| part == *it))
        {
            continue;
        }
        for function in functions::functions(&source.text) {
            handlers += 1;
            if function.lines > LONGEST_HANDLER {
                problems.push(format!(
                    "{}:{}: `{}` has {} lines, {LONGEST_HANDLER} at most: split it",
                    source.path.display(),
                    function.line,
                    function.name,
                    function.lines
                ));
            }
        }
    }
    assert_none(&problems);
    assert!(
        handlers > 0,
        "no function found in crates/server/src/routes or pages, so this check checks nothing"
    );
    Ok(())
}

#[test]
fn nothing_is_left_for_later() -> TestResult {
    let markers = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("to", "do!("),
        concat!("un", "implemented!("),
    ];
    let mut problems = Vec::new();
    for source in files::sources(&cargo::root(), &SOURCE_FOLDERS)? {
        for (at, line) in source.text.lines().enumerate() {
            for marker in markers.iter().filter(|it| line.contains(**it)) {
                problems.push(format!(
                    "{}:{}: `{marker}`: do it now, or say it where work is planned",
                    source.path.display(),
                    at + 1
                ));
            }
        }
    }
    assert_none(&problems);
    Ok(())
}

#[test]
fn every_folder_and_crate_explains_itself() -> TestResult {
    let root = cargo::root();
    let mut problems = Vec::new();
    for folder in TOP_FOLDERS {
        if !root.join(folder).join("README.md").is_file() {
            problems.push(format!("{folder}/ has no README.md: write one"));
        }
    }
    let metadata = cargo::metadata()?;
    for package in crates(&metadata) {
        let name = &package.name;
        if !package.manifest_path.with_file_name("README.md").is_file() {
            problems.push(format!("crates/{name} has no README.md: write one"));
        }
        let library = package.targets.iter().find(|it| it.is_lib());
        let target = library.or_else(|| package.targets.iter().find(|it| it.is_bin()));
        let target = target.ok_or_else(|| format!("crate `{name}` builds nothing"))?;
        let source = std::fs::read_to_string(&target.src_path)?;
        if !source.contains("#![doc = include_str!(\"../README.md\")]") {
            problems.push(format!(
                "the README of `{name}` is not its crate documentation: begin {} with \
                 #![doc = include_str!(\"../README.md\")]",
                target.src_path.strip_prefix(&metadata.workspace_root)?
            ));
        }
    }
    assert_none(&problems);
    Ok(())
}
