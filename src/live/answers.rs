//! Answers from memory: pages of items and their number, as `register::items` gives them.

use crate::conditions::memory::{self, Record};
use crate::conditions::{AsOf, Condition, Cursor, Interval, Operand, Property, Value};
use crate::layers::{ID, Layer, Properties};
use crate::live::{Found, Rows, State};
use crate::register::items::{COUNTED, Question, Shape};

/// Beyond so many rows to read, SQL answers conditions on their fields faster.
const READ: usize = 2_000;

/// A page, in the order of ids.
pub struct Answer<'a> {
    pub rows: Vec<Found<'a>>,
    pub next: Option<String>,
    /// How many rows there are on all pages; `None` if there are too many to count.
    pub matched: Option<i64>,
}

/// A page of at most `size` rows that a question asks for; `None` where only SQL can answer.
pub fn answer<'a>(state: &'a State, layer: &'static Layer, question: &Question, size: usize) -> Option<Answer<'a>> {
    let rows = state.rows(layer)?;
    let is_plain = question.order.is_empty() && question.searched.is_none() && question.shape == Shape::default();
    if !is_plain || question.days.versions() != AsOf::NOW {
        return None;
    }
    let mut parts = parts(&question.condition)?;
    if !layer.is_writable() {
        // Of units, those of today are here.
        let day = Some(state.version.today);
        let today = Condition::ValidDuring(layer.valid_time(), Interval { from: day, to: day });
        let at = parts.iter().position(|part| **part == today)?;
        parts.remove(at);
    }
    let after = question.cursor.as_ref().map_or(0, |cursor| cursor.id);
    let (mut found, matched) = match parts.is_empty() {
        true => {
            let matched = rows.count();
            // The register keeps the number of records, but not that of units.
            let is_known = layer.is_writable() || matched <= COUNTED as usize;
            (rows.after(after).take(size + 1).collect(), is_known.then_some(matched as i64))
        }
        false => {
            let mut found = matching(rows, &parts)?;
            let matched = found.len();
            found.retain(|row| row.id > after);
            if found.len() > size + 1 {
                found.select_nth_unstable_by_key(size, |row| row.id);
                found.truncate(size + 1);
            }
            found.sort_unstable_by_key(|row| row.id);
            (found, (matched <= COUNTED as usize).then_some(matched as i64))
        }
    };
    let has_more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| has_more).map(|row| Cursor { id: row.id, values: Vec::new() }.to_text());
    Some(Answer { rows: found, next, matched })
}

/// The conditions that must all hold; `None` if it is not such a list.
fn parts(condition: &Condition) -> Option<Vec<&Condition>> {
    let Condition::All(all) = condition else { return None };
    Some(all.iter().filter(|part| !part.is_always()).collect())
}

/// The rows for which all conditions hold, in no order.
fn matching<'a>(rows: &'a Rows, conditions: &[&Condition]) -> Option<Vec<Found<'a>>> {
    let of_ids = conditions.iter().find_map(|part| ids(part));
    let bbox = conditions.iter().find_map(|part| if let Condition::Bbox(bbox) = part { Some(*bbox) } else { None });
    let mut found = match (of_ids, bbox) {
        (Some(mut ids), _) => {
            ids.sort_unstable();
            ids.dedup();
            ids.into_iter().filter_map(|id| rows.find(id)).collect()
        }
        (None, Some([west, south, east, north])) if west <= east => rows.meeting(&[[west, south, east, north]]),
        (None, Some([west, south, east, north])) => {
            let mut found = rows.meeting(&[[west, south, 180.0, north], [-180.0, south, east, north]]);
            found.sort_unstable_by_key(|row| row.id);
            found.dedup_by_key(|row| row.id);
            found
        }
        (None, None) if rows.count() <= READ => rows.after(0).collect(),
        (None, None) => return None,
    };
    // Of points the tree knows it exactly.
    let is_sure =
        |row: &Found<'_>, part: &Condition| matches!(part, Condition::Bbox(_)) && bbox.is_some() && row.is_point();
    let on_fields = conditions.iter().any(|part| !matches!(part, Condition::Bbox(_)) && ids(part).is_none());
    if on_fields && found.len() > READ {
        return None;
    }
    let is_of_tree = of_tree(conditions);
    let mut failed = false;
    found.retain(|row| {
        let open = conditions.iter().filter(|part| !(is_of_tree && is_sure(row, part)));
        let mut open = open.peekable();
        if failed || open.peek().is_none() {
            return !failed;
        }
        let mut properties = if on_fields { row.properties() } else { Properties::new() };
        properties.insert(ID.name.to_owned(), row.id.into());
        let place = row.place.geometry();
        let record = Record { values: &properties, place: place.as_ref() };
        open.all(|part| match memory::ask(part, record) {
            Ok(answer) => answer == Some(true),
            Err(_) => {
                failed = true;
                false
            }
        })
    });
    (!failed).then_some(found)
}

/// Whether the only box is the one that the tree was asked for.
fn of_tree(conditions: &[&Condition]) -> bool {
    let boxes = conditions.iter().filter(|part| matches!(part, Condition::Bbox(_))).count();
    boxes == 1 && !conditions.iter().any(|part| ids(part).is_some())
}

/// The ids of `ids=`.
fn ids(condition: &Condition) -> Option<Vec<i64>> {
    match condition {
        Condition::In(Operand::Property(Property::Field(field)), values) if field.name == ID.name => {
            values.iter().map(|value| if let Value::Integer(id) = value { Some(*id) } else { None }).collect()
        }
        _ => None,
    }
}
