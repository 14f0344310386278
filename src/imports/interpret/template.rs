//! The workbook to fill in: a sheet with the columns of a layer, a guide and lists.

use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};

use crate::imports::interpret::paint::{Lists, header};
use crate::layers::{Field, Layer, Type};
use crate::texts::{Text, Value, text};

/// Writes the template of a layer with the given fields. `communes` are those where the caller may write, as "00004
/// Phường Trúc Bạch".
///
/// # Errors
/// Those of the writer.
pub fn write(layer: &'static Layer, fields: &[&'static Field], communes: &[String]) -> Result<Vec<u8>, XlsxError> {
    let mut out = Workbook::new();
    let mut lists = Lists::new();
    let sheet = out.add_worksheet().set_name(layer.collection)?;
    let is_point = layer.geometry == ["Point"];
    let places = match is_point {
        true => vec![text!("place.longitude").vi(), text!("place.latitude").vi()],
        false => vec!["geometry".to_owned()],
    };
    let required = header().set_background_color(Color::RGB(0x00F8_CBAD));
    let mut column: u16 = 0;
    for field in fields {
        let format = if field.required { required.clone() } else { header() };
        sheet.write_string_with_format(0, column, field.heading(true), &format)?;
        sheet.set_column_width(column, 18)?;
        // Codes are text: Excel would drop their leading zeros.
        if matches!(field.value, Type::Text { .. } | Type::CommuneCode) {
            sheet.set_column_format(column, &Format::new().set_num_format("@"))?;
        }
        let values: Vec<String> = match field.value {
            Type::OneOf(choices) => choices
                .iter()
                .filter(|choice| choice.until.is_none())
                .map(|choice| choice.label.vi.to_owned())
                .collect(),
            Type::Boolean => [true, false].map(|value| yes_or_no(value).vi()).into(),
            Type::CommuneCode => communes.to_vec(),
            _ => Vec::new(),
        };
        if !values.is_empty() {
            let rule = lists.drop_down(field.label.vi, values);
            sheet.add_data_validation(1, column, 5000, column, &rule)?;
        }
        column += 1;
    }
    for place in places {
        sheet.write_string_with_format(0, column, place, &header())?;
        sheet.set_column_width(column, 14)?;
        column += 1;
    }
    sheet.set_freeze_panes(1, 0)?;
    guide(&mut out, layer, fields, is_point)?;
    lists.write(&mut out)?;
    out.save_to_buffer()
}

fn guide(out: &mut Workbook, layer: &Layer, fields: &[&'static Field], is_point: bool) -> Result<(), XlsxError> {
    let sheet = out.add_worksheet().set_name("Hướng dẫn")?;
    let titles = [
        text!("guide.column").vi(),
        text!("guide.column").en(),
        text!("guide.required").vi(),
        text!("guide.how").vi(),
        text!("guide.example").vi(),
    ];
    sheet.write_string(0, 0, format!("{} – {}", layer.title.vi, layer.description.vi))?;
    sheet.write_string(0, 3, text!("guide.empty").vi())?;
    for (column, title) in (0..).zip(titles) {
        sheet.write_string_with_format(1, column, title, &header())?;
        sheet.set_column_width(column, if column == 3 { 60 } else { 24 })?;
    }
    let mut row = 2;
    for field in fields {
        let (how, example) = how(field);
        let required = if field.required { "x" } else { "" };
        for (column, text) in (0..).zip([field.label.vi, field.label.en, required, &how, &example]) {
            sheet.write_string(row, column, text)?;
        }
        row += 1;
    }
    if is_point {
        for (label, example) in [(text!("place.longitude"), "105,733"), (text!("place.latitude"), "19°49'01.2\"N")] {
            let how = text!("guide.coordinate").vi();
            for (column, text) in (0..).zip([label.vi(), label.en(), String::new(), how, example.into()]) {
                sheet.write_string(row, column, text)?;
            }
            row += 1;
        }
    }
    Ok(())
}

/// How to write a field, and an example.
fn how(field: &Field) -> (String, String) {
    let labels: Vec<_> = field.value.choices().iter().map(|choice| choice.label).collect();
    let first = labels.first().map_or_else(String::new, |label| label.vi.to_owned());
    // The unit of measure is also the id of its name in the texts.
    let unit = field.unit.map_or_else(|| Value::from(""), |unit| Text::new(unit).into());
    let (how, example) = match field.value {
        Type::Text { max } => (text!("guide.text", max), String::new()),
        Type::Url => (text!("guide.url"), "https://hatang.example/di-tich".into()),
        Type::Integer { min, max } => (text!("guide.integer", min, max, unit), min.to_string()),
        Type::Number { min, max } => (text!("guide.number", min, max, unit), min.to_string().replace('.', ",")),
        Type::Boolean => (text!("guide.flag"), yes_or_no(true).vi()),
        Type::Date | Type::Timestamp => (text!("guide.day"), "20/9/2023".into()),
        Type::OneOf(_) => (text!("guide.one_of", labels), first),
        Type::SomeOf(_) => (text!("guide.some_of", labels = labels.clone()), text!("labels", labels).vi()),
        Type::CommuneCode => (text!("guide.commune"), "00004".into()),
        Type::Reference { .. } => (text!("guide.reference"), String::new()),
    };
    (how.vi().trim_end().to_owned(), example)
}

/// The word for yes or no in a cell.
pub fn yes_or_no(value: bool) -> Text {
    if value { text!("yes") } else { text!("no") }
}
