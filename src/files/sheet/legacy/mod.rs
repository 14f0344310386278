//! Texts in encodings from before Unicode: recognised by the column as a whole, and converted with a warning.

mod mojibake;
mod syllable;
mod tcvn3;
mod vni;

use std::collections::{BTreeMap, HashSet};

use crate::files::sheet::{Cell, Remark, Sheet};
use crate::texts::text;
use syllable::is_syllable;

/// The name of an encoding and its decoder.
pub type Encoding = (&'static str, fn(&str) -> Option<String>);

const ENCODINGS: [Encoding; 2] = [("TCVN3 (ABC)", tcvn3::decode), ("VNI", vni::decode)];

/// Converts the columns of a sheet that are written in an old encoding, and says so.
pub fn convert(sheet: &mut Sheet) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (column, change) in misread(sheet) {
        remarks.push(change.remark("UTF-8").in_column(column));
    }
    let mut columns: BTreeMap<u32, [Evidence; 2]> = BTreeMap::new();
    for (column, text) in texts(sheet) {
        if text.is_ascii() {
            continue;
        }
        let evidence = columns.entry(column).or_default();
        evidence.iter_mut().zip(ENCODINGS).for_each(|(evidence, (_, decode))| evidence.add(text, decode));
    }
    let of = |nth: usize| columns.values().map(move |evidence| &evidence[nth]);
    let gained = |nth: usize| of(nth).map(|evidence| evidence.gained.len()).sum::<usize>();
    let nth = usize::from(gained(1) > gained(0));
    let spoiled: usize = of(nth).map(|evidence| evidence.spoiled).sum();
    let sure = gained(nth) >= 3 && of(nth).map(|evidence| evidence.cells).sum::<usize>() >= 2 * spoiled;
    let (name, decode) = ENCODINGS[nth];
    for (column, evidence) in columns.iter().map(|(column, evidence)| (*column, &evidence[nth])) {
        if evidence.cells == 0 {
            continue;
        }
        let convincing = if sure { 1 } else { 2 };
        let pure = evidence.is_pure();
        let change = apply(sheet, column, decode, convincing, pure);
        // Cells of a converted column that may be meant either way are left, and told.
        let either = if pure || change.cells == 0 { 0 } else { evidence.either };
        let open = (evidence.cells + either).saturating_sub(change.cells);
        remarks.extend((change.cells > 0).then(|| change.remark(name).in_column(column)));
        let (before, after) = (shown(&evidence.first), shown(&decode(&evidence.first).unwrap_or_default()));
        let doubt = text!("text.encoding/suspected", name, count = open, before, after);
        remarks.extend((open > 0).then(|| Remark::warning(doubt).in_column(column)));
    }
    remarks
}

/// How well a text reads as it is: its Vietnamese syllables beyond ASCII, less its other words beyond ASCII.
pub fn score(text: &str) -> i64 {
    let words = words(text).filter(|word| !word.is_ascii());
    words.map(|word| if is_syllable(word) { 1 } else { -1 }).sum()
}

/// The old encoding that a text, read as Windows-1252, fits best, and its score.
pub fn best(text: &str) -> (Encoding, i64) {
    let scored = ENCODINGS.map(|encoding| (encoding, score(&decode(text, encoding))));
    if scored[1].1 > scored[0].1 { scored[1] } else { scored[0] }
}

/// A text, read as Windows-1252, in Unicode. Words that the encoding does not have stay as they are.
pub fn decode(text: &str, (_, decode): Encoding) -> String {
    let is_end = |c: char| c.is_ascii() && !c.is_ascii_alphabetic();
    let words = text.split_inclusive(is_end).map(|word| if word.is_ascii() { None } else { decode(word) }.ok_or(word));
    words.map(|word| word.unwrap_or_else(str::to_owned)).collect()
}

/// Characters that an old encoding leaves as they are: ASCII, and punctuation that editors insert.
fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{a0}' | '–' | '—' | '‘' | '’' | '“' | '”' | '•' | '…' | '\u{feff}' | '\u{200b}')
}

fn texts(sheet: &Sheet) -> impl Iterator<Item = (u32, &str)> {
    sheet.rows.iter().flat_map(|row| &row.cells).filter_map(|(column, cell)| match cell {
        Cell::Text(text) => Some((*column, text.as_str())),
        _ => None,
    })
}

