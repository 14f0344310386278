//! The SQL of layers: what definitions print, compared with the migrations and the tables.

use std::collections::BTreeSet;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use hatang::layers::{ALL, Field, Layer, TOWER, sql};
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};

use crate::common::Server;

fn writable() -> impl Iterator<Item = &'static Layer> {
    ALL.iter().copied().filter(|layer| layer.is_writable())
}

/// The texts of all migrations, in order.
fn migrations() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let paths: BTreeSet<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.iter().map(|path| std::fs::read_to_string(path.join("up.sql")).unwrap()).collect()
}

/// The text of a migration without the lines of some fields.
fn without(text: &str, table: &str, fields: &[&str]) -> String {
    let mut kept = String::new();
    let mut is_left_out = false;
    // A later migration limits the keys to records that are not deleted.
    let is_key = |line: &str| line.starts_with(&format!("create unique index {table}_")) || line.starts_with("where ");
    // Hamlets were units when the first layers were made; a later migration made them records.
    let text =
        text.replace("foreign key (hamlet_id) references admin_units", "foreign key (hamlet_id) references hamlets");
    for line in text.lines().filter(|line| !is_key(line)) {
        let of = |field: &&&str| {
            line.starts_with(&format!("  {field} ")) || line.starts_with(&format!("create index {table}_{field}_idx "))
        };
        is_left_out = fields.iter().any(|field| of(&field)) || is_left_out && line.starts_with("    ");
        if !is_left_out {
            kept.extend([line, "\n"]);
        }
    }
    kept
}

/// Later migrations may add fields or change their values; [`each_table_is_what_its_layer_says`] covers that.
#[test]
fn each_migration_is_what_its_layer_prints() {
    let migrations = migrations();
    for layer in writable() {
        let table = layer.table();
        let created = migrations.iter().position(|text| text.contains(&format!("create table {table} ("))).unwrap();
        let later: Vec<_> =
            migrations[created + 1..].iter().filter(|text| text.contains(&format!("alter table {table}\n"))).collect();
        let changed: Vec<_> = layer
            .own_fields
            .iter()
            .map(|field| field.name)
            .filter(|name| {
                later.iter().any(|text| {
                    text.contains(&format!("column {name} ")) || text.contains(&format!("{table}_{name}_check"))
                })
            })
            .chain(["deleted"])
            .collect();
        let printed = without(&sql::table(layer), table, &changed);
        assert_eq!(without(&migrations[created], table, &changed), printed, "hatang layer sql {}", layer.collection);
    }
}

/// Columns, constraints and indexes of a table, without the schema's name.
async fn shape(conn: &mut AsyncPgConnection, schema: &str, table: &str) -> BTreeSet<String> {
    use diesel_async::RunQueryDsl;
    let rows: Vec<Row> = Sql::new(
        "with t as (select c.oid from pg_class c where c.relnamespace::regnamespace::text = ",
    )
    .bind(Bind::Text(schema.into()))
    .text(" and c.relname = ")
    .bind(Bind::Text(table.into()))
    .text(
        ") select concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
           pg_get_expr(d.adbin, d.adrelid)) \
         from t join pg_attribute a on a.attrelid = t.oid \
         left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum \
         where a.attnum > 0 and not a.attisdropped \
         union all select concat_ws(' ', conname, replace(pg_get_constraintdef(c.oid), 'defined.', '')) from t join pg_constraint c on conrelid = t.oid \
         union all select replace(pg_get_indexdef(indexrelid), ",
    )
    .bind(Bind::Text(format!("{schema}.")))
    .text(", 'public.') from t join pg_index on indrelid = t.oid")
    .load(conn)
    .await
    .unwrap();
    rows.iter().map(|row| row.cells[0].as_text().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn each_table_is_what_its_layer_says() {
    let server = Server::new().await;
    let mut conn = server.connection().await;
    for layer in writable() {
        conn.batch_execute("create schema defined; set search_path = defined, public").await.unwrap();
        conn.batch_execute(&sql::table(layer)).await.unwrap();
        conn.batch_execute("set search_path = public").await.unwrap();
        let defined = shape(&mut conn, "defined", layer.table()).await;
        assert!(defined.len() > 40, "{defined:?}");
        assert_eq!(defined, shape(&mut conn, "public", layer.table()).await, "{}", layer.table());
        conn.batch_execute("drop schema defined cascade").await.unwrap();
    }
}

/// The layer of towers with a field added to its definition.
fn towers_with(field: Field) -> &'static Layer {
    let fields: Vec<_> = TOWER.own_fields.iter().copied().chain([field]).collect();
    Box::leak(Box::new(Layer { own_fields: fields.leak(), ..TOWER }))
}

#[actix_web::test]
async fn new_field_is_one_line_and_a_migration_of_one_statement() {
    let field = Field::integer("sector_count", "Số sector", "Sectors", 1, 12);
    let towers = towers_with(field);
    let migration = sql::add_field(towers, &field).unwrap();
    assert_eq!(
        migration,
        "alter table towers\n  add column sector_count integer\n    \
         constraint towers_sector_count_check check (sector_count between 1 and 12);\n"
    );

    let server = Server::with_demo().await;
    let records = "select count(*) from towers_as_of(current_date)";
    let before = server.query(records).await;
    server.execute(&migration).await;
    server.execute(&sql::registration(towers)).await;
    let mut conn = server.connection().await;
    conn.batch_execute("create schema defined; set search_path = defined, public").await.unwrap();
    conn.batch_execute(&sql::table(towers)).await.unwrap();
    conn.batch_execute("set search_path = public").await.unwrap();
    assert_eq!(shape(&mut conn, "defined", "towers").await, shape(&mut conn, "public", "towers").await);

    // No function was changed: writes, versions, public versions and the past all know the field.
    assert_eq!(server.query(records).await, before);
    server
        .execute(
            "update towers set sector_count = 3, effective_on = '2024-05-01' where id = (select min(id) from towers);
             update towers set sector_count = 6, effective_on = '2025-05-01' where id = (select min(id) from towers)",
        )
        .await;
    for (sql, expected) in [
        (
            "select (changes ->> 'sector_count')::bigint from versions where changes ? 'sector_count' order by version desc limit 1",
            6,
        ),
        ("select sector_count from towers_as_of('2024-06-01') where id = (select min(id) from towers)", 3),
        ("select sector_count from towers_as_of(current_date) where id = (select min(id) from towers)", 6),
        (
            "select count(*) from changes where public_op = 'update' and record_id = (select min(id) from towers) and at > now() - interval '1 minute'",
            2,
        ),
    ] {
        assert_eq!(server.query(sql).await, expected, "{sql}");
    }
    let refused = conn.batch_execute("update towers set sector_count = 13").await.unwrap_err().to_string();
    assert!(refused.contains("towers_sector_count_check"), "{refused}");
    server.administrator().get("/collections/towers/items?limit=1").await.ok();
}

#[test]
fn required_field_without_default_is_not_added() {
    let field = Field::text("owner", "Chủ", "Owner", 100).required();
    assert_eq!(sql::add_field(towers_with(field), &field), None);
}
