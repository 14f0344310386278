//! Finds the values of an enumeration that sheets mean.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;

use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::{fold, squeezed};
use crate::layers::{ALL, Choice, Field};
use crate::texts::text;
use crate::units::names::comparable;

/// The values of an enumeration by their spellings.
struct Spellings {
    /// By the letters of labels.
    labels: HashMap<String, &'static Choice>,
    /// By the squeezed labels and aliases.
    words: HashMap<String, &'static Choice>,
}

/// By the address of the list of values.
static SPELLINGS: LazyLock<HashMap<usize, Spellings>> = LazyLock::new(|| {
    let lists = ALL.iter().flat_map(|layer| layer.fields()).map(|field| field.value.choices());
    lists.filter(|list| !list.is_empty()).map(|list| (list.as_ptr().addr(), spellings(list))).collect()
});

fn spellings(choices: &'static [Choice]) -> Spellings {
    let mut spellings = Spellings { labels: HashMap::new(), words: HashMap::new() };
    for (choice, label) in choices.iter().flat_map(|choice| labels(choice).map(move |label| (choice, label))) {
        spellings.labels.entry(letters(label)).or_insert(choice);
        spellings.words.entry(squeezed(label)).or_insert(choice);
    }
    for (choice, alias) in choices.iter().flat_map(|choice| choice.aliases.iter().map(move |alias| (choice, alias))) {
        spellings.words.entry(squeezed(alias)).or_insert(choice);
    }
    spellings
}

/// How a text names a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By its label, in any case, spacing and punctuation.
    Label,
    /// In other words, or without accents.
    Alias,
}

/// Whether a text stands for a value of the field.
pub fn is_value(field: &Field, text: &str) -> bool {
    find(field.value.choices(), text).is_some()
}

/// The value that a text stands for. There is a note if words or accents differ from its label.
///
/// # Errors
/// The text matches no value; suggests the nearest.
pub fn resolve(field: &Field, text: &str) -> Result<(&'static str, Option<Note>), Note> {
    let choices = field.value.choices();
    if let Some((choice, way)) = find(choices, text) {
        let note = || Note::info(text!("enum.alias", given = text, label = choice.label)).suggest(choice.label.vi);
        return Ok((choice.value, (way == Way::Alias).then(note)));
    }
    let labels: Vec<_> = choices.iter().map(|choice| choice.label).collect();
    let note = Note::error(text!("enum.unknown", field = field.label, given = text, choices = labels));
    Err(match nearest(choices, &fold(text)) {
        Some(choice) => note.suggest(choice.label.vi),
        None => note,
    })
}

fn find(choices: &'static [Choice], text: &str) -> Option<(&'static Choice, Way)> {
    if let Some(choice) = choices.iter().find(|choice| labels(choice).any(|label| label == text)) {
        return Some((choice, Way::Label));
    }
    let known = SPELLINGS.get(&choices.as_ptr().addr())?;
    if let Some(choice) = known.labels.get(&letters(text)) {
        return Some((choice, Way::Label));
    }
    let choice = known.words.get(&squeezed(text)).or_else(|| with_a_name(known, text))?;
    Some((choice, Way::Alias))
}

/// The letters and digits of a text in lower case, with their accents.
fn letters(text: &str) -> String {
    comparable(text).chars().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect()
}

fn labels(choice: &Choice) -> impl Iterator<Item = &'static str> + use<> {
    [choice.value, choice.label.vi, choice.label.en].into_iter()
}

/// "Công an xã Đông Hòa", "VNPT Thanh Hóa": a value with the name of whom it is. The longest value counts.
fn with_a_name<'a>(known: &'a Spellings, text: &str) -> Option<&'a &'static Choice> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_name = |word: &&str| word.starts_with(char::is_uppercase);
    let starts = (1..words.len()).rev().filter(|length| words[*length..].iter().all(is_name));
    starts.map(|length| squeezed(&words[..length].join(" "))).find_map(|start| known.words.get(&start))
}

/// The choice with the nearest spelling, if it is near enough.
fn nearest<'a>(choices: &'a [Choice], folded: &str) -> Option<&'a Choice> {
    let distance = |choice: &Choice| {
        labels(choice).chain(choice.aliases.iter().copied()).map(|name| edits(&fold(name), folded)).min().unwrap_or(99)
    };
    let (distance, choice) = choices.iter().map(|choice| (distance(choice), choice)).min_by_key(|(edits, _)| *edits)?;
    let enough = match folded.chars().count() {
        0..=3 => 0,
        4..=8 => 1,
        length => 2.max(length / 5),
    };
    // "Ko hoạt động" is near "Hoạt động" and means the opposite.
    let is_no = |text: &str| text.split(' ').any(|word| matches!(word, "khong" | "ko" | "k" | "chua" | "no" | "not"));
    (distance <= enough && is_no(folded) == labels(choice).any(|label| is_no(&fold(label)))).then_some(choice)
}

/// Levenshtein distance: the letters to insert, remove or replace.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(60).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(60).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{TOWER, Type};

    #[test]
    fn spelling_of_a_label_does_not_matter() {
        let status = TOWER.field("lifecycle_status").unwrap();
        for text in ["underConstruction", "UNDER_CONSTRUCTION", "under-construction", "đang  xây dựng", "ĐANG XÂY DỰNG"]
        {
            assert_eq!(resolve(status, text), Ok(("under_construction", None)), "{text}");
        }
        let (value, note) = resolve(status, "dang xay dung").unwrap();
        assert_eq!((value, note.unwrap().code), ("under_construction", "enum.alias"));
        assert!(resolve(status, "!").is_err());
    }

    #[test]
    fn aliases_are_noted_and_labels_are_not() {
        let operator = TOWER.field("operator").unwrap();
        assert_eq!(resolve(operator, "Viettel"), Ok(("viettel", None)));
        let (value, note) = resolve(operator, "VinaPhone").unwrap();
        assert_eq!((value, note.unwrap().code), ("vnpt", "enum.alias"));
        assert_eq!(resolve(operator, "VIETTEL  TELECOM").unwrap().0, "viettel");
        assert_eq!(resolve(operator, "Vietel").unwrap_err().suggestion.as_deref(), Some("Viettel"));
        assert_eq!(resolve(operator, "Bưu chính").unwrap_err().suggestion, None);
    }

    /// If two values of a field shared an alias, it would silently be read as the first of them.
    #[test]
    fn no_spelling_stands_for_two_values() {
        for layer in ALL {
            for field in layer.fields().filter(|field| matches!(field.value, Type::OneOf(_) | Type::SomeOf(_))) {
                let mut seen = HashMap::new();
                for choice in field.value.choices() {
                    for name in labels(choice).chain(choice.aliases.iter().copied()) {
                        let other = *seen.entry(squeezed(name)).or_insert(choice.value);
                        assert_eq!(other, choice.value, "{}.{}: {name}", layer.collection, field.name);
                    }
                }
            }
        }
    }
}
