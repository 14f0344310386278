//! The policy, in one place. Every read takes a [`View`]; every write asks [`may_write`] and the view's
//! [`writable`](View::writable).

use std::collections::HashSet;

use crate::access::grant::{Grant, Place, Role};
use crate::access::{Account, Caller};
use crate::conditions::{Condition, Property};
use crate::error::Error;
use crate::layers::{Class, Field, ID, Layer, Problem, Properties};
use crate::texts::text;

/// What a caller sees of a layer: which rows, which fields of each row, and from which columns.
///
/// Rows within the caller's grants show their internal or restricted fields. All other rows show what anonymous callers
/// see, under the same names. Those rows are read from the stored public columns only, so that no query (a shrinking
/// bbox, a filter, a sort, a count) reveals what the response hides. `postgres::view` turns a view into a relation.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub layer: &'static Layer,
    caller: &'a Caller,
    /// The class of fields shown in every row.
    floor: Class,
    /// The highest class of fields shown in any row.
    ceiling: Class,
}

impl<'a> View<'a> {
    pub fn new(caller: &'a Caller, layer: &'static Layer) -> View<'a> {
        let classes = || covering(caller, layer).map(|grant| (grant.is_of_whole_layer(), grant.class()));
        let ceiling = classes().map(|(_, class)| class).max().unwrap_or(Class::Public);
        let floor = classes().filter(|(whole, _)| *whole).map(|(_, class)| class).max().unwrap_or(Class::Public);
        View { layer, caller, floor, ceiling }
    }

    /// The same caller's view of another layer.
    #[must_use]
    pub fn of(self, layer: &'static Layer) -> View<'a> {
        View::new(self.caller, layer)
    }

    /// The same rows without restricted fields, whose reading is logged record by record.
    #[must_use]
    pub fn without_restricted(self) -> View<'a> {
        let below = |class: Class| class.min(Class::Internal);
        View { floor: below(self.floor), ceiling: below(self.ceiling), ..self }
    }

    /// The fields shown in at least one row, in order. No query can filter or sort by any other field.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let View { layer, ceiling, .. } = *self;
        layer.fields().filter(move |field| layer.class(field) <= ceiling)
    }

    /// What rows can be filtered by: the fields and the id.
    pub fn queryables(&self) -> Vec<&'static Field> {
        self.fields().chain([&ID]).collect()
    }

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// Whether at least one row shows fields of a class.
    pub fn shows(&self, class: Class) -> bool {
        self.fields().any(|field| self.layer.class(field) == class)
    }

    /// The class shown in all rows; `None` when rows differ.
    pub fn uniform(&self) -> Option<Class> {
        (self.floor == self.ceiling).then_some(self.floor)
    }

    /// The column of `layers` that counts the rows shown; `None` when no column does.
    pub fn counter(&self) -> Option<&'static str> {
        match (self.floor, self.ceiling) {
            (Class::Public, Class::Public) => Some("public_row_count"),
            (Class::Public, _) => None,
            _ => Some("row_count"),
        }
    }

    pub fn has_versions(&self) -> bool {
        self.layer.is_writable()
    }

    /// For each class, the rows that show it. The conditions exclude each other.
    pub fn branches(&self) -> Vec<(Class, Condition)> {
        let public = Condition::equal(Property::Public, true);
        match self.uniform() {
            Some(Class::Public) => return vec![(Class::Public, public)],
            Some(class) => return vec![(class, Condition::always())],
            None => {}
        }
        let mut branches = Vec::new();
        let mut above = Vec::new();
        let without = |rows: Condition, above: &[Condition]| {
            Condition::All([rows].into_iter().chain(above.iter().cloned()).collect())
        };
        for class in [Class::Restricted, Class::Internal] {
            let grants = covering(self.caller, self.layer).filter(|grant| grant.class() == class);
            let Some(rows) = any_of(grants) else { continue };
            branches.push((class.min(self.ceiling), without(rows.clone(), &above)));
            above.push(rows.is_true().negated());
        }
        if self.floor == Class::Public {
            branches.push((Class::Public, without(public, &above)));
        }
        branches
    }

    /// The rows that the caller may write. A write must check the record both before and after the change.
    pub fn writable_rows(&self) -> Condition {
        any_of(editing(self.caller, self.layer)).map_or_else(Condition::never, Condition::is_true)
    }

    /// Whether the place of a record decides if the caller may write it, and not only its operator.
    pub fn writes_by_place(&self) -> bool {
        editing(self.caller, self.layer).any(|grant| !grant.places.is_empty())
    }

    /// The operators whose records the caller may write; `None` for any.
    pub fn operators_written(&self) -> Option<Vec<&'a str>> {
        let grants = editing(self.caller, self.layer);
        let operators: Option<Vec<&Vec<String>>> = grants.map(|grant| grant.operators.as_ref()).collect();
        Some(operators?.into_iter().flatten().map(String::as_str).collect())
    }

    /// The operator whose records the caller may write, if there is only one.
    pub fn operator_written(&self) -> Option<&'a str> {
        let operators = self.operators_written()?;
        let (first, others) = operators.split_first()?;
        others.iter().all(|other| other == first).then_some(*first)
    }

    /// The communes of today in which the caller may write; `None` if anywhere.
    pub fn communes_written(&self) -> Option<HashSet<i64>> {
        let mut communes = HashSet::new();
        for grant in editing(self.caller, self.layer) {
            let within = |place: &Place| place.communes.iter().copied().collect::<HashSet<_>>();
            communes.extend(grant.places.iter().map(within).reduce(|a, b| &a & &b)?);
        }
        Some(communes)
    }

    /// The highest class of fields that the caller may write in a new record.
    pub fn class_written(&self) -> Class {
        editing(self.caller, self.layer).map(Grant::class).max().unwrap_or(Class::Public)
    }

    /// A short hash of what the caller may see. A client of the feed that receives another hash must start again:
    /// records that enter or leave the caller's grants do not change, so the feed does not report them.
    pub fn scope(caller: &Caller) -> String {
        use sha2::{Digest, Sha256};
        let mut grants: Vec<_> = caller.grants().iter().map(|grant| format!("{grant:?}")).collect();
        grants.sort();
        grants.dedup();
        let digest = Sha256::digest(format!("{} {}", caller.is_anonymous(), grants.join("\n")));
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The change feed of the caller.
    pub fn feed(caller: &Caller) -> Feed {
        if caller.is_anonymous() {
            return Feed::Public;
        }
        let grants = caller.grants().iter().map(|grant| {
            let collections = grant.collections.iter().map(|names| Condition::one_of(Property::Collection, names));
            Condition::All(collections.chain([grant.rows()]).collect())
        });
        Feed::Within(Condition::Any(grants.collect()).is_true())
    }
}

