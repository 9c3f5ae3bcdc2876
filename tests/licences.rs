//! Everything shipped or built with may be used under a permissive licence.

#[path = "house/cargo.rs"]
mod cargo;

use cargo_metadata::Package;
use serde_json::Value;
use spdx::{Expression, ParseMode};
use std::collections::BTreeSet;
use std::error::Error;

type TestResult = Result<(), Box<dyn Error>>;

/// The licences that ask for no more than their own text beside a copy.
const PERMISSIVE: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages under another licence, each with the reason it may stay.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    (
        "argparse",
        "Python-2.0",
        "under the generator of the TypeScript types; permissive, and never shipped",
    ),
    (
        "axe-core",
        "MPL-2.0",
        "the accessibility check of the browser tests; used as it is, never shipped",
    ),
];

/// Whether one of the choices an expression leaves us is wholly permissive; an error where the
/// expression cannot be read.
fn is_permissive(expression: &str) -> Result<bool, spdx::ParseError> {
    let parsed = Expression::parse_mode(expression, ParseMode::LAX)?;
    Ok(parsed.evaluate(|required| PERMISSIVE.contains(&required.to_string().as_str())))
}

/// What is wrong with the licence of a package, if anything.
fn problem(name: &str, licence: Option<&str>) -> Option<String> {
    let Some(licence) = licence else {
        return Some(format!("{name} states no licence: find out, or do without it"));
    };
    if EXCEPTIONS.iter().any(|it| (it.0, it.1) == (name, licence)) {
        return None;
    }
    match is_permissive(licence) {
        Ok(true) => None,
        Ok(false) => Some(format!(
            "{name} is under {licence}: do without it, or give a reason in EXCEPTIONS"
        )),
        Err(error) => Some(format!("{name}: `{licence}` is no licence expression: {error}")),
    }
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_crate_is_permissive() -> TestResult {
    let metadata = cargo::metadata()?;
    let mut packages: BTreeSet<&str> = BTreeSet::new();
    let mut problems = BTreeSet::new();
    for member in metadata.workspace_packages() {
        let others = cargo::reached(&metadata, &member.id);
        for package in others.into_iter().filter(|it| is_foreign(it)) {
            packages.insert(package.name.as_str());
            problems.extend(problem(&package.name, package.license.as_deref()));
        }
    }
    assert_none(&problems.into_iter().collect::<Vec<_>>());
    for known in ["serde", "highs-sys", "bindgen", "libsqlite3-sys", "actix-http"] {
        assert!(packages.contains(known), "`{known}` was not looked at");
    }
    Ok(())
}

fn is_foreign(package: &Package) -> bool {
    package.source.is_some()
}

#[test]
fn our_own_crates_say_what_the_licence_files_say() -> TestResult {
    for package in cargo::metadata()?.workspace_packages() {
        assert_eq!(
            package.license.as_deref(),
            Some("MIT OR Apache-2.0"),
            "crate `{}`: write license.workspace = true in its manifest",
            package.name
        );
    }
    for (file, words) in [
        ("LICENSE-MIT", "Permission is hereby granted, free of charge"),
        ("LICENSE-APACHE", "Version 2.0, January 2004"),
    ] {
        let text = std::fs::read_to_string(cargo::root().join(file))?;
        assert!(text.contains(words), "{file} is not the licence it is named for");
    }
    Ok(())
}

#[test]
fn every_npm_package_is_permissive() -> TestResult {
    let web = cargo::root().join("web");
    if !web.join("package.json").exists() {
        println!("web/ has no package.json: nothing to look at");
        return Ok(());
    }
    let lock = web.join("package-lock.json");
    let lock: Value = serde_json::from_str(&std::fs::read_to_string(lock)?)?;
    let packages = lock.get("packages").and_then(Value::as_object);
    let packages = packages.ok_or("web/package-lock.json lists no packages")?;
    let mut problems = Vec::new();
    for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        let name = path.rsplit("node_modules/").next().unwrap_or(path);
        let licence = package.get("license").and_then(Value::as_str);
        problems.extend(problem(name, licence));
    }
    assert_none(&problems);
    assert!(packages.contains_key("node_modules/nhsuk-frontend"));
    Ok(())
}

#[test]
fn the_check_tells_permissive_from_not() -> TestResult {
    for accepted in [
        "MIT",
        "MIT/Apache-2.0",
        "MIT OR GPL-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0-only",
    ] {
        assert!(is_permissive(accepted)?, "{accepted} was refused");
    }
    for refused in [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MPL-2.0",
        "MIT AND GPL-3.0-only",
        "(MIT OR Apache-2.0) AND LGPL-2.1-only",
        "GPL-2.0-only WITH Classpath-exception-2.0",
    ] {
        assert!(!is_permissive(refused)?, "{refused} was accepted");
    }
    assert!(problem("axe-core", Some("MPL-2.0")).is_none());
    assert!(problem("another", Some("MPL-2.0")).is_some());
    assert!(problem("another", Some("SEE LICENSE IN FILE")).is_some());
    assert!(problem("another", None).is_some());
    Ok(())
}
