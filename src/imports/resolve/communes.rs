//! Says which commune each row means: by what its cells say together, then by the sender's grants, then by its place.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::imports::interpret::commune_text::{self, Said};
use crate::imports::interpret::{Above, Communes, Meant, Note, Reading, Record};
use crate::texts::text;
use crate::time::today;

const FIELD: &str = "declared_commune_code";

/// A row that means one of several communes.
pub struct Open {
    pub nth: usize,
    pub units: Vec<usize>,
    pub on: NaiveDate,
    from: Statement,
}

/// A cell about the commune.
#[derive(Debug, Clone)]
struct Statement {
    /// `None` for a heading.
    column: Option<String>,
    text: String,
    said: Said,
    meant: Meant,
}

/// What each text means, with what is above it, on a day.
type Asked = HashMap<(String, Vec<Above>, NaiveDate), Vec<(Said, Result<Meant, Note>)>>;

/// Finds the communes of records. `own` are the communes of today where the sender may write; `None` if anywhere. Returns
/// the rows that only their place can decide.
pub fn resolve(
    communes: &Communes,
    own: Option<&HashSet<i64>>,
    reading: &mut Reading,
    records: &mut [Record],
) -> Vec<Open> {
    let mut asked = Asked::new();
    let mut open = Vec::new();
    for (nth, record) in records.iter_mut().enumerate() {
        let cells = std::mem::take(&mut record.communes);
        if cells.is_empty() {
            continue;
        }
        let on = record.values.get("declared_on").and_then(Value::as_str).and_then(|day| day.parse().ok());
        let on = on.unwrap_or_else(|| communes.on());
        let above = [(&record.district, "huyện"), (&record.province, "tỉnh")];
        let above = above.into_iter().filter_map(|(name, kind)| commune_text::above(name.as_deref()?, kind));
        let above: Vec<Above> = above.collect();
        let mut statements = Vec::new();
        for (column, text) in cells {
            let found = asked.entry((text.clone(), above.clone(), on)).or_insert_with(|| {
                let said = commune_text::read(&text).into_iter();
                said.map(|said| (said.clone(), communes.find(&said, &above, on))).collect()
            });
            for (said, meant) in found.iter().cloned() {
                match meant {
                    Ok(meant) => statements.push(Statement { column: column.clone(), text: text.clone(), said, meant }),
                    Err(note) => refuse(reading, record, column.clone(), &text, note),
                }
            }
        }
        if record.broken.contains(&FIELD) {
            continue;
        }
        let Some(first) = statements.first().cloned() else { continue };
        let fits = |unit: &usize| statements.iter().all(|statement| statement.meant.units.contains(unit));
        let units: Vec<usize> = first.meant.units.iter().copied().filter(fits).collect();
        if units.is_empty() {
            disagree(communes, &statements, on, reading, record);
            continue;
        }
        tell(communes, &statements, on, reading, record);
        let is_own = |index: &usize| own.is_none_or(|own| is_within(communes, *index, own));
        let granted: Vec<usize> = units.iter().copied().filter(is_own).collect();
        match (units.as_slice(), granted.as_slice()) {
            ([unit], _) => choose(communes, *unit, &first, record),
            (_, [unit]) => {
                choose(communes, *unit, &first, record);
                let name = &communes.unit(*unit).name;
                let note =
                    Note::info(text!("unit.by_grant", given = &first.text, name, code = &communes.unit(*unit).code));
                note_at(reading, record, &first, note);
            }
            _ => open.push(Open { nth, units, on, from: first }),
        }
    }
    open
}

/// Decides open rows by the communes that contain their places, by row.
pub fn by_place(
    communes: &Communes,
    open: Vec<Open>,
    at: &HashMap<usize, i64>,
    reading: &mut Reading,
    records: &mut [Record],
) {
    for Open { nth, units, on, from } in open {
        let record = &mut records[nth];
        let here = at.get(&nth).and_then(|id| units.iter().find(|index| communes.unit(**index).id == *id));
        if let Some(unit) = here {
            choose(communes, *unit, &from, record);
            let name = &communes.unit(*unit).name;
            let note = Note::info(text!("unit.by_place", given = &from.text, name, code = &communes.unit(*unit).code));
            note_at(reading, record, &from, note);
            continue;
        }
        let count = units.len();
        let text = match from.meant.was {
            Some(_) => text!("unit.ambiguous_name/successors", name = &from.text, count, on),
            None => text!("unit.ambiguous_name", name = &from.text, count),
        };
        let note = Note::error(text).suggest(communes.listed(&units));
        refuse(reading, record, from.column, &from.text, note);
    }
}

