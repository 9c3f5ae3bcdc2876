//! Rules of the tables that lines and places are compared with.

use quantities::{PlaceCode, ServiceKey};
use std::collections::{BTreeMap, BTreeSet};

use super::SHARE_NOISE;
use crate::book::Book;
use crate::problem::{Problem, Report, Severity};
use crate::rows::NeedStream;

pub fn check(book: &Book, partial: &BTreeSet<String>, report: &mut Report) {
    outlier_reviews(book, report);
    service_places(book, report);
    if !partial.contains("population") {
        known_places(book, report);
    }
    if !["need_weights", "population"].iter().any(|table| partial.contains(*table)) {
        need_weights(book, report);
    }
}

fn outlier_reviews(book: &Book, report: &mut Report) {
    for row in &book.outlier_reviews {
        if row.review_by < row.reviewed_on {
            let message = format!(
                "it was to be looked at again by {}, before it was looked at on {}; correct one of \
                 the dates",
                row.review_by, row.reviewed_on
            );
            report.push(
                Problem::of_row("outlier_reviews", row.line, "outlier.dates", message)
                    .in_column("review_by"),
            );
        }
    }
}

fn service_places(book: &Book, report: &mut Report) {
    let mut sums: BTreeMap<&ServiceKey, (f64, u64)> = BTreeMap::new();
    for row in &book.service_places {
        let sum = sums.entry(&row.service).or_insert((0.0, row.line));
        *sum = (sum.0 + row.share.get(), sum.1.min(row.line));
    }
    for (service, (sum, line)) in sums {
        if sum > 1.0 + SHARE_NOISE {
            let message = format!(
                "the places of {service} have {sum:.4} of its work together; shares sum to at most \
                 1: correct them"
            );
            report.push(
                Problem::of_row("service_places", line, "place.share_sum", message)
                    .in_column("work_share"),
            );
        }
    }
}

/// Providers name the places of the board's population table, where the board has handed one in.
fn known_places(book: &Book, report: &mut Report) {
    let known: BTreeSet<&PlaceCode> = book.population.iter().map(|row| &row.place).collect();
    if known.is_empty() {
        return;
    }
    for row in book.service_places.iter().filter(|row| !known.contains(&row.place)) {
        let hint = crate::did_you_mean(row.place.as_str(), known.iter().map(|code| code.as_str()));
        let message = format!(
            "there is no place \"{}\" in population.csv{hint}; correct the code, or leave the \
             row out where it stands for elsewhere",
            row.place
        );
        report.push(
            Problem::of_row("service_places", row.line, "place.unknown", message)
                .in_column("place_code"),
        );
    }
}

/// Each kind of care is weighted for every place or for none: a place left out would seem to need
/// nothing.
fn need_weights(book: &Book, report: &mut Report) {
    let places: BTreeSet<&PlaceCode> = book.population.iter().map(|row| &row.place).collect();
    let mut known: BTreeMap<NeedStream, (BTreeSet<&PlaceCode>, u64)> = BTreeMap::new();
    for row in &book.need_weights {
        let (seen, line) = known.entry(row.stream).or_insert((BTreeSet::new(), row.line));
        seen.insert(&row.place);
        *line = (*line).min(row.line);
    }
    for (stream, (seen, line)) in known {
        if let Some(place) = places.difference(&seen).next() {
            let message = format!(
                "{} has no weighted population of {place}; until it has one, the overall weighted \
                 population is used for every place: add it",
                stream.as_str()
            );
            report.push(
                Problem::of_row("need_weights", line, "need.place_missing", message)
                    .in_column("place_code")
                    .with(Severity::Query),
            );
        }
    }
}
