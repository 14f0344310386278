//! Filters in CQL2 (OGC API Features, part 3), in the address and as the body of a search.

use actix_web::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server, camera, tower};

const TOWERS: &str = "/collections/towers/items";
const SEARCH: &str = "/collections/towers/items/search";

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

async fn filtered(caller: Caller<'_>, path: &str, filter: &str) -> Answer {
    let join = if path.contains('?') { '&' } else { '?' };
    caller.get(&format!("{path}{join}filter={}", encoded(filter))).await
}

/// Four towers: A has everything, B little, C no place, D lies elsewhere and is no longer in use.
async fn server_with_towers() -> Server {
    let server = Server::with_communes().await;
    let towers = [
        ([105.71, 19.82], json!({"name": "Trạm A", "code": "A", "operator": "viettel", "height_m": 40.0, "radius_m": 20.0,
            "technologies": ["3G", "4G", "5G"], "installed_on": "2020-01-01", "decommissioned_on": null, "structure": "mast"})),
        ([105.72, 19.82], json!({"name": "trạm b 50%", "code": "B", "operator": "vnpt", "height_m": 30.0,
            "technologies": ["4G"], "installed_on": "2021-06-01"})),
        ([0.0, 0.0], json!({"name": "Điểm C", "code": "C", "operator": "vnpt", "declared_commune_code": "00001", "declared_on": "2026-01-01"})),
        ([105.73, 19.83], json!({"name": "Trạm D", "code": "D", "operator": "mobifone", "height_m": 20.0, "radius_m": 40.0,
            "technologies": ["2G", "3G"], "installed_on": "2015-05-05", "decommissioned_on": "2020-01-01", "lifecycle_status": "decommissioned"})),
    ];
    for (place, more) in towers {
        let mut body = tower(more);
        body["geometry"] = if place == [0.0, 0.0] { Value::Null } else { json!({"type": "Point", "coordinates": place}) };
        body["confirm"] = json!(["dup.near"]);
        server.administrator().post(TOWERS, body).await.ok();
    }
    server
}

/// A filter and the codes of its rows, or why there is none.
type Asked = Result<(&'static str, &'static str), &'static str>;

