//! Places: notations of coordinates, coordinate systems, several notations in one row.

use serde_json::{Value, json};

use super::books::{Book, E, N, T};
use super::{commit, counts, findings, plan, send};
use crate::common::Server;

/// Plans and commits a list of stations, and returns the places by name.
async fn placed(server: &Server, query: &str, file: Vec<u8>) -> Vec<(String, [f64; 2])> {
    let planned = plan(server.administrator(), "towers", query, file).await;
    assert_eq!(counts(&planned)[4], 0, "{planned}");
    commit(server.administrator(), &planned).await.ok();
    let items = server.administrator().all_items("/collections/towers/items").await;
    let place = |item: &Value| {
        let degrees = [0, 1].map(|axis| item["geometry"]["coordinates"][axis].as_f64().unwrap());
        (item["properties"]["name"].as_str().unwrap().to_owned(), degrees)
    };
    items.iter().map(place).collect()
}

fn is_near([longitude, latitude]: [f64; 2], [x, y]: [f64; 2]) -> bool {
    (longitude - x).abs() < 2e-6 && (latitude - y).abs() < 2e-6
}

fn suggestions(planned: &Value) -> Vec<String> {
    let findings = planned["findings"].as_array().unwrap().iter();
    findings.filter_map(|finding| finding["suggestion"].as_str()).map(str::to_owned).collect()
}

fn collection(crs: &Value, coordinates: &Value) -> Vec<u8> {
    let properties = json!({"name": "Trạm", "operator": "vnpt"});
    let geometry = json!({"type": "Point", "coordinates": coordinates});
    let feature = json!({"type": "Feature", "properties": properties, "geometry": geometry});
    json!({"type": "FeatureCollection", "crs": crs, "features": [feature]}).to_string().into_bytes()
}

fn named(name: &str) -> Value {
    json!({"type": "name", "properties": {"name": name}})
}

#[actix_web::test]
async fn notations_of_one_place_mean_the_same_place() {
    let server = Server::with_communes().await;
    let rows = [
        ["19 49 26.4", "105 42 43.2"],
        ["19°49'26,4\"B", "105°42'43,2\"Đ"],
        ["19o49'26.4\" N", "105o42'43.2\" E"],
        ["19.824", "105.712"],
        ["19,824", "105,712"],
        ["19.824 vĩ Bắc", "105.712 kinh Đông"],
    ];
    let mut file = "Tên trạm;Nhà mạng;Vĩ độ;Kinh độ\n".to_owned();
    for (nth, [latitude, longitude]) in rows.iter().enumerate() {
        let quoted = |text: &str| text.replace('"', "\"\"");
        file += &format!("T{nth};VNPT;\"{}\";\"{}\"\n", quoted(latitude), quoted(longitude));
    }
    let places = placed(&server, "?central_meridian=105", file.into_bytes()).await;
    assert_eq!(places.len(), rows.len());
    for (name, place) in places {
        assert!(is_near(place, [105.712, 19.824]), "{name}: {place:?}");
    }
}

#[actix_web::test]
async fn south_and_west_are_outside_and_letters_outweigh_headers() {
    let server = Server::with_communes().await;
    let file = "Tên trạm;Nhà mạng;Vĩ độ;Kinh độ\nA;VNPT;19.824S;105.712E\nB;VNPT;19.824N;105.712 W\nC;VNPT;105.712E;19.824N\nD;VNPT;19.824E;105.712\n";
    let planned = plan(server.administrator(), "towers", "", file.as_bytes().to_vec()).await;
    let expected = ["C2 geo.outside_vietnam", "C3 geo.outside_vietnam", "C4 geo.letter", "C5 geo.letter"];
    assert_eq!(findings(&planned), expected);
    assert_eq!(counts(&planned), [1, 0, 0, 0, 3, 1]);
    // Where B and Đ are written, N is "nam".
    let file = "Tên trạm;Nhà mạng;Vĩ độ;Kinh độ\nA;VNPT;19.824B;105.712Đ\nB;VNPT;19.834N;105.712Đ\n";
    let planned = plan(server.administrator(), "towers", "", file.as_bytes().to_vec()).await;
    assert_eq!(findings(&planned), ["C3 geo.outside_vietnam"]);
}

