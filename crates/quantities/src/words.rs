//! Figures as people read them: £1.2m, 134 healthy years, in 93 of 100 draws.
//!
//! Never more digits than matter; exact pence are in the downloads. Minus is the sign `−`, so that
//! no figure breaks at a hyphen.

use crate::Pence;

const MINUS: &str = "−";

/// Money at a glance: `£12,340`, `£534,000`, `£1.2m`, `£123m`, `£2.04bn`; pence only below £10.
pub fn money_short(amount: Pence) -> String {
    let pence = amount.get().unsigned_abs();
    let sign = if amount.get() < 0 { MINUS } else { "" };
    let pounds = rounded(pence, 100);
    let text = if pence > 0 && pence < 1_000 {
        with_decimals(pence, 2, "")
    } else if pounds < 100_000 {
        thousands(&pounds.to_string())
    } else if rounded(pounds, 1_000) < 1_000 {
        format!("{},000", rounded(pounds, 1_000))
    } else if rounded(pounds, 100_000) < 1_000 {
        with_decimals(rounded(pounds, 100_000), 1, "m")
    } else if rounded(pounds, 1_000_000) < 1_000 {
        format!("{}m", rounded(pounds, 1_000_000))
    } else {
        with_decimals(rounded(pounds, 10_000_000), 2, "bn")
    };
    format!("{sign}£{text}")
}

/// Pounds at a glance, as [`money_short`].
pub fn pounds_short(pounds: f64) -> String {
    pence_of(pounds).map_or_else(|| "not known".to_owned(), money_short)
}

/// A change of pounds, as [`money_signed`].
pub fn pounds_signed(pounds: f64) -> String {
    pence_of(pounds).map_or_else(|| "not known".to_owned(), money_signed)
}

fn pence_of(pounds: f64) -> Option<Pence> {
    format!("{:.0}", pounds * 100.0).parse().ok().map(Pence::new)
}

/// Money to the penny: `£12,340.05`.
pub fn money_full(amount: Pence) -> String {
    let sign = if amount.get() < 0 { MINUS } else { "" };
    let pence = amount.get().unsigned_abs();
    format!("{sign}£{}", with_decimals(pence, 2, ""))
}

/// Money in millions with two decimals, for sums that must visibly add up: `£98.70m`.
pub fn money_millions(amount: Pence) -> String {
    let sign = if amount.get() < 0 { MINUS } else { "" };
    let hundredths = rounded(amount.get().unsigned_abs(), 1_000_000);
    format!("{sign}£{}", with_decimals(hundredths, 2, "m"))
}

/// A change of money: `+£1.2m`, `−£1.2m` or `no change`.
pub fn money_signed(amount: Pence) -> String {
    match amount.get() {
        0 => "no change".to_owned(),
        pence if pence > 0 => format!("+{}", money_short(amount)),
        _ => money_short(amount),
    }
}

/// Healthy years: `1,234`, `134`, `7.3`, `0.73`.
pub fn qaly(years: f64) -> String {
    figure(years)
}

/// Healthy years for each £1,000: `0.43`, `0.050`, `0.0083`.
pub fn qaly_per_thousand(years: f64) -> String {
    let size = years.abs();
    let text = if !years.is_finite() || size >= 0.095 || size == 0.0 {
        return figure(years);
    } else if size >= 0.0095 {
        format!("{size:.3}")
    } else if size >= 0.0005 {
        format!("{size:.4}")
    } else {
        "under 0.0005".to_owned()
    };
    if years < 0.0 { format!("{MINUS}{text}") } else { text }
}

/// A change of healthy years: `+134`, `−7.3` or `0`.
pub fn qaly_signed(years: f64) -> String {
    signed(years, figure(years))
}

/// Staff: `5,120`, `12.5`, `0.40`.
pub fn wte(posts: f64) -> String {
    figure(posts)
}

/// A change of staff.
pub fn wte_signed(posts: f64) -> String {
    signed(posts, figure(posts))
}

/// Percent: `20%`, `2.5%`, `−0.20%`.
pub fn pct(percent: f64) -> String {
    format!("{}%", percent_figure(percent))
}

/// A change in percent: `+20%`, `−2.5%` or `no change`.
pub fn pct_signed(percent: f64) -> String {
    let text = pct(percent);
    if text == "0%" { "no change".to_owned() } else { signed(percent, text) }
}

/// A share from 0 to 1 as percent: `97%`; never 100 or 0 where something is missing or there.
pub fn share(share: f64) -> String {
    let percent = (share * 100.0).round();
    if share < 1.0 && percent >= 100.0 {
        "over 99%".to_owned()
    } else if share > 0.0 && percent < 1.0 {
        "under 1%".to_owned()
    } else {
        pct(percent)
    }
}

