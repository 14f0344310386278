//! A figure as JSON, with a link to the records that it counts.

use serde_json::{Map, Value as Json, json};

use crate::figures::{
    Figure, Indicator, Measure, Question, Selection, Statements, UNKNOWN, UnitFigures, Value, Weight, shown,
};
use crate::http::stats::change::is_blank;
use crate::http::stats::links::Place;
use crate::http::stats::question::Asked;
use crate::http::stats::why::Explanation;
use crate::texts::text;

/// What the answers need besides the figures.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The URL of the API.
    pub base: &'a str,
    pub question: &'a Question,
    pub why: &'a Explanation,
    pub vietnamese: bool,
    /// Whether files have words instead of codes.
    pub labels: bool,
}

/// The context with the place that links name.
#[derive(Debug, Clone, Copy)]
pub struct Linked<'a> {
    context: Context<'a>,
    place: Place<'a>,
}

impl<'a> Context<'a> {
    /// A workbook has Vietnamese words unless others are asked for.
    pub fn of_files(
        asked: &Asked,
        base: &'a str,
        question: &'a Question,
        why: &'a Explanation,
        vietnamese: bool,
    ) -> Context<'a> {
        let labels = asked.labels.or((asked.format == "xlsx").then_some(true));
        Context { base, question, why, vietnamese: labels.unwrap_or(vietnamese), labels: labels.is_some() }
    }

    /// What a file says of a unit, or of all, besides its figures: why they are zero, and what they are added from.
    pub fn notice(&self, unit: Option<&str>) -> String {
        let territory = self.why.territory().map(|text| text.say(self.vietnamese)).unwrap_or_default();
        format!("{} {territory}", self.why.notice(unit, self.vietnamese)).trim().to_owned()
    }

    pub fn of_unit(self, unit: &'a str) -> Linked<'a> {
        Linked { context: self, place: Place::Unit(unit) }
    }

    /// The figures of one of many units, by code: without what the answer says once for all units, and without zeros,
    /// nulls and empty lists. A value, what is covered and a total are always there.
    pub fn brief(&self, figures: &UnitFigures) -> Json {
        let counted =
            figures.figures.iter().map(|figure| (figure.indicator.code.to_owned(), self.brief_figure(figure)));
        let left_out = self.question.left_out.iter().flat_map(|left_out| &left_out.indicators);
        let left_out = left_out.map(|indicator| (indicator.code.to_owned(), Json::Null));
        Json::Object(counted.chain(left_out).collect())
    }

    fn brief_figure(&self, figure: &Figure) -> Json {
        let mut answer = self.amounts(figure);
        if figure.basis != REGISTER {
            answer.insert("basis".to_owned(), json!(figure.basis));
        }
        if let Some(change) = &figure.change {
            answer.insert("delta".to_owned(), self.change(figure.indicator, change, Self::brief_delta));
        }
        self.published(figure, &mut answer);
        answer.retain(|name, value| matches!(&**name, "value" | "covered" | "total") || !is_blank(value));
        Json::Object(answer)
    }

    /// What is the same in every unit, by code of the indicator.
    pub fn indicators(&self) -> Json {
        let indicators = self.question.indicators.iter();
        Json::Object(indicators.map(|indicator| (indicator.code.to_owned(), self.shared(indicator))).collect())
    }

    fn shared(&self, indicator: &'static Indicator) -> Json {
        let mut answer = Map::new();
        let mut set = |name: &str, value: Json| answer.insert(name.to_owned(), value);
        set("unit", json!(indicator.unit));
        if indicator.is_estimate() {
            set("basis", json!("estimate"));
        } else if !indicator.is_of_availability() {
            set("basis", json!(REGISTER));
        }
        if let Measure::Partition { overlapping: true, .. } = indicator.measure {
            set("overlapping", json!(true));
        }
        for (name, choice) in self.choices(indicator) {
            set(name, json!(choice));
        }
        set("collection", json!(indicator.layer.collection));
        set("indicator", json!(self.selection(indicator, None).to_text()));
        if let Some(field) = indicator.summed_field() {
            set("rows_sum", json!(field));
        }
        if let Some(note) = self.rows_note(indicator) {
            set("rows_note", json!(note));
        }
        Json::Object(answer)
    }

    fn selection(&self, indicator: &'static Indicator, value: Option<&'static str>) -> Selection {
        Selection { indicator, value, statements: self.statements(indicator) }
    }

    fn statements(&self, indicator: &Indicator) -> Statements {
        self.question.statements.of(indicator)
    }

    /// Which statements were asked for, by the names of members.
    fn choices(&self, indicator: &Indicator) -> impl Iterator<Item = (&'static str, &'static str)> {
        let Statements { operator, technology, basis } = self.statements(indicator);
        let all = [("operator", operator), ("technology", technology), ("of_basis", basis)];
        all.into_iter().filter_map(|(name, choice)| Some((name, choice?)))
    }

    /// Says why a value is neither the number of its rows nor the sum of one of their fields.
    fn rows_note(&self, indicator: &Indicator) -> Option<String> {
        let note = match indicator.measure {
            Measure::Hamlets { weight: Weight::Share, .. } => text!("figures.shares"),
            Measure::Area { .. } => text!("figures.areas"),
            _ => return None,
        };
        Some(note.say(self.vietnamese))
    }

    /// The members of a figure that say how much.
    fn amounts(&self, figure: &Figure) -> Map<String, Json> {
        let mut answer = Map::new();
        let mut set = |name: &str, value: Json| answer.insert(name.to_owned(), value);
        match &figure.value {
            Value::Number(number) => {
                set("value", shown(figure.indicator, *number));
            }
            Value::Area(area) => {
                set("value", json!(area.covered_km2()));
                set("total", json!(area.total_km2()));
                set("percent", json!(area.percent()));
                if area.without_boundary > 0 {
                    set("communes_without_boundary", json!(area.without_boundary));
                }
            }
            rate @ Value::Rate { amount, of, per, census } => {
                set("value", json!(rate.rate()));
                set("numerator", shown(figure.indicator, *amount));
                set("denominator", json!(of));
                set("per", json!(per));
                if let Some(census) = census {
                    set("census", json!({"counted_on": census.counted_on, "source": census.source}));
                }
            }
            Value::Level { own, communes } => {
                set("value", json!(own));
                let by_level = communes.iter().map(|(level, offices)| ((*level).to_owned(), json!(offices)));
                set("commune_offices", by_level.collect());
            }
            Value::Partition { values, total } => {
                let present = values.iter().filter(|(_, number)| *number != 0);
                set(
                    "values",
                    present.map(|(name, number)| ((*name).to_owned(), shown(figure.indicator, *number))).collect(),
                );
                set("total", shown(figure.indicator, *total));
            }
            Value::Ratio(ratio) => {
                set("covered", json!(ratio.covered));
                set("not_covered", json!(ratio.not_covered()));
                set("unknown", json!(ratio.unknown));
                set("total", json!(ratio.total));
                set("percent", json!(ratio.percent()));
                if let Some(range) = ratio.range() {
                    set("range", json!(range));
                }
                if ratio.unweighted.total > 0 {
                    set("unknown_weights", json!(ratio.unweighted.total));
                    set("largest_weight", json!(ratio.unweighted.largest));
                }
            }
        }
        let quality = figure.quality.iter().filter(|(_, count)| *count != 0);
        set("quality", quality.map(|(name, count)| ((*name).to_owned(), json!(count))).collect());
        answer
    }
}

