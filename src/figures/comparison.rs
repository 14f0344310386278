//! How a figure changed since another day, and whether the figures published for that day add up.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::texts::{Text, text};

/// Why a figure differs between two days of the same territory. `delta = new - decommissioned ± moved ± reclassified ±
/// corrected`; losses are negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Installed or finished since then.
    New,
    /// Entered since then, without a day of installation: it may be new, or have been there before.
    Undated,
    Decommissioned,
    /// Counted on both days, but not in the same unit.
    Moved,
    /// The same record in another class: another manager, out of use, back in use, now covered.
    Reclassified,
    /// The same record with another amount.
    Corrected,
}

impl Part {
    pub const ALL: [Part; 6] =
        [Part::New, Part::Undated, Part::Decommissioned, Part::Moved, Part::Reclassified, Part::Corrected];

    pub const fn name(self) -> &'static str {
        match self {
            Part::New => "new",
            Part::Undated => "undated",
            Part::Decommissioned => "decommissioned",
            Part::Moved => "moved",
            Part::Reclassified => "reclassified",
            Part::Corrected => "corrected",
        }
    }

    pub fn parse(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// The parts of a change, signed. Parts that are zero are left out.
pub type Parts = BTreeMap<Part, i64>;

/// A figure that was published before the register could count it.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    pub indicator: String,
    /// A value of the partition; `None` for the total.
    pub group_value: Option<String>,
    pub unit_id: i64,
    pub value: f64,
    pub document: String,
}

/// The difference between a value and its base.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// `value - base`.
    pub value: f64,
    pub base: f64,
    pub base_on: NaiveDate,
    /// Whether the base was published. Otherwise it is counted from the rows.
    pub declared: bool,
    /// The document that published the base.
    pub document: Option<String>,
    /// The value on that day, counted from the rows.
    pub computed_base: i64,
    /// They add up to the value counted now minus `computed_base`.
    pub parts: Parts,
    pub notes: Vec<Note>,
}

impl Delta {
    /// A declared baseline is the base, if there is one. The value counted from the rows is kept beside it.
    pub fn new(value: i64, computed_base: i64, base_on: NaiveDate, parts: Parts, declared: Option<&Baseline>) -> Delta {
        let base = declared.map_or(computed_base as f64, |baseline| baseline.value);
        let mut notes = Vec::new();
        if base != computed_base as f64 {
            notes.push(Note::BaseDiffers { declared: base, computed: computed_base });
        }
        Delta {
            value: value as f64 - base,
            base,
            base_on,
            declared: declared.is_some(),
            document: declared.map(|baseline| baseline.document.clone()),
            computed_base,
            parts: parts.into_iter().filter(|(_, amount)| *amount != 0).collect(),
            notes,
        }
    }
}

/// Something that a reader of the change must know.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The published changes of the parts do not add up to the published change of the total.
    PartsDoNotAddUp { total: f64, parts: Vec<f64> },
    /// The published base differs from the value counted from the rows.
    BaseDiffers { declared: f64, computed: i64 },
}

impl Note {
    pub fn text(&self, vietnamese: bool) -> String {
        match self {
            Note::PartsDoNotAddUp { total, parts } => {
                let sum = parts.iter().sum::<f64>();
                let parts: Vec<_> = parts.iter().copied().map(signed).collect();
                text!("figures.parts", total = change(*total), parts, sum).say(vietnamese)
            }
            Note::BaseDiffers { declared, computed } => {
                text!("figures.base", declared = *declared, computed = *computed).say(vietnamese)
            }
        }
    }
}

/// The note for a total whose published change differs from the sum of the published changes of its parts.
pub fn check_parts(total: &Delta, parts: &[&Delta]) -> Option<Note> {
    let published: Vec<f64> = parts.iter().filter(|part| part.declared).map(|part| part.value).collect();
    let differs = total.declared && !published.is_empty() && published.iter().sum::<f64>() != total.value;
    differs.then_some(Note::PartsDoNotAddUp { total: total.value, parts: published })
}

/// A change in words: "tăng 9", "giảm 2".
fn change(value: f64) -> Text {
    if value < 0.0 { text!("figures.down", value = -value) } else { text!("figures.up", value) }
}

/// With its sign: `+9`, `-2`, `0`.
fn signed(value: f64) -> Text {
    if value > 0.0 { text!("figures.plus", value) } else { text!("figures.number", value) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, 12, 31).expect("a day")
    }

    fn published(value: f64) -> Baseline {
        Baseline {
            indicator: "camera_eyes".into(),
            group_value: None,
            unit_id: 1,
            value,
            document: "Báo cáo 20/9/2023".into(),
        }
    }

    #[test]
    fn published_parts_that_do_not_add_up_are_said() {
        let total = Delta::new(421, 312, day(), Parts::new(), Some(&published(312.0)));
        let district = Delta::new(55, 46, day(), Parts::new(), Some(&published(46.0)));
        let communes = Delta::new(366, 266, day(), Parts::new(), Some(&published(290.0)));
        assert_eq!((total.value, district.value, communes.value), (109.0, 9.0, 76.0));
        let note = check_parts(&total, &[&district, &communes]).expect("85 is not 109");
        assert_eq!(note.text(false), "The published parts +9, +76 give 85, not +109.");
        assert_eq!(note.text(true), "Báo cáo ghi tăng 109, nhưng cộng từng phần (+9, +76) được 85.");
        assert_eq!(communes.notes, [Note::BaseDiffers { declared: 290.0, computed: 266 }]);
    }

    #[test]
    fn parts_that_add_up_need_no_note() {
        let total = Delta::new(421, 312, day(), Parts::new(), Some(&published(336.0)));
        let district = Delta::new(55, 46, day(), Parts::new(), Some(&published(46.0)));
        let communes = Delta::new(366, 290, day(), Parts::new(), Some(&published(290.0)));
        assert_eq!(check_parts(&total, &[&district, &communes]), None);
        let computed = Delta::new(421, 312, day(), Parts::new(), None);
        assert_eq!(check_parts(&computed, &[&district, &communes]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_computed_change(value in 0i64..10_000, moves in prop::collection::vec((0usize..6, -50i64..50), 0..20)) {
            let mut parts = Parts::new();
            for (index, amount) in moves {
                *parts.entry(Part::ALL[index]).or_default() += amount;
            }
            let base = value - parts.values().sum::<i64>();
            let delta = Delta::new(value, base, day(), parts, None);
            prop_assert_eq!(delta.value, delta.parts.values().sum::<i64>() as f64);
            prop_assert!(delta.parts.values().all(|amount| *amount != 0));
            prop_assert!(delta.notes.is_empty());
        }
    }
}
