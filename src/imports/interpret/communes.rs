//! Finds the communes that sheets mean. A former name or code stands for what became of its commune. Accents are ignored
//! only to suggest a commune, never to choose one.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::imports::interpret::commune_text::{Above, Name, Said, numbers_bare, place};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::texts::{Value, text};
use crate::units::names::{bare, kind_of};

/// A version of a commune, with the names of its district and province on its last day.
#[derive(Debug, Clone)]
pub struct Commune {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub district: Option<String>,
    pub province: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// All versions of all communes, and which became which.
pub struct Communes {
    units: Vec<Commune>,
    by_name: HashMap<String, Vec<usize>>,
    by_folded_name: HashMap<String, Vec<usize>>,
    by_code: HashMap<String, Vec<usize>>,
    later: HashMap<usize, Vec<usize>>,
    earlier: HashMap<usize, Vec<usize>>,
    on: NaiveDate,
}

/// The communes in force that a statement may mean, and the unit that it names if that is not in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    pub units: Vec<usize>,
    pub was: Option<usize>,
}

impl Communes {
    /// `changes` are pairs of ids: from an old version to a new one. `on` is the day on which names and codes are read.
    pub fn new(units: Vec<Commune>, changes: &[(i64, i64)], on: NaiveDate) -> Communes {
        let mut communes = Communes {
            units: Vec::new(),
            by_name: HashMap::new(),
            by_folded_name: HashMap::new(),
            by_code: HashMap::new(),
            later: HashMap::new(),
            earlier: HashMap::new(),
            on,
        };
        let mut by_id = HashMap::new();
        for (index, unit) in units.iter().enumerate() {
            let name = numbers_bare(&bare(&unit.name));
            communes.by_folded_name.entry(fold(&name)).or_default().push(index);
            communes.by_name.entry(name).or_default().push(index);
            communes.by_code.entry(unit.code.clone()).or_default().push(index);
            by_id.insert(unit.id, index);
        }
        for (from, to) in changes {
            let (Some(from), Some(to)) = (by_id.get(from), by_id.get(to)) else { continue };
            communes.later.entry(*from).or_default().push(*to);
            communes.earlier.entry(*to).or_default().push(*from);
        }
        communes.units = units;
        communes
    }

    pub fn on(&self) -> NaiveDate {
        self.on
    }

    pub fn unit(&self, index: usize) -> &Commune {
        &self.units[index]
    }

    pub fn of_id(&self, id: i64) -> Option<usize> {
        self.units.iter().position(|unit| unit.id == id)
    }

    /// The commune in force with this code.
    pub fn of_code(&self, code: &str) -> Option<&Commune> {
        let versions = self.by_code.get(code)?.iter();
        versions.map(|index| &self.units[*index]).find(|unit| is_in_force(unit, self.on))
    }

    /// The communes that a statement means on a day. `above` narrows the search besides what the statement says itself.
    ///
    /// # Errors
    /// There is none.
    pub fn find(&self, said: &Said, above: &[Above], on: NaiveDate) -> Result<Meant, Note> {
        match said {
            Said::Code { code, .. } => {
                let versions = self.by_code.get(code).map(Vec::as_slice).unwrap_or_default();
                let unknown = || Note::error(text!("unit.not_valid/commune", code));
                self.in_force_or_after(versions, false, on)
                    .ok_or_else(|| versions.last().map_or_else(unknown, |index| self.ended(*index, on)))
            }
            Said::Name(name) => self.find_name(name, above, on),
        }
    }

