//! Why figures are zero, or an answer is empty: in words, and as codes for programs.

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::figures::Question;
use crate::http::units::{kin_json, unit_json};
use crate::postgres::Connection;
use crate::texts::{Text, text};
use crate::units::kin::{self, Kin};
use crate::units::lookup::listed;
use crate::units::territory::{self, Level, Unit};

/// At most so many codes of units are listed.
const LISTED: usize = 100;

struct Reason {
    code: String,
    text: Text,
    /// More members of the answer.
    more: Value,
}

/// The members `notice`, `why` and `territory` of an answer; none where there is nothing to explain.
///
/// # Errors
/// The database's.
pub async fn explain(
    conn: &mut Connection,
    question: &Question,
    base: &str,
    vietnamese: bool,
) -> Result<Map<String, Value>, Error> {
    let day = question.days.unit_date;
    let mut reasons = Vec::new();
    let mut answer = Map::new();
    let subject = subject(conn, question).await?;
    if question.units.is_empty() {
        reasons.push(empty(conn, question).await?);
    } else {
        let ids: Vec<_> = question.units.iter().map(|unit| unit.id).collect();
        let missing = kin::without_boundary(conn, &ids, day).await?;
        if !missing.is_empty() {
            reasons.push(no_boundary(question, missing));
        }
    }
    if let Some(unit) = subject.filter(|unit| !unit.is_in_force(question.days.as_of)) {
        reasons.push(other_period(conn, question, &unit, base).await?);
        answer.insert("territory".into(), territory_json(conn, question, &unit, base).await?);
    }
    if !reasons.is_empty() {
        let notice: Vec<_> = reasons.iter().map(|reason| reason.text.say(vietnamese)).collect();
        answer.insert("notice".into(), json!(notice.join(" ")));
        let why = reasons.into_iter().map(|Reason { code, mut more, .. }| {
            more["code"] = json!(code);
            more
        });
        answer.insert("why".into(), why.collect());
    }
    Ok(answer)
}

/// The unit that the question is about, if it is one.
async fn subject(conn: &mut Connection, question: &Question) -> Result<Option<Unit>, Error> {
    let Some(code) = &question.scope.within else { return Ok(None) };
    let versions = territory::versions(conn, code).await?;
    Ok(versions.into_iter().find(|version| version.is_in_force(question.days.unit_date)))
}

async fn empty(conn: &mut Connection, question: &Question) -> Result<Reason, Error> {
    let day = question.days.unit_date;
    let reason = |code: &str, text, more| Reason { code: code.to_owned(), text, more };
    if !territory::has_units(conn, None).await? {
        return Ok(reason("no_units", text!("units.none"), json!({})));
    }
    if !territory::has_units(conn, Some(day)).await? {
        return Ok(reason("no_units", text!("units.none_on", day), json!({})));
    }
    if question.scope.level == Level::District
        && let Some(ended) = kin::end_of_districts(conn, day).await?
    {
        return Ok(reason("tier_ended", text!("stats.tier_ended", ended), json!({"ended_on": ended})));
    }
    Ok(reason("no_units_of_level", text!("stats.no_units_of_level", day), json!({})))
}

fn no_boundary(question: &Question, missing: Vec<String>) -> Reason {
    let (count, of, day) = (missing.len(), question.units.len(), question.days.unit_date);
    let text = match &question.units[..] {
        [unit] => text!("stats.no_boundary/unit", name = &unit.name, day),
        _ => text!("stats.no_boundary", count, of, day),
    };
    let units: Vec<_> = missing.into_iter().take(LISTED).collect();
    Reason { code: "no_boundary".into(), text, more: json!({"units": units, "count": count, "of": of}) }
}

/// The day counted lies before the unit began, or after it ended.
async fn other_period(conn: &mut Connection, question: &Question, unit: &Unit, base: &str) -> Result<Reason, Error> {
    let day = question.days.as_of;
    let predecessors = kin::predecessors(conn, unit.id).await?;
    let successors = kin::successors(conn, unit.id).await?;
    let more = json!({"predecessors": kin_json(base, &predecessors), "successors": kin_json(base, &successors)});
    let name = &unit.name;
    let (code, text) = match unit.valid_to.filter(|to| *to < day) {
        Some(to) if !successors.is_empty() => {
            (kind_of(&successors), text!("stats.ended", name, to, day, successors = listed(&successors)))
        }
        Some(to) => match kin::end_of_districts(conn, day).await? {
            Some(_) if unit.level == Level::District => ("tier_ended", text!("stats.ended/tier", name, to, day)),
            _ => ("ended", text!("stats.ended/alone", name, to, day)),
        },
        None if predecessors.is_empty() => ("not_yet", text!("stats.formed/alone", name, from = unit.valid_from, day)),
        None => {
            let from = unit.valid_from;
            let text = text!("stats.formed", name, from, day, predecessors = listed(&predecessors));
            (kind_of(&predecessors), text)
        }
    };
    Ok(Reason { code: code.to_owned(), text, more })
}

/// One word for the changes of a unit.
fn kind_of(kin: &[Kin]) -> &str {
    match kin {
        _ if kin.iter().any(|kin| kin.part == "partial") => "split",
        [one] => &one.kind,
        _ => "merged",
    }
}

/// From which units of the day counted the figure is added. A part of a unit is counted by the places of its records.
async fn territory_json(conn: &mut Connection, question: &Question, unit: &Unit, base: &str) -> Result<Value, Error> {
    let (day, unit_date) = (question.days.as_of, question.days.unit_date);
    let parts = kin::territory_on(conn, &unit.code, unit_date, day).await?;
    let by_geometry = parts.iter().any(|part| !part.is_whole);
    let from: Vec<_> = parts
        .iter()
        .map(|part| {
            let mut answer = unit_json(&part.unit);
            answer["part"] = json!(if part.is_whole { "full" } else { "partial" });
            answer["placed_by"] = json!(if part.is_whole { "unit" } else { "geometry" });
            answer["href"] = json!(format!("{base}/units/{}@{day}", part.unit.code));
            answer
        })
        .collect();
    Ok(json!({"units_on": unit_date, "as_of": day, "from": from, "placed_by_geometry": by_geometry}))
}
