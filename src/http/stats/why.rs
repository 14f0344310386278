//! Why figures are zero, or an answer is empty: in words, and as codes for programs.

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::figures::Question;
use crate::http::units::{kin_json, unit_json};
use crate::postgres::Connection;
use crate::texts::{Text, text};
use crate::units::kin::{self, Kin, Part};
use crate::units::lookup::listed;
use crate::units::territory::{self, Level, Unit};

/// At most so many codes of units are listed.
const LISTED: usize = 100;
/// At most so many names of units are in a sentence.
const LISTED_IN_WORDS: usize = 40;

#[derive(Debug)]
struct Reason {
    code: String,
    text: Text,
    /// More members of the answer.
    more: Value,
    /// The codes of the units that it is about; empty for all.
    units: Vec<String>,
}

/// What there is to explain about an answer.
#[derive(Debug)]
pub struct Explanation {
    reasons: Vec<Reason>,
    /// The units of the day counted from which the figures are added.
    territory: Option<(Vec<Part>, Value)>,
}

impl Explanation {
    /// The members `notice`, `why` and `territory` of an answer; none where there is nothing to explain.
    pub fn members(&self, vietnamese: bool) -> Map<String, Value> {
        let mut answer = Map::new();
        if !self.reasons.is_empty() {
            answer.insert("notice".into(), json!(self.notice(None, vietnamese)));
        }
        let why = self.reasons.iter().map(|reason| {
            let mut why = reason.more.clone();
            why["code"] = json!(reason.code);
            why
        });
        let why: Vec<_> = why.collect();
        if !why.is_empty() {
            answer.insert("why".into(), why.into());
        }
        answer.extend(self.territory.iter().map(|(_, territory)| ("territory".to_owned(), territory.clone())));
        answer
    }

    /// All reasons in words; with the code of a unit only those that are about it.
    pub fn notice(&self, unit: Option<&str>, vietnamese: bool) -> String {
        let is_of = |reason: &&Reason| {
            unit.is_none_or(|unit| reason.units.is_empty() || reason.units.iter().any(|of| of == unit))
        };
        let texts: Vec<_> = self.reasons.iter().filter(is_of).map(|reason| reason.text.say(vietnamese)).collect();
        texts.join(" ")
    }

    /// The units from which the figures are added, in words.
    pub fn territory(&self) -> Option<Text> {
        let (parts, _) = self.territory.as_ref()?;
        let one = |part: &Part| match part.is_whole {
            true => text!("unit.named", name = &part.unit.name),
            false => text!("unit.named/part", name = &part.unit.name),
        };
        let units: Vec<_> = parts.iter().take(LISTED_IN_WORDS).map(one).collect();
        Some(match parts.len().saturating_sub(LISTED_IN_WORDS) {
            0 => text!("stats.territory", units),
            more => text!("stats.territory/more", units, more),
        })
    }
}

/// Why figures are zero or there are none, and what they are added from.
///
/// # Errors
/// The database's.
pub async fn explain(conn: &mut Connection, question: &Question, base: &str) -> Result<Explanation, Error> {
    let day = question.days.unit_date;
    let mut reasons = Vec::new();
    let mut territory = None;
    if question.units.is_empty() {
        reasons.push(empty(conn, question).await?);
    } else if question.scope.level != Level::Hamlet {
        let ids: Vec<_> = question.units.iter().map(|unit| unit.id).collect();
        let missing = kin::without_boundary(conn, &ids, day).await?;
        if !missing.is_empty() {
            reasons.push(no_boundary(question, missing));
        }
    }
    let ended = |unit: &&Unit| unit.level != Level::Group && !unit.is_in_force(question.days.as_of);
    if let Some(unit) = question.within.as_ref().filter(ended) {
        reasons.push(other_period(conn, question, unit, base).await?);
        territory = Some(added_from(conn, question, unit, base).await?);
    }
    reasons.extend(question.left_out.iter().map(|left_out| Reason {
        code: "not_counted".into(),
        text: left_out.reason.clone(),
        more: json!({"indicators": left_out.indicators.iter().map(|indicator| indicator.code).collect::<Vec<_>>()}),
        units: Vec::new(),
    }));
    Ok(Explanation { reasons, territory })
}

async fn empty(conn: &mut Connection, question: &Question) -> Result<Reason, Error> {
    let day = question.days.unit_date;
    let reason = |code: &str, text, more| Reason { code: code.to_owned(), text, more, units: Vec::new() };
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
    let listed = &missing[..count.min(LISTED)];
    let more = json!({"units": listed, "count": count, "of": of});
    Reason { code: "no_boundary".into(), text, more, units: missing }
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
    Ok(Reason { code: code.to_owned(), text, more, units: Vec::new() })
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
async fn added_from(
    conn: &mut Connection,
    question: &Question,
    unit: &Unit,
    base: &str,
) -> Result<(Vec<Part>, Value), Error> {
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
    let answer = json!({"units_on": unit_date, "as_of": day, "from": from, "placed_by_geometry": by_geometry});
    Ok((parts, answer))
}