    fn find_name(&self, name: &Name, above: &[Above], on: NaiveDate) -> Result<Meant, Note> {
        let named = self.by_name.get(&name.bare).map(Vec::as_slice).unwrap_or_default();
        let is_kind = |index: &usize| name.kind.is_none() || kind_of(&self.units[*index].name) == name.kind;
        let is_below = |index: &usize| above.iter().chain(&name.above).all(|above| self.is_below(*index, above));
        let fitting: Vec<usize> = named.iter().copied().filter(is_kind).filter(is_below).collect();
        if let Some(meant) = self.in_force_or_after(&fitting, name.is_former, on) {
            return Ok(meant);
        }
        let unknown = || Note::error(text!("unit.unknown_name", name = &name.shown, on));
        let alike = self.alike(name, named, on);
        Err(match (alike.is_empty(), fitting.last()) {
            (false, _) => unknown().suggest(self.listed(&alike)),
            (true, Some(index)) => self.ended(*index, on),
            (true, None) => unknown(),
        })
    }

    /// Those of some versions that are in force on a day; if there are none, or another age is meant, what became of the
    /// others.
    fn in_force_or_after(&self, versions: &[usize], is_former: bool, on: NaiveDate) -> Option<Meant> {
        let (in_force, others): (Vec<usize>, Vec<usize>) =
            versions.iter().partition(|index| is_in_force(&self.units[**index], on));
        let others: Vec<(usize, Vec<usize>)> = others
            .into_iter()
            .map(|index| (index, self.on_day(index, on)))
            .filter(|(_, after)| !after.is_empty())
            .collect();
        let mut after: Vec<usize> = others.iter().flat_map(|(_, after)| after).copied().collect();
        after.sort_unstable();
        after.dedup();
        if !in_force.is_empty() && (!is_former || after.is_empty()) {
            return Some(Meant { units: in_force, was: None });
        }
        // Of several versions of one unit, the one nearest to the day is named.
        let was = others
            .iter()
            .map(|(index, _)| *index)
            .min_by_key(|index| (self.units[*index].valid_from - on).num_days().abs());
        (!after.is_empty()).then_some(Meant { units: after, was })
    }

    /// The versions in force on a day that a version became later, or came from.
    pub fn on_day(&self, index: usize, day: NaiveDate) -> Vec<usize> {
        let links = if day >= self.units[index].valid_from { &self.later } else { &self.earlier };
        let mut seen = HashSet::from([index]);
        let mut open = vec![index];
        let mut found = Vec::new();
        while let Some(index) = open.pop() {
            if is_in_force(&self.units[index], day) {
                found.push(index);
                continue;
            }
            open.extend(links.get(&index).into_iter().flatten().copied().filter(|next| seen.insert(*next)));
        }
        found
    }

    /// Whether a commune, or one that it came from or became, is in this district or province. True when that is not
    /// known.
    fn is_below(&self, index: usize, above: &Above) -> bool {
        let mut family = vec![index];
        for links in [&self.earlier, &self.later] {
            let mut next = 0;
            let mut line = vec![index];
            while let Some(index) = line.get(next).copied() {
                let new = links.get(&index).into_iter().flatten().copied().filter(|index| !line.contains(index));
                line.extend(new.collect::<Vec<_>>());
                next += 1;
            }
            family.extend(line);
        }
        let units = || family.iter().map(|index| &self.units[*index]);
        let districts = units().filter_map(|unit| unit.district.as_deref());
        let provinces = units().filter_map(|unit| unit.province.as_deref());
        let known: Vec<&str> = match above.kind {
            Some("tỉnh") => provinces.collect(),
            Some("huyện" | "quận" | "thị xã") => districts.collect(),
            _ => districts.chain(provinces).collect(),
        };
        known.is_empty() || known.iter().any(|name| place(name).1 == above.bare)
    }

    fn ended(&self, index: usize, on: NaiveDate) -> Note {
        let unit = &self.units[index];
        let to = unit.valid_to.map_or_else(|| "…".into(), Value::Day);
        Note::error(text!("unit.not_valid/name", name = &unit.name, from = unit.valid_from, to, on))
    }

