//! Generates the SQL of a layer from its definition: the table (kept in a migration), a field that is added later, and
//! the registration, which the program runs after the migrations.

use std::fmt::Write;

use super::common::NAME;
use super::{Default, Field, Layer, Type};

/// The greatest length of a line of enumerated values.
const WIDTH: usize = 80;

/// The migration that adds the layer.
pub fn table(layer: &Layer) -> String {
    let table = layer.table();
    let geometry = geometry_type(layer);
    let mut sql = format!(
        "-- Printed by `hatang layer sql {}`.\n\n\
         create table {table} (\n  like asset including defaults including constraints,\n  geom {geometry}{},\n  \
         public_geom {geometry},\n",
        layer.collection,
        geometry_check(layer)
    );
    for column in layer.own_fields.iter().flat_map(|field| columns(layer, field)) {
        let _ = writeln!(sql, "  {column},");
    }
    let constraints = constraints(layer).map(|constraint| format!("  constraint {table}_{constraint}"));
    sql.push_str(&constraints.collect::<Vec<_>>().join(",\n"));
    sql.push_str("\n);\n");
    for field in layer.own_fields.iter().filter(|field| is_shared(field) && field.not_null) {
        let _ = writeln!(sql, "alter table {table} alter column {} set not null;", field.name);
    }
    sql.push('\n');
    let _ = writeln!(
        sql,
        "create unique index {table}_code_key on {table} (coalesce(source_org, ''), code, public) where deleted_at is null;"
    );
    let _ = writeln!(
        sql,
        "create unique index {table}_external_id_key on {table} (coalesce(source_org, ''), external_id, public)\n\
         where external_id is not null and deleted_at is null;"
    );
    for (name, columns) in [
        ("geom", "using gist (geom)"),
        ("public_geom", "using gist (public_geom)"),
        ("commune", "(commune_id)"),
        ("public_commune", "(public_commune_code, id)"),
        ("hamlet", "(hamlet_id)"),
        ("search", "using gin (search gin_trgm_ops)"),
        ("public_search", "using gin (public_search gin_trgm_ops)"),
        ("deleted", "(id) where deleted_at is not null"),
    ] {
        let _ = writeln!(sql, "create index {table}_{name}_idx on {table} {columns};");
    }
    sql.extend(layer.own_fields.iter().filter(|field| field.indexed).map(|field| index(table, field)));
    sql
}

/// The migration that adds one field to a layer: one statement, and its index if the field has one. `None` if existing
/// records would break it, because the field is required and has no default.
pub fn add_field(layer: &Layer, field: &Field) -> Option<String> {
    if field.not_null && default(field).is_none() {
        return None;
    }
    let table = layer.table();
    let columns: Vec<_> = columns(layer, field).map(|column| format!("add column {column}")).collect();
    let index = if field.indexed { index(table, field) } else { String::new() };
    Some(format!("alter table {table}\n  {};\n{index}", columns.join(",\n  ")))
}

/// What the program runs for a layer whenever it creates the functions anew: the function that sets the stored columns of
/// a record, its trigger, the call of `register_layer`, and the comment of the table.
pub fn registration(layer: &Layer) -> String {
    let table = layer.table();
    let mut sql = String::new();
    let hides_nothing = [("public", "true"), ("public_geom", "new.geom")];
    let stored = if layer.stored.is_empty() { &hides_nothing[..] } else { layer.stored };
    let _ = writeln!(
        sql,
        "create or replace function {table}_shown(new {table}) returns {table}\nlanguage plpgsql stable\nas $$\nbegin"
    );
    for (column, value) in stored {
        let _ = writeln!(sql, "  new.{column} := {value};");
    }
    sql.push_str("  return new;\nend\n$$;\n");
    let _ = writeln!(
        sql,
        "create or replace function {table}_public() returns trigger\nlanguage plpgsql\nas $$ begin return {table}_shown(new); end $$;"
    );
    let [public, erasable] = [layer.public_columns(), layer.erasable_columns()].map(|columns| columns.join(","));
    let _ = writeln!(sql, "call register_layer('{table}', '{{{public}}}', '{{{erasable}}}', '{table}_public');");
    let _ = writeln!(sql, "comment on table {table} is '{}';", quoted(layer.description.en));
    sql
}

