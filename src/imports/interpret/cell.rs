//! Reads a cell as the value of a field, in the shape that `layers::normalise` takes.

use serde_json::{Value, json};

use crate::files::sheet::Cell;
use crate::files::table::is_code;
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::{choice, date, number};
use crate::layers::{Field, Type};
use crate::texts::{Text, text};

/// A value and the notes about it. `None` if the cell leaves the field as it is.
pub type Said = (Option<Value>, Vec<Note>);

/// Reads a cell.
///
/// # Errors
/// Why it is not a value of the field.
pub fn read(field: &Field, cell: &Cell) -> Result<Said, Note> {
    match cell {
        Cell::Failed(error) => return Err(failed(error)),
        Cell::Uncomputed => return Err(uncomputed()),
        Cell::Text(text) if is_clear(text) && field.not_null => return Err(not_null(field)),
        Cell::Text(text) if is_clear(text) => return plain(Value::Null),
        // "Chưa rõ" can be a placeholder, but is also the label of a value.
        Cell::Text(text) if is_placeholder(text) && !choice::is_label(field, text) => return Ok((None, Vec::new())),
        _ => {}
    }
    match field.value {
        Type::Text { .. } | Type::Url => plain(json!(cell.shown())),
        Type::Integer { .. } | Type::Number { .. } => number_of(field, cell),
        Type::Boolean => match truth(cell) {
            Some(value) => plain(json!(value)),
            None => Err(wrong(field, text!("expected.tick"), cell)),
        },
        Type::Date | Type::Timestamp => date_of(field, cell),
        Type::OneOf(_) => {
            let (value, note) = choice::resolve(field, &cell.shown())?;
            Ok((Some(json!(value)), note.into_iter().collect()))
        }
        Type::SomeOf(_) => set_of(field, &cell.shown()),
        Type::CommuneCode => commune_code(cell),
        Type::Reference { .. } => match number_in(cell, true) {
            Some(id) => plain(json!(id as i64)),
            None => Err(wrong(field, text!("expected.id"), cell)),
        },
    }
}

fn plain(value: Value) -> Result<Said, Note> {
    Ok((Some(value), Vec::new()))
}

/// Whether a text clears the field: "(xóa)". Empty cells and placeholders leave the field as it is.
pub fn is_clear(text: &str) -> bool {
    let bare = text.strip_prefix(['(', '[']).and_then(|text| text.strip_suffix([')', ']']));
    bare.is_some_and(|word| matches!(fold(word).as_str(), "xoa" | "clear"))
}

/// Whether a text is a placeholder, which people write instead of leaving a cell empty.
pub fn is_placeholder(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '-' | '–' | '—' | '/' | '.' | '…' | '_' | '?' | ' '))
        || matches!(fold(text).as_str(), "n a" | "null" | "chua co" | "khong ro" | "chua ro" | "chua xac dinh")
}

/// Ticks and words for yes and no.
pub fn truth(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Bool(value) => Some(*value),
        Cell::Number(number) if *number == 1.0 => Some(true),
        Cell::Number(number) if *number == 0.0 => Some(false),
        Cell::Text(text) if matches!(text.as_str(), "✓" | "✔" | "√" | "☑" | "+") => Some(true),
        Cell::Text(text) => match fold(text).as_str() {
            "x" | "co" | "yes" | "true" | "dung" | "1" | "v" | "da co" | "y" => Some(true),
            "khong" | "no" | "false" | "sai" | "0" | "khong co" | "n" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn number_in(cell: &Cell, whole: bool) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => number::parse(text, whole),
        _ => None,
    }
}

fn number_of(field: &Field, cell: &Cell) -> Result<Said, Note> {
    let whole = matches!(field.value, Type::Integer { .. });
    match number_in(cell, whole) {
        Some(number) if number.fract() == 0.0 && number.abs() < 9e15 => plain(json!(number as i64)),
        Some(number) => plain(json!(number)),
        None => Err(wrong(field, text!("expected.number"), cell)),
    }
}

fn date_of(field: &Field, cell: &Cell) -> Result<Said, Note> {
    let reading = match cell {
        Cell::Date(date) => Ok(date::Reading { date: *date, exact: true }),
        Cell::Number(number) => date::of_number(*number).ok_or(None),
        other => date::parse(&other.shown()),
    };
    match reading {
        Ok(date::Reading { date, exact: true }) => plain(json!(date)),
        Ok(date::Reading { date, exact: false }) => {
            let note = Note::info(text!("date.partial", given = cell.shown(), date));
            Ok((Some(json!(date)), vec![note.suggest(date.format("%d/%m/%Y").to_string())]))
        }
        Err(meant) => {
            let note = wrong(field, text!("expected.day_written"), cell);
            Err(match meant {
                Some(date) => note.suggest(date.format("%d/%m/%Y").to_string()),
                None => note,
            })
        }
    }
}