/// Which change feed a caller reads.
#[derive(Debug, Clone)]
pub enum Feed {
    /// The feed of anonymous callers, which has its own numbers.
    Public,
    /// The feed of accounts: full changes for records within their grants, public changes for all others. The condition
    /// says whether a record was, and is, within the grants.
    Within(Condition),
}

/// Whether a field is public in some records and restricted in others: the name of a camera may be that of a household.
/// Callers who may not see a value now do not see its past either, since an earlier classification may have been wrong.
pub fn is_masked(field: &Field) -> bool {
    field.public_column.is_some() && field.writable
}

/// The column from which callers who see fields of a class read this field; `None` when they do not see the field.
pub fn column(layer: &Layer, field: &'static Field, class: Class) -> Option<&'static str> {
    let below = if is_masked(field) { Class::Restricted } else { Class::Internal };
    let stored = field.public_column.filter(|_| class < below).unwrap_or(field.name);
    (layer.class(field) <= class).then_some(stored)
}

fn covering<'a>(caller: &'a Caller, layer: &'static Layer) -> impl Iterator<Item = &'a Grant> {
    caller.grants().iter().filter(move |grant| grant.covers(layer))
}

/// The grants with which a caller may write in a layer.
fn editing<'a>(caller: &'a Caller, layer: &'static Layer) -> impl Iterator<Item = &'a Grant> {
    covering(caller, layer).filter(|grant| grant.role >= Role::Editor)
}

/// The rows within at least one of the grants; `None` when there is no grant.
fn any_of<'a>(grants: impl Iterator<Item = &'a Grant>) -> Option<Condition> {
    let rows: Vec<_> = grants.map(Grant::rows).collect();
    (!rows.is_empty()).then_some(Condition::Any(rows))
}

