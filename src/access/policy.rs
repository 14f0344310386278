//! The one place that decides. Every read carries a [`View`]; every write asks [`may_write`] and the view's
//! [`writable`](View::writable).

use crate::access::grant::{Grant, Located, Role};
use crate::access::{Account, Caller};
use crate::conditions::AsOf;
use crate::error::Error;
use crate::layers::{Class, Field, Layer, Problem, Properties, Storage};
use crate::postgres::sql::{Bind, Sql};

/// What a caller sees of a layer: which rows, and of each row which fields from which columns.
///
/// A view is a relation ([`View::relation`]): what is within the caller's grants with its internal or restricted
/// fields, all else as strangers see it, under the same names. Strangers' part is read from the stored public columns
/// only, so that no question (a shrinking bbox, a filter, a sort, a count) finds what the answer would not show.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub layer: &'static Layer,
    caller: &'a Caller,
    /// The class of field that is shown of every row.
    floor: Class,
    /// The highest class of field that is shown of some row.
    ceiling: Class,
}

const IN_TABLE: Located = Located { commune_id: "t.commune_id", hamlet_id: "t.hamlet_id", operator: "t.operator" };
/// Past records are within what they are within today: communes are written as of the day of the write.
const IN_PRESENT: Located =
    Located { commune_id: "now.commune_id", hamlet_id: "now.hamlet_id", operator: "now.operator" };