    /// Communes in force that a name may stand for: of another kind or elsewhere, without accents, with initials.
    fn alike(&self, name: &Name, named: &[usize], on: NaiveDate) -> Vec<usize> {
        let in_force = |indexes: &[usize]| -> Vec<usize> {
            let found = indexes.iter().copied().filter(|index| is_in_force(&self.units[*index], on));
            found.take(5).collect()
        };
        let same = in_force(named);
        if !same.is_empty() {
            return same;
        }
        let folded = in_force(self.by_folded_name.get(&fold(&bare_of_folded(&name.bare))).map_or(&[], Vec::as_slice));
        if !folded.is_empty() || !name.bare.contains('.') {
            return folded;
        }
        let initials: Vec<&str> = name.bare.split(' ').collect();
        let is_meant = |full: &str| {
            let words: Vec<&str> = full.split(' ').collect();
            let fits = |(word, written): (&&str, &&str)| match written.strip_suffix('.') {
                Some(initial) => word.starts_with(initial),
                None => word == written,
            };
            words.len() == initials.len() && words.iter().zip(&initials).all(fits)
        };
        let mut found: Vec<usize> =
            self.by_name.iter().filter(|(full, _)| is_meant(full)).flat_map(|(_, at)| at).copied().collect();
        found.sort_unstable();
        in_force(&found)
    }

    /// The candidates, with what tells them apart. Each is what to write in the cell.
    pub fn listed(&self, indexes: &[usize]) -> String {
        let one = |index: &usize| {
            let unit = &self.units[*index];
            let above = [&unit.district, &unit.province].into_iter().flatten().cloned().collect::<Vec<_>>();
            let above = if above.is_empty() { String::new() } else { format!(" ({})", above.join(", ")) };
            format!("{} {}{above}", unit.code, unit.name)
        };
        indexes.iter().take(20).map(one).collect::<Vec<_>>().join("; ")
    }
}

fn is_in_force(unit: &Commune, on: NaiveDate) -> bool {
    unit.valid_from <= on && unit.valid_to.is_none_or(|last| last >= on)
}