fn set_of(field: &Field, text: &str) -> Result<Said, Note> {
    let mut values = Vec::new();
    let mut notes = Vec::new();
    let parts = text.split([',', ';', '/', '+', '&', '\n', '|']).flat_map(|part| {
        // Splits at spaces, unless the words are one value: "4G 5G" is two values, "Small cell" is one.
        let part = part.trim();
        if choice::resolve(field, part).is_ok() { vec![part] } else { part.split_whitespace().collect() }
    });
    for part in parts.filter(|part| !part.is_empty()) {
        let (value, note) = choice::resolve(field, part)?;
        values.push(value);
        notes.extend(note);
    }
    Ok((Some(json!(values)), notes))
}

/// A commune code, with the leading zeros that Excel dropped. Anything but digits is a name and is left as it is.
fn commune_code(cell: &Cell) -> Result<Said, Note> {
    let text = cell.shown();
    // Our own lists write "00004 Phường Trúc Bạch".
    if let Some((code, name)) = text.split_once(' ')
        && is_code(code, 5)
        && name.starts_with(|c: char| c.is_alphabetic())
    {
        return plain(json!(code));
    }
    if text.len() > 5 || text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain(json!(text));
    }
    let code = format!("{text:0>5}");
    let note = (code != text)
        .then(|| Note::warning(text!("unit.code_padding", given = &text, code = &code)).suggest(code.clone()));
    Ok((Some(json!(code)), note.into_iter().collect()))
}

fn wrong(field: &Field, expected: Text, cell: &Cell) -> Note {
    Note::error(text!("type/given", field = field.label, expected, given = cell.shown()))
}

fn not_null(field: &Field) -> Note {
    Note::error(text!("required/cleared", field = field.label))
}

/// The cell holds an error such as `#REF!`.
pub fn failed(error: &str) -> Note {
    Note::error(text!("cell.failed", error))
}

/// The cell holds a formula without its value.
pub fn uncomputed() -> Note {
    Note::error(text!("cell.uncomputed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{CAMERA, FACILITY, TOWER};

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    fn value(field: &Field, cell: Cell) -> Option<Value> {
        read(field, &cell).unwrap().0
    }

    #[test]
    fn numbers_stored_as_text_are_numbers() {
        let eyes = CAMERA.field("eye_count").unwrap();
        for cell in [text("2"), text("2 mắt"), Cell::Number(2.0)] {
            assert_eq!(value(eyes, cell), Some(json!(2)));
        }
        assert_eq!(read(eyes, &text("hai")).unwrap_err().code, "type");
        assert_eq!(value(TOWER.field("height_m").unwrap(), text("42,5")), Some(json!(42.5)));
        assert_eq!(value(eyes, text("-")), None);
    }

    #[test]
    fn a_word_in_brackets_clears_and_dashes_keep_the_value() {
        let height = TOWER.field("height_m").unwrap();
        for word in ["(xóa)", "(Xoá)", "(XÓA)", "[xoa]", "(clear)"] {
            assert_eq!(value(height, text(word)), Some(Value::Null), "{word}");
        }
        for open in ["-", "n/a", "chưa có"] {
            assert_eq!(value(height, text(open)), None, "{open}");
        }
        assert_eq!(value(CAMERA.field("note").unwrap(), text("xóa")), Some(json!("xóa")));
        assert_eq!(read(TOWER.field("operator").unwrap(), &text("(xóa)")).unwrap_err().code, "required");
    }

    #[test]
    fn label_of_a_value_is_not_a_placeholder() {
        let state = CAMERA.field("operational_state").unwrap();
        assert_eq!(value(state, text("Chưa rõ")), Some(json!("unknown")));
    }

    #[test]
    fn codes_stay_texts_and_get_their_zeros_back() {
        assert_eq!(value(CAMERA.field("code").unwrap(), Cell::Number(12.0)), Some(json!("12")));
        let (code, notes) = read(CAMERA.field("declared_commune_code").unwrap(), &Cell::Number(4.0)).unwrap();
        assert_eq!((code, notes[0].code), (Some(json!("00004")), "unit.code_padding"));
    }

    #[test]
    fn ticks_and_words_are_true_or_false() {
        let line = FACILITY.field("data_line").unwrap();
        assert_eq!(value(line, text("x")), Some(json!(true)));
        assert_eq!(value(line, text("Không")), Some(json!(false)));
        assert_eq!(read(line, &text("có lẽ")).unwrap_err().code, "type");
    }

    #[test]
    fn sets_are_split_at_any_sign() {
        let technologies = TOWER.field("technologies").unwrap();
        for written in ["3G, 4G", "3G/4G", "3G+4G", "3G 4G"] {
            assert_eq!(value(technologies, text(written)), Some(json!(["3G", "4G"])), "{written}");
        }
        assert_eq!(value(technologies, text("LTE")), Some(json!(["4G"])));
    }

    #[test]
    fn errors_and_uncomputed_formulas_are_not_values() {
        let name = CAMERA.field("name").unwrap();
        assert_eq!(read(name, &Cell::Failed("#REF!".into())).unwrap_err().code, "cell.failed");
        assert_eq!(read(name, &Cell::Uncomputed).unwrap_err().code, "cell.uncomputed");
    }
}
