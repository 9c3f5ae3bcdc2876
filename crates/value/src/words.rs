//! Figures in sentences.

/// Pounds: millions with two decimals, below a million whole pounds in groups of three, below a
/// hundred with pence.
#[must_use]
pub fn pounds(pounds: f64) -> String {
    let sign = if pounds < 0.0 { "-" } else { "" };
    let size = pounds.abs();
    if size >= 999_999.5 {
        return format!("{sign}£{:.2}m", size / 1e6);
    }
    if size < 99.995 {
        return format!("{sign}£{size:.2}");
    }
    let digits = format!("{size:.0}");
    match digits.split_at_checked(digits.len().saturating_sub(3)) {
        Some((thousands, rest)) if !thousands.is_empty() => format!("{sign}£{thousands},{rest}"),
        _ => format!("{sign}£{digits}"),
    }
}

/// A share as a whole percentage.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_a_reader_says_it() {
        for (number, wanted) in [
            (2_149_268.0, "£2.15m"),
            (999_999.6, "£1.00m"),
            (999_999.4, "£999,999"),
            (1_234.4, "£1,234"),
            (522.66, "£523"),
            (64.5, "£64.50"),
            (-1_200.0, "-£1,200"),
        ] {
            assert_eq!(pounds(number), wanted);
        }
        assert_eq!(percent(0.834), "83 %");
    }
}
