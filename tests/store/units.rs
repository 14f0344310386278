//! Imports of units, from their files to the answers of the database.

use std::path::Path;

use chrono::NaiveDate;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use hatang::files::Refused;
use hatang::postgres::row::Row;
use hatang::units::{Summary, availability, baselines, boundaries, census, lists, mappings};

use crate::common::Server;

const OLD: &str = "province_code,province_name,district_code,district_name,commune_code,commune_name,commune_type
38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Đông Hoàng,Xã
38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16384,Xã Đông Ninh,Xã
38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16393,Xã Đông Yên,Xã
";
const NEW: &str = "province_code,province_name,commune_code,commune_name,commune_type,area_km2
38,Tỉnh Thanh Hoá,16378,Phường Đông Sơn,Phường,41.71
38,Tỉnh Thanh Hoá,16417,Phường Đông Quang,Phường,48.6
";
const MAPPING: &str = "old_commune_code,old_district_code,old_province_code,new_commune_code,new_commune_name,\
new_province_code,new_province_name,part,crosscheck
16381,405,38,16378,Phường Đông Sơn,38,Tỉnh Thanh Hóa,full,agree
16384,405,38,16378,Phường Đông Sơn,38,Tỉnh Thanh Hóa,partial,agree
16384,405,38,16417,Phường Đông Quang,38,Tỉnh Thanh Hóa,partial,differs:16378
16393,405,38,16417,Phường Đông Quang,38,Tỉnh Thanh Hóa,full,agree
";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Two lists, their mapping, the boundaries of the new communes and a census of the old ones.
async fn import_all(conn: &mut AsyncPgConnection) -> Vec<Summary> {
    let counts = "commune_code,commune_name,population,households\n16381,Xã Đông Hoàng,5037,1342\n16999,Xã Khác,1,1\n";
    vec![
        lists::import(conn, OLD, day("2024-05-01"), None).await.unwrap(),
        lists::import(conn, NEW, day("2026-07-01"), None).await.unwrap(),
        mappings::import(conn, MAPPING, day("2025-07-01")).await.unwrap(),
        boundaries::import(conn, &squares(&["16378", "16417"]), day("2026-07-01"), |_, _| {}).await.unwrap(),
        census::import(conn, counts, day("2019-04-01"), day("2024-05-01"), "GSO").await.unwrap().summary,
    ]
}

/// Square boundaries side by side, 0.1 degree wide, from (105.6, 19.8).
fn squares(codes: &[&str]) -> String {
    let features = codes.iter().enumerate().map(|(nth, code)| {
        let (west, east) = (105.6 + 0.1 * nth as f64, 105.7 + 0.1 * nth as f64);
        let ring = format!("[[{west},19.8],[{east},19.8],[{east},19.9],[{west},19.9],[{west},19.8]]");
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        )
    });
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.collect::<Vec<_>>().join(","))
}

/// The first column, as JSON.
async fn column(conn: &mut AsyncPgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).await.unwrap();
    rows.iter().map(|row| row.cells[0].to_json().to_string().trim_matches('"').to_owned()).collect()
}

/// Everything that an import may write, with the transactions that wrote it.
async fn everything(conn: &mut AsyncPgConnection) -> Vec<String> {
    let sql = "select md5(coalesce(string_agg(t.line, '|' order by t.line), '')) from (
        select u.xmin || u::text as line from admin_units u
        union all select c.xmin || c::text from admin_changes c
        union all select l.xmin || l::text from unit_lists l
        union all select v.xmin || v::text from versions v) t";
    column(conn, sql).await
}

fn refused(result: anyhow::Result<impl std::fmt::Debug>) -> String {
    result.unwrap_err().downcast_ref::<Refused>().expect("refused").to_string()
}

#[actix_web::test]
async fn importing_again_changes_nothing() {
    let server = Server::new().await;
    let conn = &mut server.connection().await;
    import_all(conn).await;
    let before = everything(conn).await;
    for summary in import_all(conn).await {
        let only_unchanged = Summary {
            what: summary.what.clone(),
            unchanged: summary.unchanged,
            notes: summary.notes.clone(),
            ..Summary::default()
        };
        assert_eq!(summary, only_unchanged);
    }
    assert_eq!(everything(conn).await, before);
}