/// The code of the commune that a default names.
///
/// # Errors
/// There is none, or there are several.
pub fn of_default(communes: &Communes, own: Option<&HashSet<i64>>, text: &str) -> Result<String, Note> {
    let mut units: Option<Vec<usize>> = None;
    for said in commune_text::read(text) {
        let meant = communes.find(&said, &[], communes.on())?.units;
        units = Some(match units {
            None => meant,
            Some(units) => units.into_iter().filter(|unit| meant.contains(unit)).collect(),
        });
    }
    let units = units.unwrap_or_default();
    let granted: Vec<usize> =
        units.iter().copied().filter(|unit| own.is_none_or(|own| is_within(communes, *unit, own))).collect();
    match (units.as_slice(), granted.as_slice()) {
        ([unit], _) | (_, [unit]) => Ok(communes.unit(*unit).code.clone()),
        ([], _) => Err(Note::error(text!("unit.unknown_name", name = text, on = communes.on()))),
        (several, _) => Err(Note::error(text!("unit.ambiguous_name", name = text, count = several.len()))),
    }
}

/// The code that a commune of today has on the day of the file.
pub fn of_id(communes: &Communes, id: i64) -> Option<String> {
    match communes.on_day(communes.of_id(id)?, communes.on()).as_slice() {
        [unit] => Some(communes.unit(*unit).code.clone()),
        _ => None,
    }
}

/// Whether a commune is, became or was one of these communes of today.
fn is_within(communes: &Communes, index: usize, own: &HashSet<i64>) -> bool {
    communes.on_day(index, today()).iter().any(|index| own.contains(&communes.unit(*index).id))
}

fn choose(communes: &Communes, unit: usize, from: &Statement, record: &mut Record) {
    record.values.insert(FIELD.into(), json!(communes.unit(unit).code));
    record.former_commune = from.meant.was.map(|index| communes.unit(index).code.clone());
}

/// Notes zeros that were missing, former units, and a code that may be of another day than its name.
fn tell(communes: &Communes, statements: &[Statement], on: NaiveDate, reading: &mut Reading, record: &Record) {
    let code_today = statements.iter().find(|it| it.meant.was.is_none() && matches!(it.said, Said::Code { .. }));
    for statement in statements {
        if let Said::Code { code, padded: true } = &statement.said {
            let note = Note::warning(text!("unit.code_padding", given = &statement.text, code)).suggest(code.clone());
            note_at(reading, record, statement, note);
        }
        let (Some(was), [now]) = (statement.meant.was, statement.meant.units.as_slice()) else { continue };
        let (was, now) = (communes.unit(was), communes.unit(*now));
        let note = match code_today {
            Some(_) if matches!(statement.said, Said::Name(_)) => {
                let text = text!("unit.code_and_name/former", code = &now.code, name = &now.name, was = &was.name, on);
                Note::warning(text).suggest(now.name.clone())
            }
            _ => {
                let to = was.valid_to.map_or_else(|| "…".into(), crate::texts::Value::Day);
                let (from, name, code) = (was.valid_from, &now.name, &now.code);
                Note::info(text!("unit.succeeded", was = &was.name, from, to, on, name, code)).suggest(code.clone())
            }
        };
        note_at(reading, record, statement, note);
    }
}

/// Refuses a row whose cells mean different communes.
fn disagree(communes: &Communes, statements: &[Statement], on: NaiveDate, reading: &mut Reading, record: &mut Record) {
    let code = statements.iter().find(|statement| matches!(statement.said, Said::Code { .. }));
    let first = code.unwrap_or(&statements[0]);
    let other = statements.iter().find(|other| !other.meant.units.iter().any(|unit| first.meant.units.contains(unit)));
    let other = other.unwrap_or(&statements[statements.len() - 1]);
    let name_of = |statement: &Statement| communes.unit(statement.meant.units[0]).name.clone();
    let written = match &other.said {
        Said::Name(name) => name.shown.clone(),
        Said::Code { .. } => name_of(other),
    };
    let note =
        Note::error(text!("unit.code_and_name", given = &first.text, name = name_of(first), other = written, on));
    let note = match other.meant.units.as_slice() {
        [unit] if first.column != other.column && code.is_some() => note.suggest(communes.unit(*unit).code.clone()),
        units => note.suggest(communes.listed(units)),
    };
    refuse(reading, record, first.column.clone(), &first.text, note);
}

fn refuse(reading: &mut Reading, record: &mut Record, column: Option<String>, text: &str, note: Note) {
    let sheet = reading.mappings[record.mapping].sheet.clone();
    reading.note(&sheet, Some(record.row), column, Some(FIELD), Some(text.to_owned()), note);
    record.broken.push(FIELD);
}

fn note_at(reading: &mut Reading, record: &Record, at: &Statement, note: Note) {
    let sheet = reading.mappings[record.mapping].sheet.clone();
    reading.note(&sheet, Some(record.row), at.column.clone(), Some(FIELD), Some(at.text.clone()), note);
}
