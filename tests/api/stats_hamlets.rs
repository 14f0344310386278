//! What is known of hamlets: statements of operators, unknown weights, signal.

use serde_json::{Value, json};

use crate::common::{Server, feature};

/// With Thôn Một (00001-1) in Phường Tây.
async fn with_hamlet() -> Server {
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    server
}

/// Adds Thôn 11, 12 … to Phường Tây (00001), each with its households.
async fn add_hamlets(server: &Server, households: &[Option<i64>]) {
    for (number, households) in (11..).zip(households) {
        let counted = households.map_or("null, null, null".to_owned(), |count| format!("{count}, '2025-07-01', 'xã'"));
        let sql = format!(
            "insert into hamlets (id, code, name, declared_commune_code, declared_on, installed_on, effective_on, \
               households, counted_on, counted_source) \
             values ({number}, '00001-{number}', 'Thôn {number}', '00001', '2025-07-01', '2025-07-01', '2025-07-01', {counted})"
        );
        server.execute(&sql).await;
    }
}

/// A statement: technology, operator, state, share of households, day.
type Statement = (&'static str, Option<&'static str>, &'static str, Option<f64>, &'static str);

async fn state(server: &Server, hamlet: &str, statements: &[Statement]) {
    let text = |text: Option<&str>| text.map_or("null".to_owned(), |text| format!("'{text}'"));
    for (technology, operator, state, share, day) in statements {
        let share = share.map_or("null".to_owned(), |share| share.to_string());
        let operator = text(*operator);
        let sql = format!(
            "insert into availability (hamlet_id, technology, operator, state, share_households, basis, as_of) \
             select id, '{technology}', {operator}, '{state}', {share}, 'reported', '{day}' \
             from hamlets where code = '{hamlet}'"
        );
        server.execute(&sql).await;
    }
}

async fn figure(server: &Server, code: &str, more: &str) -> Value {
    let path = format!("/stats/00001?indicators={code}{more}");
    server.anonymous().get(&path).await.ok()["figures"][code].clone()
}

/// The figures count one hamlet: 1 of 1 is covered, 1 is not covered, or 1 is unknown.
fn said(figure: &Value) -> &'static str {
    match (&figure["covered"], &figure["not_covered"], &figure["unknown"]) {
        (covered, ..) if covered == 1 => "yes",
        (_, not_covered, _) if not_covered == 1 => "no",
        (_, _, unknown) if unknown == 1 => "unknown",
        _ => panic!("one hamlet: {figure}"),
    }
}

#[actix_web::test]
async fn one_operators_no_is_not_everybodys() {
    const EARLY: &str = "2025-08-01";
    const LATE: &str = "2025-09-01";
    let no = |operator, day| ("4g", operator, "not_available", None, day);
    let yes = |operator, day| ("4g", operator, "available", None, day);
    let weak = |operator, day| ("4g", operator, "weak", None, day);
    let (viettel, mobifone, vnpt) = (Some("viettel"), Some("mobifone"), Some("vnpt"));
    let cases: [(&str, Vec<Statement>, [&str; 2]); 14] = [
        // For any operator, and for Viettel alone.
        ("nothing", vec![], ["unknown", "unknown"]),
        ("a general no", vec![no(None, EARLY)], ["no", "no"]),
        ("a general yes", vec![yes(None, EARLY)], ["yes", "unknown"]),
        ("one operator's no", vec![no(viettel, EARLY)], ["unknown", "no"]),
        ("two operators' no", vec![no(viettel, EARLY), no(vnpt, EARLY)], ["unknown", "no"]),
        ("the no of all three", vec![no(viettel, EARLY), no(vnpt, EARLY), no(mobifone, LATE)], ["no", "no"]),
        ("the no of two and a yes", vec![no(viettel, EARLY), no(mobifone, EARLY), yes(vnpt, EARLY)], ["yes", "no"]),
        ("one operator's yes", vec![yes(viettel, EARLY)], ["yes", "yes"]),
        ("a general no, then a yes", vec![no(None, EARLY), yes(viettel, LATE)], ["yes", "yes"]),
        ("a yes, then a general no", vec![yes(viettel, EARLY), no(None, LATE)], ["no", "no"]),
        ("a general yes, then one no", vec![yes(None, EARLY), no(viettel, LATE)], ["yes", "no"]),
        ("a no, then unknown", vec![no(None, EARLY), ("4g", None, "unknown", None, LATE)], ["unknown", "unknown"]),
        ("a general weak", vec![weak(None, EARLY)], ["no", "no"]),
        ("one operator's weak", vec![weak(viettel, EARLY)], ["unknown", "no"]),
    ];
    let server = with_hamlet().await;
    for (case, statements, [any, of_viettel]) in cases {
        server.execute("delete from availability").await;
        state(&server, "00001-1", &statements).await;
        assert_eq!(said(&figure(&server, "mobile_hamlets_4g", "").await), any, "{case}");
        let by_viettel = figure(&server, "mobile_hamlets_4g", "&operator=viettel").await;
        assert_eq!(said(&by_viettel), of_viettel, "{case}, of Viettel");
    }
}