impl<'a> View<'a> {
    pub fn new(caller: &'a Caller, layer: &'static Layer) -> View<'a> {
        let classes = || covering(caller, layer).map(|grant| (grant.is_of_whole_layer(), grant.class()));
        let ceiling = classes().map(|(_, class)| class).max().unwrap_or(Class::Public);
        let floor = classes().filter(|(whole, _)| *whole).map(|(_, class)| class).max().unwrap_or(Class::Public);
        View { layer, caller, floor, ceiling }
    }

    /// What the same caller sees of another layer.
    #[must_use]
    pub fn of(self, layer: &'static Layer) -> View<'a> {
        View::new(self.caller, layer)
    }

    /// The fields shown of some row, in order. What is not among them can be neither filtered nor sorted by.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let View { layer, ceiling, .. } = *self;
        layer.fields().filter(move |field| layer.class(field) <= ceiling)
    }

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// Whether fields of a class are shown of some row.
    pub fn shows(&self, class: Class) -> bool {
        self.fields().any(|field| self.layer.class(field) == class)
    }

    /// Whether all rows are shown alike, and how.
    fn uniform(&self) -> Option<Class> {
        (self.floor == self.ceiling).then_some(self.floor)
    }

    /// The counter of `layers` that counts the rows shown; `None` when they must be counted.
    pub fn counter(&self) -> Option<&'static str> {
        match (self.floor, self.ceiling) {
            (Class::Public, Class::Public) => Some("public_row_count"),
            (Class::Public, _) => None,
            _ => Some("row_count"),
        }
    }

    /// Whether rows have versions.
    pub fn has_versions(&self) -> bool {
        self.layer.is_writable()
    }

    /// The rows shown as `t`, as they are or as they were: `id`, `geom`, every field of the layer by its name,
    /// null where it is not shown, and what questions need besides: `search`; `placed_code`, `placed_on` and
    /// `placed_hamlet_id`, by which a row without a place has its units; `ended_on`, until when it counts; `class`, what
    /// is shown of the row.
    pub fn relation(&self, as_of: AsOf) -> Sql {
        if !self.layer.is_writable() {
            return Sql::new("").name(self.layer.table()).text(" t");
        }
        Sql::new("(").sql(Sql::join(self.selects(as_of), " union all ")).text(") t")
    }

    /// The relation in its parts, rows of a class each, all as `t`: a page of a sorted union is found in the pages of its
    /// parts, each by an index, where PostgreSQL would sort the whole (3 ms against 870 of 200,000 rows).
    pub fn parts(&self, as_of: AsOf) -> Vec<Sql> {
        if !self.layer.is_writable() {
            return vec![self.relation(as_of)];
        }
        self.selects(as_of).map(|select| Sql::new("(").sql(select).text(") t")).collect()
    }

    fn selects(&self, as_of: AsOf) -> impl Iterator<Item = Sql> {
        let table = self.layer.table();
        let source = match as_of {
            AsOf::NOW => Sql::new("").name(table).text(" t"),
            AsOf { day, known_at } => {
                let of = Sql::new("").name(past_table(self.layer)).text("(");
                let of = day.map_or(of.clone().text("null::date"), |day| of.bind(Bind::Date(day)));
                let past = match known_at {
                    None => of.text(") t"),
                    Some(known_at) => of.text(", ").bind(Bind::Moment(known_at)).text(") t"),
                };
                let asks_now = self.uniform().is_none() || self.layer.fields().any(is_masked);
                if asks_now { past.text(" join ").name(table).text(" now on now.id = t.id") } else { past }
            }
        };
        let is_past = as_of != AsOf::NOW;
        let at = if is_past { IN_PRESENT } else { IN_TABLE };
        self.branches(at).into_iter().map(move |(class, rows)| {
            Sql::new("select ")
                .sql(self.columns(class, is_past))
                .text(" from ")
                .sql(source.clone())
                .text(" where t.deleted_at is null and ")
                .sql(rows)
        })
    }

    /// What is shown of each class, as conditions that exclude each other.
    fn branches(&self, at: Located) -> Vec<(Class, Sql)> {
        let public = || (Class::Public, Sql::new("t.public"));
        match self.uniform() {
            Some(Class::Public) => return vec![public()],
            Some(class) => return vec![(class, Sql::new("true"))],
            None => {}
        }
        let mut branches = Vec::new();
        let mut above = Vec::new();
        for class in [Class::Restricted, Class::Internal] {
            let Some(rows) = self.within(class, at) else { continue };
            let others = above.iter().cloned();
            branches.push((class, Sql::all([rows.clone()].into_iter().chain(others))));
            above.push(rows.text(" is not true"));
        }
        if self.floor == Class::Public {
            branches.push((Class::Public, Sql::all([public().1].into_iter().chain(above))));
        }
        branches
    }

    /// The rows within the grants that show fields of a class and no higher; `None` when there is no such grant.
    fn within(&self, class: Class, at: Located) -> Option<Sql> {
        any_of(covering(self.caller, self.layer).filter(|grant| grant.class() == class), at)
    }

    /// The rows that the caller may write, as a condition on the table under the alias `t`: to be asked of a record as
    /// it was and as it will be.
    pub fn writable(&self) -> Sql {
        let rows = any_of(covering(self.caller, self.layer).filter(|grant| grant.role >= Role::Editor), IN_TABLE);
        rows.map_or_else(|| Sql::new("false"), |rows| Sql::new("coalesce(").sql(rows).text(", false)"))
    }

    /// Whether what the caller may write depends on where it lies, and not on the operator alone.
    pub fn writes_by_place(&self) -> bool {
        covering(self.caller, self.layer).any(|grant| grant.role >= Role::Editor && !grant.places.is_empty())
    }

    /// The class of fields that the caller may write of a new record.
    pub fn class_written(&self) -> Class {
        let grants = covering(self.caller, self.layer).filter(|grant| grant.role >= Role::Editor);
        grants.map(Grant::class).max().unwrap_or(Class::Public)
    }

    /// The class of fields shown of a row of the table `t`, deleted or not, as an integer; null when the row is not
    /// shown. Insiders see what was deleted, for its history.
    pub fn class_of_row(&self) -> Sql {
        let Storage::Assets { .. } = self.layer.storage else { return Sql::new("0") };
        let cases = self.branches(IN_TABLE).into_iter().map(|(class, rows)| {
            let alive = if class == Class::Public { " and t.deleted_at is null" } else { "" };
            Sql::new(" when ").sql(rows).text(alive).text(" then ").text(number(class))
        });
        Sql::new("case").sql(Sql::join(cases, "")).text(" end")
    }

    /// The name of a row of the table `t` that is shown, as far as it is.
    pub fn name_of_row(&self) -> Sql {
        match self.layer.field("name").filter(|field| is_masked(field)).and_then(|field| field.public_column) {
            None => Sql::new("t.name"),
            Some(column) => Sql::new("case when t.")
                .name(column)
                .text(" is not null or ")
                .sql(self.class_of_row())
                .text(" > 1 then t.name end"),
        }
    }

    /// The select list of [`View::relation`] for rows of a class, of the past joined with the table as `now`.
    fn columns(&self, class: Class, is_past: bool) -> Sql {
        let hidden = |field| is_past && class < Class::Restricted && is_masked(field);
        let fields = self.layer.fields().map(|field| {
            let value = match column(self.layer, field, class) {
                Some(column) if hidden(field) => {
                    let past = Sql::new("case when now.").name(column).text(" is not null then t.").name(column);
                    past.text(" end")
                }
                Some(column) => Sql::new("t.").name(column),
                None => Sql::new("null::").text(field.value.sql_name()),
            };
            value.text(" as ").name(field.name)
        });
        let geom = if class == Class::Public { "t.public_geom" } else { "t.geom" };
        let masked = self.layer.fields().find(|field| is_masked(field));
        let search = match (class, masked) {
            (Class::Public, _) => Sql::new("t.public_search"),
            (Class::Internal, Some(field)) => {
                let present = if is_past { "now." } else { "t." };
                Sql::new("case when ")
                    .text(present)
                    .name(field.public_column.unwrap_or(field.name))
                    .text(" is null and ")
                    .text(present)
                    .name(field.name)
                    .text(" is not null then t.public_search else t.search end")
            }
            _ => Sql::new("t.search"),
        };
        Sql::new("t.id, ")
            .text(geom)
            .text(" as geom, ")
            .sql(Sql::join(fields, ", "))
            .text(", ")
            .sql(search)
            .text(" as search, t.declared_commune_code as placed_code, t.declared_on as placed_on, ")
            .text("t.hamlet_id as placed_hamlet_id, t.decommissioned_on as ended_on, ")
            .text(number(class))
            .text(" as class")
    }

    /// A short hash of what the caller may see. Whoever follows the feed and finds another begins anew: what came into
    /// their grants, or left them, is no change of a record.
    pub fn scope(caller: &Caller) -> String {
        use sha2::{Digest, Sha256};
        let mut grants: Vec<_> = caller.grants().iter().map(|grant| format!("{grant:?}")).collect();
        grants.sort();
        grants.dedup();
        let digest = Sha256::digest(format!("{} {}", caller.is_stranger(), grants.join("\n")));
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The changes that the caller is told of; see [`Feed`].
    pub fn feed(caller: &Caller) -> Feed {
        if caller.is_stranger() {
            return Feed::Public;
        }
        let at = |commune_id, hamlet_id, operator| {
            let at = Located { commune_id, hamlet_id, operator };
            let layers = caller.grants().iter().map(|grant| {
                let collections = grant.collections.iter().map(|collections| {
                    Sql::new("c.collection = any(").bind(Bind::Texts(collections.clone())).text(")")
                });
                Sql::all(collections.chain([grant.condition(at)]))
            });
            let rows = Sql::join(layers, " or ");
            if rows.is_empty() { Sql::new("false") } else { Sql::new("coalesce(").sql(rows).text(", false)") }
        };
        Feed::Within {
            was: at("c.was_commune_id", "c.was_hamlet_id", "c.was_operator"),
            is: at("c.is_commune_id", "c.is_hamlet_id", "c.is_operator"),
        }
    }
}