/// Words between spaces, digits and signs of ASCII. Old encodings write letters as signs beyond ASCII.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic() || c != '\u{ad}' && !c.is_ascii() && is_plain(c))
        .filter(|word| !word.is_empty())
}

/// What a column shows about an encoding.
#[derive(Default)]
struct Evidence {
    /// Different words that only the encoding makes Vietnamese.
    gained: HashSet<String>,
    /// Cells with such words.
    cells: usize,
    first: String,
    /// Cells that read well in both ways.
    either: usize,
    /// Cells that the encoding would spoil.
    spoiled: usize,
    /// Cells with letters that the encoding does not have.
    unicode: usize,
}

impl Evidence {
    fn add(&mut self, text: &str, decode: fn(&str) -> Option<String>) {
        match gain(text, decode) {
            None => self.unicode += usize::from(is_unicode(text)),
            Some(Gain::Spoiled) => self.spoiled += 1,
            Some(Gain::Words(0)) => self.either += usize::from(!text.chars().all(is_plain)),
            Some(Gain::Words(_)) => {
                if self.cells == 0 {
                    text.clone_into(&mut self.first);
                }
                self.cells += 1;
                // Enough to be sure; more would only cost memory.
                if self.gained.len() < 20 {
                    let new = words(text).filter(|word| !word.is_ascii() && !is_syllable(word));
                    self.gained.extend(new.map(str::to_lowercase));
                }
            }
        }
    }

    /// Whether cells that read well in both ways are meant in the encoding too.
    fn is_pure(&self) -> bool {
        self.either * 2 <= self.cells && self.spoiled * 10 <= self.cells && self.unicode <= 3.max(self.cells / 10)
    }
}

/// What an encoding would make of a text.
enum Gain {
    /// So many different words become Vietnamese, and none is spoiled.
    Words(usize),
    Spoiled,
}

/// `None` if the text has letters that the encoding does not have.
fn gain(text: &str, decode: fn(&str) -> Option<String>) -> Option<Gain> {
    if text.chars().any(|c| u32::from(c) > 0xFF && !is_plain(c)) {
        return None;
    }
    let decoded = decode(text)?;
    let (mut gained, mut lost, mut foreign) = (HashSet::new(), 0, 0);
    for (before, after) in words(text).zip(words(&decoded)).filter(|(before, _)| !before.is_ascii()) {
        match (is_syllable(before), is_syllable(after)) {
            (false, true) => {
                gained.insert(before);
            }
            (true, false) => lost += 1,
            (false, false) => foreign += 1,
            (true, true) => {}
        }
    }
    Some(if lost > 0 || foreign > gained.len() / 2 { Gain::Spoiled } else { Gain::Words(gained.len()) })
}

/// What was converted in a column, with the first cell.
#[derive(Default)]
struct Change {
    cells: usize,
    before: String,
    after: String,
}

impl Change {
    fn add(&mut self, text: &mut String, decoded: String) {
        let before = std::mem::replace(text, decoded);
        if self.cells == 0 {
            (self.before, self.after) = (before, text.clone());
        }
        self.cells += 1;
    }