/// The published examples of CQL2 1.0 (clauses 6 and 7, and `schema/examples`), by number: what each shows, asked of our
/// towers. `Err` says why an example has no counterpart.
const EXAMPLES: &[(&str, Asked)] = &[
    ("clause6_01", Err("a function of one's own that gives a number: the class `functions` is not offered")),
    ("clause6_02a", Ok(("operator='vnpt'", "BC"))),
    ("clause6_02b", Err("a function of one's own")),
    ("clause6_02c", Ok(("height_m-25.0 > 0", "AB"))),
    ("clause6_02d", Ok(("updated_at >= date('1970-01-01')", "ABCD"))),
    ("clause6_03", Ok(("geom IS NOT NULL", "ABD"))),
    ("clause7_01", Ok(("name LIKE 'Trạm%'", "AD"))),
    ("clause7_02", Ok(("height_m BETWEEN 25.0 and 35.0", "B"))),
    ("clause7_03a", Ok(("operator IN ('vnpt','mobifone','gmobile')", "BCD"))),
    ("clause7_03b", Ok(("height_m NOT IN (1,20,3,4)", "AB"))),
    ("clause7_04", Ok(("CASEI(name) IN (CASEI('TRẠM A'),CASEI('trạm B 50%'))", "AB"))),
    ("clause7_05", Ok(("ACCENTI(name) = ACCENTI('Điêm C')", "C"))),
    ("clause7_07", Ok(("S_INTERSECTS(geom,POINT(105.71 19.82))", "A"))),
    ("clause7_10", Ok(("S_CROSSES(geom,POLYGON((105.7 19.8,105.8 19.8,105.8 19.9,105.7 19.8)))", ""))),
    ("clause7_12", Ok(("T_INTERSECTS(installed_on, INTERVAL('2015-05-05', '2020-01-01'))", "AD"))),
    ("clause7_13", Ok(("T_DURING(INTERVAL(installed_on, decommissioned_on), INTERVAL('2015-01-01', '2020-06-01'))", "D"))),
    ("clause7_15", Ok(("A_CONTAINS(technologies, ('3G','4G'))", "A"))),
    ("clause7_16", Ok(("S_CROSSES(LINESTRING(105.69 19.82, 105.75 19.825), POLYGON((105.7 19.8,105.74 19.8,105.74 19.9,105.7 19.8))) AND height_m > 35", "A"))),
    ("clause7_17", Ok(("T_DURING(INTERVAL('2020-01-02', '2020-01-03'), INTERVAL('2020-01-01', '2020-01-04')) AND code = 'C'", "C"))),
    ("clause7_18", Err("a function of one's own that gives a geometry; S_DWITHIN asks the same")),
    ("clause7_19", Ok(("height_m > (radius_m-1)", "A"))),
    ("example01", Ok(("code = 'A'", "A"))),
    ("example02", Ok(("name LIKE 'Điể%'", "C"))),
    ("example03", Ok(("code IN ('A','B','15X')", "AB"))),
    ("example04", Ok(("height_m > 25 AND operator='viettel' AND radius_m=20", "A"))),
    ("example05a", Ok(("height_m=40.0 OR height_m=20", "AD"))),
    ("example05b", Ok(("height_m IN (40,20.0)", "AD"))),
    ("example06a", Ok(("height_m BETWEEN 30 AND 40 AND operator='vnpt' AND radius_m IS NULL", "B"))),
    ("example06b", Ok(("height_m >= 30 AND height_m <= 40 AND operator='vnpt' AND radius_m IS NULL", "B"))),
    ("example07", Ok(("name LIKE 'Trạm%' AND S_INTERSECTS(geom,POLYGON((105.7 19.81, 105.715 19.81, 105.715 19.83, 105.7 19.83, 105.7 19.81)))", "A"))),
    ("example08", Ok(("operator='vnpt' AND code='B' AND lifecycle_status='operational' AND s_intersects(geom,POLYGON((105.7 19.81, 105.725 19.81, 105.725 19.83, 105.7 19.83, 105.7 19.81)))", "B"))),
    ("example09", Ok(("height_m>30", "A"))),
    ("example10", Ok(("height_m <= 30", "BD"))),
    ("example11", Ok(("name LIKE '%trạm%'", "B"))),
    ("example12", Ok(("name LIKE 'Trạm%'", "AD"))),
    ("example13", Ok(("name NOT LIKE '%Trạm%'", "BC"))),
    ("example14", Err("towers have no boolean field; facilities: `a_boolean_is_asked_of_facilities`")),
    ("example15", Ok(("height_m>25 AND TRUE=TRUE", "AB"))),
    ("example16", Ok(("operator='vnpt' AND (height_m>35 OR name LIKE 'trạm%' OR name LIKE '%C')", "BC"))),
    ("example17", Ok(("(height_m>35 AND operator='viettel') OR operator='mobifone'", "AD"))),
    ("example18", Ok(("NOT (height_m<35) OR operator='mobifone'", "AD"))),
    ("example19", Ok(("(name LIKE 'trạm%' OR name LIKE 'Trạm%') AND height_m<35", "BD"))),
    ("example20", Ok(("T_BEFORE(installed_on, DATE('2020-01-01'))", "D"))),
    ("example21", Ok(("T_AFTER(installed_on,DATE('2020-01-01'))", "B"))),
    ("example22", Ok(("T_DURING(INTERVAL(installed_on, decommissioned_on), INTERVAL('2015-01-01T07:30:00Z', '2020-06-11T10:30:00Z'))", "D"))),
    ("example23", Ok(("S_WITHIN(geom,BBOX(105.70,19.81,105.715,19.83))", "A"))),
    ("example24", Ok(("S_INTERSECTS(geom,POLYGON((105.725 19.8, 105.75 19.8, 105.725 19.9, 105.725 19.8)))", "D"))),
    ("example25", Ok(("height_m>25 AND S_WITHIN(geom,BBOX(105.715,19.81,105.74,19.84))", "B"))),
    ("example26", Ok(("CASEI(name) IN (CASEI('ĐIỂM c'),CASEI('x'))", "C"))),
    ("example27", Ok(("ACCENTI(name) = ACCENTI('Tram A')", "A"))),
    ("example28", Ok(("CASEI(name) LIKE CASEI('%RẠM B%')", "B"))),
    ("example29", Ok(("\"code\" = 'A'", "A"))),
    ("example30", Ok(("\"code\" <> 'A'", "BCD"))),
    ("example31", Ok(("\"height_m\" < 30", "D"))),
    ("example32", Ok(("\"height_m\" > 30", "A"))),
    ("example33", Ok(("\"height_m\" <= 30", "BD"))),
    ("example34", Ok(("\"height_m\" >= 30", "AB"))),
    ("example35", Ok(("\"name\" LIKE 'tr%'", "B"))),
    ("example36", Ok(("NOT \"name\" LIKE 'tr%'", "ACD"))),
    ("example36-alt01", Ok(("\"name\" NOT LIKE 'tr%'", "ACD"))),
    ("example37", Ok(("\"height_m\" BETWEEN 20 AND 30", "BD"))),
    ("example38", Ok(("NOT \"height_m\" BETWEEN 20 AND 30", "A"))),
    ("example38-alt01", Ok(("\"height_m\" NOT BETWEEN 20 AND 30", "A"))),
    ("example39", Ok(("\"height_m\" IN (20.0, 30.0, 3.0)", "BD"))),
    ("example40", Ok(("NOT \"code\" IN ('A', 'b', 'C')", "BD"))),
    ("example40-alt01", Ok(("\"code\" NOT IN ('A', 'b', 'C')", "BD"))),
    ("example41", Ok(("\"radius_m\" IS NULL", "BC"))),
    ("example42", Ok(("NOT \"radius_m\" IS NULL", "AD"))),
    ("example42-alt01", Ok(("\"radius_m\" IS NOT NULL", "AD"))),
    ("example43", Ok(("(NOT \"name\" LIKE 'Tr%' AND \"height_m\" > 10)", "B"))),
    ("example43-alt01", Ok(("\"name\" NOT LIKE 'Tr%' AND \"height_m\" > 10", "B"))),
    ("example44", Ok(("(\"height_m\" IS NULL OR \"height_m\" BETWEEN 10 AND 20)", "CD"))),
    ("example44-alt01", Ok(("\"height_m\" IS NULL OR \"height_m\" BETWEEN 10 AND 20", "CD"))),
    ("example45", Ok(("S_INTERSECTS(\"geom\", BBOX(105.715, 19.8, -99999.0, 180.0, 90.0, 100000.0))", "BD"))),
    ("example46", Ok(("S_EQUALS(POLYGON ((105 19, 106 19, 106 20, 105 19)), \"geom\")", ""))),
    ("example46-alt01", Ok(("S_EQUALS(  POINT ( 105.71   19.82 ) , \"geom\" )", "A"))),
    ("example47", Ok(("S_DISJOINT(\"geom\", MULTIPOLYGON (((105.7 19.81, 105.725 19.81, 105.725 19.83, 105.7 19.83, 105.7 19.81))))", "D"))),
    ("example48", Ok(("S_TOUCHES(\"geom\", MULTILINESTRING ((105.71 19.82, 106 20, 106.1 20.5),(100 10, 101 11)))", "A"))),
    ("example49", Ok(("S_WITHIN(POINT Z (105.71 19.82 -7.5), \"geom\")", "A"))),
    ("example49-alt01", Ok(("S_WITHIN(POINT (105.71 19.82 -7.5), \"geom\")", "A"))),
    ("example50", Ok(("S_OVERLAPS(\"geom\", BBOX(-179.912109, 1.9, 180.0, 16.897016))", ""))),
    ("example51", Ok(("S_CROSSES(\"geom\", LINESTRING (172.03086 1.5, 1.1 -90.0, -180.0 0.5))", ""))),
    ("example52", Ok(("S_CONTAINS(\"geom\", POINT (105.73 19.83))", "D"))),
    ("example53", Ok(("T_AFTER(\"updated_at\", DATE('2010-02-10'))", "ABCD"))),
    ("example54", Ok(("T_BEFORE(\"updated_at\", TIMESTAMP('2012-08-10T05:30:00.000000Z'))", ""))),
    ("example54-alt01", Ok(("T_BEFORE(updated_at, TIMESTAMP('2112-08-10T05:30:00Z'))", "ABCD"))),
    ("example55", Ok(("T_CONTAINS(INTERVAL('2000-01-01T00:00:00.000000Z', '2025-01-10T01:01:01.393216Z'), INTERVAL(installed_on, decommissioned_on))", "D"))),
    ("example55-alt01", Ok(("T_CONTAINS(INTERVAL('2000-01-01T00:00:00Z', '..'), INTERVAL(installed_on, decommissioned_on))", "D"))),
    ("example56", Ok(("T_DISJOINT(INTERVAL('..', '2005-01-10T01:01:01.393216Z'), INTERVAL(installed_on, decommissioned_on))", "ABD"))),
    ("example57", Ok(("T_DURING(INTERVAL(installed_on, decommissioned_on), INTERVAL('2005-01-10', '2020-02-10'))", "D"))),
    ("example58", Ok(("T_EQUALS(\"installed_on\", DATE('2020-01-01'))", "A"))),
    ("example59", Ok(("T_FINISHEDBY(INTERVAL(installed_on, decommissioned_on), INTERVAL('2018-10-07', '2020-01-01'))", "D"))),
    ("example60", Ok(("T_FINISHES(INTERVAL(installed_on, decommissioned_on), INTERVAL('1991-10-07', '2020-01-01T05:29:20.073225Z'))", "D"))),
    ("example61", Ok(("T_INTERSECTS(INTERVAL(installed_on, decommissioned_on), INTERVAL('2020-01-01T08:21:06Z', '2020-02-10T05:29:20Z'))", "ACD"))),
    ("example62", Ok(("T_MEETS(INTERVAL('2005-01-10', '2015-05-05'), INTERVAL(installed_on, decommissioned_on))", "D"))),
    ("example63", Ok(("T_METBY(INTERVAL('2020-01-01', '2020-10-07'), INTERVAL(installed_on, decommissioned_on))", "D"))),
    ("example64", Ok(("T_OVERLAPPEDBY(INTERVAL('2016-10-07', '2022-02-10'), INTERVAL(installed_on, decommissioned_on))", "D"))),
    ("example65", Ok(("T_OVERLAPS(INTERVAL(installed_on, decommissioned_on), INTERVAL('2016-10-07', '2021-10-09'))", "D"))),
    ("example66", Ok(("T_STARTEDBY(INTERVAL('2015-05-05', '2022-02-10'), INTERVAL(installed_on, decommissioned_on))", "D"))),
    ("example67", Ok(("T_STARTS(INTERVAL(installed_on, decommissioned_on), INTERVAL('2015-05-05', '..'))", "D"))),
    ("example68", Err("a function of one's own")),
    ("example69", Err("a function of one's own")),
    ("example70", Ok(("ACCENTI(\"name\") = ACCENTI('Tràm Ạ')", "A"))),
    ("example71", Ok(("CASEI(\"name\") = CASEI('TRẠM d')", "D"))),
    ("example72", Ok(("\"height_m\" > (\"radius_m\" + 10)", "A"))),
    ("example73", Ok(("\"height_m\" < (\"radius_m\" - 10)", "D"))),
    ("example74", Ok(("\"height_m\" <> (2 * \"radius_m\")", "D"))),
    ("example75", Ok(("\"height_m\" = (800 / \"radius_m\")", "AD"))),
    ("example76", Ok(("\"height_m\" <= (2 ^ \"radius_m\")", "AD"))),
    ("example77", Ok(("0 = (\"height_m\" % 20)", "AD"))),
    ("example78", Ok(("1 = (\"height_m\" div 25)", "AB"))),
    ("example79", Ok(("A_CONTAINEDBY(\"technologies\", ('2G', '3G', '4G'))", "BD"))),
    ("example80", Ok(("A_CONTAINS(\"technologies\", ('3G'))", "AD"))),
    ("example81", Ok(("A_EQUALS(('3G', '2G'), \"technologies\")", "D"))),
    ("example82", Ok(("A_OVERLAPS(\"technologies\", ('2G', '5G'))", "AD"))),
    ("example83", Ok(("S_EQUALS(MULTIPOINT ((105.71 19.82), (105.71 19.82)), \"geom\")", "A"))),
    ("example84", Err("PostGIS relates a collection of several kinds only by S_INTERSECTS and S_DISJOINT")),
    ("example85", Ok(("\"height_m\" = ((((-1 * \"radius_m\") * 2.0) + (\"radius_m\" / 0.25)) - (\"radius_m\" ^ 0))+1", "A"))),
    ("example85-alt01", Ok(("height_m = - radius_m * 2.0 + \"radius_m\" / 0.25 - \"radius_m\" ^ 0 + 1", "A"))),
    ("example86", Ok(("CASEI(\"name\") LIKE CASEI('TRẠM A')", "A"))),
];

