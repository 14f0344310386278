//! How a figure changed since another day, and whether the figures published for that day add up.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::texts::{Text, text};

/// Why a figure differs between two days of the same territory. `delta = new - decommissioned ± moved ± reclassified ±
/// corrected + undated`; losses are negative.
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

/// What was published for the day of a figure, beside what the register counts for that day.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub value: f64,
    pub document: String,
    /// What the register counts.
    pub counted: f64,
    /// How much of it was entered after that day; `None` where the register does not keep when something was entered.
    pub later: Option<f64>,
}

impl Published {
    pub fn difference(&self) -> f64 {
        // Two decimals, since kilometres and rates have no exact binary form.
        ((self.counted - self.value) * 100.0).round() / 100.0
    }

    pub fn text(&self) -> Text {
        let Published { value, counted: now, later, .. } = *self;
        match later.filter(|later| *later != 0.0) {
            _ if self.difference() == 0.0 => text!("figures.published", value),
            Some(later) => text!("figures.published/later", value, now, later),
            None => text!("figures.published/differs", value, now),
        }
    }
}

/// The difference between a value and its base.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// `value - base`; `None` if most of the base is unknown.
    pub value: Option<f64>,
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
            value: Some(value as f64 - base),
            base,
            base_on,
            declared: declared.is_some(),
            document: declared.map(|baseline| baseline.document.clone()),
            computed_base,
            parts: parts.into_iter().filter(|(_, amount)| *amount != 0).collect(),
            notes,
        }
    }

    /// No difference, since most of the base is unknown.
    pub fn unknown(self) -> Delta {
        Delta { value: None, parts: Parts::new(), notes: vec![Note::BaseUnknown { on: self.base_on }], ..self }
    }

    pub fn says_something(&self) -> bool {
        self.value != Some(0.0) || self.declared || !self.parts.is_empty() || !self.notes.is_empty()
    }
}

/// Something that a reader of the change must know.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The changes of the parts against their published bases do not add up to that of the total. `published`: those
    /// of the later day were published, too.
    PartsDoNotAddUp { total: f64, parts: Vec<f64>, published: bool },
    /// The published base differs from the value counted from the rows.
    BaseDiffers { declared: f64, computed: i64 },
    /// Most of what counts on the day of the base has no day of installation, or nobody has answered for it.
    BaseUnknown { on: NaiveDate },
}

impl Note {
    pub fn text(&self, vietnamese: bool) -> String {
        match self {
            Note::PartsDoNotAddUp { total, parts, published } => {
                let sum = parts.iter().sum::<f64>();
                let parts: Vec<_> = parts.iter().copied().map(signed).collect();
                let total = change(*total);
                let text = match published {
                    true => text!("figures.parts", total, parts, sum),
                    false => text!("figures.parts/computed", total, parts, sum),
                };
                text.say(vietnamese)
            }
            Note::BaseUnknown { on } => text!("figures.base_unknown", day = *on).say(vietnamese),
            Note::BaseDiffers { declared, computed } => {
                text!("figures.base", declared = *declared, computed = *computed).say(vietnamese)
            }
        }
    }
}

/// A change, and what was published for its later day.
pub type Compared<'a> = (&'a Delta, Option<&'a Published>);

/// The note for a total whose change against its published base differs from the sum of those of its parts. What was
/// published for the later day goes before what the register counts.
pub fn check_parts(total: Compared<'_>, parts: &[Compared<'_>]) -> Option<Note> {
    let parts: Vec<_> = parts.iter().copied().filter(|(delta, _)| delta.declared).collect();
    let published = parts.iter().chain([&total]).all(|(_, now)| now.is_some());
    let change = |(delta, now): Compared<'_>| match now.filter(|_| published) {
        Some(now) => Some(now.value - delta.base),
        None => delta.value,
    };
    let of_total = change(total)?;
    let of_parts: Vec<f64> = parts.iter().filter_map(|part| change(*part)).collect();
    let differs = total.0.declared && !of_parts.is_empty() && of_parts.iter().sum::<f64>() != of_total;
    differs.then_some(Note::PartsDoNotAddUp { total: of_total, parts: of_parts, published })
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

    fn of_today(value: f64) -> Published {
        Published { value, document: "Báo cáo 20/9/2023".into(), counted: 421.0, later: None }
    }

    #[test]
    fn published_parts_that_do_not_add_up_are_said() {
        let total = Delta::new(421, 312, day(), Parts::new(), Some(&published(312.0)));
        let district = Delta::new(55, 46, day(), Parts::new(), Some(&published(46.0)));
        let communes = Delta::new(366, 266, day(), Parts::new(), Some(&published(290.0)));
        assert_eq!((total.value, district.value, communes.value), (Some(109.0), Some(9.0), Some(76.0)));
        let now = [421.0, 55.0, 366.0].map(of_today);
        let parts = [(&district, Some(&now[1])), (&communes, Some(&now[2]))];
        let note = check_parts((&total, Some(&now[0])), &parts).expect("85 is not 109");
        assert_eq!(note.text(false), "The published parts +9, +76 give 85, not +109.");
        assert_eq!(note.text(true), "Báo cáo ghi tăng 109, nhưng cộng từng phần (+9, +76) được 85.");
        // What the register counts was not published.
        let note = check_parts((&total, Some(&now[0])), &[(&district, None), (&communes, Some(&now[2]))]);
        let said = "So với số đã công bố, tổng tăng 109, nhưng cộng từng phần (+9, +76) được 85.";
        assert_eq!(note.expect("85 is not 109").text(true), said);
        assert_eq!(communes.notes, [Note::BaseDiffers { declared: 290.0, computed: 266 }]);
    }

    #[test]
    fn parts_that_add_up_need_no_note() {
        let total = Delta::new(421, 312, day(), Parts::new(), Some(&published(336.0)));
        let district = Delta::new(55, 46, day(), Parts::new(), Some(&published(46.0)));
        let communes = Delta::new(366, 290, day(), Parts::new(), Some(&published(290.0)));
        let parts = [(&district, None), (&communes, None)];
        assert_eq!(check_parts((&total, None), &parts), None);
        let computed = Delta::new(421, 312, day(), Parts::new(), None);
        assert_eq!(check_parts((&computed, None), &parts), None);
    }

    #[test]
    fn what_was_published_stands_beside_what_is_counted_now() {
        let published = |counted, later| Published { counted, later, ..of_today(421.0) };
        let said = |counted, later| published(counted, later).text().say(false);
        assert_eq!(said(421.0, Some(0.0)), "421 was published, and the register holds as many.");
        assert_eq!(said(430.0, None), "421 was published; the register now holds 430.");
        let later = "421 was published; the register now holds 541, of which 120 were entered after that day.";
        assert_eq!(said(541.0, Some(120.0)), later);
        assert_eq!(published(541.0, None).difference(), 120.0);
    }

    #[test]
    fn a_base_that_is_mostly_unknown_gives_a_sentence_instead_of_a_difference() {
        let delta = Delta::new(421, 312, day(), Parts::from([(Part::New, 109)]), None).unknown();
        assert_eq!((delta.value, delta.parts.len(), delta.says_something()), (None, 0, true));
        assert!(delta.notes[0].text(true).contains("31/12/2022"), "{:?}", delta.notes);
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
            prop_assert_eq!(delta.value, Some(delta.parts.values().sum::<i64>() as f64));
            prop_assert!(delta.parts.values().all(|amount| *amount != 0));
            prop_assert!(delta.notes.is_empty());
        }
    }
}
