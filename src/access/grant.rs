//! What an account may do, and where.

use serde::{Deserialize, Serialize};

use crate::conditions::{Condition, Property};
use crate::layers::{Class, Layer};

/// A role includes the roles before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Reads internal fields.
    Viewer,
    /// Writes, and reads restricted fields.
    Editor,
    /// Manages accounts and grants and reads the audit trail, if the grant covers everything.
    Administrator,
}

/// A role within limits. It holds for the records that are within all of the limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub role: Role,
    /// A token may be denied restricted fields although its account sees them.
    pub sees_restricted: bool,
    /// Empty: anywhere. Several: a record must be within each of them.
    pub places: Vec<Place>,
    /// `None`: any. Otherwise it covers only layers that have operators.
    pub operators: Option<Vec<String>>,
    /// `None`: any.
    pub collections: Option<Vec<String>>,
}

/// The ids of the units of today that a grant's unit stands for: communes, or hamlets if it is a hamlet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub communes: Vec<i64>,
    pub hamlets: Vec<i64>,
}

/// The stored limits of a grant or a token; `None`: no limit.
#[derive(Debug)]
pub struct Limits {
    pub role: Option<Role>,
    pub sees_restricted: bool,
    pub communes: Option<Vec<i64>>,
    pub hamlets: Option<Vec<i64>>,
    pub operators: Option<Vec<String>>,
    pub collections: Option<Vec<String>>,
}

impl Role {
    pub fn of_name(name: &str) -> Option<Role> {
        match name {
            "viewer" => Some(Role::Viewer),
            "editor" => Some(Role::Editor),
            "administrator" => Some(Role::Administrator),
            _ => None,
        }
    }
}

impl Grant {
    pub fn of_everything(role: Role) -> Grant {
        Grant { role, sees_restricted: true, places: Vec::new(), operators: None, collections: None }
    }

    /// A grant from its stored limits; `None` without a role.
    pub fn of(limits: &Limits) -> Option<Grant> {
        Grant::of_everything(limits.role?).within(limits)
    }

    /// This grant, limited further; `None` when nothing is left of it.
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

    /// Whether this grant includes everything that another includes.
    pub fn includes(&self, other: &Grant) -> bool {
        self.role >= other.role
            && (self.sees_restricted || !other.sees_restricted)
            && self.places.iter().all(|place| other.places.iter().any(|of_other| place.includes(of_other)))
            && are_among(&other.operators, &self.operators)
            && are_among(&other.collections, &self.collections)
    }

    /// The highest class of field that the grant shows.
    pub fn class(&self) -> Class {
        if self.role >= Role::Editor && self.sees_restricted { Class::Restricted } else { Class::Internal }
    }

    pub fn covers(&self, layer: &Layer) -> bool {
        self.collections.as_ref().is_none_or(|names| names.iter().any(|name| name == layer.collection))
            && (self.operators.is_none() || layer.field("operator").is_some())
    }

    /// Whether the grant includes every record of the layers that it covers.
    pub fn is_of_whole_layer(&self) -> bool {
        self.places.is_empty() && self.operators.is_none()
    }

    /// Whether the grant includes every record of every layer.
    pub fn is_of_everything(&self) -> bool {
        self.is_of_whole_layer() && self.collections.is_none()
    }

    /// The records within the grant: true inside, false or unknown outside.
    pub fn rows(&self) -> Condition {
        let places = self.places.iter().map(|place| match place.hamlets.is_empty() {
            true => Condition::one_of(Property::CommuneId, &place.communes),
            false => Condition::one_of(Property::HamletId, &place.hamlets),
        });
        let operators = self.operators.iter().map(|operators| Condition::one_of(Property::Operator, operators));
        Condition::All(places.chain(operators).collect())
    }
}

impl Place {
    fn includes(&self, other: &Place) -> bool {
        let among = |some: &[i64], all: &[i64]| !some.is_empty() && some.iter().all(|id| all.contains(id));
        let by_hamlets = || among(&other.hamlets, &self.hamlets);
        let by_communes =
            || self.hamlets.is_empty() && other.hamlets.is_empty() && among(&other.communes, &self.communes);
        self == other || by_hamlets() || by_communes()
    }
}

/// Whether a limit is within another; `None` means no limit.
fn are_among(some: &Option<Vec<String>>, all: &Option<Vec<String>>) -> bool {
    let Some(all) = all else { return true };
    some.as_ref().is_some_and(|some| some.iter().all(|name| all.contains(name)))
}

/// The common names of two lists, where an inner `None` means all names. The outer `None`: they have no name in common.
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

    const NONE: Limits =
        Limits { role: None, sees_restricted: true, communes: None, hamlets: None, operators: None, collections: None };

    fn within(commune: i64) -> Limits {
        Limits { communes: Some(vec![commune]), hamlets: Some(Vec::new()), ..NONE }
    }

    fn of(operator: &str) -> Limits {
        Limits { operators: Some(vec![operator.into()]), ..NONE }
    }

    #[test]
    fn a_narrower_grant_does_not_include_a_wider_one() {
        let everything = Grant::of_everything(Role::Editor);
        let two = Limits { communes: Some(vec![7, 8]), ..within(7) };
        for narrow in [within(7), two, of("viettel"), Limits { sees_restricted: false, ..NONE }] {
            let narrow = everything.within(&narrow).unwrap();
            assert!(everything.includes(&narrow) && !narrow.includes(&everything), "{narrow:?}");
            assert!(narrow.includes(&narrow));
        }
        let (one, two) = (everything.within(&within(7)).unwrap(), Limits { communes: Some(vec![7, 8]), ..within(7) });
        let two = everything.within(&two).unwrap();
        assert!(two.includes(&one) && !one.includes(&two));
        assert!(!Grant::of_everything(Role::Viewer).includes(&one));
    }

    #[test]
    fn a_token_only_narrows() {
        let editor = Grant::of(&Limits { role: Some(Role::Editor), ..within(7) }).unwrap();
        assert_eq!(editor.within(&NONE), Some(editor.clone()));
        let administrator = Limits { role: Some(Role::Administrator), ..NONE };
        assert_eq!(editor.within(&administrator).unwrap().role, Role::Editor);
        let viettel = editor.within(&Limits { sees_restricted: false, ..of("viettel") }).unwrap();
        assert_eq!(viettel.class(), Class::Internal);
        assert_eq!(viettel.within(&of("vnpt")), None);
        let elsewhere = editor.within(&within(8)).unwrap();
        assert_eq!(elsewhere.places.len(), 2, "both must hold");
    }
}
