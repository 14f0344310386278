//! Percentages that claim no more than the counts say.

/// `covered` of `total` in tenths of a percent. One decimal, half away from zero, but 100 only when all are covered and
/// 0 only when none is. `None` when `total` is 0. Uses integers throughout, since 0.05 has no exact binary form.
fn tenths(covered: i64, total: i64) -> Option<i64> {
    if total <= 0 {
        return None;
    }
    let (covered, total) = (i128::from(covered), i128::from(total));
    let rounded = (covered * 2000 + total) / (total * 2);
    let rounded = match rounded {
        0 if covered > 0 => 1,
        1000 if covered < total => 999,
        rounded => rounded,
    };
    i64::try_from(rounded).ok()
}

/// `100 covered / total` with one decimal, rounded as by `tenths`: 1,999 of 2,000 are 99.9.
pub fn percent(covered: i64, total: i64) -> Option<f64> {
    tenths(covered, total).map(|tenths| tenths as f64 / 10.0)
}

/// The range of the percentage when some are unknown: `[covered / total, (covered + unknown) / total]`. `None` when
/// none is unknown.
pub fn range(covered: i64, unknown: i64, total: i64) -> Option<[f64; 2]> {
    if unknown == 0 {
        return None;
    }
    Some([percent(covered, total)?, percent(covered + unknown, total)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(percent(1, 16), Some(6.3)); // 6.25
        assert_eq!(percent(3, 16), Some(18.8)); // 18.75
        assert_eq!(percent(2, 3), Some(66.7));
    }

    #[test]
    fn all_is_said_of_all_only_and_none_of_none() {
        assert_eq!(percent(9_999, 10_000), Some(99.9));
        assert_eq!(percent(10_000, 10_000), Some(100.0));
        assert_eq!(percent(1, 10_000), Some(0.1));
        assert_eq!(percent(0, 10_000), Some(0.0));
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn the_unknown_make_a_range() {
        assert_eq!(range(80, 15, 100), Some([80.0, 95.0]));
        assert_eq!(range(80, 20, 100), Some([80.0, 100.0]));
        assert_eq!(range(80, 0, 100), None);
    }

    proptest! {
        #[test]
        fn a_percentage_is_near_the_truth_and_grows_with_the_count(total in 1i64..5_000_000, share in 0.0f64..1.0) {
            let covered = (total as f64 * share) as i64;
            let given = percent(covered, total).expect("there is a total");
            prop_assert!((given - 100.0 * covered as f64 / total as f64).abs() < 0.1);
            prop_assert!(percent(covered + 1, total).is_none_or(|next| next >= given));
        }
    }
}
