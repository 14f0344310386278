//! Values that a sender gives once for all rows of a file. A row's own value, and what the register says, go before them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::files::sheet::Cell;
use crate::imports::interpret::habits::Habits;
use crate::imports::interpret::{cell, fold};
use crate::layers::{Crs, Field, Layer, Problem, Type, value};
use crate::texts::{Text, text};

/// By the name of a field, or one of `BESIDES`. Null forgets what was said for an earlier file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Defaults(BTreeMap<String, Given>);

#[derive(Debug, Clone, PartialEq)]
struct Given {
    value: Value,
    /// It was said for an earlier file.
    remembered: bool,
}

impl Given {
    fn origin(&self) -> Origin {
        if self.remembered { Origin::Remembered } else { Origin::Sent }
    }
}

/// What a default may say besides the fields of the layer.
const BESIDES: [&str; 4] = ["crs", "central_meridian", "district", "province"];

/// A value for the rows that do not say one.
#[derive(Debug)]
pub struct Filling {
    pub field: &'static Field,
    pub value: Value,
    pub origin: Origin,
    /// How many rows got it.
    pub rows: usize,
}

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Sent,
    /// The sender, for an earlier file.
    Remembered,
    /// The sender's grants, which leave no choice.
    Grant,
}

impl Defaults {
    /// Reads `{"managing_level": "Công an xã", "central_meridian": 105}`.
    ///
    /// # Errors
    /// Names that are no writable field, and values that are none of their field.
    pub fn read(layer: &'static Layer, given: &Map<String, Value>, today: NaiveDate) -> Result<Defaults, Vec<Problem>> {
        let mut defaults = Defaults::default();
        let mut problems = Vec::new();
        for (name, value) in given {
            match check(layer, name, value, today) {
                Ok(()) => {
                    defaults.0.insert(name.clone(), Given { value: value.clone(), remembered: false });
                }
                Err(reason) => {
                    let text = text!("parameter.invalid/default", name, reason);
                    problems.push(Problem::of_parameter("defaults", text));
                }
            }
        }
        if problems.is_empty() { Ok(defaults) } else { Err(problems) }
    }

    /// Adds what was said for an earlier file, unless it is said anew or forgotten.
    #[must_use]
    pub fn over(mut self, earlier: Defaults) -> Defaults {
        for (name, given) in earlier.0 {
            self.0.entry(name).or_insert(Given { remembered: true, ..given });
        }
        self.0.retain(|_, given| !given.value.is_null());
        self
    }

    /// The form that [`read`](Defaults::read) takes: all, or only what was said for an earlier file.
    pub fn to_json(&self, only_remembered: bool) -> Value {
        let kept = self.0.iter().filter(|(_, given)| given.remembered || !only_remembered);
        kept.map(|(name, given)| (name.clone(), given.value.clone())).collect()
    }

    /// The text of a default that only the register can read: the commune, the district, the province.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(|given| cell_of(&given.value)).map(|cell| cell.shown())
    }

    pub fn origin(&self, name: &str) -> Origin {
        self.0.get(name).map_or(Origin::Sent, Given::origin)
    }

    /// The coordinate system of places that declare no other.
    pub fn epsg(&self) -> Option<i32> {
        ["crs", "central_meridian"].iter().find_map(|name| grid(name, &self.0.get(*name)?.value))
    }

    /// The defaults of fields, but not the commune, which the register has to find.
    pub fn values(&self, layer: &'static Layer) -> Vec<Filling> {
        let read = self.0.iter().filter_map(|(name, given)| {
            let field = layer.field(name).filter(|field| !matches!(field.value, Type::CommuneCode))?;
            let (value, _) = cell::read(field, &cell_of(&given.value)?, &Habits::default()).ok()?;
            Some(Filling { field, value: value?, origin: given.origin(), rows: 0 })
        });
        read.collect()
    }
}

fn check(layer: &'static Layer, name: &str, given: &Value, today: NaiveDate) -> Result<(), Text> {
    let field = layer.field(name).filter(|field| field.writable);
    if field.is_none() && !BESIDES.contains(&name) {
        return Err(text!("parameter.invalid/no_field"));
    }
    let cell = match cell_of(given) {
        Some(cell) => cell,
        None if given.is_null() => return Ok(()),
        None => return Err(text!("expected.text")),
    };
    let Some(field) = field else {
        return match name {
            "crs" if grid(name, given).is_none() => Err(text!("expected.crs")),
            "central_meridian" if grid(name, given).is_none() => Err(text!("expected.meridian")),
            _ => Ok(()),
        };
    };
    let (read, _) = cell::read(field, &cell, &Habits::default()).map_err(|note| note.text)?;
    match read {
        None | Some(Value::Null) => Err(text!("required", field = field.label)),
        Some(_) if matches!(field.value, Type::CommuneCode) => Ok(()),
        Some(read) => value::read(field, &read, today).map(|_| ()).map_err(|problem| problem.text),
    }
}

fn grid(name: &str, given: &Value) -> Option<i32> {
    let text = cell_of(given)?.shown();
    let crs = match name {
        "crs" => Crs::read(&text),
        _ => Crs::of_meridian(text.replace(',', ".").parse().ok()?),
    };
    crs.map(Crs::epsg)
}

/// A JSON value as the cell that would hold it. Several values stand in one cell.
pub fn cell_of(value: &Value) -> Option<Cell> {
    match value {
        Value::Bool(value) => Some(Cell::Bool(*value)),
        Value::Number(number) => number.as_f64().map(Cell::Number),
        Value::String(text) => Cell::text(text),
        Value::Array(values) => {
            let texts: Option<Vec<_>> = values.iter().map(|value| Some(cell_of(value)?.shown())).collect();
            Cell::text(&texts?.join("; "))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// The form in which texts of cells are compared. Accents tell communes apart.
pub fn key(field: &Field, text: &str) -> String {
    let folded = match field.value {
        Type::CommuneCode => crate::units::names::comparable(text),
        _ => fold(text),
    };
    if folded.is_empty() { text.to_owned() } else { folded }
}