/// The price of a healthy year to three digits: `£12,300`.
pub fn gbp_per_qaly(price: Option<f64>) -> String {
    match price.filter(|price| price.is_finite()) {
        Some(price) => pounds(price),
        None => "not assessable".to_owned(),
    }
}

/// A sum that was reckoned, not counted, to three digits: `£12,300`.
pub fn pounds(price: f64) -> String {
    let size = price.abs();
    if size >= 999_500.0 {
        let text = format!("£{}m", figure(size / 1e6));
        return if price < 0.0 { format!("{MINUS}{text}") } else { text };
    }
    let step = if size >= 100_000.0 {
        1_000.0
    } else if size >= 10_000.0 {
        100.0
    } else {
        10.0
    };
    let step = if size < 1_000.0 { 1.0 } else { step };
    let rounded = (size / step).round() * step;
    let sign = if price < 0.0 && rounded > 0.0 { MINUS } else { "" };
    format!("{sign}£{}", thousands(&format!("{rounded:.0}")))
}

/// A count with its word: `1 row`, `1,203 rows`.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(&count.to_string()), if count == 1 { one } else { many })
}

/// How sure: `in 93 of 100 draws`; never all or none where it is not.
pub fn prob(share: f64) -> String {
    let hundredths = (share * 100.0).round();
    if !share.is_finite() {
        "not known".to_owned()
    } else if share >= 1.0 {
        "in all draws".to_owned()
    } else if share <= 0.0 {
        "in no draw".to_owned()
    } else if hundredths >= 100.0 {
        "in more than 99 of 100 draws".to_owned()
    } else if hundredths < 1.0 {
        "in fewer than 1 of 100 draws".to_owned()
    } else {
        format!("in {hundredths:.0} of 100 draws")
    }
}

/// A range in words: `between 48 and 71`; `about 48` where both ends read the same.
pub fn range_words(low: &str, high: &str) -> String {
    if low == high { format!("about {low}") } else { format!("between {low} and {high}") }
}

/// Words in a row: `a`, `a and b`, `a, b and c`.
pub fn list_words(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A name short enough for a sentence.
pub fn short_name(name: &str) -> String {
    const LONGEST: usize = 80;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", start.trim_end())
}

/// The first letter as a capital.
pub fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Digits with a comma every three: `-1234567` → `-1,234,567`.
pub fn thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let length = digits.chars().count();
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (length - at).rem_euclid(3) == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size without more digits than matter.
fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "not known".to_owned();
    }
    let size = value.abs();
    let text = if size == 0.0 {
        "0".to_owned()
    } else if size < 0.005 {
        return format!("{}under 0.01", if value < 0.0 { MINUS } else { "" });
    } else if size < 0.995 {
        format!("{size:.2}")
    } else if size < 9.95 {
        format!("{size:.1}")
    } else {
        thousands(&format!("{size:.0}"))
    };
    if value < 0.0 { format!("{MINUS}{text}") } else { text }
}

fn percent_figure(percent: f64) -> String {
    if !percent.is_finite() {
        return "not known".to_owned();
    }
    let size = percent.abs();
    let text = if size < 0.005 {
        return "0".to_owned();
    } else if size < 0.995 {
        format!("{size:.2}")
    } else if size < 9.95 {
        let text = format!("{size:.1}");
        text.strip_suffix(".0").unwrap_or(&text).to_owned()
    } else {
        thousands(&format!("{size:.0}"))
    };
    if percent < 0.0 { format!("{MINUS}{text}") } else { text }
}

fn signed(value: f64, text: String) -> String {
    if value > 0.0 && text != "0" { format!("+{text}") } else { text }
}

fn rounded(value: u64, step: u64) -> u64 {
    value.saturating_add(step.div_euclid(2)).div_euclid(step)
}