#[actix_web::test]
async fn units_are_followed_through_the_reform() {
    let server = Server::new().await;
    let conn = &mut server.connection().await;
    let summaries = import_all(conn).await;
    assert_eq!(summaries[2].notes, ["1 rows that its cross-check doubts are loaded"]);
    assert_eq!(summaries[4].notes, ["left out: 1 codes that are no commune any more"]);
    let versions = column(
        conn,
        "select concat_ws(' ', code, parent_code, valid_from, '-', valid_to, geom_source, population, area_km2) \
         from admin_units order by code, valid_from",
    );
    assert_eq!(
        versions.await,
        [
            "16378 38 2025-07-01 - import 41.71",
            "16381 405 2024-05-01 - 2025-06-30 5037",
            "16384 405 2024-05-01 - 2025-06-30",
            "16393 405 2024-05-01 - 2025-06-30",
            "16417 38 2025-07-01 - import 48.6",
            "38 2024-05-01 - children",
            // Its communes became these two, which took nothing from elsewhere.
            "405 38 2024-05-01 - 2025-06-30 lineage",
        ]
    );
    let successors = column(
        conn,
        "select concat_ws(' ', u.code, string_agg(n.code, '+' order by n.code)) from admin_units u, \
         unit_on(u.id, '2026-01-01') s join admin_units n on n.id = s where u.parent_code = '405' group by u.code order by 1",
    );
    assert_eq!(successors.await, ["16381 16378", "16384 16378+16417", "16393 16417"]);
    let area =
        column(conn, "select round(st_area(geom)::numeric, 6)::double precision from admin_units where code = '38'");
    assert_eq!(area.await, ["0.02"]);
}

#[actix_web::test]
async fn bad_file_is_refused_whole() {
    let server = Server::new().await;
    let conn = &mut server.connection().await;
    lists::import(conn, OLD, day("2024-05-01"), None).await.unwrap();
    let before = everything(conn).await;
    let on = day("2024-05-01");

    let list = refused(lists::import(conn, &OLD.replace("16393", "16381"), on, None).await);
    assert!(list.contains("line 4, commune_code: 16381 is there already, on line 2"), "{list}");
    let mapping = refused(mappings::import(conn, MAPPING, day("2025-07-01")).await);
    assert_eq!(mapping.lines().count(), 3, "{mapping}");
    let unknown = refused(boundaries::import(conn, &squares(&["16381", "16378"]), on, |_, _| {}).await);
    assert!(unknown.ends_with("feature 2, code: 16378 is no unit on 2024-05-01"), "{unknown}");
    let wrong_day = squares(&["16381"]).replace("\"code\":", "\"name\":\"Phường Đông Sơn\",\"code\":");
    let wrong_day = refused(boundaries::import(conn, &wrong_day, on, |_, _| {}).await);
    assert!(wrong_day.contains("feature 1, name: 16381 is “Phường Đông Sơn” here"), "{wrong_day}");
    assert_eq!(everything(conn).await, before);
}

#[actix_web::test]
async fn demo_gives_way_and_its_records_stay() {
    let server = Server::with_demo().await;
    let conn = &mut server.connection().await;
    let count = "select count(*) from (select id from cameras union all select id from towers \
        union all select hamlet_id from availability union all select unit_id from declared_baselines \
        union all select id from hamlets) t";
    let before = column(conn, count).await;
    let homeless = "select count(*) from facilities where commune_code = '15853'";
    assert_ne!(column(conn, homeless).await, ["0"]);

    // The list lacks ward 15853, which has records, on the very day on which the demo lets it begin.
    let summary = lists::import(conn, NEW, day("2025-07-01"), None).await.unwrap();
    assert_eq!((summary.adopted, summary.removed), (3, 1));
    assert_eq!(column(conn, "select count(*) from admin_units where code = '15853'").await, ["0"]);
    assert_eq!(column(conn, homeless).await, ["0"]);
    assert_eq!(column(conn, count).await, before);
    assert_eq!(column(conn, "select count(*) from changes where seq is null").await, ["0"]);
}

#[actix_web::test]
async fn demo_boundaries_are_replaced_on_every_version_of_the_unit() {
    let server = Server::with_demo().await;
    let conn = &mut server.connection().await;
    lists::import(conn, OLD, day("2024-05-01"), None).await.unwrap();
    boundaries::import(conn, &squares(&["16381"]), day("2024-12-31"), |_, _| {}).await.unwrap();
    let sources = "select geom_source from admin_units where code = '16381' order by valid_from";
    assert_eq!(column(conn, sources).await, ["import", "lineage"]);
}