#[actix_web::test]
async fn hamlets_without_a_signal_and_with_a_weak_one_are_two_lists() {
    let all_no: Vec<Statement> =
        ["2g", "3g", "4g"].into_iter().map(|technology| (technology, None, "not_available", None, "2025-08-01")).collect();
    let with = |more: Statement| [&all_no[..1], &[more]].concat();
    let cases: [(&str, Vec<Statement>, [&str; 2]); 6] = [
        ("nothing", vec![], ["unknown", "unknown"]),
        ("every technology is not available", all_no.clone(), ["yes", "none"]),
        ("2G is not available, of the others nothing is stated", all_no[..1].to_vec(), ["unknown", "unknown"]),
        ("4G is weak", with(("4g", None, "weak", None, "2025-08-01")), ["no", "yes"]),
        ("4G is available", with(("4g", None, "available", None, "2025-08-01")), ["no", "no"]),
        ("4G of one operator is weak", with(("4g", Some("vnpt"), "weak", None, "2025-08-01")), ["no", "unknown"]),
    ];
    let server = with_hamlet().await;
    for (case, statements, [none, weak]) in cases {
        server.execute("delete from availability").await;
        state(&server, "00001-1", &statements).await;
        assert_eq!(said(&figure(&server, "hamlets_no_signal", "").await), none, "{case}: no signal");
        let figure = figure(&server, "hamlets_weak_signal", "").await;
        // The hamlets without a signal are not among those of which some have a weak one.
        let said = if figure["total"] == 0 { "none" } else { said(&figure) };
        assert_eq!(said, weak, "{case}: weak signal");
    }
}

#[actix_web::test]
async fn a_hamlet_without_a_count_makes_a_range_and_never_all() {
    let server = with_hamlet().await;
    // Thôn Một has no count either.
    add_hamlets(&server, &[Some(200), Some(100), None]).await;
    for hamlet in ["00001-11", "00001-12"] {
        state(&server, hamlet, &[("4g", None, "available", None, "2025-08-01")]).await;
    }
    let households = figure(&server, "mobile_households_4g", "").await;
    assert_eq!((&households["covered"], &households["total"]), (&json!(300), &json!(300)));
    // Two hamlets of at most 200 households each: 300 of 700 to 700 of 700.
    assert_eq!(
        [&households["percent"], &households["range"], &households["unknown_weights"], &households["largest_weight"]],
        [&json!(null), &json!([42.9, 100.0]), &json!(2), &json!(200)]
    );
    let hamlets = figure(&server, "mobile_hamlets_4g", "").await;
    assert_eq!((&hamlets["percent"], &hamlets["range"]), (&json!(50.0), &json!([50.0, 100.0])));
    assert!(hamlets["unknown_weights"].is_null());

    server.execute("update hamlets set households = 50, counted_on = '2025-07-01', counted_source = 'xã' where code in ('00001-1', '00001-13')").await;
    let counted = figure(&server, "mobile_households_4g", "").await;
    assert_eq!((&counted["percent"], &counted["range"]), (&json!(75.0), &json!([75.0, 100.0]))); // 300 of 400
}

