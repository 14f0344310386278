//! The workbook to fill in: a sheet with the columns of a layer, a guide, lists.

use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};

use crate::imports::interpret::paint::{Lists, header};
use crate::layers::{Field, Layer, Type};

/// Writes the template of a layer with the given fields; `communes` are those that the caller may write in, as
/// "00004 Phường Trúc Bạch".
///
/// # Errors
/// What the writer refuses.
pub fn write(layer: &'static Layer, fields: &[&'static Field], communes: &[String]) -> Result<Vec<u8>, XlsxError> {
    let mut out = Workbook::new();
    let mut lists = Lists::new();
    let sheet = out.add_worksheet().set_name(layer.collection)?;
    let is_point = layer.geometry == ["Point"];
    let places: &[&str] = if is_point { &["Kinh độ", "Vĩ độ"] } else { &["geometry"] };
    let required = header().set_background_color(Color::RGB(0x00F8_CBAD));
    let mut column: u16 = 0;
    for field in fields {
        let format = if field.required { required.clone() } else { header() };
        sheet.write_string_with_format(0, column, field.label.vi, &format)?;
        sheet.set_column_width(column, 18)?;
        // Codes are texts: Excel would drop their zeros.
        if matches!(field.value, Type::Text { .. } | Type::CommuneCode) {
            sheet.set_column_format(column, &Format::new().set_num_format("@"))?;
        }
        let values: Vec<String> = match field.value {
            Type::OneOf(choices) => choices
                .iter()
                .filter(|choice| choice.until.is_none())
                .map(|choice| choice.label.vi.to_owned())
                .collect(),
            Type::Boolean => vec!["Có".into(), "Không".into()],
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
        sheet.write_string_with_format(0, column, *place, &header())?;
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
    let titles = ["Cột", "Column", "Bắt buộc", "Cách ghi", "Ví dụ"];
    sheet.write_string(0, 0, format!("{} – {}", layer.title.vi, layer.description.vi))?;
    sheet.write_string(0, 3, "Ô trống hoặc dấu gạch: giữ nguyên. Muốn xóa nội dung đang có: ghi (xóa).")?;
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
        for (label, english, how, example) in [
            ("Kinh độ", "Longitude", "Độ thập phân, độ phút giây, hoặc VN-2000 tính bằng mét", "105,733"),
            ("Vĩ độ", "Latitude", "Độ thập phân, độ phút giây, hoặc VN-2000 tính bằng mét", "19°49'01.2\"N"),
        ] {
            for (column, text) in (0..).zip([label, english, "", how, example]) {
                sheet.write_string(row, column, text)?;
            }
            row += 1;
        }
    }
    Ok(())
}

/// How a field is written, and an example.
fn how(field: &Field) -> (String, String) {
    let unit = field.unit.map_or(String::new(), |unit| format!(", đơn vị {unit}"));
    match field.value {
        Type::Text { max } => (format!("Văn bản, tối đa {max} ký tự"), String::new()),
        Type::Url => ("Địa chỉ http(s)".into(), "https://hatang.example/di-tich".into()),
        Type::Integer { min, max } => (format!("Số nguyên từ {min} đến {max}{unit}"), min.to_string()),
        Type::Number { min, max } => (format!("Số từ {min} đến {max}{unit}"), min.to_string().replace('.', ",")),
        Type::Boolean => ("Có hoặc Không; x hoặc để trống".into(), "Có".into()),
        Type::Date | Type::Timestamp => ("Ngày/tháng/năm".into(), "20/09/2023".into()),
        Type::OneOf(choices) => {
            let labels: Vec<_> = choices.iter().map(|choice| choice.label.vi).collect();
            (format!("Một trong: {}", labels.join(", ")), labels.first().copied().unwrap_or_default().to_owned())
        }
        Type::SomeOf(choices) => {
            let labels: Vec<_> = choices.iter().map(|choice| choice.label.vi).collect();
            (format!("Một hoặc nhiều trong: {}", labels.join(", ")), labels.join(", "))
        }
        Type::CommuneCode => ("Mã 5 chữ số, hoặc tên xã, phường".into(), "00004".into()),
        Type::Reference { .. } => ("Mã, tên hoặc id của bản ghi".into(), String::new()),
    }
}
