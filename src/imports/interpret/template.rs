//! The workbook to fill in: a sheet with the columns of a layer, a guide and lists.

use chrono::NaiveDate;
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use crate::imports::interpret::example::{Locality, example, example_of_place};
use crate::imports::interpret::paint::{Lists, header};
use crate::layers::{Choice, Field, Layer, Type};
use crate::texts::{Text, Value, text};

/// A column of the template.
#[derive(Debug, Clone, Copy)]
enum Column {
    Field(&'static Field),
    Longitude,
    Latitude,
    Geometry,
}

/// Writes the template of a layer with the given fields, for somebody who writes in a locality.
///
/// # Errors
/// Those of the writer.
pub fn write(
    layer: &'static Layer,
    fields: &[&'static Field],
    locality: &Locality,
    today: NaiveDate,
) -> Result<Vec<u8>, XlsxError> {
    let columns = columns(layer, fields);
    let mut out = Workbook::new();
    let mut lists = Lists::new();
    let sheet = out.add_worksheet().set_name(layer.collection)?;
    for (at, column) in (0..).zip(&columns) {
        sheet.write_string_with_format(0, at, column.heading(), &column.header_format())?;
        sheet.set_column_width(at, 18)?;
        let Column::Field(field) = column else { continue };
        if let Some(pattern) = number_format(field.value) {
            sheet.set_column_format(at, &Format::new().set_num_format(pattern))?;
        }
        let values: Vec<String> = match field.value {
            Type::OneOf(choices) => open(choices, today).map(|choice| choice.label.vi.to_owned()).collect(),
            Type::Boolean => [true, false].map(|value| yes_or_no(value).vi()).into(),
            Type::CommuneCode => locality.communes.clone(),
            _ => Vec::new(),
        };
        if !values.is_empty() {
            sheet.add_data_validation(1, at, 5000, at, &lists.drop_down(field.label.vi, values))?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    guide(out.add_worksheet().set_name("Hướng dẫn")?, layer, &columns, locality, today)?;
    lists.write(&mut out)?;
    out.save_to_buffer()
}

/// Code, name and place first, since every row has them; then what must be given, then the rest.
fn columns(layer: &Layer, fields: &[&'static Field]) -> Vec<Column> {
    let places: &[Column] =
        if layer.geometry == ["Point"] { &[Column::Longitude, Column::Latitude] } else { &[Column::Geometry] };
    let of = |wanted: fn(&Field) -> bool| fields.iter().filter(move |field| wanted(field)).map(|it| Column::Field(it));
    let is_identity = |field: &Field| matches!(field.name, "code" | "name");
    of(is_identity)
        .chain(places.iter().copied())
        .chain(of(|field| field.required && !matches!(field.name, "code" | "name")))
        .chain(of(|field| !field.required && !matches!(field.name, "code" | "name")))
        .collect()
}

impl Column {
    fn heading(&self) -> String {
        match self {
            Column::Field(field) if field.required => format!("{} *", field.heading(true)),
            Column::Field(field) => field.heading(true),
            Column::Longitude => text!("place.longitude").vi(),
            Column::Latitude => text!("place.latitude").vi(),
            Column::Geometry => "geometry".into(),
        }
    }

    fn header_format(&self) -> Format {
        match self {
            Column::Field(field) if field.required => header().set_background_color(Color::RGB(0x00F8_CBAD)),
            _ => header(),
        }
    }
}

/// How Excel keeps what people type: it would drop the zeros at the start of codes and telephone numbers, and show days
/// in the order of the computer.
fn number_format(value: Type) -> Option<&'static str> {
    match value {
        Type::Date | Type::Timestamp => Some("dd/mm/yyyy"),
        Type::Integer { .. } | Type::Number { .. } => None,
        _ => Some("@"),
    }
}

/// The choices that can be written on a day.
pub fn open(choices: &'static [Choice], day: NaiveDate) -> impl Iterator<Item = &'static Choice> {
    let day = day.to_string();
    choices.iter().filter(move |choice| choice.until.is_none_or(|until| day.as_str() < until))
}

fn guide(
    sheet: &mut Worksheet,
    layer: &'static Layer,
    columns: &[Column],
    locality: &Locality,
    today: NaiveDate,
) -> Result<(), XlsxError> {
    let titles = [
        text!("guide.column").vi(),
        text!("guide.column").en(),
        text!("guide.required").vi(),
        text!("guide.how").vi(),
        text!("guide.example").vi(),
    ];
    let wrapped = Format::new().set_text_wrap().set_align(rust_xlsxwriter::FormatAlign::Top);
    sheet.write_string(0, 0, format!("{} – {}", layer.title.vi, layer.description.vi))?;
    sheet.write_string(0, 3, text!("guide.empty").vi())?;
    for (at, title) in (0..).zip(titles) {
        sheet.write_string_with_format(1, at, title, &header())?;
        sheet.set_column_width(at, if at == 3 { 60 } else { 24 })?;
    }
    for (row, column) in (2..).zip(columns) {
        let cells = match column {
            Column::Field(field) => {
                let required = if field.required { "x" } else { "" };
                let example = example(layer, field, locality, today);
                [field.label.vi.into(), field.label.en.into(), required.into(), how(field, today), example]
            }
            Column::Longitude | Column::Latitude => {
                let is_longitude = matches!(column, Column::Longitude);
                let label = if is_longitude { text!("place.longitude") } else { text!("place.latitude") };
                let degrees = if is_longitude { locality.place.0 } else { locality.place.1 };
                let example = format!("{degrees:.6}").replace('.', ",");
                [label.vi(), label.en(), String::new(), text!("guide.coordinate").vi(), example]
            }
            Column::Geometry => {
                let how = text!("guide.geometry").vi();
                ["geometry".into(), "geometry".into(), String::new(), how, example_of_place(layer, locality.place)]
            }
        };
        for (at, cell) in (0..).zip(cells) {
            sheet.write_string_with_format(row, at, cell, &wrapped)?;
        }
    }
    sheet.set_freeze_panes(2, 0)?;
    Ok(())
}

/// How to write a field. Values stand one a line: some contain a comma.
fn how(field: &Field, today: NaiveDate) -> String {
    let lines = |choices| open(choices, today).map(|choice| format!("\n{}", choice.label.vi)).collect::<String>();
    // The unit of measure is also the id of its name in the texts.
    let unit = field.unit.map_or_else(|| Value::from(""), |unit| Text::new(unit).into());
    let how = match field.value {
        Type::Text { max } => text!("guide.text", max),
        Type::Phone => text!("guide.phone"),
        Type::Resolution => text!("guide.resolution"),
        Type::Url => text!("guide.url"),
        Type::Integer { min, max } => text!("guide.integer", min, max, unit),
        Type::Number { min, max } => text!("guide.number", min, max, unit),
        Type::Boolean => text!("guide.flag"),
        Type::Date | Type::Timestamp => text!("guide.day"),
        Type::OneOf(choices) => text!("guide.one_of", labels = lines(choices)),
        Type::SomeOf(choices) => text!("guide.some_of", labels = lines(choices)),
        Type::CommuneCode => text!("guide.commune"),
        Type::Reference { .. } => text!("guide.reference"),
    };
    how.vi().trim_end().to_owned()
}

/// The word for yes or no in a cell.
pub fn yes_or_no(value: bool) -> Text {
    if value { text!("yes") } else { text!("no") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{ALL, CAMERA};

    fn headings(layer: &'static Layer) -> Vec<String> {
        let fields: Vec<_> = layer.fields().filter(|field| field.writable).collect();
        columns(layer, &fields).iter().map(Column::heading).collect()
    }

    #[test]
    fn place_comes_early_and_required_columns_are_marked() {
        assert_eq!(headings(&CAMERA)[..6], ["Mã", "Tên", "Kinh độ", "Vĩ độ", "Cấp quản lý *", "Mã của đơn vị gửi"]);
        for layer in ALL.iter().filter(|layer| layer.is_writable()) {
            let mut unique = headings(layer);
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), headings(layer).len(), "{}", layer.collection);
        }
    }

    #[test]
    fn ended_choices_are_neither_listed_nor_explained() {
        let field = CAMERA.field("managing_level").unwrap();
        let (before, after) = ("2025-02-28".parse().unwrap(), "2025-03-01".parse().unwrap());
        assert!(how(field, before).contains("\nCông an huyện"));
        assert!(!how(field, after).contains("Công an huyện"));
        assert!(open(field.value.choices(), after).all(|choice| choice.value != "district_police"));
    }
}