#[actix_web::test]
async fn published_examples_of_cql2_have_their_rows() {
    let server = server_with_towers().await;
    let mut wrong = Vec::new();
    for (example, asked) in EXAMPLES {
        let Ok((filter, expected)) = asked else { continue };
        let answer = filtered(server.administrator(), &format!("{TOWERS}?sortby=code"), filter).await;
        assert_eq!(answer.status, 200, "{example}: {filter}: {}", String::from_utf8_lossy(&answer.body));
        let codes: String = answer.features().iter().map(|tower| tower["properties"]["code"].as_str().unwrap().to_owned()).collect();
        if codes != *expected {
            wrong.push(format!("{example}: {filter} has {codes}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let refused = filtered(server.administrator(), TOWERS, "S_EQUALS(GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(1 1, 2 2)), geom)").await;
    assert_eq!(refused.summary(), "400 filter.invalid filter");
    let mixed = "S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(105.71 19.82), LINESTRING(105.7 19.83, 105.8 19.83)))";
    assert_eq!(filtered(server.administrator(), &format!("{TOWERS}?sortby=code"), mixed).await.names(), ["Trạm A", "Trạm D"]);
}

#[actix_web::test]
async fn a_boolean_is_asked_of_facilities() {
    let server = Server::with_demo().await;
    let items = "/collections/facilities/items?limit=10000";
    let [all, with, without, unknown] = ["TRUE", "data_line = true", "NOT data_line", "data_line IS NULL"];
    let mut counts = Vec::new();
    for filter in [all, with, without, unknown, "data_line <> true", "data_line"] {
        counts.push(filtered(server.anonymous(), items, filter).await.features().len());
    }
    assert_eq!(counts[0], counts[1] + counts[2] + counts[3]);
    assert_eq!((counts[4], counts[5]), (counts[2], counts[1]));
    assert!(counts[1] > 0, "{counts:?}");
}

#[actix_web::test]
async fn filter_holds_wherever_items_are_answered() {
    let server = server_with_towers().await;
    let caller = server.administrator();
    let filter = "height_m >= 30 AND name LIKE '%ạm%'";
    let page = filtered(caller, &format!("{TOWERS}?limit=1"), filter).await.ok();
    assert_eq!(page["numberMatched"], 2);
    assert_eq!(caller.all_items(&format!("{TOWERS}?limit=1&filter={}", encoded(filter))).await.len(), 2, "next links carry it");
    assert_eq!(filtered(caller, &format!("{TOWERS}?resultType=hits"), filter).await.ok()["numberMatched"], 2);
    assert_eq!(filtered(caller, &format!("{TOWERS}?operator=vnpt"), filter).await.names(), ["trạm b 50%"], "together with others");
    assert_eq!(filtered(caller, &format!("{TOWERS}?as_of=2020-06-01"), filter).await.names(), ["Trạm A"]);
    assert_eq!(filtered(caller, &format!("{TOWERS}?f=geojson"), filter).await.features().len(), 2);
    let csv = filtered(caller, &format!("{TOWERS}?f=csv"), filter).await;
    assert_eq!(csv.body.iter().filter(|byte| **byte == b'\n').count(), 3);
    let id = caller.get(&format!("{TOWERS}?code=A")).await.features()[0]["id"].clone();
    assert_eq!(filtered(caller, TOWERS, &format!("id = {id}")).await.names(), ["Trạm A"]);
    assert_eq!(caller.get(&format!("{TOWERS}?id={id},5")).await.names(), ["Trạm A"]);
    let verified = caller.post(&format!("/collections/towers/verify?filter={}", encoded("code = 'A'")), json!({})).await.ok();
    assert_eq!(verified["verified"].as_array().map(Vec::len).or(Some(1)), Some(1));
}

#[actix_web::test]
async fn filter_of_gdal_is_understood() {
    let server = server_with_towers().await;
    let rows = async |filter: &str| filtered(server.anonymous(), &format!("{TOWERS}?filter-lang=cql-text&sortby=code"), filter).await.names();
    assert_eq!(rows("(\"installed_on\" >= '2020-01-01T')").await, ["Trạm A", "trạm b 50%"]);
    assert_eq!(rows("\"name\" ILIKE 'TRẠM_%'").await, ["Trạm A", "trạm b 50%", "Trạm D"]);
    assert_eq!(rows("NOT (\"radius_m\" IS NULL)").await, ["Trạm A", "Trạm D"]);
    assert_eq!(rows("name = 'a\\'").await, [""; 0]);
    let json = json!({"op": "=", "args": [{"property": "code"}, "A"]}).to_string();
    let answer = server.anonymous().get(&format!("{TOWERS}?filter-lang=cql2-json&filter={}", encoded(&json))).await;
    assert_eq!(answer.names(), ["Trạm A"]);
}

#[actix_web::test]
async fn wrong_filter_is_a_400_that_names_it_and_the_place() {
    let server = server_with_towers().await;
    let places = |answer: &Answer| answer.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
    for (filter, place) in [
        ("height_m > 'high'", "character 12"),
        ("operator = 'nobody'", "character 12"),
        ("installed_on > '2020-13-01'", "character 16"),
        ("name LIKE 'a' AND", "character 18"),
        ("name = 'a\0'", "NUL"),
        ("eye_count = 1", "character 1"),
        ("height_m > 1e400", "character 12"),
    ] {
        let answer = filtered(server.anonymous(), TOWERS, filter).await;
        assert_eq!(answer.status, 400, "{filter}");
        assert_eq!(answer.json()["errors"][0]["parameter"], "filter", "{filter}");
        assert!(places(&answer).contains(place), "{filter}: {}", places(&answer));
    }
    for (query, parameter) in [
        ("filter-lang=sql&filter=TRUE", "filter-lang"),
        ("filter-crs=EPSG:27700&filter=TRUE", "filter-crs"),
        ("filter=", "filter"),
        ("filter=TRUE&filter=TRUE", "filter"),
    ] {
        let answer = server.anonymous().get(&format!("{TOWERS}?{query}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["parameter"]), (400, &json!(parameter)), "{query}");
    }
}

#[actix_web::test]
async fn a_field_that_is_not_shown_is_an_unknown_one() {
    let server = Server::with_communes().await;
    let cameras = "/collections/cameras/items";
    server.administrator().post(cameras, camera(json!({"serial_number": "S-1", "note": "kín"}))).await.ok();
    let said = async |caller: Caller<'_>, name: &str| {
        let answer = filtered(caller, cameras, &format!("{name} = 'S-1'")).await;
        (answer.status.as_u16(), answer.json()["errors"][0]["message"].as_str().map(|said| said.replace(name, "…")))
    };
    let unknown = said(server.anonymous(), "nix").await;
    assert_eq!(unknown.0, 400);
    for hidden in ["serial_number", "owner_name", "note", "created_by"] {
        assert_eq!(said(server.anonymous(), hidden).await, unknown, "{hidden}");
    }
    assert_eq!(said(server.administrator(), "serial_number").await, (200, None));
    // Where a row shows no such field, it has no value, and places are those that anonymous callers see.
    let viewer = server.account("viewer", &[json!({"role": "viewer", "unit": "00002@2026-01-01"})]).await;
    let caller = server.holder(&viewer);
    assert_eq!(filtered(caller, cameras, "note = 'kín'").await.features().len(), 0);
    assert_eq!(filtered(caller, cameras, "note IS NULL").await.features().len(), 1);
    server.administrator().patch(&format!("{cameras}/{}", filtered(server.administrator(), cameras, "TRUE").await.features()[0]["id"]), "*", json!({"geometry": {"type": "Point", "coordinates": [105.7004, 19.8104]}})).await.ok();
    let near = "S_DWITHIN(geom, POINT(105.7004 19.8104), 5)";
    assert_eq!(filtered(server.administrator(), cameras, near).await.features().len(), 1);
    assert_eq!(filtered(server.anonymous(), cameras, near).await.features().len(), 0);
    assert_eq!(filtered(server.anonymous(), cameras, "S_EQUALS(geom, POINT(105.7 19.81))").await.features().len(), 1);
}

#[actix_web::test]
async fn search_takes_the_parameters_as_a_body() {
    let server = server_with_towers().await;
    let caller = server.anonymous();
    let filter = json!({"op": "like", "args": [{"property": "name"}, "%ạm%"]});
    let body = json!({"filter": filter, "limit": 2, "sortby": ["-code"], "bbox": [105, 19, 106, 20], "operator": ["vnpt", "viettel", "mobifone"]});
    let first = caller.post_json(SEARCH, body).await;
    assert_eq!(first.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(first.header("etag"), None);
    let first = first.ok();
    assert_eq!((&first["numberMatched"], &first["numberReturned"]), (&json!(3), &json!(2)));
    let next = first["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").unwrap().clone();
    assert_eq!((&next["method"], &next["href"]), (&json!("POST"), &json!(format!("http://hatang.test/api/v1{SEARCH}"))));
    let last = caller.post_json(SEARCH, next["body"].clone()).await.ok();
    assert_eq!(last["features"][0]["properties"]["code"], "A");
    assert!(last["links"].as_array().unwrap().iter().all(|link| link["rel"] != "next"));

    let line = "105.1 19.1, 105.2 19.2, ".repeat(2_000);
    let long = json!({"filter": format!("S_DISJOINT(geom, LINESTRING({line}105 19)) AND code = 'A'"), "f": "csv"});
    let csv = caller.post_json(SEARCH, long).await;
    assert_eq!((csv.status.as_u16(), csv.header("content-type").unwrap().starts_with("text/csv")), (200, true));
    assert_eq!(csv.body.iter().filter(|byte| **byte == b'\n').count(), 2);
    assert_eq!(caller.post_json(SEARCH, json!({})).await.features().len(), 4);
    for (body, summary) in [
        (json!({"filter": {"op": "nix"}}), "400 filter.invalid filter"),
        (json!({"nix": 1}), "400 parameter.unknown nix"),
        (json!({"bbox": {"west": 1}}), "400 parameter.invalid bbox"),
        (json!([1]), "400 json.malformed "),
        (json!({"q": "x".repeat(70_000)}), "413"),
    ] {
        assert_eq!(caller.post_json(SEARCH, body).await.summary(), summary);
    }
    assert_eq!(caller.send(Method::POST, SEARCH, &[("Content-Type", "text/plain")], Some(json!({}))).await.status, 415);
    assert_eq!(caller.get(SEARCH).await.status, 405);
}

/// A search changes nothing: a browser's session needs no CSRF token, and pages of any origin may search.
#[actix_web::test]
async fn search_is_a_read() {
    let server = server_with_towers().await;
    server.person("viewer", &[json!({"role": "viewer", "unit": "38@2026-01-01"})]).await;
    let session = server.sign_in("viewer").await;
    let headers = [("Cookie", session.cookie.as_str()), ("Content-Type", "application/json")];
    assert_eq!(server.anonymous().send(Method::POST, SEARCH, &headers, Some(json!({}))).await.status, 200);
    assert_eq!(server.anonymous().send(Method::POST, TOWERS, &headers, Some(tower(json!({})))).await.status, 403);
    let asked = [("Origin", "https://map.example"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")];
    let preflight = server.anonymous().send(Method::OPTIONS, SEARCH, &asked, None).await;
    assert_eq!(preflight.header("access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(preflight.header("access-control-allow-methods").as_deref(), Some("POST, OPTIONS"));
    let other = server.anonymous().send(Method::OPTIONS, TOWERS, &asked, None).await;
    assert_eq!(other.header("access-control-allow-origin"), None);
}

/// Filters that once ended a process, or could: each is an answer, and the service goes on.
#[actix_web::test]
async fn no_filter_ends_the_service() {
    let server = server_with_towers().await;
    let caller = server.anonymous();
    let json = |count: usize| format!("{}true{}", r#"{"op":"not","args":["#.repeat(count), "]}".repeat(count));
    for filter in [
        format!("{}code = 'A'{}", "(".repeat(500), ")".repeat(500)),
        format!("{}code = 'A'", "NOT ".repeat(2_000)),
        format!("height_m > {}1", "-".repeat(4_000)),
        format!("name LIKE '{}'", "%".repeat(4_000)),
        format!("name LIKE '{}x'", "%_".repeat(240)),
        "height_m > 9e99 ^ 9e99 OR 1/0 > 1 OR 0 ^ -1 = 1 OR -1 ^ 0.5 > 0 OR height_m % 0 = 0".into(),
        format!("height_m{} > 0", " * 1e99".repeat(20)),
        "id = 99999999999999999999 OR id = -9223372036854775808 OR id > 9223372036854775807".into(),
        "name = 'a\\'' OR name LIKE '\\_\\\\%'".into(),
        "installed_on < DATE('0000-01-01') OR installed_on > DATE('9999-12-31')".into(),
        "updated_at < TIMESTAMP('0001-01-01T00:00:00Z') OR updated_at < TIMESTAMP('2016-12-31T23:59:60Z')".into(),
        "S_DWITHIN(geom, POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90)), 1000000)".into(),
        "S_DWITHIN(geom, POINT(180 90), 0)".into(),
        "CASEI(ACCENTI(name)) < 'b' AND CASEI(name) LIKE 'ﬀ%' AND ACCENTI('ß') = 'ss'".into(),
        "1 = 1 AND 'a' < 'b' AND DATE('2020-01-01') < TIMESTAMP('2020-01-01T00:00:00Z') AND TRUE <> FALSE".into(),
        "A_EQUALS(('4G'), ('4G')) AND A_CONTAINS(technologies, technologies) AND 1 IN (1, 2) AND 1 IS NOT NULL".into(),
    ] {
        let status = filtered(caller, TOWERS, &filter).await.status.as_u16();
        assert!([200, 400].contains(&status), "{status}: {filter:.60}");
    }
    for filter in [json(1_000), "[".repeat(60_000), format!("{}code = 'A'", "NOT ".repeat(16_000)),
        format!("id = 1{}", " OR id = 2".repeat(1_600)), format!("id = 1{}", " OR id = 2".repeat(6_000)),
        format!("id IN ({}1)", "9007199254740991,".repeat(3_500)),
        format!("id = 1{}", " OR T_OVERLAPS(INTERVAL(installed_on,decommissioned_on),INTERVAL('2020-01-01','..'))".repeat(600))] {
        let language = if filter.starts_with(['{', '[']) { "cql2-json" } else { "cql2-text" };
        let answer = caller.post_json(SEARCH, json!({"filter": filter, "filter-lang": language})).await;
        assert!([200, 400].contains(&answer.status.as_u16()), "{}: {filter:.60}", answer.status);
    }
    assert_eq!(filtered(caller, TOWERS, "code = 'A'").await.names(), ["Trạm A"]);
}

#[actix_web::test]
async fn queryables_are_what_filters_accept() {
    let server = Server::with_demo().await;
    for caller in [server.anonymous(), server.administrator()] {
        for layer in hatang::layers::ALL {
            let layer = format!("/collections/{}", layer.collection);
            let queryables = caller.get(&format!("{layer}/queryables")).await.ok();
            let properties = queryables["properties"].as_object().unwrap().clone();
            assert!(properties["geom"]["format"].as_str().unwrap().starts_with("geometry-") && properties["geom"]["type"].is_null());
            assert_eq!(properties["id"]["type"], "integer");
            let known = properties.keys().map(|name| format!("{name} IS NULL")).collect::<Vec<_>>().join(" AND ");
            assert_eq!(filtered(caller, &format!("{layer}/items"), &known).await.features().len(), 0, "{layer}");
        }
    }
}
