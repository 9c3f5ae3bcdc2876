//! Full-time equivalents by organisation and staff group, on one service line an organisation.
//! Organisations that have since merged stand under their successor.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Build, InBook};
use super::decimal::Decimal;
use super::sheet::{Sheet, SheetRow, named};
use crate::problem::Problem;

pub const ROLES: [&str; 4] = ["provider", "name", "staff_group", "wte"];

/// Reads staff into `workforce`, `services` and `providers`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let definition = sheet.definition;
    let Some(service) = definition.services.first() else { return };
    let year = definition.year;
    let mut staff: BTreeMap<(&str, &str), Decimal> = BTreeMap::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut merged = BTreeSet::new();
    let mut all = Decimal::ZERO;
    for row in sheet.rows() {
        let Some(line) = line(sheet, &row, build) else { continue };
        let name = names.entry(line.code).or_insert(row.text("name"));
        *name = (*name).min(row.text("name"));
        merged.extend(line.joined);
        build.add(&mut all, line.wte, &row, "wte");
        let sum = staff.entry((line.provider, line.group)).or_default();
        build.add(sum, line.wte, &row, "wte");
    }
    for what in merged {
        build.note("import.merged", what);
    }
    let (source, decided) = (definition.source(year), definition.decided());
    for ((provider, group), wte) in staff {
        let name = names.get(provider).copied();
        build.provider(definition, provider, name, None);
        build.service(definition, provider, service);
        build.source("workforce", provider, &service.code, "wte", "published", &source);
        build.source("workforce", provider, &service.code, "staff_group", "default", &decided);
        let cells = [
            ("provider_code", provider.to_owned()),
            ("service_code", service.code.clone()),
            ("fin_year", year.to_string()),
            ("staff_group", group.to_owned()),
            ("wte", wte.to_string()),
        ];
        build.row("workforce", cells);
    }
    old_codes(sheet, build);
    build.total("staff", "WTE", all, InBook::All("workforce", "wte"), None);
}

struct Line<'a> {
    /// As in the source.
    code: &'a str,
    /// As since the merger.
    provider: &'a str,
    group: &'a str,
    wte: Decimal,
    joined: Option<String>,
}

fn line<'a>(sheet: &'a Sheet<'a>, row: &SheetRow<'a>, build: &mut Build<'_>) -> Option<Line<'a>> {
    let definition = sheet.definition;
    let code = row.needed("provider", &mut build.report)?;
    let wte = row.number("wte", &mut build.report)?;
    let own = row.needed("staff_group", &mut build.report)?;
    let Some(group) = definition.staff_groups.get(own) else {
        let message = format!(
            "the staff group \"{}\" is not in the definition {}; add it to [staff_groups]",
            named(own),
            sheet.name
        );
        build.report.push(row.problem_in("staff_group", "import.code", message));
        return None;
    };
    let successor = definition.successors.iter().find(|it| it.from == code);
    let provider = successor.map_or(code, |it| it.to.as_str());
    let key = format!("{code}, {own}, {}", definition.year);
    if !build.once(sheet, row, "provider", &key) || !build.wants(provider) {
        return None;
    }
    let joined = successor
        .map(|it| format!("{} stands under {} since {}: {}", it.from, it.to, it.on, it.what));
    Some(Line { code, provider, group, wte, joined })
}

/// A code that a merger ended is asked for under its successor.
fn old_codes(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    for old in &sheet.definition.successors {
        if build.selection.providers.contains(&old.from) {
            let message = format!(
                "{} has stood under {} since {}; ask for {}",
                old.from, old.to, old.on, old.to
            );
            build.report.push(Problem::of_file(sheet.file, "import.no_such_provider", message));
        }
    }
}
