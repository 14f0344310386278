//! What a sender says about a whole file, or said about an earlier one.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::imports::interpret::answers::Answers;
use crate::imports::interpret::defaults::Defaults;
use crate::imports::interpret::mapping::Overrides;
use crate::layers::{Layer, Problem};
use crate::texts::{Text, text};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instructions {
    pub overrides: Overrides,
    pub defaults: Defaults,
    pub answers: Answers,
}

impl Instructions {
    /// Reads the parameters `mapping`, `defaults` and `values`, each an object or null.
    ///
    /// # Errors
    /// Every problem of them.
    pub fn read(
        layer: &'static Layer,
        [mapping, defaults, values]: [&Value; 3],
        today: NaiveDate,
    ) -> Result<Instructions, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut object = |name: &str, given: &Value| match given {
            Value::Null => Map::new(),
            Value::Object(given) => given.clone(),
            _ => {
                problems.push(Problem::of_parameter(name, malformed(name)));
                Map::new()
            }
        };
        let (mapping, defaults, values) =
            (object("mapping", mapping), object("defaults", defaults), object("values", values));
        let mut keep = |wrong: Vec<Problem>| problems.extend(wrong);
        let instructions = Instructions {
            overrides: Overrides::read(layer, &mapping).map_err(&mut keep).unwrap_or_default(),
            defaults: Defaults::read(layer, &defaults, today).map_err(&mut keep).unwrap_or_default(),
            answers: Answers::read(layer, &values, today).map_err(&mut keep).unwrap_or_default(),
        };
        if problems.is_empty() { Ok(instructions) } else { Err(problems) }
    }

    /// What was said about earlier files, without the parts that fields or values no longer allow.
    pub fn known(layer: &'static Layer, [mapping, defaults, values]: [&Value; 3], today: NaiveDate) -> Instructions {
        let object = |given: &Value| given.as_object().cloned().unwrap_or_default();
        Instructions {
            overrides: Overrides::read(layer, &object(mapping)).unwrap_or_default(),
            defaults: Defaults::read(layer, &object(defaults), today).unwrap_or_default(),
            answers: Answers::read(layer, &object(values), today).unwrap_or_default(),
        }
    }

    /// Adds what was said about an earlier file, without the parts named in `forget`.
    #[must_use]
    pub fn over(self, earlier: Instructions, forget: &[String]) -> Instructions {
        let is_kept = |part: &str| !forget.iter().any(|name| name == part);
        let Instructions { overrides, defaults, answers } = earlier;
        Instructions {
            overrides: self.overrides.over(if is_kept("mapping") { overrides } else { Overrides::default() }),
            defaults: self.defaults.over(if is_kept("defaults") { defaults } else { Defaults::default() }),
            answers: self.answers.over(if is_kept("values") { answers } else { Answers::default() }),
        }
    }

    /// What was said about an earlier file, as the parameters would say it.
    pub fn remembered(&self) -> Value {
        let (defaults, values) = (self.defaults.to_json(true), self.answers.to_json(true));
        let mut remembered = json!({"mapping": self.overrides.to_json(true), "defaults": defaults, "values": values});
        if let Some(parts) = remembered.as_object_mut() {
            parts.retain(|_, part| part.as_object().is_some_and(|part| !part.is_empty()));
        }
        remembered
    }
}

/// What is wrong with one of the parameters that is no JSON object.
pub fn malformed(name: &str) -> Text {
    match name {
        "mapping" => text!("parameter.invalid/mapping"),
        "defaults" => text!("parameter.invalid/defaults"),
        _ => text!("parameter.invalid/values"),
    }
}
