//! What a comparison says, in words.

use api::benchmark::{ComparisonJson, LineBenchmarkJson, OutlierReviewJson};
use jiff::civil::Date;

use crate::pages::format::{plural, pounds_short, range_words};
use crate::pages::view::Tag;

/// `1.62 times`.
pub fn times(ratio: f64) -> String {
    if ratio.is_finite() { format!("{ratio:.2} times") } else { "not known".to_owned() }
}

/// The limits at three standard errors: `between 0.70 and 1.30`.
pub fn limits(found: &ComparisonJson) -> String {
    range_words(&format!("{:.2}", found.outer_low), &format!("{:.2}", found.outer_high))
}

/// What the main comparison of a line is with.
pub fn reference(line: &LineBenchmarkJson) -> String {
    match (&line.national, &line.peers) {
        (Some(_), _) => "the national mean".to_owned(),
        (None, Some(peers)) => others(peers),
        (None, None) => String::new(),
    }
}

/// `3 other providers`.
pub fn others(found: &ComparisonJson) -> String {
    found.providers.map_or_else(
        || "others".to_owned(),
        |count| plural(count.into(), "other provider", "other providers"),
    )
}

/// Where a unit cost stands.
pub fn standing(code: &str) -> Tag {
    match code {
        "within" => Tag::new("Within its limits", "grey"),
        "beyond_2_sigma" => Tag::new("Beyond two standard errors", "blue"),
        "beyond_3_sigma" => Tag::new("Beyond three standard errors", "purple"),
        "query" => Tag::new("Query the figures", "orange"),
        other => Tag::new(other.replace('_', " "), "grey"),
    }
}

/// Whether a line's unit cost is out of the ordinary.
pub fn is_outlier(line: &LineBenchmarkJson) -> bool {
    line.standing.as_deref().is_some_and(|standing| standing != "within")
}

/// The furthest out first: by standing, then by ratio, then by name.
pub fn furthest_first(one: &LineBenchmarkJson, other: &LineBenchmarkJson) -> std::cmp::Ordering {
    let place = |line: &LineBenchmarkJson| match line.standing.as_deref() {
        Some("query") => 0,
        Some("beyond_3_sigma") => 1,
        Some("beyond_2_sigma") => 2,
        Some(_) => 3,
        None => 4,
    };
    let out =
        |line: &LineBenchmarkJson| line.main().map_or(0.0, |main| main.ratio.max(1e-9).ln().abs());
    place(one)
        .cmp(&place(other))
        .then_with(|| out(other).total_cmp(&out(one)))
        .then_with(|| one.service.cmp(&other.service))
}

/// The review of a line where it still holds on a day.
pub fn review_in_date(line: &LineBenchmarkJson, today: Date) -> Option<&OutlierReviewJson> {
    line.review.as_ref().filter(|review| holds(review, today))
}

/// `Its review of 1 October 2026 ran out on 1 October 2027` where it no longer holds.
pub fn ran_out(line: &LineBenchmarkJson, today: Date) -> Option<String> {
    let review = line.review.as_ref().filter(|review| !holds(review, today))?;
    Some(format!(
        "Its review of {} ran out on {}.",
        day(&review.reviewed_on),
        day(&review.review_by)
    ))
}

fn holds(review: &OutlierReviewJson, today: Date) -> bool {
    review.review_by.parse::<Date>().is_ok_and(|last| today <= last)
}

/// `1 October 2026`.
pub fn day(text: &str) -> String {
    text.parse::<Date>()
        .map_or_else(|_| text.to_owned(), |day| day.strftime("%-d %B %Y").to_string())
}

/// What reaching a reference releases: the middle, and from two standard errors below to two above.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Release {
    /// £ a year.
    pub middle: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Release {
    /// Of a release on the main comparison of a line.
    pub fn of(middle: f64, main: Option<&ComparisonJson>) -> Self {
        let Some(main) = main.filter(|main| main.ratio > 1.0) else {
            return Self { middle, low: middle, high: middle };
        };
        let part = |ratio: f64| middle * ((ratio - 1.0) / (main.ratio - 1.0)).max(0.0);
        let off = 2.0 * main.standard_error;
        Self { middle, low: part(main.ratio - off), high: part(main.ratio + off) }
    }

    /// `between £1.0m and £1.4m`.
    pub fn range(self) -> String {
        range_words(&pounds_short(self.low), &pounds_short(self.high))
    }

    /// Both together, taken to be off the same way.
    pub fn plus(self, more: Self) -> Self {
        Self {
            middle: self.middle + more.middle,
            low: self.low + more.low,
            high: self.high + more.high,
        }
    }
}
