//! What an account may do, and where.

use serde::Deserialize;

use crate::conditions::{Condition, Property};
use crate::layers::{Class, Layer};

/// A role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads internal fields.
    Viewer,
    /// Writes, and reads restricted fields.
    Editor,
    /// Of everything: also accounts, grants and the audit trail.
    Administrator,
}

/// A role within limits; a record must be within all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    /// A token may be kept from restricted fields though its account is not.
    pub sees_restricted: bool,
    /// None: anywhere. Several: within each of them.
    pub places: Vec<Place>,
    /// `None`: any. Else only layers that have operators.
    pub operators: Option<Vec<String>>,
    /// `None`: any.
    pub collections: Option<Vec<String>>,
}

/// The units of today, by their ids, that a grant on a unit stands for: communes, or, on a hamlet, hamlets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub communes: Vec<i64>,
    pub hamlets: Vec<i64>,
}

/// A grant as `grants_of()` tells it, and the limits of a token.
#[derive(Debug, Deserialize)]
pub struct Limits {
    role: Option<Role>,
    #[serde(default = "yes")]
    sees_restricted: bool,
    communes: Option<Vec<i64>>,
    hamlets: Option<Vec<i64>>,
    operators: Option<Vec<String>>,
    collections: Option<Vec<String>>,
}

fn yes() -> bool {
    true
}

impl Grant {
    pub fn of_everything(role: Role) -> Grant {
        Grant { role, sees_restricted: true, places: Vec::new(), operators: None, collections: None }
    }

    /// A grant as the database tells it.
    pub fn of(limits: &Limits) -> Option<Grant> {
        Grant::of_everything(limits.role?).within(limits)
    }

    /// What is left of this grant within further limits; `None` when they exclude each other.
    pub fn within(&self, limits: &Limits) -> Option<Grant> {
        let mut places = self.places.clone();
        if let (Some(communes), Some(hamlets)) = (&limits.communes, &limits.hamlets) {
            places.push(Place { communes: communes.clone(), hamlets: hamlets.clone() });
        }
        Some(Grant {
            role: limits.role.map_or(self.role, |role| role.min(self.role)),
            sees_restricted: self.sees_restricted && limits.sees_restricted,
            places,
            operators: common(&self.operators, &limits.operators)?,
            collections: common(&self.collections, &limits.collections)?,
        })
    }

    /// The highest class of field that it shows.
    pub fn class(&self) -> Class {
        if self.role >= Role::Editor && self.sees_restricted { Class::Restricted } else { Class::Internal }
    }

    pub fn covers(&self, layer: &Layer) -> bool {
        self.collections.as_ref().is_none_or(|names| names.iter().any(|name| name == layer.collection))
            && (self.operators.is_none() || layer.field("operator").is_some())
    }

    /// Whether every record of a layer that it covers is within it.
    pub fn is_of_whole_layer(&self) -> bool {
        self.places.is_empty() && self.operators.is_none()
    }

    /// Whether nothing is outside of it.
    pub fn is_of_everything(&self) -> bool {
        self.is_of_whole_layer() && self.collections.is_none()
    }

    /// The records within it; false or unknown outside.
    pub fn rows(&self) -> Condition {
        let places = self.places.iter().map(|place| match place.hamlets.is_empty() {
            true => Condition::one_of(Property::CommuneId, &place.communes),
            false => Condition::one_of(Property::HamletId, &place.hamlets),
        });
        let operators = self.operators.iter().map(|operators| Condition::one_of(Property::Operator, operators));
        Condition::All(places.chain(operators).collect())
    }
}

/// What two lists have in common, where `None` is everything; `None` when that is nothing.
#[expect(clippy::option_option, reason = "no limit, or no common member")]
fn common(a: &Option<Vec<String>>, b: &Option<Vec<String>>) -> Option<Option<Vec<String>>> {
    match (a, b) {
        (None, limit) | (limit, None) => Some(limit.clone()),
        (Some(a), Some(b)) => {
            let both: Vec<_> = a.iter().filter(|name| b.contains(name)).cloned().collect();
            (!both.is_empty()).then_some(Some(both))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn limits(value: serde_json::Value) -> Limits {
        serde_json::from_value(value).expect("limits")
    }

    #[test]
    fn a_token_only_narrows() {
        let editor = Grant::of(&limits(json!({"role": "editor", "communes": [7], "hamlets": []}))).unwrap();
        assert_eq!(editor.within(&limits(json!({}))), Some(editor.clone()));
        assert_eq!(editor.within(&limits(json!({"role": "administrator"}))).unwrap().role, Role::Editor);
        let viettel = editor.within(&limits(json!({"operators": ["viettel"], "sees_restricted": false}))).unwrap();
        assert_eq!(viettel.class(), Class::Internal);
        assert_eq!(viettel.within(&limits(json!({"operators": ["vnpt"]}))), None);
        let elsewhere = editor.within(&limits(json!({"communes": [8], "hamlets": []}))).unwrap();
        assert_eq!(elsewhere.places.len(), 2, "both must hold");
    }
}
