//! Reads a cell as the value of a field, in the shape that `layers::normalise` takes.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;
use serde_json::{Value, json};

use crate::files::sheet::Cell;
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::habits::Habits;
use crate::imports::interpret::number::{self, Decimal};
use crate::imports::interpret::{amount, choice, date, outlier};
use crate::layers::resolution::Meant;
use crate::layers::{Field, Type, phone, resolution};
use crate::texts::{Text, text};

/// A value and the notes about it. `None` if the cell leaves the field as it is.
pub type Said = (Option<Value>, Vec<Note>);

/// Reads a cell of a column with these habits.
///
/// # Errors
/// Why it is not a value of the field.
pub fn read(field: &Field, cell: &Cell, habits: &Habits) -> Result<Said, Note> {
    match cell {
        Cell::Failed(error) => return Err(failed(error)),
        Cell::Uncomputed => return Err(uncomputed()),
        Cell::Text(text) if is_ditto(text) => return Err(Note::error(text!("cell.ditto", given = text.as_str()))),
        Cell::Text(text) if is_clear(text) && field.not_null => return Err(not_null(field)),
        Cell::Text(text) if is_clear(text) => return plain(Value::Null),
        // "Chưa rõ" can be a placeholder, but is also the label of a value; and "không" is an answer to yes or no.
        Cell::Text(text) if is_placeholder(text) && !is_answer(field, cell) => return Ok((None, Vec::new())),
        _ => {}
    }
    match field.value {
        Type::Text { .. } | Type::Url => text_of(cell),
        Type::Phone => phone_of(field, cell),
        Type::Resolution => resolution_of(field, cell),
        Type::Integer { .. } | Type::Number { .. } => number_of(field, cell, habits),
        Type::Boolean => match truth(cell) {
            Some(value) => plain(json!(value)),
            None => Err(wrong(field, text!("expected.tick"), cell)),
        },
        Type::Date | Type::Timestamp => date_of(field, cell, habits.days),
        Type::OneOf(_) => {
            let (value, note) = choice::resolve(field, &cell.shown())?;
            Ok((Some(json!(value)), note.into_iter().collect()))
        }
        Type::SomeOf(_) => set_of(field, &cell.shown()),
        Type::CommuneCode => plain(json!(cell.shown())),
        Type::Reference { .. } => match id_in(cell) {
            Some(id) => plain(json!(id)),
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

/// Whether a text is a placeholder, which people and programs write instead of leaving a cell empty.
pub fn is_placeholder(text: &str) -> bool {
    const VIETNAMESE: &[&str] = &[
        "khong",
        "khong co",
        "ko co",
        "khong ro",
        "khong xac dinh",
        "khong co thong tin",
        "khong co so lieu",
        "chua co",
        "chua co thong tin",
        "chua co so lieu",
        "chua ro",
        "chua xac dinh",
        "chua cap nhat",
        "dang cap nhat",
    ];
    const OF_PROGRAMS: &[&str] = &["n a", "null", "none", "nan", "nil", "undefined", "blank", "empty"];
    let folded = fold(text);
    let is_sign = |c: char| matches!(c, '-' | '−' | '–' | '—' | '/' | '.' | '…' | '_' | '?' | ' ' | '(' | ')');
    text.chars().all(is_sign)
        || VIETNAMESE.contains(&folded.as_str())
        || text.is_ascii() && OF_PROGRAMS.contains(&folded.as_str())
        // Without its accent, "Trong" may be a name.
        || matches!(text.trim_matches(['(', ')']).to_lowercase().as_str(), "trống" | "để trống" | "bỏ trống")
        || matches!(text, r"\N" | "<NA>" | "NaT" | "#NA")
}

/// "nt" (như trên) and other signs for what stands above.
fn is_ditto(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "nt" | "-nt-" | "như trên" | "nhu tren" | "\"" | "-\"-" | "〃" | "″" | "''" | "ditto"
    )
}

/// Whether a placeholder is a value of the field all the same.
fn is_answer(field: &Field, cell: &Cell) -> bool {
    match field.value {
        Type::Boolean => truth(cell).is_some(),
        Type::OneOf(_) | Type::SomeOf(_) => choice::is_value(field, &cell.shown()),
        _ => false,
    }
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

fn phone_of(field: &Field, cell: &Cell) -> Result<Said, Note> {
    let given = cell.shown();
    let number = phone::normalise(&given).ok_or_else(|| wrong(field, text!("expected.phone"), cell))?;
    let is_same = phone::is_same_number(&given, &number);
    let note = (!is_same).then(|| Note::info(text!("phone.completed", given, number = &number)));
    Ok((Some(json!(number)), note.into_iter().collect()))
}

fn resolution_of(field: &Field, cell: &Cell) -> Result<Said, Note> {
    let given = cell.shown();
    match resolution::read(&given) {
        Some(Meant::Pixels(size)) => plain(json!(size)),
        Some(Meant::Named(size)) => {
            let note = Note::info(text!("resolution.named", given, size)).suggest(size);
            Ok((Some(json!(size)), vec![note]))
        }
        Some(Meant::Several(sizes)) => {
            let note = Note::error(text!("resolution.several", given, field = field.label));
            Err(note.suggest(sizes.join("; ")))
        }
        None => Err(wrong(field, text!("expected.resolution"), cell)),
    }
}

fn id_in(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(*number as i64),
        Cell::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A text. Excel keeps 15 digits of a number, and takes 1-2 for a date.
fn text_of(cell: &Cell) -> Result<Said, Note> {
    static SCIENTIFIC: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^\d([.,]\d+)?E\+\d+$").expect("the pattern is valid"));
    let shown = cell.shown();
    match cell {
        Cell::Number(number) if number.abs() >= 1e15 => {
            return Err(Note::error(text!("text.digits_lost", given = shown)));
        }
        Cell::Text(text) if SCIENTIFIC.is_match(text) => {
            return Err(Note::error(text!("text.digits_lost", given = shown)));
        }
        _ => {}
    }
    let note = match cell {
        Cell::Date(date) => Some(Note::warning(text!("text.not_text/day", date = *date, given = &shown))),
        Cell::Bool(_) => Some(Note::warning(text!("text.not_text", given = &shown))),
        _ => None,
    };
    Ok((Some(json!(shown)), note.into_iter().collect()))
}

fn number_of(field: &Field, cell: &Cell, habits: &Habits) -> Result<Said, Note> {
    let (number, note) = match cell {
        Cell::Number(number) => (amount::in_field_unit(field, *number, habits), None),
        Cell::Text(text) => amount::read(field, text, habits)?,
        _ => return Err(wrong(field, text!("expected.number"), cell)),
    };
    let mut notes: Vec<Note> = note.into_iter().collect();
    if let Some(outlier) =
        habits.outlier.filter(|outlier| amount::in_field_unit(field, outlier.number, habits) == number)
    {
        let outlier::Outlier { meant, lowest, highest, .. } = outlier;
        let text = text!("number.outlier", given = cell.shown(), lowest, highest, meant);
        notes.push(Note::warning(text).suggest(number::unambiguous(meant, habits.decimal.unwrap_or(Decimal::Comma))));
    }
    let turned = full_turn(field, number);
    if turned != number {
        notes.push(Note::info(text!("number.converted", given = cell.shown(), value = amount::amount(field, turned))));
    }
    let number = turned;
    let whole = number.fract() == 0.0 && number.abs() < 9e15;
    Ok((Some(if whole { json!(number as i64) } else { json!(number) }), notes))
}

/// A direction from 0 to less than 360 degrees: -45 is 315, and 360 is 0.
fn full_turn(field: &Field, degrees: f64) -> f64 {
    if amount::is_direction(field) && ((-360.0..0.0).contains(&degrees) || degrees == 360.0) {
        degrees.rem_euclid(360.0)
    } else {
        degrees
    }
}

fn date_of(field: &Field, cell: &Cell, habit: date::Habit) -> Result<Said, Note> {
    let written = |date: NaiveDate| date.format("%d/%m/%Y").to_string();
    let given = || cell.shown();
    let reading = match cell {
        Cell::Date(date) => Ok(date::Reading { date: *date, way: swapped(*date, habit) }),
        Cell::Number(number) => date::of_number(*number, habit).ok_or_else(Vec::new),
        other => date::parse(&other.shown(), habit),
    };
    let date::Reading { date, way } = reading.map_err(|meant| {
        let dates: Vec<_> = meant.into_iter().map(written).collect();
        match dates.is_empty() {
            true => wrong(field, text!("expected.day_written"), cell),
            false => {
                let text = text!("type/day", field = field.label, given = given());
                Note::error(text).suggest(dates.join("; "))
            }
        }
    })?;
    let note = match way {
        date::Way::Exact => None,
        date::Way::Partial => Some(Note::info(text!("date.partial", given = given(), date)).suggest(written(date))),
        date::Way::Understood => {
            Some(Note::info(text!("date.understood", given = given(), date)).suggest(written(date)))
        }
        date::Way::Ambiguous(other) => {
            let text = text!("date.ambiguous", given = given(), date, other);
            Some(Note::warning(text).suggest(format!("{}; {}", written(date), written(other))))
        }
    };
    Ok((Some(json!(date)), note.into_iter().collect()))
}

/// A date that Excel read with the month first may be another one.
fn swapped(date: NaiveDate, habit: date::Habit) -> date::Way {
    let other = NaiveDate::from_ymd_opt(date.year(), date.day(), date.month());
    match other.filter(|other| habit.is_swapped && *other != date) {
        Some(other) => date::Way::Ambiguous(other),
        None => date::Way::Exact,
    }
}

fn set_of(field: &Field, text: &str) -> Result<Said, Note> {
    let mut values = Vec::new();
    let mut notes = Vec::new();
    let text = text.replace(" và ", ",").replace(" and ", ",");
    let parts = text.split([',', ';', '/', '+', '&', '\n', '|']).flat_map(|part| {
        // Splits at spaces, unless the words are one value: "4G 5G" is two values, "Small cell" is one.
        let part = part.trim();
        if choice::is_value(field, part) { vec![part] } else { part.split([' ', '-', '–']).collect() }
    });
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    for part in &parts {
        // What one part may mean is no suggestion for all of them.
        let alone = |note: Note| Note { suggestion: note.suggestion.filter(|_| parts.len() == 1), ..note };
        let (value, note) = choice::resolve(field, part).map_err(alone)?;
        values.push(value);
        notes.extend(note);
    }
    Ok((Some(json!(values)), notes))
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
        read(field, &cell, &Habits::default()).unwrap().0
    }

    #[test]
    fn numbers_stored_as_text_are_numbers() {
        let eyes = CAMERA.field("eye_count").unwrap();
        for cell in [text("2"), text("2 mắt"), Cell::Number(2.0)] {
            assert_eq!(value(eyes, cell), Some(json!(2)));
        }
        assert_eq!(read(eyes, &text("hai"), &Habits::default()).unwrap_err().code, "type");
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
        assert_eq!(
            read(TOWER.field("operator").unwrap(), &text("(xóa)"), &Habits::default()).unwrap_err().code,
            "required"
        );
    }

    #[test]
    fn label_of_a_value_is_not_a_placeholder() {
        let state = CAMERA.field("operational_state").unwrap();
        assert_eq!(value(state, text("Chưa rõ")), Some(json!("unknown")));
    }

    #[test]
    fn codes_stay_texts() {
        assert_eq!(value(CAMERA.field("code").unwrap(), Cell::Number(12.0)), Some(json!("12")));
    }

    #[test]
    fn ticks_and_words_are_true_or_false() {
        let line = FACILITY.field("data_line").unwrap();
        assert_eq!(value(line, text("x")), Some(json!(true)));
        assert_eq!(value(line, text("Không")), Some(json!(false)));
        assert_eq!(read(line, &text("có lẽ"), &Habits::default()).unwrap_err().code, "type");
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
        assert_eq!(read(name, &Cell::Failed("#REF!".into()), &Habits::default()).unwrap_err().code, "cell.failed");
        assert_eq!(read(name, &Cell::Uncomputed, &Habits::default()).unwrap_err().code, "cell.uncomputed");
    }

    #[test]
    fn words_for_nothing_leave_the_field_unless_they_are_its_value() {
        let height = TOWER.field("height_m").unwrap();
        for word in
            ["NaN", "None", "null", "\\N", "#N/A", "<Null>", "<NA>", "nil", "N/A", "--", "không có", "Trống", "chưa có"]
        {
            assert_eq!(value(height, text(word)), None, "{word}");
            assert_eq!(value(CAMERA.field("note").unwrap(), text(word)), None, "{word}");
        }
        for name in ["x", "0", "Trong", "Nam", "Không tên"] {
            assert_eq!(value(CAMERA.field("name").unwrap(), text(name)), Some(json!(name)));
        }
        assert_eq!(value(CAMERA.field("operational_state").unwrap(), text("Không rõ")), Some(json!("unknown")));
        assert_eq!(value(CAMERA.field("connected_center").unwrap(), text("Không")), Some(json!("none")));
        assert_eq!(value(FACILITY.field("data_line").unwrap(), text("không có")), Some(json!(false)));
    }

    #[test]
    fn what_excel_made_of_a_text_is_told() {
        let code = CAMERA.field("code").unwrap();
        let told = |cell: Cell| match read(code, &cell, &Habits::default()) {
            Ok((_, notes)) => notes.first().map(|note| (note.severity, note.code)),
            Err(note) => Some((note.severity, note.code)),
        };
        use crate::imports::interpret::Severity::{Error, Warning};
        assert_eq!(told(Cell::Number(8.984_048e18)), Some((Error, "text.digits_lost")));
        assert_eq!(told(text("8.98E+18")), Some((Error, "text.digits_lost")));
        assert_eq!(told(Cell::Bool(true)), Some((Warning, "text.not_text")));
        assert_eq!(told(Cell::Date("2023-02-01".parse().unwrap())), Some((Warning, "text.not_text")));
        assert_eq!([told(Cell::Number(12.0)), told(text("E+12"))], [None, None]);
    }

    #[test]
    fn dates_that_excel_may_have_swapped_name_both_days() {
        let habits = Habits { days: date::Habit { is_swapped: true, ..date::Habit::default() }, ..Habits::default() };
        let day = CAMERA.field("installed_on").unwrap();
        let (value, notes) = read(day, &Cell::Date("2023-01-02".parse().unwrap()), &habits).unwrap();
        assert_eq!((value, notes[0].code), (Some(json!("2023-01-02")), "date.ambiguous"));
        assert_eq!(notes[0].suggestion.as_deref(), Some("02/01/2023; 01/02/2023"));
        assert_eq!(read(day, &Cell::Date("2023-02-02".parse().unwrap()), &habits).unwrap().1, []);
    }
}
