//! The figures of one unit as a list: one row per figure; a partition has one row per value and one for the total.

use serde_json::{Value as Json, json};

use crate::error::Error;
use crate::figures::{
    Change, Delta, Figure, Published, Ratio, UnitFigures, Value, label_of, number, shown, unit_label,
};
use crate::http::stats::figure::Context;
use crate::http::stats::table::text;
use crate::http::stats::words;
use crate::layers::{Label, label};
use crate::units::territory::Unit;

/// A column of CSV: its code; its words, if it is there when words are asked for; its value. The value is null if it
/// does not apply to the row.
struct Column {
    code: &'static str,
    words: Option<Label>,
    cell: fn(&Row<'_>) -> Json,
}

const fn column(code: &'static str, words: Label, cell: fn(&Row<'_>) -> Json) -> Column {
    Column { code, words: Some(words), cell }
}

/// A column whose words are in another one.
const fn only_coded(code: &'static str, cell: fn(&Row<'_>) -> Json) -> Column {
    Column { code, words: None, cell }
}

const COLUMNS: [Column; 21] = [
    only_coded("code", |row| json!(row.figure.indicator.code)),
    only_coded("vi", |row| json!(row.figure.indicator.sentence.vi)),
    only_coded("en", |row| json!(row.figure.indicator.sentence.en)),
    only_coded("group_vi", |row| json!(row.part.map(|label| label.vi))),
    only_coded("group_en", |row| json!(row.part.map(|label| label.en))),
    Column {
        code: "",
        words: Some(label("Chỉ tiêu", "Figure")),
        cell: |row| json!(row.figure.indicator.sentence.say(row.context.vietnamese)),
    },
    Column {
        code: "",
        words: Some(label("Nhóm", "Group")),
        cell: |row| json!(row.part.map(|label| label.say(row.context.vietnamese))),
    },
    column("value", label("Giá trị", "Value"), |row| row.value.clone()),
    column("total", label("Tổng", "Total"), |row| json!(row.ratio.map(|ratio| ratio.total))),
    column("unknown", label("Chưa rõ", "Unknown"), |row| json!(row.ratio.map(|ratio| ratio.unknown))),
    column("percent", label("%", "%"), |row| json!(row.ratio.and_then(Ratio::percent))),
    column("unit", label("Đơn vị tính", "Measured in"), |row| match row.context.labels {
        true => json!(unit_label(row.figure.indicator.unit).say(row.context.vietnamese)),
        false => json!(row.figure.indicator.unit),
    }),
    column("basis", label("Nguồn", "Basis"), |row| match row.context.labels {
        true => json!(words::basis(row.figure.basis).say(row.context.vietnamese)),
        false => json!(row.figure.basis),
    }),
    column("as_of", label("Số liệu ngày", "As of"), |row| json!(row.context.question.days.as_of)),
    column("delta", label("Tăng, giảm", "Change"), |row| row.of_delta(|delta| delta.value)),
    column("base", label("Số gốc", "Base"), |row| row.of_delta(|delta| Some(delta.base))),
    column("base_on", label("Ngày gốc", "Base of"), |row| json!(row.delta.map(|delta| delta.base_on))),
    column("published", label("Đã công bố", "Published"), |row| json!(row.published.map(|it| number(it.value)))),
    column("notes", label("Ghi chú", "Notes"), |row| json!(row.notes())),
    column("rows", label("Các bản ghi", "Records"), |row| json!(row.rows)),
    column("notice", label("Lưu ý", "Please note"), |row| json!(row.context.notice(None))),
];

/// A row: a figure, or one value of a partition.
struct Row<'a> {
    context: &'a Context<'a>,
    figure: &'a Figure,
    part: Option<Label>,
    value: Json,
    ratio: Option<&'a Ratio>,
    delta: Option<&'a Delta>,
    published: Option<&'a Published>,
    /// The URL of the records behind the value.
    rows: Option<String>,
}

impl Row<'_> {
    fn of_delta(&self, read: fn(&Delta) -> Option<f64>) -> Json {
        json!(self.delta.and_then(read).map(|value| number(self.figure.indicator.shown(value))))
    }

    fn notes(&self) -> Option<String> {
        let vietnamese = self.context.vietnamese;
        let notes = self.delta.into_iter().flat_map(|delta| &delta.notes).map(|note| note.text(vietnamese));
        let texts: Vec<_> = notes.chain(self.published.map(|published| published.text().say(vietnamese))).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

fn rows<'a>(context: &'a Context<'a>, unit: &Unit, figures: &'a UnitFigures) -> Vec<Row<'a>> {
    let linked = context.of_unit(&unit.code);
    let mut rows = Vec::new();
    for figure in &figures.figures {
        let delta = match &figure.change {
            Some(Change::Of(delta)) => Some(delta),
            _ => None,
        };
        let all = Row {
            context,
            figure,
            part: None,
            value: Json::Null,
            ratio: None,
            delta,
            published: figure.published_of(None),
            rows: (!matches!(figure.value, Value::Level { own: None, .. }))
                .then(|| linked.rows(figure.indicator, None)),
        };
        let last = match &figure.value {
            Value::Number(value) => Row { value: shown(figure.indicator, *value), ..all },
            Value::Area(area) => Row { value: json!(area.covered_km2()), ..all },
            rate @ Value::Rate { .. } => Row { value: json!(rate.rate()), ..all },
            Value::Level { own, .. } => Row { value: json!(own), ..all },
            Value::Ratio(ratio) => Row { value: json!(ratio.covered), ratio: Some(ratio), ..all },
            Value::Partition { values, total } => {
                for (name, value) in values.iter().filter(|(_, value)| *value != 0) {
                    let delta = match &figure.change {
                        Some(Change::OfValues { values, .. }) => values.iter().find(|(of, _)| of == name),
                        _ => None,
                    };
                    rows.push(Row {
                        part: Some(label_of(figure.indicator, name)),
                        value: shown(figure.indicator, *value),
                        delta: delta.map(|(_, delta)| delta),
                        published: figure.published_of(Some(name)),
                        rows: Some(linked.rows(figure.indicator, Some(name))),
                        ..all
                    });
                }
                Row { part: Some(label("tổng", "total")), value: shown(figure.indicator, *total), ..all }
            }
        };
        rows.push(last);
    }
    rows
}

/// The list as CSV, with a byte order mark for Excel.
///
/// # Errors
/// None in practice: the list is written to memory.
pub fn csv(context: &Context<'_>, unit: &Unit, figures: &UnitFigures) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let failed = |error: csv::Error| Error::Internal(error.into());
    let columns: Vec<_> = match context.labels {
        true => COLUMNS.iter().filter_map(|column| Some((column.words?.say(context.vietnamese), column))).collect(),
        false => COLUMNS.iter().filter(|column| !column.code.is_empty()).map(|column| (column.code, column)).collect(),
    };
    writer.write_record(columns.iter().map(|(name, _)| name)).map_err(failed)?;
    for row in rows(context, unit, figures) {
        writer.write_record(columns.iter().map(|(_, column)| text(&(column.cell)(&row)))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))
}
