//! Changes of figures, and what was published, as JSON.

use serde_json::{Map, Value as Json, json};

use crate::figures::{Change, Delta, Figure, Indicator, Note, Published, number, shown};
use crate::http::stats::figure::Context;

impl Context<'_> {
    /// What was published for the same day, beside the value.
    pub fn published(&self, figure: &Figure, answer: &mut Map<String, Json>) {
        let one = |published: &Published| {
            json!({
                "value": number(published.value),
                "document": published.document,
                "on": self.question.days.as_of,
                "difference": number(published.difference()),
                "entered_later": published.later.map(number),
                "note": published.text().say(self.vietnamese),
            })
        };
        if let Some(published) = figure.published_of(None) {
            answer.insert("published".to_owned(), one(published));
        }
        let parts = figure.published.iter().filter_map(|(part, published)| Some(((*part)?.to_owned(), one(published))));
        let parts: Map<_, _> = parts.collect();
        if !parts.is_empty() {
            answer.insert("published_by_value".to_owned(), Json::Object(parts));
        }
    }

    pub fn change(&self, indicator: &Indicator, change: &Change, delta: fn(&Self, &Indicator, &Delta) -> Json) -> Json {
        match change {
            Change::Of(of) => delta(self, indicator, of),
            Change::OfRate(change) => json!({
                "value": change.difference(),
                "base": change.base,
                "base_on": change.base_on,
                "base_kind": "computed",
            }),
            Change::OfLevel(change) => json!({
                "value": change.value,
                "base": change.base,
                "change": change.name(),
                "base_on": change.base_on,
                "base_kind": if change.document.is_some() { "declared" } else { "computed" },
                "document": change.document,
            }),
            Change::OfValues { values, notes } => json!({
                "values": values.iter().map(|(name, of)| ((*name).to_owned(), delta(self, indicator, of))).collect::<Map<_, _>>(),
                "notes": self.notes(notes),
            }),
        }
    }

    pub fn delta(&self, indicator: &Indicator, delta: &Delta) -> Json {
        let parts: Map<_, _> =
            delta.parts.iter().map(|(part, amount)| (part.name().to_owned(), shown(indicator, *amount))).collect();
        let mut answer = json!({
            "value": delta.value.map(|value| number(indicator.shown(value))),
            "base": number(indicator.shown(delta.base)),
            "base_on": delta.base_on,
            "base_kind": if delta.declared { "declared" } else { "computed" },
            "computed_base": shown(indicator, delta.computed_base),
            "parts": parts,
            "notes": self.notes(&delta.notes),
        });
        if let Some(document) = &delta.document {
            answer["document"] = json!(document);
        }
        answer
    }

    /// Without the day, which the answer says once, and without a computed base that is the base.
    pub fn brief_delta(&self, indicator: &Indicator, delta: &Delta) -> Json {
        let Json::Object(mut answer) = self.delta(indicator, delta) else { return Json::Null };
        answer.remove("base_on");
        if !delta.declared {
            answer.remove("base_kind");
            answer.remove("computed_base");
        }
        answer.retain(|name, value| matches!(&**name, "value" | "base") || !is_blank(value));
        Json::Object(answer)
    }

    fn notes(&self, notes: &[Note]) -> Vec<String> {
        notes.iter().map(|note| note.text(self.vietnamese)).collect()
    }
}

/// Whether a member says nothing.
pub fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        // Not 0.0: a percentage of 0 says more than none.
        Json::Number(number) => number.as_i64() == Some(0),
        Json::Array(list) => list.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}
