//! Indicators that are not counted here. Administrators define them.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::figures;
use crate::input::Members;
use crate::layers::value::{clean, has_controls};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::statements::Draft;
use crate::statements::draft::words;
use crate::texts::text;

pub const KINDS: &[&str] = &["number", "share", "rank", "level"];

/// What limits the values of an indicator.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Limits {
    pub code: String,
    pub kind: String,
    pub out_of: Option<f64>,
    pub decimals: Option<i32>,
}

/// Reads a definition.
///
/// # Errors
/// `Invalid` with every problem.
pub fn read(mut members: Members) -> Result<Draft, Error> {
    let code = members.read("code", text!("expected.indicator_code"), |value| {
        value.as_str().filter(|code| is_code(code)).map(str::to_owned)
    });
    let code = members.required("code", code);
    if let Some(code) = code.as_deref().filter(|code| figures::find(code).is_some()) {
        members.problem("code", text!("dup.code/counted", code));
    }
    let withdrawn = members.flag("withdrawn").unwrap_or_default();
    let mut record = Map::from_iter([("code".to_owned(), json!(code))]);
    if !withdrawn {
        let sentence = members.read("sentence", text!("expected.names"), names);
        let sentence = members.required("sentence", sentence).unwrap_or_default();
        let unit = members.read("unit_label", text!("expected.names"), names);
        let unit = members.required("unit_label", unit).unwrap_or_default();
        let columns = ["sentence_vi", "sentence_en", "unit_vi", "unit_en"].map(str::to_owned);
        record.extend(columns.into_iter().zip(sentence.into_iter().chain(unit).map(|name| json!(name))));
        let kind = members.one_of("kind", KINDS);
        let kind = members.required("kind", kind).unwrap_or_default();
        let out_of = members.read("of", text!("expected.whole"), whole);
        if out_of.is_some() && kind == "share" {
            members.problem("of", text!("range/of_share"));
        }
        let decimals = members.integer("decimals", 0..=6);
        if decimals.is_some_and(|decimals| decimals > 0) && ["rank", "level"].contains(&kind.as_str()) {
            members.problem("decimals", text!("range/no_decimals"));
        }
        let note = words(&mut members, "note");
        record.extend([
            ("kind".to_owned(), json!(kind)),
            ("out_of".to_owned(), json!(out_of)),
            ("decimals".to_owned(), json!(decimals)),
            ("note".to_owned(), json!(note)),
        ]);
    }
    members.finish()?;
    Ok(Draft { place: None, withdrawn, record })
}

/// Words of lower-case letters, digits and `_`, with dots between.
pub fn is_code(code: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    code.len() <= 60 && code.starts_with(|c: char| c.is_ascii_lowercase()) && code.split('.').all(is_word)
}

/// The Vietnamese and the English name.
fn names(value: &Value) -> Option<[String; 2]> {
    let name = |language: &str| {
        let name = clean(value[language].as_str()?);
        ((1..=300).contains(&name.chars().count()) && !has_controls(&name)).then_some(name)
    };
    let has_others = value.as_object()?.len() > 2;
    Some([name("vi")?, name("en")?]).filter(|_| !has_others)
}

/// A whole of at least 1.
pub fn whole(value: &Value) -> Option<f64> {
    value.as_f64().filter(|whole| (1.0..1e15).contains(whole))
}

/// The limits of indicators with these codes.
pub async fn limits(conn: &mut AsyncPgConnection, codes: Vec<String>) -> QueryResult<HashMap<String, Limits>> {
    let rows: Vec<Row> = Sql::new("select to_jsonb(i) from declared_indicators i where i.code = any(")
        .bind(Bind::Texts(codes))
        .text(")")
        .load(conn)
        .await?;
    let limits = rows.into_iter().filter_map(|row| match row.cells.into_iter().next()? {
        Cell::Json(value) => serde_json::from_value::<Limits>(value).ok(),
        _ => None,
    });
    Ok(limits.map(|limits| (limits.code.clone(), limits)).collect())
}

/// The codes that have values, of these.
pub async fn with_values(conn: &mut AsyncPgConnection, codes: Vec<String>) -> QueryResult<Vec<String>> {
    let rows: Vec<Row> = Sql::new("select code from declared_indicators i where exists (select from declared_values v where v.indicator = i.code) and code = any(")
        .bind(Bind::Texts(codes))
        .text(")")
        .load(conn)
        .await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_text().map(str::to_owned)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(more: &Value) -> Members {
        let mut given = json!({"code": "it.groups", "sentence": {"vi": "Tổ công nghệ số", "en": "Groups"},
            "unit_label": {"vi": "tổ", "en": "group"}, "kind": "number"});
        for (name, value) in more.as_object().unwrap() {
            given[name] = value.clone();
        }
        Members::new(given.as_object().unwrap().clone())
    }

    #[test]
    fn definition_is_read_or_every_problem_is_listed() {
        let draft = read(definition(&json!({"of": 63}))).unwrap();
        assert_eq!((draft.text("unit_vi"), draft.number("out_of")), (Some("tổ"), Some(63.0)));
        let given = json!({"code": "Groups", "kind": "share", "of": 3, "unit_label": {"vi": "tổ"}, "x": 1});
        let refused = read(definition(&given)).unwrap_err();
        let told: Vec<_> =
            refused.problems().iter().map(|problem| format!("{} {}", problem.place, problem.code)).collect();
        assert_eq!(told, ["/code type", "/unit_label type", "/of range", "/x property.unknown"]);
        let counted = read(definition(&json!({"code": "camera_eyes"}))).unwrap_err();
        assert_eq!(counted.problems()[0].code, "dup.code");
    }

    #[test]
    fn codes_are_words_with_dots_between() {
        for (code, is) in
            [("dti.rank", true), ("a1_b", true), ("", false), ("1a", false), ("a..b", false), ("a.", false)]
        {
            assert_eq!(is_code(code), is, "{code}");
        }
    }
}
