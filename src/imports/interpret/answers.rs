//! Answers of a sender about texts: what every cell of a field with one text means.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::files::sheet::Cell;
use crate::imports::interpret::cell;
use crate::imports::interpret::defaults::{cell_of, key};
use crate::imports::interpret::habits::Habits;
use crate::layers::{Field, Layer, Problem, Type, value};
use crate::texts::{Text, text};

/// By field, then by text in the form that is compared. A field without answers forgets those of earlier files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers(BTreeMap<String, BTreeMap<String, Answer>>);

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As the sender wrote it.
    pub text: String,
    /// The cell to read in place of the text; `None`: it says nothing.
    pub cell: Option<Cell>,
    value: Value,
    /// It was given for an earlier file.
    pub remembered: bool,
}

impl Answers {
    /// Reads `{"camera_type": {"360": "ptz", "?": null}}`.
    ///
    /// # Errors
    /// Names that are no writable field, and answers that are no value of their field.
    pub fn read(layer: &'static Layer, given: &Map<String, Value>, today: NaiveDate) -> Result<Answers, Vec<Problem>> {
        let mut answers = Answers::default();
        let mut problems = Vec::new();
        let mut refuse = |name: &str, reason: Text| {
            let text = text!("parameter.invalid/answer", name, reason);
            problems.push(Problem::of_parameter("values", text));
        };
        for (name, given) in given {
            let Some(field) = layer.field(name).filter(|field| field.writable) else {
                refuse(name, text!("parameter.invalid/no_field"));
                continue;
            };
            let own = answers.0.entry(name.clone()).or_default();
            match given {
                Value::Null => {}
                Value::Object(given) => {
                    for (text, value) in given {
                        match check(field, value, today) {
                            Ok(cell) => {
                                let answer =
                                    Answer { text: text.clone(), cell, value: value.clone(), remembered: false };
                                own.insert(key(field, text), answer);
                            }
                            Err(reason) => refuse(name, reason),
                        }
                    }
                }
                _ => refuse(name, text!("parameter.invalid/answers")),
            }
        }
        if problems.is_empty() { Ok(answers) } else { Err(problems) }
    }

    /// Adds the answers for earlier files, unless they are given anew or forgotten.
    #[must_use]
    pub fn over(mut self, earlier: Answers) -> Answers {
        for (name, answers) in earlier.0 {
            if self.0.get(&name).is_some_and(BTreeMap::is_empty) {
                continue;
            }
            let own = self.0.entry(name).or_default();
            for (key, answer) in answers {
                own.entry(key).or_insert(Answer { remembered: true, ..answer });
            }
        }
        self.0.retain(|_, answers| !answers.is_empty());
        self
    }

    /// The form that [`read`](Answers::read) takes: all, or only those for earlier files.
    pub fn to_json(&self, only_remembered: bool) -> Value {
        let mut all = Map::new();
        for (name, answers) in &self.0 {
            let kept = answers.values().filter(|answer| answer.remembered || !only_remembered);
            let kept: Map<String, Value> = kept.map(|answer| (answer.text.clone(), answer.value.clone())).collect();
            if !kept.is_empty() {
                all.insert(name.clone(), json!(kept));
            }
        }
        Value::Object(all)
    }

    /// The answer about the text of a cell.
    pub fn about(&self, field: &Field, cell: &Cell) -> Option<&Answer> {
        self.0.get(field.name)?.get(&key(field, &cell.shown()))
    }
}

fn check(field: &Field, given: &Value, today: NaiveDate) -> Result<Option<Cell>, Text> {
    let Some(cell) = cell_of(given) else {
        return if given.is_null() { Ok(None) } else { Err(text!("expected.text")) };
    };
    let (read, _) = cell::read(field, &cell, &Habits::default()).map_err(|note| note.text)?;
    if !matches!(field.value, Type::CommuneCode) {
        value::read(field, &read.unwrap_or_default(), today).map_err(|problem| problem.text)?;
    }
    Ok(Some(cell))
}