#[actix_web::test]
async fn lost_decimal_point_is_refused_with_what_to_write() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "A",
        &[
            &[T("Tên trạm"), T("Nhà mạng"), T("Vĩ độ"), T("Kinh độ")],
            &[T("A"), T("VNPT"), N(19_824_000.0), N(105_712_000.0)],
            &[T("B"), T("VNPT"), N(1_982_400.0), N(105_712.0)],
            &[T("C"), T("VNPT"), T("19.824.000"), T("105.712.000")],
            &[T("D"), T("VNPT"), N(19.824), N(105_712.0)],
        ],
    );
    let planned = plan(server.administrator(), "towers", "?central_meridian=105", book.bytes()).await;
    assert_eq!(findings(&planned), ["C2", "C3", "C4", "C5"].map(|cell| format!("{cell} geo.lost_point")));
    assert_eq!(suggestions(&planned), ["19.824, 105.712"; 4]);
    // The suggestion, written into the cell it is for, is the place.
    let corrected = Book::of(
        "A",
        &[
            &[T("Tên trạm"), T("Nhà mạng"), T("Vĩ độ"), T("Kinh độ")],
            &[T("A"), T("VNPT"), T("19.824, 105.712"), N(105_712_000.0)],
        ],
    );
    let places = placed(&server, "", corrected.bytes()).await;
    assert!(is_near(places[0].1, [105.712, 19.824]), "{places:?}");
}

#[actix_web::test]
async fn several_notations_of_a_row_are_compared() {
    let server = Server::with_communes().await;
    let header = [T("Tên"), T("Nhà mạng"), T("Vĩ độ"), T("Kinh độ"), T("X (VN-2000)"), T("Y (VN-2000)"), T("WKT")];
    let row = |name, latitude, north, wkt| [T(name), T("VNPT"), latitude, N(105.733), north, N(576_592.325), wkt];
    let north = N(2_192_163.6);
    let rows = [
        row("Khớp", N(19.817), north, T("POINT (105.733 19.817)")),
        row("Lệch", N(19.827), north, E),
        row("Hỏng", T("không đọc được"), N(2_194_163.6), E),
        row("Số không", N(0.0), N(2_193_163.6), E),
    ];
    let rows: Vec<&[_]> = std::iter::once(&header[..]).chain(rows.iter().map(|row| &row[..])).collect();
    let planned = plan(server.administrator(), "towers", "?central_meridian=105", Book::of("A", &rows).bytes()).await;
    let expected = ["geo.transformed", "geo.several", "C3 geo.disagree", "C4 geo.part_unread", "C5 geo.part_unread"];
    assert_eq!(findings(&planned), expected);
    let told = planned["findings"][2]["messages"]["en"].as_str().unwrap();
    assert!(told.contains("1,112 m apart"), "{told}");
    assert_eq!(counts(&planned), [3, 0, 0, 0, 1, 2]);
}

#[actix_web::test]
async fn column_without_a_coordinate_is_passed_over_once() {
    let server = Server::with_communes().await;
    let file = "name,operator,Shape,lat,lon\nA,vnpt,Point,19.824,105.712\nB,vnpt,Point,19.825,105.712\n";
    let planned = plan(server.administrator(), "towers", "", file.as_bytes().to_vec()).await;
    assert_eq!((findings(&planned), counts(&planned)[0]), (vec!["C column.no_place".to_owned()], 2));
}

#[actix_web::test]
async fn wkt_and_wkb_are_read_for_every_geometry() {
    let server = Server::with_communes().await;
    for header in ["geometry", "WKT", "the_geom"] {
        let file = format!("name,operator,{header}\nTuyến,vnpt,\"LINESTRING (105.7 19.8, 105.71 19.8)\"\n");
        let planned = plan(server.administrator(), "fiber-routes", "", file.into_bytes()).await;
        assert_eq!((findings(&planned), counts(&planned)[0]), (Vec::new(), 1), "{header}");
    }
    let area = "POLYGON Z ((105.7 19.8 1, 105.72 19.8 1, 105.72 19.81 1, 105.7 19.8 1))";
    let file = format!("name,operator,technology,wkt\nVùng,vnpt,ftth,\"{area}\"\nHỏng,vnpt,ftth,\"POLYGON ((105.7\"\n");
    let planned = plan(server.administrator(), "fiber-areas", "", file.into_bytes()).await;
    assert_eq!((findings(&planned), counts(&planned)[0]), (vec!["geo.altitude".into(), "D3 geo.wkt".into()], 1));
    // What PostGIS itself writes.
    let hex = server.query("select encode(st_asewkb('srid=4326;point z (105.712 19.824 7)'::geometry), 'hex')").await;
    let file = format!("name,operator,geom\nTrạm,vnpt,{}\n", hex.as_str().unwrap());
    assert!(is_near(placed(&server, "", file.into_bytes()).await[0].1, [105.712, 19.824]));
}