/// The field's own column, unless every layer has it, and the column that anonymous callers read in its place.
fn columns(layer: &Layer, field: &Field) -> impl Iterator<Item = String> {
    let own = (!is_shared(field)).then(|| {
        let mut column = format!("{} {}", field.name, field.value.sql_name());
        if field.not_null {
            column.push_str(" not null");
        }
        if let Some(value) = default(field) {
            let _ = write!(column, " default {value}");
        }
        let table = layer.table();
        if let Type::Reference { collection } = field.value {
            let other = Layer::of_collection(collection).map_or(collection, Layer::table);
            let _ = write!(column, "\n    constraint {table}_{}_fkey references {other}", without_id(field));
        }
        if let Some(condition) = condition(field) {
            let _ = write!(column, "\n    constraint {table}_{}_check check ({condition})", field.name);
        }
        column
    });
    let public = field.public_column.map(|column| format!("{column} {}", field.value.sql_name()));
    [own, public].into_iter().flatten()
}

fn constraints(layer: &Layer) -> impl Iterator<Item = String> {
    let of_every_layer = [
        "pkey primary key (id)",
        "commune_fkey foreign key (commune_id) references admin_units",
        "hamlet_fkey foreign key (hamlet_id) references hamlets",
        "place_check check (geom is not null or declared_commune_code is not null)",
    ];
    let of_shared = layer.own_fields.iter().filter(|field| is_shared(field)).filter_map(|field| {
        let condition = condition(field)?;
        Some(format!("{}_check check ({condition})", field.name))
    });
    let of_rules = layer.checks.iter().map(|(name, condition)| format!("{name} check ({condition})"));
    of_every_layer.into_iter().map(str::to_owned).chain(of_shared).chain(of_rules)
}

/// The check on a value; `None` where the database itself computes the value.
fn condition(field: &Field) -> Option<String> {
    let name = field.name;
    let of_type = match field.value {
        Type::Text { max } if field.octets => {
            format!("length({name}) between 1 and {max} and octet_length({name}) <= {max}")
        }
        Type::Text { max } => format!("length({name}) between 1 and {max}"),
        Type::Phone => format!("length({name}) between 1 and 30"),
        Type::Resolution => {
            format!("length({name}) between 1 and 11 and {name} ~ '^[0-9]{{2,5}}x[0-9]{{2,5}}$'")
        }
        Type::Url => format!("{name} ~ '^https?://'"),
        Type::Integer { min, max } => format!("{name} between {min} and {max}"),
        Type::Number { min, max } => format!("{name} between {min} and {max}"),
        Type::OneOf(_) => format!("{name} in ({})", values(field)),
        Type::SomeOf(_) => format!("cardinality({name}) > 0 and {name} <@ array[{}]", values(field)),
        Type::CommuneCode => format!("{name} ~ '^[0-9]{{5}}$'"),
        Type::Boolean | Type::Date | Type::Timestamp | Type::Reference { .. } => String::new(),
    };
    (field.writable && !of_type.is_empty()).then_some(of_type)
}

/// The values of an enumeration, spread over several lines if there are many.
fn values(field: &Field) -> String {
    let mut lines = vec![String::new()];
    for choice in field.value.choices() {
        let value = format!("'{}'", quoted(choice.value));
        let line = lines.last_mut().expect("there is a first line");
        if line.len() + value.len() > WIDTH {
            lines.push(value);
        } else {
            let comma = if line.is_empty() { "" } else { ", " };
            let _ = write!(line, "{comma}{value}");
        }
    }
    let start = if lines.len() > 1 { "\n      " } else { "" };
    format!("{start}{}", lines.join(",\n      "))
}

fn default(field: &Field) -> Option<String> {
    match field.default {
        Default::Text(text) => Some(format!("'{}'", quoted(text))),
        Default::Integer(number) => Some(number.to_string()),
        Default::Null | Default::Today | Default::Code => None,
    }
}

fn index(table: &str, field: &Field) -> String {
    format!("create index {table}_{}_idx on {table} ({});\n", without_id(field), field.name)
}

fn without_id(field: &Field) -> &str {
    field.name.trim_end_matches("_id")
}

/// A layer with several types has a column of any geometry, which a check then limits.
fn geometry_type(layer: &Layer) -> String {
    let name = if let [only] = layer.geometry { only } else { "Geometry" };
    format!("geometry({name}, 4326)")
}

fn geometry_check(layer: &Layer) -> String {
    if layer.geometry.len() == 1 {
        return String::new();
    }
    let types: Vec<_> = layer.geometry.iter().map(|name| format!("'{}'", name.to_uppercase())).collect();
    format!(
        "\n    constraint {}_geom_check check (geometrytype(geom) in ({}) and not st_isempty(geom))",
        layer.table(),
        types.join(", ")
    )
}

/// Whether the column is part of the pattern `asset`.
fn is_shared(field: &Field) -> bool {
    field.name == NAME.name
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}