/// Without accents the kind was not recognised: "Xa Dong Hoa".
fn bare_of_folded(name: &str) -> String {
    let folded = fold(name);
    let kinds = ["xa ", "phuong ", "thi tran ", "dac khu "];
    kinds.iter().find_map(|kind| folded.strip_prefix(kind)).unwrap_or(&folded).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::interpret::commune_text::read;

    /// Three communes of a district, one of another, and what became of some of them on 1 July 2025.
    fn communes() -> Communes {
        let unit = |id: i64, code: &str, name: &str, district: Option<&str>, from: &str, to: Option<&str>| Commune {
            id,
            code: code.into(),
            name: name.into(),
            district: district.map(str::to_owned),
            province: Some("Tỉnh Thanh Hóa".into()),
            valid_from: from.parse().unwrap(),
            valid_to: to.map(|day| day.parse().unwrap()),
        };
        let (dong_son, thieu_hoa, last) = (Some("Huyện Đông Sơn"), Some("Huyện Thiệu Hóa"), Some("2025-06-30"));
        Communes::new(
            vec![
                unit(1, "00001", "Xã Đông Hòa", dong_son, "2010-01-01", last),
                unit(2, "00002", "Xã Đông Thịnh", dong_son, "2010-01-01", last),
                unit(3, "00003", "Xã Đông Thịnh", thieu_hoa, "2010-01-01", last),
                unit(4, "00004", "Phường Đông Thịnh", dong_son, "2010-01-01", last),
                unit(5, "00005", "Xã Lẻ", dong_son, "2010-01-01", Some("2020-01-01")),
                unit(11, "00002", "Phường Đông Hòa", None, "2025-07-01", None),
                unit(12, "00012", "Xã Thiệu Hóa", None, "2025-07-01", None),
                unit(13, "00013", "Xã Đông Hòa", None, "2025-07-01", None),
            ],
            &[(1, 11), (2, 11), (4, 11), (3, 12)],
            "2023-09-20".parse().unwrap(),
        )
    }

    const BEFORE: &str = "2023-09-20";
    const AFTER: &str = "2026-01-01";

    /// The codes and the note's suggestion, or the code of the error with its suggestion.
    type Answer = Result<(Vec<String>, Option<String>), (&'static str, Option<String>)>;

    /// The codes that a text may mean on a day, and the name of the former unit that it names.
    fn meant(text: &str, on: &str) -> Answer {
        let communes = communes();
        let found = communes.find(read(text).last().unwrap(), &[], on.parse().unwrap());
        let found = found.map_err(|note| (note.code, note.suggestion))?;
        let codes = found.units.iter().map(|index| communes.unit(*index).code.clone()).collect();
        Ok((codes, found.was.map(|index| communes.unit(index).name.clone())))
    }

    fn one(code: &str) -> Answer {
        Ok((vec![code.into()], None))
    }

    #[test]
    fn names_are_found_with_and_without_their_kind_and_narrowed_by_what_is_above() {
        for text in ["Xã Đông Hòa", "Đông Hoà", "X. Đông Hòa", "XÃ ĐÔNG HÒA", "UBND xã Đông Hòa", "CAX Đông Hòa"]
        {
            assert_eq!(meant(text, BEFORE), one("00001"), "{text}");
        }
        assert_eq!(meant("P. Đông Thịnh", BEFORE), one("00004"));
        assert_eq!(meant("Xã Đông Thịnh", BEFORE).unwrap().0, ["00002", "00003"]);
        assert_eq!(meant("Xã Đông Thịnh, huyện Thiệu Hóa", BEFORE), one("00003"));
        assert_eq!(meant("Xã Đông Thịnh - H. Thiệu Hóa - tỉnh Thanh Hóa", BEFORE), one("00003"));
        let (code, suggestion) = meant("Xã Đông Hòa, huyện Thiệu Hóa", BEFORE).unwrap_err();
        assert_eq!(code, "unit.unknown_name");
        assert_eq!(suggestion.as_deref(), Some("00001 Xã Đông Hòa (Huyện Đông Sơn, Tỉnh Thanh Hóa)"));
    }

    #[test]
    fn former_names_and_codes_stand_for_their_successors() {
        let after = |code: &str, was: &str| Ok((vec![code.to_owned()], Some(was.to_owned())));
        assert_eq!(meant("Phường Đông Thịnh", AFTER), after("00002", "Phường Đông Thịnh"));
        assert_eq!(meant("00003", AFTER), after("00012", "Xã Đông Thịnh"));
        assert_eq!(meant("Xã Đông Thịnh", AFTER).unwrap().0, ["00002", "00012"]);
        assert_eq!(meant("Xã Đông Thịnh, huyện Đông Sơn", AFTER), after("00002", "Xã Đông Thịnh"));
        // The code is that of another commune today, and the name too.
        assert_eq!(meant("00002", AFTER), one("00002"));
        assert_eq!(meant("Xã Đông Hòa", AFTER), one("00013"));
        assert_eq!(meant("Xã Đông Hòa (cũ)", AFTER), after("00002", "Xã Đông Hòa"));
        // A new name on a day before it.
        assert_eq!(meant("Xã Thiệu Hóa", BEFORE), after("00003", "Xã Thiệu Hóa"));
        assert_eq!(meant("Xã Lẻ", AFTER), Err(("unit.not_valid", None)));
        assert_eq!(meant("99999", AFTER), Err(("unit.not_valid", None)));
    }

    #[test]
    fn accents_kinds_and_initials_only_suggest() {
        for text in ["Xa Dong Hoa", "Thị trấn Đông Hòa", "Xã Đ. Hòa", "DONG HOA"] {
            let suggested = Some("00001 Xã Đông Hòa (Huyện Đông Sơn, Tỉnh Thanh Hóa)".to_owned());
            let (on, found) = (BEFORE, meant(text, BEFORE));
            assert_eq!(found.map_err(|(_, suggestion)| suggestion), Err(suggested), "{text} {on}");
        }
    }
}
