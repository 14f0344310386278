//! Who may state figures of a unit, and which services can be had in it: editors whose grants cover all of the unit.

use crate::access::grant::{Grant, Role};
use crate::access::{Caller, may_administer};
use crate::error::Error;

/// What is stated of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated<'a> {
    /// What the indicators are: only administrators define them.
    Indicator,
    /// A declared figure, or a figure published earlier: of every layer and operator.
    Figure,
    /// Which services can be had; `None` for any operator.
    Availability { operator: Option<&'a str> },
}

/// The communes and hamlets of today that a place stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Ground {
    pub communes: Vec<i64>,
    pub hamlets: Vec<i64>,
}

/// Whether a caller may state something of any place. An operator's liaison may state its availability.
///
/// # Errors
/// 401 without an account, 403 without a grant.
pub fn may_state(caller: &Caller, stated: Stated<'_>) -> Result<(), Error> {
    if stated == Stated::Indicator {
        return may_administer(caller).map(|_| ());
    }
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    let of_any_operator = |grant: &Grant| matches!(stated, Stated::Availability { .. }) && is_of_hamlets(grant);
    let may = caller
        .grants()
        .iter()
        .any(|grant| grant.role >= Role::Editor && (of_any_operator(grant) || allows(grant, stated)));
    if may { Ok(()) } else { Err(Error::Forbidden(None)) }
}

/// Whether a caller may state this of a place: one grant must cover all of it.
pub fn states_of(caller: &Caller, stated: Stated<'_>, ground: &Ground) -> bool {
    caller.grants().iter().any(|grant| {
        grant.role >= Role::Editor
            && allows(grant, stated)
            && grant.places.iter().all(|place| match place.hamlets.is_empty() {
                true => is_part(&ground.communes, &place.communes),
                false => is_part(&ground.hamlets, &place.hamlets),
            })
    })
}

fn allows(grant: &Grant, stated: Stated<'_>) -> bool {
    match stated {
        Stated::Indicator | Stated::Figure => grant.operators.is_none() && grant.collections.is_none(),
        Stated::Availability { operator } => {
            let is_own = |own: &Vec<String>| operator.is_some_and(|operator| own.iter().any(|own| own == operator));
            is_of_hamlets(grant) && grant.operators.as_ref().is_none_or(is_own)
        }
    }
}

fn is_of_hamlets(grant: &Grant) -> bool {
    grant.collections.as_ref().is_none_or(|names| names.iter().any(|name| name == "hamlets"))
}

/// A place that stands for nothing today is part of nothing.
fn is_part(ground: &[i64], whole: &[i64]) -> bool {
    !ground.is_empty() && ground.iter().all(|id| whole.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Account, Place};

    fn caller(grant: Grant) -> Caller {
        match Caller::console("test") {
            Caller::Account(account) => Caller::Account(Account { grants: vec![grant], ..account }),
            other => other,
        }
    }

    fn of(communes: &[i64]) -> Ground {
        Ground { communes: communes.to_vec(), hamlets: Vec::new() }
    }

    #[test]
    fn one_grant_must_cover_all_of_a_place() {
        let place = Place { communes: vec![1, 2], hamlets: Vec::new() };
        let editor = caller(Grant { places: vec![place], ..Grant::of_everything(Role::Editor) });
        for (communes, may) in [(&[1][..], true), (&[1, 2], true), (&[1, 3], false), (&[], false)] {
            assert_eq!(states_of(&editor, Stated::Figure, &of(communes)), may, "{communes:?}");
        }
        let viewer = caller(Grant::of_everything(Role::Viewer));
        assert!(!states_of(&viewer, Stated::Figure, &of(&[1])));
        assert!(may_state(&viewer, Stated::Figure).is_err());
    }

    #[test]
    fn a_liaison_states_only_what_its_operator_offers() {
        let liaison = caller(Grant { operators: Some(vec!["vnpt".into()]), ..Grant::of_everything(Role::Editor) });
        for (operator, may) in [(Some("vnpt"), true), (Some("viettel"), false), (None, false)] {
            assert_eq!(states_of(&liaison, Stated::Availability { operator }, &of(&[1])), may, "{operator:?}");
        }
        assert!(may_state(&liaison, Stated::Availability { operator: None }).is_ok());
        assert!(may_state(&liaison, Stated::Figure).is_err());
    }
}
