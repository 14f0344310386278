//! Every sentence exists in both languages, is used, and gets values for its gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

use crate::house::sources;

#[test]
fn labels_of_fields_hold_words_only() {
    for field in hatang::layers::ALL.iter().flat_map(|layer| layer.fields()) {
        for label in [field.label.vi, field.label.en] {
            assert!(!label.is_empty() && !label.contains(['.', '_', '{']), "{}: {label}", field.name);
        }
    }
}

#[test]
fn both_languages_have_the_same_sentences_with_the_same_gaps() {
    let (vi, en) = (sentences("vi"), sentences("en"));
    assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    for (id, sentence) in &vi {
        assert_eq!(gaps(sentence), gaps(&en[id]), "{id}");
    }
}

#[test]
fn every_sentence_is_used_and_every_use_fills_the_gaps() {
    let vi = sentences("vi");
    let mut used = BTreeSet::new();
    for file in sources() {
        let source = fs::read_to_string(&file).unwrap();
        for (id, filled) in uses(&source) {
            let sentence = vi.get(&id).unwrap_or_else(|| panic!("{}: there is no {id}", file.display()));
            let later = |gap: &String| !filled.contains(gap) && source.contains(&format!(".with(\"{gap}\""));
            let needed: BTreeSet<_> = gaps(sentence).into_iter().filter(|gap| !later(gap)).collect();
            assert_eq!(filled, needed, "{}: {id}", file.display());
            used.insert(id);
        }
    }
    // GeoJSON types, units of measure and members of bodies are also ids.
    let all: String = sources().iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let is_code =
        |code: &str| used.iter().any(|id| id.split('/').next() == Some(code)) || all.contains(&format!("\"{code}\""));
    let is_named = |id: &str| match id.strip_prefix("title/") {
        Some(code) => is_code(code),
        None => id.starts_with(char::is_uppercase) || all.contains(&format!("(\"{id}\"")),
    };
    let unused: Vec<_> = vi.keys().filter(|id| !used.contains(*id) && !is_named(id)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn sentences_are_whole_and_vietnamese_ones_are_vietnamese() {
    let phrases = phrases();
    for language in ["vi", "en"] {
        for (id, sentence) in sentences(language) {
            let begins = |first: char| first.is_uppercase() || first.is_ascii_digit() || "“{.".contains(first);
            let is_whole = sentence.ends_with(['.', '?']) && sentence.starts_with(begins);
            assert!(is_whole || phrases.contains(&id), "{id}: {sentence}");
            let words = sentence.split(|c: char| !c.is_alphanumeric() && !"_{}".contains(c));
            // What a commit asks for by name; a function of QGIS.
            let asked = ["accept_warnings", "confirm_missing", "confirm_new", "to_date"];
            let words = words.filter(|word| !asked.contains(word));
            let mut fields = words.filter(|word| word.contains('_') && word.starts_with(char::is_lowercase));
            assert!(language == "en" || fields.next().is_none(), "{id} names a field in English: {sentence}");
        }
    }
}

#[test]
fn no_source_holds_a_vietnamese_sentence_of_its_own() {
    let literal = Regex::new(r#""(?:[^"\\]|\\.)*""#).unwrap();
    let sentence = Regex::new(r#"(?i)[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ].*\."$"#).unwrap();
    let describes = |file: &Path| {
        ["layers", "definitions", "scenarios.rs", "tests.rs"].iter().any(|part| file.iter().any(|it| it == *part))
    };
    for file in sources().iter().filter(|file| !describes(file)) {
        let source = fs::read_to_string(file).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap().lines().filter(|line| !line.trim().starts_with("//"));
        for line in code {
            let found = literal.find_iter(line).find(|found| sentence.is_match(found.as_str()));
            assert!(found.is_none(), "{}: {line}", file.display());
        }
    }
}

fn file(language: &str) -> String {
    fs::read_to_string(format!("{}/src/texts/{language}.txt", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn sentences(language: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in file(language).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (id, sentence) = line.split_once(" = ").unwrap_or_else(|| panic!("no sentence: {line}"));
        assert!(found.insert(id.to_owned(), sentence.to_owned()).is_none(), "{id} is there twice");
    }
    found
}

/// The ids below a heading that says so: parts of sentences, or texts that stand alone in a cell.
fn phrases() -> BTreeSet<String> {
    let file = file("en");
    let sections = file.split("\n\n").filter(|section| section.starts_with("# Phrases"));
    sections.flat_map(str::lines).filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
}

fn gaps(sentence: &str) -> BTreeSet<String> {
    sentence.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}

/// Each `text!("id", name = value, …)` in a source: its id, and the names that it fills.
fn uses(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for (at, name) in source.match_indices("text!(") {
        let rest = source[at + name.len()..].trim_start();
        let Some((id, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) else { continue };
        let mut filled = BTreeSet::new();
        let (mut depth, mut start, mut quoted) = (0, 0, false);
        for (at, c) in rest.char_indices() {
            match c {
                '"' if !rest[..at].ends_with('\\') => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ',' | ')' if depth == 0 => {
                    let name = rest[start..at].split('=').next().unwrap().trim();
                    filled.extend((!name.is_empty()).then(|| name.to_owned()));
                    start = at + 1;
                    if c == ')' {
                        break;
                    }
                }
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
        }
        found.push((id.to_owned(), filled));
    }
    found
}