    fn remark(self, name: &'static str) -> Remark {
        let Change { cells, before, after } = self;
        Remark::warning(text!(
            "text.encoding/converted",
            name,
            count = cells,
            before = shown(&before),
            after = shown(&after)
        ))
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Converts the cells of a column in which at least `convincing` words become Vietnamese. In a `pure` column, cells below
/// the first of them that read well in both ways are converted too, unless their row has letters of Unicode. A header
/// such as "Tên" is often typed in Unicode above data that is not.
fn apply(sheet: &mut Sheet, column: u32, decode: fn(&str) -> Option<String>, convincing: usize, pure: bool) -> Change {
    let mut change = Change::default();
    for row in &mut sheet.rows {
        let is_unicode = row.cells.iter().any(|(_, cell)| matches!(cell, Cell::Text(text) if is_unicode(text)));
        let cell = row.cells.iter_mut().find(|(at, _)| *at == column);
        let Some((_, Cell::Text(text))) = cell else { continue };
        if text.chars().all(is_plain) {
            continue;
        }
        let (Some(Gain::Words(gained)), Some(decoded)) = (gain(text, decode), decode(text)) else { continue };
        if gained >= convincing || pure && change.cells > 0 && !is_unicode {
            change.add(text, decoded);
        }
    }
    change
}

/// Whether a text has letters that only Unicode has.
fn is_unicode(text: &str) -> bool {
    text.chars().any(|c| u32::from(c) > 0xFF && c.is_alphabetic())
}

/// Converts the cells that are misread UTF-8. Each of them proves it by itself.
fn misread(sheet: &mut Sheet) -> BTreeMap<u32, Change> {
    let mut changes: BTreeMap<u32, Change> = BTreeMap::new();
    for (column, cell) in sheet.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if let Cell::Text(text) = cell
            && let Some(decoded) = mojibake::decode(text)
        {
            changes.entry(*column).or_default().add(text, decoded);
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::files::sheet::Row;

    fn sheet(column: &[&str]) -> Sheet {
        let row = |(number, text): (u32, &&str)| Row { number, cells: vec![(0, Cell::Text((*text).to_owned()))] };
        Sheet { rows: (1..).zip(column).map(row).collect(), ..Sheet::default() }
    }

    fn converted(column: &[&str]) -> (Vec<String>, usize) {
        let mut sheet = sheet(column);
        let remarks = convert(&mut sheet);
        (texts(&sheet).map(|(_, text)| text.to_owned()).collect(), remarks.len())
    }

    #[test]
    fn columns_in_old_encodings_are_converted() {
        let meant = ["Tên", "Trường Tiểu học Đông Sơn", "Chợ Phúc", "Cổng chợ", "Ngã tư", "Phúc"];
        assert_eq!(
            converted(&["Tên", "Tr\u{ad}êng TiÓu häc §«ng S¬n", "Chî Phóc", "Cæng chî", "Ng· t\u{ad}", "Phóc"]),
            (meant.map(String::from).into(), 1)
        );
        assert_eq!(
            converted(&["Teân", "Tröôøng Tieåu hoïc Ñoâng Sôn", "Chôï Phuùc", "Coång chôï", "Ngaõ tö", "Phuùc"]).0,
            meant
        );
        assert_eq!(converted(&["Tên", "TrÆ°á»\u{9d}ng", "Chợ", "BÃ\u{a0}n"]).0, ["Tên", "Trường", "Chợ", "Bàn"]);
    }

    #[test]
    fn one_odd_word_is_not_enough() {
        let (texts, remarks) = converted(&["Tên", "Bö", "Hà Nam"]);
        assert_eq!((texts, remarks), (vec!["Tên".to_owned(), "Bö".into(), "Hà Nam".into()], 1));
    }

    #[test]
    fn cells_of_a_mixed_column_that_may_be_either_stay() {
        let cells = ["Th«n §«ng", "Hòa", "Tân", "Thôn Trà", "Bình"];
        assert_eq!(converted(&cells).0, ["Thôn Đông", "Hòa", "Tân", "Thôn Trà", "Bình"]);
    }

    const WORDS: &str = "Nguyễn Thị Hòa Hoà Hà Tân Lân Trà Thôn Bình Minh Đông Sơn Phú Mỹ Vĩnh Lộc Xuân Quỳnh Yên Lâm Ý Lý Sĩ \
        Tú Bùi Đỗ Ngô Phóc Café Crème Hôtel Noël garçon Müller Köln Zürich Señor Ñ El Niño São Paulo où août très déjà naïve école \
        Señora Øst Åse Bär Übersee plaza camera école m² 30° § © ½ Straße château Élysée forêt Besançon tête été là voilà";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn texts_that_are_right_are_never_converted(
            picks in proptest::collection::vec(proptest::collection::vec(0_usize..200, 1..5), 1..12),
            capital in any::<bool>(),
        ) {
            let words: Vec<&str> = WORDS.split_whitespace().collect();
            let cells: Vec<String> = picks
                .iter()
                .map(|cell| cell.iter().map(|pick| words[pick % words.len()]).collect::<Vec<_>>().join(" "))
                .map(|cell| if capital { cell.to_uppercase() } else { cell })
                .collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            prop_assert_eq!(converted(&cells).0, cells);
        }
    }
}
