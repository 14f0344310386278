//! Which column of a sheet holds what: detected, shown, overridden, remembered.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::files::sheet::{Row, Sheet, letter};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fitting;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::header;
use crate::imports::interpret::header::Header;
use crate::imports::interpret::target::{EXACT, Score, Target, Vocabulary};
use crate::layers::{Field, Layer, Problem};
use crate::texts::text;

/// The columns of a sheet and their targets.
#[derive(Debug, Clone, Serialize)]
pub struct Mapping {
    pub sheet: String,
    /// The row numbers of the header, from 1.
    pub header_rows: Vec<u32>,
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Column {
    #[serde(skip)]
    pub index: u32,
    pub column: String,
    pub header: String,
    /// `None` if the column was not recognised.
    #[serde(serialize_with = "name_of")]
    pub target: Option<Target>,
}

#[expect(clippy::ref_option, reason = "the shape that serde calls")]
fn name_of<S: serde::Serializer>(target: &Option<Target>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&target.map_or_else(|| "unknown".to_owned(), |target| target.name()))
}

/// What the sender has said about columns, now or for an earlier file, by header or letter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides(BTreeMap<String, Override>);

#[derive(Debug, Clone, PartialEq)]
struct Override {
    /// The header as the sender wrote it.
    header: String,
    /// The name of the target.
    target: String,
    /// It was said for an earlier file.
    remembered: bool,
}

impl Overrides {
    /// Reads `{"Tên điểm lắp": "name", "F": "ignore"}`; null means `ignore`.
    ///
    /// # Errors
    /// Names that are not a target of the layer.
    pub fn read(
        layer: &'static Layer,
        given: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Overrides, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut overrides = BTreeMap::new();
        for (header, given) in given {
            let name = given.as_str().or(given.is_null().then_some("ignore"));
            let text = match name {
                Some(name) if Target::of_name(layer, name).is_some() => {
                    let (header, target) = (header.clone(), name.to_owned());
                    overrides.insert(key(&header), Override { header, target, remembered: false });
                    continue;
                }
                Some(name) => text!("parameter.invalid/target", header, name),
                None => text!("parameter.invalid/target_type", header, given = given.to_string()),
            };
            problems.push(Problem::of_parameter("mapping", text));
        }
        if problems.is_empty() { Ok(Overrides(overrides)) } else { Err(problems) }
    }

    /// Adds the overrides in `earlier` that `self` does not have.
    #[must_use]
    pub fn over(self, earlier: Overrides) -> Overrides {
        let mut all: BTreeMap<_, _> =
            earlier.0.into_iter().map(|(key, said)| (key, Override { remembered: true, ..said })).collect();
        all.extend(self.0);
        Overrides(all)
    }

    /// The form that [`read`](Overrides::read) takes: all, or only what was said for an earlier file.
    pub fn to_json(&self, only_remembered: bool) -> serde_json::Value {
        let kept = self.0.values().filter(|said| said.remembered || !only_remembered);
        kept.map(|said| (said.header.clone(), said.target.clone())).collect::<BTreeMap<_, _>>().into_iter().collect()
    }

    /// Those to remember. A letter says nothing about the next file, and what names no header of this file may be one.
    pub fn lasting(&self, mappings: &[Mapping]) -> Overrides {
        let is_header =
            |name: &str| mappings.iter().flat_map(|mapping| &mapping.columns).any(|column| key(&column.header) == name);
        let kept = self.0.iter().filter(|(name, said)| said.remembered || is_header(name));
        Overrides(kept.map(|(name, said)| (name.clone(), said.clone())).collect())
    }

    /// The headers that the sender names for this file and that no column has.
    pub(super) fn unused<'a>(&'a self, columns: &[&Column]) -> Vec<&'a str> {
        let is_used =
            |name: &str| columns.iter().any(|column| key(&column.header) == name || key(&column.column) == name);
        let unused = self.0.iter().filter(|(name, said)| !said.remembered && !is_used(name));
        unused.map(|(_, said)| said.header.as_str()).collect()
    }

    pub(super) fn target(&self, layer: &'static Layer, header: &str, column: u32) -> Option<Target> {
        let said = self.0.get(&key(header)).or_else(|| self.0.get(&key(&letter(column))))?;
        Target::of_name(layer, &said.target)
    }
}