/// The basis of what is counted from the records.
const REGISTER: &str = "register";

impl Linked<'_> {
    /// The figures as an object, by code.
    pub fn figures(&self, figures: &UnitFigures) -> Json {
        let by_code = figures.figures.iter().map(|figure| (figure.indicator.code.to_owned(), self.figure(figure)));
        Json::Object(by_code.collect())
    }

    fn figure(&self, figure: &Figure) -> Json {
        let Linked { context, .. } = self;
        let Figure { indicator, value, .. } = figure;
        let mut answer = context.amounts(figure);
        let mut set = |name: &str, value: Json| answer.insert(name.to_owned(), value);
        set("code", json!(indicator.code));
        set("unit", json!(indicator.unit));
        set("basis", json!(figure.basis));
        set("as_of", json!(context.question.days.as_of));
        if let Measure::Partition { overlapping: true, .. } = indicator.measure {
            set("overlapping", json!(true));
        }
        for (name, choice) in context.choices(indicator) {
            set(name, json!(choice));
        }
        if let Value::Partition { values, .. } = value {
            let present = values.iter().filter(|(_, number)| *number != 0);
            let rows = present.map(|(name, _)| ((*name).to_owned(), json!(self.rows(indicator, Some(name)))));
            set("rows_by_value", rows.collect());
        }
        if !matches!(value, Value::Level { own: None, .. }) {
            set("rows", json!(self.rows(indicator, None)));
            if let Some(field) = indicator.summed_field() {
                set("rows_sum", json!(field));
            }
            if let Some(note) = context.rows_note(indicator) {
                set("rows_note", json!(note));
            }
        }
        if let Some(change) = &figure.change {
            set("delta", context.change(indicator, change, Context::delta));
        }
        let quality = figure.quality.iter();
        set("quality", quality.map(|(name, count)| ((*name).to_owned(), json!(count))).collect());
        context.published(figure, &mut answer);
        Json::Object(answer)
    }

    /// The URL of the records behind a value: the value is their number, or the sum of one of their fields.
    pub fn rows(&self, indicator: &'static Indicator, part: Option<&'static str>) -> String {
        let Linked { context, place } = self;
        let selection = context.selection(indicator, part.filter(|part| *part == UNKNOWN));
        let mut query = place.query(context.question, &selection.to_text());
        if let Some((by, part)) = indicator.by_field().zip(part.filter(|part| *part != UNKNOWN)) {
            query += &format!("&{}={part}", by.name);
        }
        format!("{}/collections/{}/items?{query}", context.base, indicator.layer.collection)
    }
}
