//! Areas: which are valid, and how long it takes to know.

use std::cell::Cell;
use std::fmt::Write;
use std::time::{Duration, Instant};

use diesel_async::RunQueryDsl;
use geo::MultiPolygon;
use hatang::layers::validity::check;
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};
use serde_json::{Value, json};
use wkt::TryFromWkt;

use crate::common::{Answer, Server};

const AREAS: &str = "/collections/fiber-areas/items";

/// Numbers from 0 to 5, always the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn ring(&mut self) -> String {
        let corners: Vec<_> = (0..3 + self.next(4)).map(|_| format!("{} {}", self.next(5), self.next(5))).collect();
        format!("({}, {})", corners.join(", "), corners[0])
    }

    fn areas(&mut self) -> String {
        let mut polygons = Vec::new();
        for _ in 0..=self.next(2) {
            let rings: Vec<_> = (0..=self.next(3)).map(|_| self.ring()).collect();
            polygons.push(format!("({})", rings.join(", ")));
        }
        format!("MULTIPOLYGON ({})", polygons.join(", "))
    }
}

/// On a grid of 5 by 5 points rings meet in every way there is.
#[actix_web::test]
async fn areas_are_valid_for_us_if_they_are_for_postgis() {
    let server = Server::new().await;
    let mut numbers = Numbers(7);
    let areas: Vec<String> = (0..6000).map(|_| numbers.areas()).collect();
    let valid = Sql::new("select jsonb_agg(st_isvalid(st_geomfromtext(w)) order by nth) as value from jsonb_array_elements_text(")
        .bind(Bind::Json(json!(areas)))
        .text(") with ordinality as t (w, nth)");
    let valid: Row = valid.get_result(&mut server.connection().await).await.unwrap();
    let valid = valid.cells[0].to_json();
    let (mut good, mut told) = (0, String::new());
    for (area, valid) in areas.iter().zip(valid.as_array().unwrap()) {
        let found = check(&MultiPolygon::try_from_wkt_str(area).unwrap());
        good += usize::from(found.is_ok());
        if json!(found.is_ok()) != *valid {
            let _ = writeln!(told, "{area}: {found:?}, for PostGIS {valid}");
        }
    }
    assert_eq!(told, "");
    assert!((300..5000).contains(&good), "{good} are valid");
}

fn square((x, y): (f64, f64), size: f64) -> Value {
    json!([[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]])
}

fn area(coordinates: Vec<Value>) -> Value {
    json!({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
        "properties": {"operator": "vnpt", "technology": "ftth"}})
}

/// Found by attack: two of these kept every worker busy for 35 s.
#[actix_web::test]
async fn the_service_answers_while_large_areas_are_checked() {
    let server = Server::with_limits(|limits| limits.body_limit = 2 << 20).await;
    let place = |nth: i32| (105.0 + f64::from(nth % 118) * 1e-3, 19.0 + f64::from(nth / 118) * 1e-3);
    let squares = (0..10_000).map(|nth| json!([square(place(nth), 5e-4)])).collect();
    let holes = (0..10_000).map(|nth| square(place(nth), 5e-4));
    let holed = std::iter::once(square((104.0, 18.0), 3.0)).chain(holes).collect();
    let teeth = (0..20_000).flat_map(|nth| {
        let x = 105.0 + f64::from(nth) * 1e-5;
        [json!([x, 19.0]), json!([x + 1.0, 20.0]), json!([x + 5e-6, 19.0])]
    });
    let comb: Vec<_> = teeth.chain([json!([107.0, 18.0]), json!([104.0, 18.0]), json!([105.0, 19.0])]).collect();
    let crossing = json!([[105.0, 19.0], [106.0, 20.0], [106.0, 19.0], [105.0, 20.0], [105.0, 19.0]]);
    let crossing = [json!([crossing])].into_iter().chain((0..9_000).map(|nth| json!([square(place(nth), 5e-4)])));
    for (coordinates, status) in
        [(squares, 201), (vec![Value::Array(holed)], 201), (vec![json!([comb])], 201), (crossing.collect(), 422)]
    {
        let body = area(coordinates);
        let (answer, slowest) = watched(&server, server.administrator().post(AREAS, body)).await;
        assert_eq!(answer.status, status, "{}", answer.summary());
        assert!(slowest < Duration::from_secs(1), "an answer took {slowest:?} meanwhile");
    }
}

/// What a request is answered, and the slowest answer of others meanwhile.
async fn watched(server: &Server, request: impl Future<Output = Answer>) -> (Answer, Duration) {
    let slowest = Cell::new(Duration::ZERO);
    let watching = async {
        loop {
            let asked = Instant::now();
            assert_eq!(server.anonymous().get("//healthz").await.status, 200);
            slowest.set(slowest.get().max(asked.elapsed()));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        answer = request => (answer, slowest.get()),
        () = watching => unreachable!("it watches for ever"),
    }
}