/// Which change feed a caller reads.
#[derive(Debug, Clone)]
pub enum Feed {
    /// Strangers' own, with its own numbers.
    Public,
    /// That of insiders: what is within their grants in full, all else as strangers are told. The conditions on `changes
    /// c` say whether a record was, and is, within them.
    Within { was: Sql, is: Sql },
}

/// Whether the values of a field are public of some records and restricted of others, as the name of a camera, which may be
/// that of a household. What somebody may not see now they do not see of the past either: what it was taken for then may
/// have been a mistake.
pub fn is_masked(field: &Field) -> bool {
    field.public_column.is_some() && field.writable
}

/// The column that a field of a row is read from by those who see fields of a class; `None` when they do not see it.
pub fn column(layer: &Layer, field: &'static Field, class: Class) -> Option<&'static str> {
    let below = if is_masked(field) { Class::Restricted } else { Class::Internal };
    let stored = field.public_column.filter(|_| class < below).unwrap_or(field.name);
    (layer.class(field) <= class).then_some(stored)
}

fn covering<'a>(caller: &'a Caller, layer: &'static Layer) -> impl Iterator<Item = &'a Grant> {
    caller.grants().iter().filter(move |grant| grant.covers(layer))
}

fn any_of<'a>(grants: impl Iterator<Item = &'a Grant>, at: Located) -> Option<Sql> {
    let any = Sql::join(grants.map(|grant| grant.condition(at)), " or ");
    (!any.is_empty()).then(|| Sql::new("(").sql(any).text(")"))
}

fn number(class: Class) -> &'static str {
    match class {
        Class::Public => "0",
        Class::Internal => "1",
        Class::Restricted => "2",
    }
}

/// `<table>_as_of`, which `register_layer` made.
fn past_table(layer: &Layer) -> &'static str {
    use std::collections::HashMap;
    use std::sync::LazyLock;

    use crate::layers::ALL;

    static NAMES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        ALL.iter()
            .map(|layer| (layer.table(), &*Box::leak(format!("{}_as_of", layer.table()).into_boxed_str())))
            .collect()
    });
    NAMES[layer.table()]
}

/// Whether a caller may write records of a layer at all; [`View::writable`] says which.
///
/// # Errors
/// 401 without an account, 403 without a grant.
pub fn may_write(caller: &Caller, layer: &'static Layer) -> Result<(), Error> {
    if caller.is_stranger() {
        return Err(Error::Unauthorized);
    }
    let may = covering(caller, layer).any(|grant| grant.role >= Role::Editor);
    if may { Ok(()) } else { Err(Error::Forbidden(None)) }
}

/// Whether a caller may see to accounts, grants and the audit trail: administrators of everything.
///
/// # Errors
/// 401 without an account, 403 without such a grant.
pub fn may_administer(caller: &Caller) -> Result<&Account, Error> {
    let account = caller.account().ok_or(Error::Unauthorized)?;
    // A token that is kept from restricted fields could else give its holder an account that is not.
    let whole = |grant: &Grant| grant.is_of_everything() && grant.sees_restricted;
    let may = account.grants.iter().any(|grant| grant.role == Role::Administrator && whole(grant));
    if may { Ok(account) } else { Err(Error::Forbidden(None)) }
}

/// Leaves out of a write what the writer does not see of the record as it is, so that it is kept, not blanked.
///
/// # Errors
/// The fields that they gave a value nevertheless.
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
            problems.push(Problem::property(
                field.name,
                "field.not_permitted",
                format!("Bạn không được ghi “{}”.", field.label.vi),
                format!("You may not write “{}”.", field.label.en),
            ));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
