//! A figure as JSON, with a link to the records that it counts.

use serde_json::{Map, Value as Json, json};

use crate::figures::{
    Change, Delta, Figure, Indicator, Measure, Note, Question, Selection, UNKNOWN, UnitFigures, Value, number, office,
    percent, range,
};
use crate::time::rfc3339;

/// What the answers need besides the figures.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The URL of the API.
    pub base: &'a str,
    pub question: &'a Question,
    pub vietnamese: bool,
}

/// The context with the unit that links name. `None` for records outside any unit, which no link can name.
#[derive(Debug, Clone, Copy)]
pub struct Linked<'a> {
    context: Context<'a>,
    unit: Option<&'a str>,
}

impl<'a> Context<'a> {
    pub fn of_unit(self, unit: &'a str) -> Linked<'a> {
        Linked { context: self, unit: Some(unit) }
    }

    pub fn unassigned(self) -> Linked<'a> {
        Linked { context: self, unit: None }
    }
}

impl Linked<'_> {
    /// The figures as an object, by code.
    pub fn figures(&self, figures: &UnitFigures) -> Json {
        let by_code = figures.figures.iter().map(|figure| (figure.indicator.code.to_owned(), self.figure(figure)));
        Json::Object(by_code.collect())
    }

    fn figure(&self, figure: &Figure) -> Json {
        let Figure { indicator, value, .. } = figure;
        let mut answer = Map::new();
        let mut set = |name: &str, value: Json| answer.insert(name.to_owned(), value);
        set("code", json!(indicator.code));
        match value {
            Value::Number(number) => {
                set("value", json!(number));
            }
            Value::Level(level) => {
                set("value", json!(level));
            }
            Value::Partition { values, total } => {
                let present = values.iter().filter(|(_, number)| *number != 0);
                set("values", present.clone().map(|(name, number)| ((*name).to_owned(), json!(number))).collect());
                set("total", json!(total));
                if let Measure::Partition { overlapping: true, .. } = indicator.measure {
                    set("overlapping", json!(true));
                }
                let rows = present.filter_map(|(name, _)| {
                    Some(((*name).to_owned(), json!(self.rows(indicator, value, Some(name))?)))
                });
                set("rows_by_value", rows.collect());
            }
            Value::Ratio { covered, unknown, total } => {
                set("covered", json!(covered));
                set("not_covered", json!(total - covered - unknown));
                set("unknown", json!(unknown));
                set("total", json!(total));
                set("percent", json!(percent(*covered, *total)));
                if let Some(range) = range(*covered, *unknown, *total) {
                    set("range", json!(range));
                }
            }
        }
        set("unit", json!(indicator.unit));
        set("basis", json!(figure.basis));
        set("as_of", json!(self.context.question.days.as_of));
        if let Some(operator) = self.operator(indicator) {
            set("operator", json!(operator));
        }
        if let Some(rows) = self.rows(indicator, value, None) {
            set("rows", json!(rows));
            if let Some(field) = indicator.summed_field() {
                set("rows_sum", json!(field));
            }
        }
        if let Some(change) = &figure.change {
            set("delta", self.change(change));
        }
        set("quality", figure.quality.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect());
        Json::Object(answer)
    }

    fn operator(&self, indicator: &Indicator) -> Option<&'static str> {
        self.context.question.operator.filter(|_| indicator.is_of_availability())
    }

    /// The URL of the records behind a value: the value is their number, or the sum of one of their fields. `None` for
    /// records outside any unit.
    pub fn rows(&self, indicator: &'static Indicator, value: &Value, part: Option<&'static str>) -> Option<String> {
        let Context { base, question, .. } = self.context;
        let unit = self.unit?;
        let as_part = part.filter(|part| *part == UNKNOWN).or(self.operator(indicator));
        let selection = Selection { indicator, value: as_part };
        let mut query = format!(
            "within={unit}@{}&as_of={}&indicator={}",
            question.days.unit_date,
            question.days.as_of,
            selection.to_text()
        );
        if let Some(known_at) = question.days.known_at {
            query += &format!("&known_at={}", rfc3339(known_at));
        }
        match (&indicator.measure, part, value) {
            (Measure::Partition { by, .. }, Some(part), _) if part != UNKNOWN => {
                query += &format!("&{}={part}", by.name)
            }
            (Measure::SecurityLevel, _, Value::Level(level)) => {
                let office = office(question.scope.level);
                query += &format!("&type={office}&security_level={}", (*level)?);
            }
            _ => {}
        }
        Some(format!("{base}/collections/{}/items?{query}", indicator.layer.collection))
    }

    fn change(&self, change: &Change) -> Json {
        match change {
            Change::Of(delta) => self.delta(delta),
            Change::OfValues { values, notes } => json!({
                "values": values.iter().map(|(name, delta)| ((*name).to_owned(), self.delta(delta))).collect::<Map<_, _>>(),
                "notes": self.notes(notes),
            }),
        }
    }

    fn delta(&self, delta: &Delta) -> Json {
        let parts: Map<_, _> =
            delta.parts.iter().map(|(part, amount)| (part.name().to_owned(), json!(amount))).collect();
        let mut answer = json!({
            "value": number(delta.value),
            "base": number(delta.base),
            "base_on": delta.base_on,
            "base_kind": if delta.declared { "declared" } else { "computed" },
            "computed_base": delta.computed_base,
            "parts": parts,
            "notes": self.notes(&delta.notes),
        });
        if let Some(document) = &delta.document {
            answer["document"] = json!(document);
        }
        answer
    }

    fn notes(&self, notes: &[Note]) -> Vec<String> {
        notes.iter().map(|note| note.text(self.context.vietnamese)).collect()
    }
}
