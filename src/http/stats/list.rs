//! The figures of one unit as a list: one row per figure; a partition has one row per value and one for the total.

use serde_json::{Value as Json, json};

use crate::error::Error;
use crate::figures::{Change, Delta, Figure, Ratio, UnitFigures, Value, label_of, number, shown};
use crate::http::stats::figure::Context;
use crate::http::stats::table::text;
use crate::layers::{Label, label};
use crate::units::territory::Unit;

/// A column: its name in Vietnamese and in English (for CSV), its width in a workbook, its value. The value is null if
/// it does not apply to the row.
pub struct Column {
    pub vi: &'static str,
    pub en: &'static str,
    pub width: u16,
    pub cell: fn(&Row<'_>) -> Json,
}

const fn column(vi: &'static str, en: &'static str, width: u16, cell: fn(&Row<'_>) -> Json) -> Column {
    Column { vi, en, width, cell }
}

pub const COLUMNS: [Column; 17] = [
    column("Mã", "code", 30, |row| json!(row.figure.indicator.code)),
    column("Chỉ tiêu", "vi", 60, |row| json!(row.figure.indicator.sentence.vi)),
    column("Chỉ tiêu (tiếng Anh)", "en", 60, |row| json!(row.figure.indicator.sentence.en)),
    column("Nhóm", "group_vi", 24, |row| json!(row.part.map(|label| label.vi))),
    column("Nhóm (tiếng Anh)", "group_en", 24, |row| json!(row.part.map(|label| label.en))),
    column("Giá trị", "value", 10, |row| row.value.clone()),
    column("Tổng", "total", 10, |row| json!(row.ratio.map(|ratio| ratio.total))),
    column("Chưa rõ", "unknown", 10, |row| json!(row.ratio.map(|ratio| ratio.unknown))),
    column("%", "percent", 10, |row| json!(row.ratio.and_then(Ratio::percent))),
    column("Tính theo", "unit", 12, |row| json!(row.figure.indicator.unit)),
    column("Nguồn", "basis", 12, |row| json!(row.figure.basis)),
    column("Số liệu ngày", "as_of", 12, |row| json!(row.context.question.days.as_of)),
    column("Tăng, giảm", "delta", 10, |row| row.of_delta(|delta| delta.value)),
    column("Số gốc", "base", 10, |row| row.of_delta(|delta| delta.base)),
    column("Ngày gốc", "base_on", 12, |row| json!(row.delta.map(|delta| delta.base_on))),
    column("Ghi chú", "notes", 40, |row| json!(row.notes())),
    column("Các bản ghi", "rows", 60, |row| json!(row.rows)),
];

/// A row: a figure, or one value of a partition.
pub struct Row<'a> {
    context: &'a Context<'a>,
    figure: &'a Figure,
    part: Option<Label>,
    value: Json,
    ratio: Option<&'a Ratio>,
    delta: Option<&'a Delta>,
    /// The URL of the records behind the value.
    rows: Option<String>,
}

impl Row<'_> {
    fn of_delta(&self, read: fn(&Delta) -> f64) -> Json {
        json!(self.delta.map(|delta| number(self.figure.indicator.shown(read(delta)))))
    }

    fn notes(&self) -> Option<String> {
        let notes = self.delta.map(|delta| &delta.notes).filter(|notes| !notes.is_empty())?;
        let texts: Vec<_> = notes.iter().map(|note| note.text(self.context.vietnamese)).collect();
        Some(texts.join("; "))
    }
}

pub fn rows<'a>(context: &'a Context<'a>, unit: &Unit, figures: &'a UnitFigures) -> Vec<Row<'a>> {
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
    writer.write_record(COLUMNS.map(|column| column.en)).map_err(failed)?;
    for row in rows(context, unit, figures) {
        writer.write_record(COLUMNS.map(|column| text(&(column.cell)(&row)))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))
}
