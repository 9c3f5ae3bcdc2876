//! The pictures of unit costs: all lines in their funnel, and one line within its limits.

use api::benchmark::{ComparisonJson, LineBenchmarkJson};

use super::words::{furthest_first, is_outlier, limits, others, reference, standing, times};
use crate::charts::{Band, BandRow, Funnel, FunnelPoint, Heading, Mark, band, funnel};
use crate::pages::format::{plural, sentence_case, short_name, thousands};

/// How to read a funnel.
pub const READING: &str = "Each mark is a service: the higher, the dearer its work beside the same \
    work at the reference; the further to the right, the surer. Inside the grey funnel chance and \
    the way costs were found explain as much. Only those outside are named; the table below lists \
    all by their numbers.";

/// What the funnel says.
pub fn title(lines: &[&LineBenchmarkJson]) -> String {
    let compared = lines.iter().filter(|line| line.main().is_some()).count();
    let out = |dear: bool| {
        let outliers = lines.iter().filter(|line| is_outlier(line));
        outliers.filter(|line| line.main().is_some_and(|it| (it.ratio > 1.0) == dear)).count()
    };
    let count = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
    match (out(true), out(false)) {
        _ if compared == 0 => "No service can be compared".to_owned(),
        (0, 0) => "Every service that can be compared lies within its limits".to_owned(),
        (dear, cheap) => format!(
            "Of {} compared, {} dearer and {} cheaper than chance and costing explain",
            plural(count(compared), "service", "services"),
            plural(count(dear), "is", "are"),
            thousands(&cheap.to_string()),
        ),
    }
}

/// The funnel of lines in the order of the table; none where nothing is compared.
pub fn all(lines: &[&LineBenchmarkJson], title: &str) -> Option<String> {
    let points: Vec<FunnelPoint> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| {
            let main = line.main()?;
            Some(FunnelPoint {
                number: at + 1,
                name: line.name.clone(),
                sentence: spoken(at + 1, line, main),
                ratio: main.ratio,
                standard_error: main.standard_error,
                mark: Mark::of_standing(line.standing.as_deref().unwrap_or_default()),
            })
        })
        .collect();
    (!points.is_empty()).then(|| {
        funnel(&Funnel {
            heading: Heading {
                id: "funnel".to_owned(),
                title: title.to_owned(),
                description: READING.to_owned(),
            },
            points,
        })
    })
}

fn spoken(number: usize, line: &LineBenchmarkJson, main: &ComparisonJson) -> String {
    format!(
        "Number {number}: {}, {}: {} {}, limits {}. {}.",
        short_name(&line.name),
        line.service,
        times(main.ratio),
        reference(line),
        limits(main),
        standing(line.standing.as_deref().unwrap_or_default()).text,
    )
}

/// How to read one line's picture.
pub const BAND_READING: &str = "The mark is this service. Within the darker band (two standard \
    errors) and the lighter one (three) chance and the way costs were found explain the difference.";

/// One line within the limits of each of its references; none where there is none.
pub fn one(line: &LineBenchmarkJson, title: &str) -> Option<String> {
    let row = |label: String, found: &ComparisonJson| BandRow {
        label,
        ratio: found.ratio,
        ratio_label: times(found.ratio),
        inner: (found.inner_low, found.inner_high),
        outer: (found.outer_low, found.outer_high),
        mark: Mark::of_standing(&found.standing),
    };
    let rows: Vec<BandRow> = references(line)
        .into_iter()
        .map(|(label, found)| row(sentence_case(&label), found))
        .collect();
    (!rows.is_empty()).then(|| {
        band(&Band {
            heading: Heading {
                id: "unit-cost".to_owned(),
                title: title.to_owned(),
                description: BAND_READING.to_owned(),
            },
            rows,
        })
    })
}

/// Each reference of a line in words, with the comparison.
pub fn references(line: &LineBenchmarkJson) -> Vec<(String, &ComparisonJson)> {
    let national = line.national.as_ref().map(|found| ("the national mean".to_owned(), found));
    let peers = line.peers.as_ref().map(|found| (format!("the mean of {}", others(found)), found));
    let best = line.best_quartile.as_ref();
    let best = best.map(|found| (format!("the best quartile of {}", others(found)), found));
    [national, peers, best].into_iter().flatten().collect()
}

/// Lines in the order of the table: outliers first, then by how far out, what is not compared last.
pub fn ordered(lines: &[LineBenchmarkJson]) -> Vec<&LineBenchmarkJson> {
    let mut lines: Vec<&LineBenchmarkJson> = lines.iter().collect();
    lines.sort_by(|one, other| furthest_first(one, other));
    lines
}