#[actix_web::test]
async fn the_share_of_one_operator_is_the_least_that_is_reached() {
    let share = |operator, share| ("fiber", operator, "available", Some(share), "2025-08-01");
    let no = |operator| ("fiber", operator, "not_available", None, "2025-08-01");
    let (viettel, mobifone, vnpt) = (Some("viettel"), Some("mobifone"), Some("vnpt"));
    let cases: [(&str, Vec<Statement>, [i64; 2]); 6] = [
        // Of 100 households: reached, unknown.
        ("a general share", vec![share(None, 0.8)], [80, 0]),
        ("one operator's share", vec![share(viettel, 0.8)], [80, 20]),
        ("the shares of all three", vec![share(viettel, 0.3), share(vnpt, 0.2), no(mobifone)], [30, 20]),
        ("a general no", vec![no(None)], [0, 0]),
        ("one operator's no", vec![no(viettel)], [0, 100]),
        ("available, without a share", vec![("fiber", None, "available", None, "2025-08-01")], [0, 100]),
    ];
    let server = with_hamlet().await;
    server.execute("update hamlets set households = 100, counted_on = '2025-07-01', counted_source = 'xã' where code = '00001-1'").await;
    for (case, statements, [covered, unknown]) in cases {
        server.execute("delete from availability").await;
        state(&server, "00001-1", &statements).await;
        let figure = figure(&server, "fiber_households_passed", "").await;
        assert_eq!((&figure["covered"], &figure["unknown"]), (&json!(covered), &json!(unknown)), "{case}");
    }
}