/// `value` counts the last decimal: 1234 with 2 decimals is `12.34`.
fn with_decimals(value: u64, decimals: usize, suffix: &str) -> String {
    let base = 10u64.saturating_pow(u32::try_from(decimals).unwrap_or(0));
    let whole = thousands(&value.div_euclid(base).to_string());
    format!("{whole}.{:0decimals$}{suffix}", value.rem_euclid(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pounds(text: &str) -> Pence {
        text.parse().expect("money")
    }

    #[test]
    fn health_for_a_thousand_pounds_keeps_two_digits() {
        let cases = [
            (0.4349, "0.43"),
            (0.0952, "0.10"),
            (0.05, "0.050"),
            (0.00833, "0.0083"),
            (0.0001, "under 0.0005"),
            (-0.02, "−0.020"),
            (0.0, "0"),
            (1.25, "1.2"),
        ];
        for (years, expected) in cases {
            assert_eq!(qaly_per_thousand(years), expected);
        }
    }

    #[test]
    fn money_has_no_more_digits_than_matter() {
        let cases = [
            ("0", "£0"),
            ("0.03", "£0.03"),
            ("-0.20", "−£0.20"),
            ("12", "£12"),
            ("12340.49", "£12,340"),
            ("99999.49", "£99,999"),
            ("533752", "£534,000"),
            ("999499", "£999,000"),
            ("999500", "£1.0m"),
            ("1249999", "£1.2m"),
            ("-2000000", "−£2.0m"),
            ("99949999", "£99.9m"),
            ("99950000", "£100m"),
            ("999499999", "£999m"),
            ("999500000", "£1.00bn"),
            ("2041000000", "£2.04bn"),
        ];
        for (amount, text) in cases {
            assert_eq!(money_short(pounds(amount)), text, "{amount}");
        }
        assert_eq!(money_short(Pence::new(i64::MIN)), "−£92,233,720.37bn");
        let floats = [1_249_999.004, -0.2, 2.4e10, f64::NAN, 1e300].map(pounds_short);
        assert_eq!(floats, ["£1.2m", "−£0.20", "£24.00bn", "not known", "not known"]);
        assert_eq!([1_249_999.0, 0.001].map(pounds_signed), ["+£1.2m", "no change"]);
    }

    #[test]
    fn sums_show_their_pence_or_hundredths() {
        assert_eq!(money_full(pounds("-12340.05")), "−£12,340.05");
        assert_eq!(money_full(pounds("0")), "£0.00");
        assert_eq!(money_millions(pounds("98700000")), "£98.70m");
        assert_eq!(money_millions(pounds("-200000")), "−£0.20m");
        let signed = ["1200000", "-0.01", "0"].map(|text| money_signed(pounds(text)));
        assert_eq!(signed, ["+£1.2m", "−£0.01", "no change"]);
    }

    #[test]
    fn healthy_years_keep_two_digits_where_they_are_few() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.001, "under 0.01"),
            (0.734, "0.73"),
            (0.999, "1.0"),
            (7.26, "7.3"),
            (9.97, "10"),
            (133.6, "134"),
            (-1234.4, "−1,234"),
            (f64::NAN, "not known"),
        ];
        for (years, text) in cases {
            assert_eq!(qaly(years), text, "{years}");
        }
        assert_eq!([134.0, -7.25, 0.0].map(qaly_signed), ["+134", "−7.2", "0"]);
    }

    #[test]
    fn percent_and_shares() {
        assert_eq!([20.0, -0.2, 2.54, 2.0, 0.001].map(pct), ["20%", "−0.20%", "2.5%", "2%", "0%"]);
        assert_eq!([20.0, -2.0, 0.0].map(pct_signed), ["+20%", "−2%", "no change"]);
        assert_eq!(
            [0.974, 0.999, 1.0, 0.0, 0.001].map(share),
            ["97%", "over 99%", "100%", "0%", "under 1%"]
        );
    }

    #[test]
    fn the_price_of_a_healthy_year_has_three_digits() {
        let cases = [
            (Some(940.4), "£940"),
            (Some(2_345.0), "£2,350"),
            (Some(12_345.0), "£12,300"),
            (Some(123_456.0), "£123,000"),
            (Some(1_234_567.0), "£1.2m"),
            (Some(-12_345.0), "−£12,300"),
            (None, "not assessable"),
            (Some(f64::INFINITY), "not assessable"),
        ];
        for (price, text) in cases {
            assert_eq!(gbp_per_qaly(price), text);
        }
    }

    #[test]
    fn words_around_figures() {
        assert_eq!(plural(1, "row", "rows"), "1 row");
        assert_eq!(plural(1203, "row", "rows"), "1,203 rows");
        let shares = [0.934, 0.999, 0.001, 1.0, 0.0];
        assert_eq!(
            shares.map(prob),
            [
                "in 93 of 100 draws",
                "in more than 99 of 100 draws",
                "in fewer than 1 of 100 draws",
                "in all draws",
                "in no draw"
            ]
        );
        assert_eq!(range_words("48", "71"), "between 48 and 71");
        assert_eq!(range_words("48", "48"), "about 48");
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list_words(&words), "a, b and c");
        assert_eq!(sentence_case("élan"), "Élan");
        assert_eq!(short_name("Hip replacement"), "Hip replacement");
        assert_eq!(short_name(&"é".repeat(99)).chars().count(), 80);
    }
}