/// Whether a caller may write any record of a layer. [`View::writable`] says which ones.
///
/// # Errors
/// 401 without an account, 403 without a grant.
pub fn may_write(caller: &Caller, layer: &'static Layer) -> Result<(), Error> {
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    if editing(caller, layer).next().is_some() { Ok(()) } else { Err(Error::Forbidden(None)) }
}

/// Whether a caller may manage accounts and grants and read the audit trail: only administrators of everything.
///
/// # Errors
/// 401 without an account, 403 without such a grant.
pub fn may_administer(caller: &Caller) -> Result<&Account, Error> {
    let account = caller.account().ok_or(Error::Unauthorized)?;
    // A token without restricted fields could otherwise create an account that sees them.
    let whole = |grant: &Grant| grant.is_of_everything() && grant.sees_restricted;
    let may = account.grants.iter().any(|grant| grant.role == Role::Administrator && whole(grant));
    if may { Ok(account) } else { Err(Error::Forbidden(None)) }
}

/// Removes from a write the fields that the writer does not see in the record, so that their values stay.
///
/// # Errors
/// The fields among them to which the writer gave a value.
pub fn keep_unseen(
    layer: &'static Layer,
    class: Class,
    current: Option<&Properties>,
    given: &Properties,
    record: &mut Properties,
) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let holds = |name: &str| current.and_then(|current| current.get(name)).is_some_and(|value| !value.is_null());
    let is_unseen = |field: &'static Field| {
        let masked = is_masked(field) && class < Class::Restricted && holds(field.name);
        layer.class(field) > class || masked && field.public_column.is_some_and(|column| !holds(column))
    };
    for field in layer.fields().filter(|field| is_unseen(field)) {
        record.remove(field.name);
        if given.get(field.name).is_some_and(|value| !value.is_null()) {
            problems.push(Problem::of_field(field.name, text!("field.not_permitted", field = field.label)));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::memory::{Record, ask};
    use crate::layers::TOWER;
    use serde_json::json;

    fn with_grants(grants: Vec<Grant>) -> Caller {
        match Caller::console("test") {
            Caller::Account(account) => Caller::Account(Account { grants, ..account }),
            other => other,
        }
    }

    fn in_communes(role: Role, communes: &[i64]) -> Grant {
        let place = Place { communes: communes.to_vec(), hamlets: Vec::new() };
        Grant { places: vec![place], ..Grant::of_everything(role) }
    }

    #[test]
    fn each_row_is_shown_by_one_branch() {
        let caller = with_grants(vec![in_communes(Role::Editor, &[1]), in_communes(Role::Viewer, &[1, 2])]);
        let view = View::new(&caller, &TOWER);
        for (commune, public, expected) in [
            (json!(1), false, Some(Class::Restricted)),
            (json!(2), true, Some(Class::Internal)),
            (json!(3), true, Some(Class::Public)),
            (json!(3), false, None),
            (json!(null), true, Some(Class::Public)),
        ] {
            let values = Properties::from_iter([("commune_id".into(), commune), ("public".into(), json!(public))]);
            let is_of = |rows: &Condition| ask(rows, Record { values: &values, place: None }) == Ok(Some(true));
            let shown = view.branches().into_iter().filter(|(_, rows)| is_of(rows)).map(|(class, _)| class);
            assert_eq!(shown.collect::<Vec<_>>(), Vec::from_iter(expected), "{values:?}");
            let is_own = values["commune_id"] == 1;
            assert_eq!(is_of(&view.writable_rows()), is_own, "{values:?}");
        }
    }
}