/// Headers are compared folded. Those without letters or digits are compared as they are.
fn key(header: &str) -> String {
    let folded = fold(header);
    if folded.is_empty() { header.to_owned() } else { folded }
}

/// Notes about columns, with the letters of the columns.
pub type ColumnNotes = Vec<(Option<String>, Note)>;

/// The mapping of a sheet, with notes about its columns. `None` if no row looks like a header.
pub fn detect(layer: &'static Layer, sheet: &Sheet, overrides: &Overrides) -> Option<(Mapping, ColumnNotes)> {
    let vocabulary = Vocabulary::of(layer);
    let Header { rows, cells } = header::find(layer, sheet, &vocabulary, overrides)?;
    let mut notes = Vec::new();
    let mut columns: Vec<(u32, Column)> = cells
        .into_iter()
        .map(|cell| {
            let given = overrides.target(layer, &cell.text(), cell.column);
            let found = given.map(|target| (u32::MAX, target)).or_else(|| vocabulary.target(&cell.upper, &cell.lower));
            let (score, target) = found.map_or((0, None), |(score, target)| (score, Some(target)));
            (score, Column { index: cell.column, column: letter(cell.column), header: cell.text(), target })
        })
        .collect();
    drop_doubtful(&mut columns, &mut notes);
    let is_told = |column: &Column| notes.iter().any(|(letter, _)| letter.as_ref() == Some(&column.column));
    let unknown: Vec<_> =
        columns.iter().map(|(_, column)| column).filter(|column| column.target.is_none() && !is_told(column)).collect();
    for column in unknown {
        let text = text!("column.unknown", header = &column.header);
        notes.push((Some(column.column.clone()), Note::info(text)));
    }
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let mut mapping = Mapping { sheet: sheet.name.clone(), header_rows: rows, columns };
    let rows = mapping.split(sheet).1;
    // The name of a field and what the sender said leave no choice.
    fitting::refit(layer, &mut mapping.columns, rows, |column| {
        let is_name =
            |field: &Field| [field.name, field.label.vi, field.label.en].map(fold).contains(&fold(&column.header));
        let named = matches!(column.target, Some(Target::Field(field)) if is_name(field));
        !named && overrides.target(layer, &column.header, column.index).is_none()
    });
    Some((mapping, notes))
}

/// A column that fits at least this well holds a place, whatever the others hold.
const SURE: Score = 5;

/// Where a column has the target of another one that surely has it, drops the column if it only nearly fits. Columns that
/// fit equally stay: the rows compare their values.
fn drop_doubtful(columns: &mut [(u32, Column)], notes: &mut ColumnNotes) {
    for index in 0..columns.len() {
        let (score, Some(target)) = (columns[index].0, columns[index].1.target) else { continue };
        if !target.is_single() {
            continue;
        }
        let name = target.name();
        let same = |(_, other): &(u32, Column)| other.target.is_some_and(|target| target.name() == name);
        let better = columns.iter().any(|column| column.0 > score && column.0 >= EXACT && same(column));
        // A place in two notations is read from both, and compared. A short word alone may mean something else, and the
        // sender's word decides.
        let is_sender_s = |(score, _): &(u32, Column)| *score == Score::MAX;
        let sender_said = columns.iter().any(|column| is_sender_s(column) && same(column));
        if target.is_place() && score >= SURE && !(sender_said && score < Score::MAX) {
            continue;
        }
        if better {
            let column = &mut columns[index].1;
            column.target = None;
            let text = text!("column.doubled", header = &column.header, field = target.title());
            notes.push((Some(column.column.clone()), Note::info(text)));
        }
    }
}

impl Mapping {
    /// The titles with the header, and the rows below it.
    pub fn split<'a>(&self, sheet: &'a Sheet) -> (&'a [Row], &'a [Row]) {
        let last = self.header_rows.last().copied().unwrap_or_default();
        sheet.rows.split_at(sheet.rows.partition_point(|row| row.number <= last))
    }

    /// The column of a target by its name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.target.is_some_and(|target| target.name() == name))
    }

    /// The column that holds a field, or the place (`geom`).
    pub fn column_of_field(&self, field: &str) -> Option<&Column> {
        let of_field = |column: &&Column| match column.target {
            Some(Target::Field(own) | Target::Tick(own, _)) => own.name == field,
            Some(target) => field == "geom" && target.is_place(),
            None => false,
        };
        self.columns.iter().find(of_field)
    }
}
