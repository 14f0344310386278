//! Finds communes by the names in sheets. Accents are ignored only to suggest a commune, never to choose one.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::texts::{Value, text};
use crate::units::names::{bare, comparable, kind_of};

/// A version of a commune, with the names of its district and province on its last day.
#[derive(Debug, Clone)]
pub struct Commune {
    pub code: String,
    pub name: String,
    pub district: Option<String>,
    pub province: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// All versions of all communes, searched for those in force on a day.
pub struct Communes {
    units: Vec<Commune>,
    by_name: HashMap<String, Vec<usize>>,
    by_folded_name: HashMap<String, Vec<usize>>,
    on: NaiveDate,
}

impl Communes {
    pub fn new(units: Vec<Commune>, on: NaiveDate) -> Communes {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_folded_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, unit) in units.iter().enumerate() {
            let name = bare(&unit.name);
            by_folded_name.entry(fold(&name)).or_default().push(index);
            by_name.entry(name).or_default().push(index);
        }
        Communes { units, by_name, by_folded_name, on }
    }

    /// The commune in force with this name. The names of district and province narrow the search, where they are known.
    ///
    /// # Errors
    /// No commune fits, several fit, or it was in force at another time.
    pub fn resolve(&self, name: &str, district: Option<&str>, province: Option<&str>) -> Result<&Commune, Note> {
        let name = spelled_out(name);
        let named = self.of(self.by_name.get(&bare(&name)));
        let fits = |unit: &&Commune| {
            let is_same_kind = kind_of(&name).is_none() || comparable(&unit.name) == comparable(&name);
            let above = |given: Option<&str>, known: &Option<String>| {
                given.is_none_or(|given| known.as_ref().is_none_or(|known| bare(known) == bare(given)))
            };
            is_same_kind && above(district, &unit.district) && above(province, &unit.province)
        };
        let fitting: Vec<_> = named.iter().copied().filter(|unit| self.is_in_force(unit)).filter(fits).collect();
        match fitting.as_slice() {
            [one] => Ok(one),
            [] => Err(self.none_fits(&name, &named)),
            several => {
                let text = text!("unit.ambiguous_name", count = several.len(), name);
                Err(Note::error(text).suggest(listed(several)))
            }
        }
    }

    /// The commune in force with this code.
    pub fn of_code(&self, code: &str) -> Option<&Commune> {
        self.units.iter().find(|unit| unit.code == code && self.is_in_force(unit))
    }

    fn of(&self, indexes: Option<&Vec<usize>>) -> Vec<&Commune> {
        indexes.into_iter().flatten().map(|index| &self.units[*index]).collect()
    }

    fn is_in_force(&self, unit: &Commune) -> bool {
        unit.valid_from <= self.on && unit.valid_to.is_none_or(|last| last >= self.on)
    }

    fn none_fits(&self, name: &str, named: &[&Commune]) -> Note {
        if let Some(other) = named.iter().rev().find(|unit| !self.is_in_force(unit)) {
            let to = other.valid_to.map_or_else(|| "…".into(), Value::Day);
            let text = text!("unit.not_valid/name", name = &other.name, from = other.valid_from, to, on = self.on);
            return Note::error(text);
        }
        let folded = fold(name);
        let bare =
            ["xa ", "phuong ", "thi tran "].iter().find_map(|layer| folded.strip_prefix(layer)).unwrap_or(&folded);
        let alike: Vec<_> =
            self.of(self.by_folded_name.get(bare)).into_iter().filter(|unit| self.is_in_force(unit)).take(5).collect();
        let note = Note::error(text!("unit.unknown_name", name, on = self.on));
        if alike.is_empty() { note } else { note.suggest(listed(&alike)) }
    }
}

/// The candidates, with what tells them apart.
fn listed(units: &[&Commune]) -> String {
    let one = |unit: &&Commune| {
        let above = [&unit.district, &unit.province].into_iter().flatten().cloned().collect::<Vec<_>>();
        let above = if above.is_empty() { String::new() } else { format!(" ({})", above.join(", ")) };
        format!("{} {}{above}", unit.code, unit.name)
    };
    units.iter().take(20).map(one).collect::<Vec<_>>().join("; ")
}

/// "P. Rừng Thông" as "Phường Rừng Thông".
fn spelled_out(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    for (short, long) in [("tt.", "Thị trấn "), ("x.", "Xã "), ("p.", "Phường ")] {
        if let Some((start, rest)) = name.split_at_checked(short.len())
            && start.to_lowercase() == short
        {
            return format!("{long}{}", rest.trim());
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn communes() -> Communes {
        let unit = |code: &str, name: &str, district: &str, from: &str, to: Option<&str>| Commune {
            code: code.into(),
            name: name.into(),
            district: Some(district.into()),
            province: Some("Tỉnh Thanh Hóa".into()),
            valid_from: from.parse().unwrap(),
            valid_to: to.map(|day| day.parse().unwrap()),
        };
        Communes::new(
            vec![
                unit("00001", "Xã Đông Hòa", "Huyện Đông Sơn", "2010-01-01", None),
                unit("00002", "Xã Đông Thịnh", "Huyện Đông Sơn", "2010-01-01", None),
                unit("00003", "Xã Đông Thịnh", "Huyện Thiệu Hóa", "2010-01-01", None),
                unit("00004", "Phường Đông Thịnh", "Huyện Đông Sơn", "2010-01-01", None),
                unit("00005", "Xã Cũ", "Huyện Đông Sơn", "2010-01-01", Some("2020-01-01")),
            ],
            "2023-09-20".parse().unwrap(),
        )
    }

    fn code(name: &str, district: Option<&str>) -> Result<String, &'static str> {
        communes().resolve(name, district, None).map(|unit| unit.code.clone()).map_err(|note| note.code)
    }

    #[test]
    fn names_are_resolved_with_and_without_their_kind() {
        for name in ["Xã Đông Hòa", "Đông Hoà", "X. Đông Hòa", "XÃ ĐÔNG HÒA"] {
            assert_eq!(code(name, None).as_deref(), Ok("00001"), "{name}");
        }
        assert_eq!(code("P. Đông Thịnh", None).as_deref(), Ok("00004"));
    }

    #[test]
    fn ambiguous_name_lists_its_candidates_unless_a_district_is_given() {
        let communes = communes();
        let note = communes.resolve("Xã Đông Thịnh", None, None).unwrap_err();
        assert_eq!(note.code, "unit.ambiguous_name");
        assert!(note.suggestion.unwrap().contains("00003 Xã Đông Thịnh (Huyện Thiệu Hóa, Tỉnh Thanh Hóa)"));
        assert_eq!(code("Xã Đông Thịnh", Some("Thiệu Hóa")).as_deref(), Ok("00003"));
    }

    #[test]
    fn accents_are_folded_to_suggest_and_never_to_resolve() {
        let communes = communes();
        let note = communes.resolve("Xa Dong Hoa", None, None).unwrap_err();
        assert_eq!(
            (note.code, note.suggestion.as_deref()),
            ("unit.unknown_name", Some("00001 Xã Đông Hòa (Huyện Đông Sơn, Tỉnh Thanh Hóa)"))
        );
        assert_eq!(code("Xã Cũ", None), Err("unit.not_valid"));
    }
}