#[actix_web::test]
async fn count_of_another_commune_with_the_code_is_left_out() {
    let server = Server::with_demo().await;
    let conn = &mut server.connection().await;
    let counts = "commune_code,commune_name,population,households\n16408,Xã Đông Anh,3679,1053\n16378,Thị trấn Rừng Thông,9411,2716\n";
    let counted = census::import(conn, counts, day("2019-04-01"), day("2024-05-01"), "GSO").await.unwrap();
    assert_eq!(counted.left_out, ["16408 Xã Đông Anh: is Xã Đông Khê on 2024-05-01"]);
    let population = "select population from admin_units where code in ('16408', '16378') and valid_from = '2019-12-01' order by code";
    assert_eq!(column(conn, population).await, ["9411", "7024"]);
}

#[actix_web::test]
async fn statements_and_baselines_are_corrected_by_a_later_file() {
    let server = Server::with_demo().await;
    let conn = &mut server.connection().await;
    let header = "hamlet_code,hamlet_on,technology,operator,state,share_households,basis,as_of\n";
    let row = "16378-01,2024-03-01,fiber,viettel,available,0.9,reported,2024-03-01\n";
    for (text, expected) in [(row.to_owned(), (1, 0)), (row.to_owned(), (0, 1)), (row.replace("0.9", "1"), (1, 0))] {
        let loaded = availability::load(conn, &format!("{header}{text}")).await.unwrap();
        assert_eq!((loaded.written, loaded.unchanged), expected);
    }
    let bad = format!("{header}{row}{}", row.replace("16378-01", "16378-99"));
    let bad = refused(availability::load(conn, &bad).await);
    assert!(bad.ends_with("line 3, hamlet_code: 16378-99 is no unit (hamlet) on 2024-03-01"), "{bad}");

    let header = "indicator,group_value,unit_code,unit_on,date,value,document\n";
    let row = "camera_eyes,,405,2022-12-31,2022-12-31,313,corrected\n";
    for expected in [(1, 0), (0, 1)] {
        let loaded = baselines::load(conn, &format!("{header}{row}")).await.unwrap();
        assert_eq!((loaded.written, loaded.unchanged), expected);
    }
    let of_the_day = "select value from declared_baselines where group_value is null and on_day = '2022-12-31'";
    assert_eq!(column(conn, of_the_day).await, ["313.0"]);
}

/// The whole country, if its files are present.
#[actix_web::test]
async fn national_files_load_and_load_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let Ok(mapping) = read("mapping_old_to_new_2025-07-01.csv") else { return };
    let list = |name: &str| read(name).unwrap();
    let server = Server::with_demo().await;
    let conn = &mut server.connection().await;
    let mut states = Vec::new();
    for _ in 0..2 {
        for (name, as_of) in [
            ("units_old_2024-05-01.csv", "2024-05-01"),
            ("units_old_2025-06-30.csv", "2025-06-30"),
            ("units_new_2026-07.csv", "2026-07-01"),
        ] {
            lists::import(conn, &list(name), day(as_of), None).await.unwrap();
        }
        mappings::import(conn, &mapping, day("2025-07-01")).await.unwrap();
        census::import(conn, &list("census2019_commune.csv"), day("2019-04-01"), day("2024-05-01"), "GSO")
            .await
            .unwrap();
        states.push(everything(conn).await);
    }
    assert_eq!(states[0], states[1]);
    let in_force = "select concat_ws(' ', d, level, count(*)) from admin_units, \
        unnest('{2024-05-01,2025-06-29,2025-06-30,2025-07-01,2026-07-01}'::date[]) d \
        where in_force(valid_from, valid_to, d) group by d, level order by d, level";
    assert_eq!(
        column(conn, in_force).await,
        [
            "2024-05-01 commune 10595",
            "2024-05-01 district 705",
            "2024-05-01 province 63",
            // The lists do not say when xã Hưng Mỹ ended. The demo does.
            "2025-06-29 commune 10594",
            "2025-06-29 district 704",
            "2025-06-29 province 63",
            "2025-06-30 commune 10035",
            "2025-06-30 district 696",
            "2025-06-30 province 63",
            "2025-07-01 commune 3321",
            "2025-07-01 province 34",
            "2026-07-01 commune 3321",
            "2026-07-01 province 34",
        ]
    );
    let ended = "select count(*) from admin_units u where u.level = 'commune' and u.valid_to = '2025-06-30' \
        and not exists (select from unit_on(u.id, '2026-07-01'))";
    assert_eq!(column(conn, ended).await, ["0"]);
}