#[actix_web::test]
async fn statements_of_one_technology_or_basis_can_be_asked_for() {
    let server = with_hamlet().await;
    let statements =
        [("4g", None, "not_available", None, "2025-08-01"), ("5g", None, "available", None, "2025-08-01")];
    state(&server, "00001-1", &statements).await;
    for (more, said_of_4g) in [
        ("", "yes"),
        ("&technology=4g", "no"),
        ("&technology=5g", "yes"),
        ("&basis=reported", "yes"),
        ("&basis=measured", "unknown"),
    ] {
        let figure = figure(&server, "mobile_hamlets_4g", more).await;
        assert_eq!(said(&figure), said_of_4g, "{more}");
        let rows = figure["rows"].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
        let rows = server.anonymous().get(rows).await.ok()["features"].as_array().unwrap().len();
        assert_eq!(rows, usize::from(said_of_4g == "yes"), "the rows of {more}");
    }
    for (parameter, value) in [("technology", "6g"), ("basis", "guessed")] {
        let answer = server.anonymous().get(&format!("/stats/00001?{parameter}={value}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["parameter"]), (400, &json!(parameter)));
    }
}

/// The commune is asked for alone, within its province and within the country, by anybody: one figure.
#[actix_web::test]
async fn hamlets_with_cameras_are_the_same_from_every_scope_and_for_everybody() {
    let server = with_hamlet().await;
    add_hamlets(&server, &[None, None, None]).await;
    // Thôn 11 is a narrow strip at the edge of Phường Tây that reaches into Xã Đông; the grid of anonymous callers is
    // wider than it.
    server
        .execute(
            "update hamlets set geom = st_multi(st_makeenvelope(105.749, 19.8, 105.7506, 19.81, 4326)) where code = '00001-11'",
        )
        .await;
    let one = server.query("select id from hamlets where code = '00001-1'").await;
    let camera = |place: [f64; 2], more: Value| feature(place, json!({"managing_level": "commune_police"}), more);
    let cameras = [
        // In the strip, on the other side of the boundary.
        camera([105.7504, 19.805], json!({})),
        // It names a hamlet of the other commune.
        camera([105.85, 19.75], json!({"hamlet_id": one})),
        // In an unknown hamlet of Phường Tây, and in one of Xã Đông, which has none.
        camera([105.65, 19.75], json!({})),
        camera([105.8, 19.75], json!({})),
    ];
    for camera in cameras {
        let answer = server.administrator().post("/collections/cameras/items", camera).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    for caller in [server.anonymous(), server.administrator()] {
        for (path, of_unit) in [
            ("/stats/00001?", None),
            ("/stats/38?", None),
            ("/stats?level=commune&within=38&", Some(0)),
            ("/stats?level=commune&", Some(0)),
            ("/stats?level=province&", Some(0)),
            ("/stats?level=country&", Some(0)),
        ] {
            let answer = caller.get(&format!("{path}indicators=camera_hamlets")).await.ok();
            let figures = of_unit.map_or(&answer["figures"], |unit: usize| &answer["units"][unit]["figures"]);
            let figure = &figures["camera_hamlets"];
            let counts = ["covered", "unknown", "total"].map(|name| figure[name].as_i64());
            // Thôn Một and Thôn 11 have one; the camera in an unknown hamlet may be in Thôn 12 or Thôn 13.
            assert_eq!(counts, [Some(2), Some(1), Some(4)], "{path}: {figure}");
        }
    }
}

#[actix_web::test]
async fn hamlets_with_loudspeakers_are_counted() {
    let server = with_hamlet().await;
    add_hamlets(&server, &[None]).await;
    let one = server.query("select id from hamlets where code = '00001-1'").await;
    for more in [json!({"hamlet_id": one}), json!({"hamlet_id": one, "lifecycle_status": "planned"})] {
        let loudspeaker = feature([105.7, 19.8], json!({"cluster_count": 2}), more);
        let answer = server.administrator().post("/collections/loudspeakers/items", loudspeaker).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    let figure = figure(&server, "loudspeaker_hamlets", "").await;
    assert_eq!(["covered", "not_covered", "unknown"].map(|name| figure[name].as_i64()), [Some(1), Some(1), Some(0)]);
}

#[actix_web::test]
async fn hamlets_without_a_signal_are_broken_down_by_difficulty_and_grid_power() {
    let server = with_hamlet().await;
    add_hamlets(&server, &[None, None]).await;
    let sql = "update hamlets set difficulty = 'especially_difficult', grid_power = false where code = '00001-1'; \
               update hamlets set grid_power = true where code = '00001-11'";
    server.execute(sql).await;
    let no = ["2g", "3g", "4g"].map(|technology| (technology, None, "not_available", None, "2025-08-01"));
    for hamlet in ["00001-1", "00001-11"] {
        state(&server, hamlet, &no).await;
    }
    let answer = server.anonymous().get("/stats/00001").await.ok();
    let figure = |code: &str| answer["figures"][code].clone();
    assert_eq!((&figure("hamlets_no_signal")["covered"], &figure("hamlets_no_signal")["total"]), (&json!(2), &json!(3)));
    assert_eq!(figure("hamlets_weak_signal")["total"], 1, "those with a signal, or of which nobody knows");
    let by_difficulty = figure("hamlets_no_signal_by_difficulty");
    assert_eq!(by_difficulty["values"], json!({"especially_difficult": 1, "unknown": 1}));
    let by_power = figure("hamlets_no_signal_by_grid_power");
    assert_eq!((&by_power["values"], &by_power["total"]), (&json!({"true": 1, "false": 1}), &json!(2)));
    for (figure, value) in [(by_difficulty, "unknown"), (by_power, "false")] {
        let link = figure["rows_by_value"][value].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
        let rows = server.anonymous().get(link).await.ok();
        assert_eq!(rows["features"].as_array().unwrap().len(), 1, "{link}");
    }
}
