//! Percentages that claim no more than the counts say.

/// A share of rows, or of what they weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratio {
    pub covered: i64,
    pub unknown: i64,
    pub total: i64,
    /// Rows with an unknown weight. They are in none of the three numbers.
    pub unweighted: Unweighted,
}

/// The hamlets whose households or people nobody has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unweighted {
    pub covered: i64,
    pub unknown: i64,
    pub total: i64,
    /// The most that a counted hamlet of the unit weighs. The range assumes that no other one weighs more.
    pub largest: i64,
}

impl Ratio {
    pub fn not_covered(&self) -> i64 {
        self.total - self.covered - self.unknown
    }

    /// The percentage of what is known. `None` where it would say "all" or "none" although something is unknown.
    pub fn percent(&self) -> Option<f64> {
        let is_certain = self.unknown == 0 && self.unweighted.total == 0;
        percent(self.covered, self.total).filter(|percent| is_certain || (0.0 < *percent && *percent < 100.0))
    }

    /// The range of the percentage when something is unknown: the unknown are all not covered, or all covered; a row of
    /// unknown weight weighs nothing, or as much as the largest. `None` when nothing is unknown, or no row has a weight.
    pub fn range(&self) -> Option<[f64; 2]> {
        let Unweighted { covered, unknown, total, largest } = self.unweighted;
        if self.unknown == 0 && total == 0 {
            return None;
        }
        let (perhaps, perhaps_not) = (largest * (covered + unknown), largest * (total - covered));
        let lowest = percent(self.covered, self.total + perhaps_not)?;
        let highest = percent(self.covered + self.unknown + perhaps, self.total + perhaps)?;
        Some([lowest, highest])
    }
}

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
fn percent(covered: i64, total: i64) -> Option<f64> {
    tenths(covered, total).map(|tenths| tenths as f64 / 10.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(covered: i64, unknown: i64, total: i64) -> Ratio {
        Ratio { covered, unknown, total, ..Ratio::default() }
    }

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
        let shown = |ratio: Ratio| (ratio.percent(), ratio.range());
        assert_eq!(shown(of(80, 15, 100)), (Some(80.0), Some([80.0, 95.0])));
        assert_eq!(shown(of(80, 20, 100)), (Some(80.0), Some([80.0, 100.0])));
        assert_eq!(shown(of(80, 0, 100)), (Some(80.0), None));
        // That nobody knows of anything covered does not make it 0%.
        assert_eq!(shown(of(0, 100, 100)), (None, Some([0.0, 100.0])));
    }

    /// 3,074 of 3,074 households, and two hamlets that nobody has counted; the largest counted one has 200.
    #[test]
    fn a_hamlet_of_unknown_weight_makes_a_range_and_never_all() {
        let two = |covered, unknown| {
            let unweighted = Unweighted { covered, unknown, total: 2, largest: 200 };
            let ratio = Ratio { unweighted, ..of(3_074, 0, 3_074) };
            (ratio.percent(), ratio.range())
        };
        assert_eq!(two(0, 2), (None, Some([88.5, 100.0]))); // 3,074 of 3,474
        assert_eq!(two(1, 0), (None, Some([93.9, 100.0]))); // 3,074 of 3,274
        assert_eq!(two(2, 0), (None, Some([100.0, 100.0])));
        let none_counted = Ratio { unweighted: Unweighted { total: 2, ..Unweighted::default() }, ..of(0, 0, 0) };
        assert_eq!((none_counted.percent(), none_counted.range()), (None, None));
    }

    proptest! {
        #[test]
        fn a_percentage_is_near_the_truth_and_grows_with_the_count(total in 1i64..5_000_000, share in 0.0f64..1.0) {
            let covered = (total as f64 * share) as i64;
            let given = percent(covered, total).expect("there is a total");
            prop_assert!((given - 100.0 * covered as f64 / total as f64).abs() < 0.1);
            prop_assert!(percent(covered + 1, total).is_none_or(|next| next >= given));
        }

        /// Whatever the unknown hamlets turn out to be, the percentage lies in the range.
        #[test]
        fn the_range_holds_what_may_turn_out(
            hamlets in prop::collection::vec((prop::option::of(any::<bool>()), prop::option::of(1i64..50), any::<bool>(), 0i64..50), 1..20)
        ) {
            let mut ratio = Ratio::default();
            let largest = hamlets.iter().filter_map(|(_, weight, ..)| *weight).max().unwrap_or(0);
            let (mut covered, mut total) = (0, 0);
            for (state, weight, turns_out, weighs) in &hamlets {
                let true_weight = weight.unwrap_or(weighs % (largest + 1));
                total += true_weight;
                covered += if state.unwrap_or(*turns_out) { true_weight } else { 0 };
                let add = |to: &mut i64| *to += weight.unwrap_or(1);
                let part = if weight.is_some() {
                    (&mut ratio.covered, &mut ratio.unknown, &mut ratio.total)
                } else {
                    (&mut ratio.unweighted.covered, &mut ratio.unweighted.unknown, &mut ratio.unweighted.total)
                };
                match state {
                    Some(true) => add(part.0),
                    None => add(part.1),
                    Some(false) => {}
                }
                add(part.2);
            }
            ratio.unweighted.largest = largest;
            if let (Some([lowest, highest]), Some(turned_out)) = (ratio.range(), percent(covered, total)) {
                prop_assert!(lowest <= turned_out && turned_out <= highest, "{ratio:?}: {turned_out}");
            }
        }
    }
}
