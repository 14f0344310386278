//! The tables that migrations make, compared with the layers.

use std::collections::BTreeMap;

use diesel_async::RunQueryDsl;
use hatang::layers::{ALL, Class, Default, Layer, Storage};
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};

use crate::common::Server;

/// Maps each column to its type and whether it is not null.
async fn columns(server: &Server, table: &str) -> BTreeMap<String, (String, bool)> {
    let rows: Vec<Row> = Sql::new(
        "select a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull from pg_attribute a \
         where a.attnum > 0 and not a.attisdropped and a.attrelid = ",
    )
    .bind(Bind::Text(table.into()))
    .text("::regclass")
    .load(&mut server.connection().await)
    .await
    .unwrap();
    rows.iter()
        .map(|row| {
            let text = |at: usize| row.cells[at].as_text().unwrap().to_owned();
            (text(0), (text(1), row.cells[2].to_json() == true))
        })
        .collect()
}

#[actix_web::test]
async fn each_layer_has_the_columns_of_its_table() {
    let server = Server::new().await;
    for layer in ALL {
        let columns = columns(&server, layer.table()).await;
        for field in layer.fields() {
            let name = field.name;
            let (actual, not_null) =
                columns.get(name).unwrap_or_else(|| panic!("{} has no column {name}", layer.table()));
            assert_eq!(actual, field.value.sql_name(), "{}.{name}", layer.table());
            if matches!(layer.storage, Storage::Assets { .. }) {
                assert_eq!(*not_null, field.not_null, "{}.{name} not null", layer.table());
            }
        }
        if matches!(layer.storage, Storage::Assets { .. }) {
            let shared = columns_of_the_pattern(&server).await;
            let own: Vec<_> = columns.keys().filter(|name| !shared.contains_key(*name)).collect();
            let known = |name: &str| {
                layer.field(name).is_some()
                    || layer.fields().any(|field| field.public_column == Some(name))
                    || ["geom", "public_geom"].contains(&name)
            };
            for name in own {
                assert!(known(name), "{}.{name} is no field of the kind", layer.table());
            }
        }
    }
}

async fn columns_of_the_pattern(server: &Server) -> BTreeMap<String, (String, bool)> {
    columns(server, "asset").await
}

/// The table allows every value of an enumeration, and no others.
#[actix_web::test]
async fn each_enumeration_matches_the_check_of_its_column() {
    let server = Server::new().await;
    for layer in ALL.iter().filter(|layer| layer.is_writable()) {
        let rows: Vec<Row> = Sql::new(
            "select pg_get_constraintdef(oid), conname::text from pg_constraint where contype = 'c' and conrelid = ",
        )
        .bind(Bind::Text(layer.table().into()))
        .text("::regclass")
        .load(&mut server.connection().await)
        .await
        .unwrap();
        let checks: Vec<_> = rows.iter().map(|row| row.cells[0].as_text().unwrap()).collect();
        for field in layer.fields().filter(|field| field.writable && !field.value.choices().is_empty()) {
            let expected: Vec<_> = field.value.choices().iter().map(|choice| choice.value).collect();
            let check = checks
                .iter()
                .find(|check| {
                    check.contains(&format!("({} ", field.name)) || check.contains(&format!("(({} ", field.name))
                })
                .unwrap_or_else(|| panic!("{}.{} has no check", layer.table(), field.name));
            let literals: Vec<_> = check
                .split('\'')
                .skip(1)
                .step_by(2)
                .flat_map(|part| part.trim_matches(['{', '}']).split(','))
                .collect();
            assert_eq!(literals, expected, "{}.{}", layer.table(), field.name);
        }
    }
}

/// The trigger that counts public changes knows exactly the columns that anonymous callers see.
#[actix_web::test]
async fn each_layer_is_registered_with_its_public_columns() {
    let server = Server::new().await;
    for layer in ALL.iter().filter(|layer| layer.is_writable()) {
        let rows: Vec<Row> =
            Sql::new("select encode(tgargs, 'escape') from pg_trigger where tgname = 'b_derive' and tgrelid = ")
                .bind(Bind::Text(layer.table().into()))
                .text("::regclass")
                .load(&mut server.connection().await)
                .await
                .unwrap();
        let argument = rows[0].cells[0].as_text().unwrap().replace("\\000", "");
        let mut registered: Vec<_> = argument.trim_matches(['{', '}']).split(',').map(str::to_owned).collect();
        registered.sort();
        assert_eq!(registered, public_columns(layer), "{}", layer.table());
    }
}

/// Without the commune and the version, which the trigger handles itself.
fn public_columns(layer: &'static Layer) -> Vec<String> {
    let mut columns: Vec<_> = layer
        .fields()
        .filter(|field| layer.class(field) == Class::Public && !["commune_code", "version"].contains(&field.name))
        .map(|field| field.public_column.unwrap_or(field.name).to_owned())
        .collect();
    columns.sort();
    columns
}

#[test]
fn columns_with_a_default_are_not_null() {
    for layer in ALL {
        for field in layer.fields().filter(|field| field.default != Default::Null || field.required) {
            assert!(field.not_null, "{}.{}", layer.table(), field.name);
        }
    }
}

/// The check point at 106.5761 E 22.492 N in VN-2000 / TM-3 105-45: wrong signs of the rotations misplace it by 0.73 m.
#[actix_web::test]
async fn vn_2000_is_accurate_to_a_millimetre() {
    let server = Server::new().await;
    let row: Row = Sql::new(
        "select st_distance(st_transform(st_setsrid(st_point(106.5761, 22.492), 4326), 9210), \
         st_setsrid(st_point(584804.960, 2488375.347), 9210)) < 0.001",
    )
    .get_result(&mut server.connection().await)
    .await
    .unwrap();
    assert_eq!(row.cells[0].to_json(), true);
}

/// diesel sets the time zone of each new connection to UTC, where it is still yesterday until seven in the morning in
/// Vietnam.
#[actix_web::test]
async fn today_is_the_day_in_vietnam_in_every_connection() {
    let server = Server::new().await;
    let store = hatang::postgres::Store::new(&server.database_url(), 1, std::time::Duration::from_secs(5)).unwrap();
    let mut pooled = store.connection().await.unwrap();
    let row: Row = Sql::new("select current_setting('timezone')").get_result(&mut pooled).await.unwrap();
    assert_eq!(row.cells[0].as_text(), Some("Asia/Ho_Chi_Minh"));
    assert_eq!(server.query("select current_setting('timezone')").await, "Asia/Ho_Chi_Minh");
}