#[actix_web::test]
async fn property_called_geometry_does_not_replace_the_geometry() {
    let server = Server::with_communes().await;
    let of = |text: &str| {
        let properties =
            json!({"name": "Trạm", "operator": "vnpt", "geometry": text, "latitude": 19.824, "longitude": 105.712});
        let geometry = json!({"type": "Point", "coordinates": [105.712, 19.824]});
        json!({"type": "Feature", "properties": properties, "geometry": geometry}).to_string().into_bytes()
    };
    let same = plan(server.administrator(), "towers", "", of("POINT (105.712 19.824)")).await;
    assert_eq!((findings(&same), counts(&same)[0]), (vec!["geo.several".to_owned()], 1));
    let other = plan(server.administrator(), "towers", "", of("POINT (105.8 19.824)")).await;
    assert_eq!(findings(&other), ["A1 geo.disagree"]);
    let word = plan(server.administrator(), "towers", "", of("điểm")).await;
    assert_eq!(counts(&word)[0], 1);
}

/// The place is turned into each system by PostGIS and PROJ, and back by us.
#[actix_web::test]
async fn declared_systems_are_obeyed_as_proj_would() {
    let server = Server::with_communes().await;
    let known = "select jsonb_object_agg(srid, jsonb_build_array(st_x(p), st_y(p))) \
                 from unnest(array[3857, 32648, 9208, 9210, 5897, 3405, 4756]) srid, \
                 lateral st_transform(st_setsrid(st_point(105.712, 19.824), 4326), srid) p";
    for (epsg, coordinates) in server.query(known).await.as_object().unwrap() {
        let file = collection(&named(&format!("urn:ogc:def:crs:EPSG::{epsg}")), coordinates);
        let planned = plan(server.administrator(), "towers", "", file).await;
        assert_eq!((findings(&planned), counts(&planned)[0]), (vec!["geo.transformed".to_owned()], 1), "{epsg}");
        let committed = commit(server.administrator(), &planned).await.ok();
        let items = server.administrator().all_items("/collections/towers/items").await;
        let place = [0, 1].map(|axis| items[0]["geometry"]["coordinates"][axis].as_f64().unwrap());
        assert!(is_near(place, [105.712, 19.824]), "EPSG:{epsg}: {place:?} {committed}");
        let etag = format!("\"{}\"", items[0]["properties"]["version"]);
        let path = format!("/collections/towers/items/{}", items[0]["id"]);
        server.administrator().delete(&path, &etag).await;
    }
}

#[actix_web::test]
async fn declaration_that_is_not_understood_or_contradicted_refuses() {
    let server = Server::with_communes().await;
    let administrator = || server.administrator();
    let degrees = json!([105.712, 19.824]);
    let unknown = send(administrator(), "towers", "", collection(&named("EPSG:27700"), &degrees)).await;
    assert_eq!(unknown.summary(), "422 geo.crs ");
    let vn2000 = || collection(&named("EPSG:4756"), &degrees);
    assert_eq!(send(administrator(), "towers", "?crs=nowhere", vn2000()).await.summary(), "400 parameter.invalid crs");
    let both = send(administrator(), "towers", "?crs=EPSG:5897&central_meridian=105.75", vn2000()).await;
    assert_eq!(both.summary(), "400 geo.crs central_meridian");
    let other = plan(administrator(), "towers", "?crs=EPSG:5897", vn2000()).await;
    assert_eq!((findings(&other), counts(&other)), (vec!["geo.crs".to_owned()], [0, 0, 0, 0, 1, 0]));
    let told = other["findings"][0]["messages"]["vi"].as_str().unwrap();
    assert!(told.contains("EPSG:5897") && told.contains("EPSG:4756"), "{told}");
    let metres = plan(administrator(), "towers", "", collection(&named("EPSG:5897"), &degrees)).await;
    assert_eq!(findings(&metres), ["A1 geo.crs"]);
    // The sender declares the system of a file that says nothing.
    let file = b"name,operator,lat,lon\nA,vnpt,19.8249897,105.7101319\n".to_vec();
    let [longitude, latitude] = placed(&server, "?crs=EPSG:4756", file).await[0].1;
    assert!((longitude - 105.712).abs() < 1e-5 && (latitude - 19.824).abs() < 1e-5, "{longitude} {latitude}");
}

#[actix_web::test]
async fn row_in_another_unit_than_its_column_is_told() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "A",
        &[
            &[T("Tên trạm"), T("Nhà mạng"), T("Vĩ độ"), T("Kinh độ")],
            &[T("A"), T("VNPT"), N(19.821), N(105.712)],
            &[T("B"), T("VNPT"), N(19.822), N(105.712)],
            &[T("C"), T("VNPT"), N(19.823), N(105.712)],
            &[T("D"), T("VNPT"), N(2_192_163.6), N(576_592.3)],
        ],
    );
    let planned = plan(server.administrator(), "towers", "?central_meridian=105", book.bytes()).await;
    assert_eq!(findings(&planned), ["geo.transformed", "C5 geo.mixed_units"]);
}
