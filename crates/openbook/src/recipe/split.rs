//! A total shared out in whole units so that the parts add up to it: largest remainder.

/// Shares `total` units in proportion to the weights, in their order. Each part is within one unit
/// of its exact share and the parts sum to the total. Units left over by rounding down go to the
/// largest remainders; equal remainders go by name, so that the order of the parts decides nothing.
/// Negative totals mirror positive ones.
///
/// Nothing is returned where a weight is negative, where all are nought but the total is not, or
/// where the figures are too large to be exact.
#[must_use]
pub fn split(total: i128, parts: &[(&str, i128)]) -> Option<Vec<i128>> {
    if parts.iter().any(|(_, weight)| *weight < 0) {
        return None;
    }
    let whole = parts.iter().try_fold(0_i128, |sum, (_, weight)| sum.checked_add(*weight))?;
    if whole == 0 {
        return (total == 0).then(|| vec![0; parts.len()]);
    }
    let size = total.checked_abs()?;
    let mut shares = Vec::with_capacity(parts.len());
    let mut remainders = Vec::with_capacity(parts.len());
    for (at, (name, weight)) in parts.iter().enumerate() {
        let exact = size.checked_mul(*weight)?;
        shares.push(exact.div_euclid(whole));
        remainders.push((exact.rem_euclid(whole), *name, at));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let left = size.checked_sub(shares.iter().sum())?;
    for (_, _, at) in remainders.iter().take(usize::try_from(left).ok()?) {
        if let Some(share) = shares.get_mut(*at) {
            *share += 1;
        }
    }
    Some(shares.into_iter().map(|share| share * total.signum()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_pence_among_three_leaves_nobody_short() {
        assert_eq!(split(10, &[("a", 1), ("b", 1), ("c", 1)]), Some(vec![4, 3, 3]));
        assert_eq!(split(-10, &[("c", 1), ("b", 1), ("a", 1)]), Some(vec![-3, -3, -4]));
        assert_eq!(split(100, &[("a", 46), ("b", 54), ("c", 0)]), Some(vec![46, 54, 0]));
    }

    #[test]
    fn what_cannot_be_shared_is_not() {
        assert_eq!(split(1, &[]), None);
        assert_eq!(split(1, &[("a", 0)]), None);
        assert_eq!(split(0, &[("a", 0)]), Some(vec![0]));
        assert_eq!(split(1, &[("a", 2), ("b", -1)]), None);
        assert_eq!(split(i128::MAX, &[("a", 2)]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_lie_within_a_unit_and_ignore_their_order(
            total in -300_000_000_000_i128..300_000_000_000,
            weights in proptest::collection::vec(0_i128..5_000_000_000_000, 1..40),
            turn in 0_usize..40,
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let names: Vec<String> = (0..weights.len()).map(|at| format!("part{at:02}")).collect();
            let mut parts: Vec<(&str, i128)> =
                names.iter().map(String::as_str).zip(weights.iter().copied()).collect();
            let shares = split(total, &parts).expect("shared");
            prop_assert_eq!(shares.iter().sum::<i128>(), total);
            let whole: i128 = weights.iter().sum();
            for (share, (_, weight)) in shares.iter().zip(&parts) {
                prop_assert!((share * whole - total * weight).abs() < whole);
            }
            let named: std::collections::BTreeMap<&str, i128> =
                parts.iter().map(|(name, _)| *name).zip(shares).collect();
            let turn = turn % parts.len();
            parts.rotate_left(turn);
            parts.swap(0, turn % weights.len());
            for ((name, _), share) in parts.iter().zip(split(total, &parts).expect("shared")) {
                prop_assert_eq!(named.get(name), Some(&share));
            }
        }
    }
}
