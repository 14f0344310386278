//! Layers in memory answer as SQL does, byte for byte, and without PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use hatang::live::{Live, Standing};
use hatang::postgres::Store;
use hatang::time::today;
use serde_json::{Value, json};

use crate::common::mvt::decode;
use crate::common::{Answer, Server, below_api, tower};

/// A service that follows the feed, and one with the same memory and no database.
async fn services(server: Server) -> (Server, Server) {
    let memory = server
        .twin(|state| state.store = Store::new("postgres://hatang@127.0.0.1:1/nowhere", 2, Duration::from_secs(1)).unwrap())
        .await;
    follow(&server).await;
    follow(&server).await;
    (server, memory)
}

async fn follow(server: &Server) {
    server.state.live.catch_up(&server.state.store, today(), false).await.unwrap();
}

/// The body without the time at which it was written.
fn body(answer: &Answer) -> String {
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    match text.split_once("\"timeStamp\":\"") {
        Some((before, after)) => format!("{before}{}", &after[20..]),
        None => text,
    }
}

const TOWERS: &str = "/collections/towers/items";

/// Questions that memory must answer, and whether it may leave them to SQL.
const QUESTIONS: [(&str, bool); 16] = [
    ("", true),
    ("?limit=3", true),
    ("?limit=10000", true),
    ("?bbox=105.66,19.76,105.74,19.84&limit=4", true),
    ("?bbox=105.7,19.8,105.7,19.8", true),
    ("?bbox=177,65,-177,70", true),
    ("?bbox=105.6,19.7,105.8,19.9&operator=vnpt", true),
    ("?operator=vnpt,viettel&limit=2", true),
    ("?ids=1,3,3,99999&limit=2", true),
    ("?technologies=4G", true),
    ("?filter=height_m%20%3E%2020%20AND%20name%20LIKE%20'%25a%25'", true),
    ("?datetime=2023-01-01/2024-01-01", false),
    ("?filter=S_INTERSECTS(geom,POLYGON((105.6%2019.7,105.75%2019.7,105.7%2019.9,105.6%2019.7)))", false),
    ("?q=tram", false),
    ("?sortby=-height_m&limit=3", false),
    ("?as_of=2024-01-01&properties=name", false),
];

/// Every page of a question, from both services.
async fn compare(server: &Server, memory: &Server, path: &str, must: bool) {
    let sql = server.twin(|state| state.live = Arc::new(Live::new(&["all".to_owned()]))).await;
    let mut next = Some(path.to_owned());
    let mut pages = 0;
    while let Some(path) = next.filter(|_| pages < 5) {
        follow(server).await;
        let (asked, known) = (sql.anonymous().get(&path).await, memory.anonymous().get(&path).await);
        assert_eq!(asked.status, 200, "{path}: {}", asked.summary());
        if known.status.is_server_error() {
            assert!(!must, "{path} was not answered from memory");
            return;
        }
        assert_eq!(body(&known), body(&asked), "{path}");
        for header in ["etag", "link", "content-crs", "content-type", "cache-control"] {
            assert_eq!(known.header(header), asked.header(header), "{header} of {path}");
        }
        let tag = known.etag();
        let again = memory.anonymous().send(Method::GET, &path, &[("If-None-Match", &tag)], None).await;
        assert_eq!(again.status, 304, "{path}");
        let links = asked.json()["links"].as_array().cloned().unwrap_or_default();
        next = links.iter().find(|link| link["rel"] == "next").map(below_api);
        pages += 1;
    }
}

#[actix_web::test]
async fn every_layer_is_answered_from_memory() {
    let (server, memory) = services(Server::with_demo().await).await;
    for layer in hatang::layers::ALL {
        let items = format!("/collections/{}/items", layer.collection);
        compare(&server, &memory, &items, true).await;
        compare(&server, &memory, &format!("{items}?limit=7"), true).await;
        compare(&server, &memory, &format!("{items}?bbox=105.7,19.78,105.76,19.83&limit=5"), true).await;
        compare(&server, &memory, &format!("{items}?datetime=2023-09-20"), false).await;
        let id = server.anonymous().get(&items).await.ok()["features"][0]["id"].clone();
        if id.is_number() {
            compare(&server, &memory, &format!("{items}/{id}"), true).await;
        }
    }
}

/// Numbers that look random and are always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn random(numbers: &mut Numbers) -> Value {
    let operator = ["vnpt", "viettel", "mobifone"][numbers.below(3) as usize];
    let technologies = [json!(null), json!(["2G"]), json!(["3G", "4G"])][numbers.below(3) as usize].clone();
    let mut feature = tower(json!({
        "name": format!("Trạm {}", ["Bắc \"cũ\"", "Nam", "chợ"][numbers.below(3) as usize]), "operator": operator,
        "technologies": technologies, "height_m": numbers.below(60), "installed_on": format!("202{}-05-01", numbers.below(5))}));
    feature["geometry"]["coordinates"] =
        json!([105.6 + numbers.below(21) as f64 / 100.0, 19.7 + numbers.below(21) as f64 / 100.0]);
    if numbers.below(8) == 0 {
        feature["geometry"] = json!(null);
        feature["properties"]["declared_commune_code"] = json!("00001");
        feature["properties"]["declared_on"] = json!("2026-01-01");
    }
    feature
}

#[actix_web::test]
async fn writes_are_in_memory_when_they_are_answered() {
    let (server, memory) = services(Server::with_communes().await).await;
    let administrator = server.administrator();
    let mut numbers = Numbers(11);
    let mut ids: Vec<i64> = Vec::new();
    for round in 0..40 {
        let at = numbers.below(ids.len().max(1) as u64) as usize;
        let written = match (numbers.below(5), ids.get(at).copied()) {
            (0, Some(id)) => {
                ids.swap_remove(at);
                administrator.delete(&format!("{TOWERS}/{id}"), "*").await
            }
            (1 | 2, Some(id)) => {
                let change = json!({"properties": {"height_m": numbers.below(60)}});
                administrator.patch(&format!("{TOWERS}/{id}"), "*", change).await
            }
            _ => {
                let made = administrator.post(TOWERS, random(&mut numbers)).await;
                ids.push(made.json()["id"].as_i64().unwrap());
                made
            }
        };
        assert!(written.status.is_success(), "{}", written.summary());
        // Nobody has followed the feed since.
        let sql = server.twin(|state| state.live = Arc::new(Live::new(&["all".to_owned()]))).await;
        let (asked, known) = (sql.anonymous().get(TOWERS).await, memory.anonymous().get(TOWERS).await);
        assert_eq!(body(&known), body(&asked), "round {round}");
        if let Some(id) = ids.last() {
            let one = format!("{TOWERS}/{id}");
            assert_eq!(body(&memory.anonymous().get(&one).await), body(&sql.anonymous().get(&one).await));
        }
    }
    follow(&server).await;
    let sql = server.twin(|state| state.live = Arc::new(Live::new(&["all".to_owned()]))).await;
    assert!(compare_tiles(&sql, &memory, "towers").await >= 19);
    for (question, must) in QUESTIONS {
        compare(&server, &memory, &format!("{TOWERS}{question}"), must).await;
    }
    // What psql writes is seen once the feed is numbered and read.
    server.execute("update towers set height_m = 7 where deleted_at is null").await;
    server.execute("select number_changes()").await;
    compare(&server, &memory, TOWERS, true).await;
    // Accounts are answered by SQL.
    assert!(memory.administrator().get(TOWERS).await.status.is_server_error());
}

/// The features of a tile, whatever their order.
fn drawn(answer: &Answer) -> Vec<String> {
    assert!(matches!(answer.status.as_u16(), 200 | 204), "{}", answer.summary());
    let mut drawn: Vec<_> = decode(&answer.body).iter().map(|feature| format!("{feature:?}")).collect();
    drawn.sort();
    drawn
}

/// Compares the tiles of a layer that are not empty: all of the upper levels, and one of each level below.
async fn compare_tiles(sql: &Server, memory: &Server, layers: &str) -> usize {
    let mut tiles = vec![(0_u32, 0_u32)];
    let mut compared = 0;
    for z in 0..=18 {
        let mut below = Vec::new();
        for (x, y) in tiles {
            let path = format!("/tiles/{layers}/{z}/{x}/{y}.mvt");
            let (asked, known) = (sql.anonymous().get(&path).await, memory.anonymous().get(&path).await);
            assert_eq!(drawn(&known), drawn(&asked), "{path}");
            assert_eq!(known.header("etag"), asked.header("etag"), "{path}");
            if asked.status == 200 {
                compared += 1;
                below.extend([(2 * x, 2 * y), (2 * x + 1, 2 * y), (2 * x, 2 * y + 1), (2 * x + 1, 2 * y + 1)]);
                if z >= 12 {
                    break;
                }
            }
        }
        tiles = below;
    }
    compared
}

#[actix_web::test]
async fn tiles_of_points_are_drawn_from_memory_as_postgis_draws_them() {
    let (server, memory) = services(Server::with_demo().await).await;
    let sql = server.twin(|state| state.live = Arc::new(Live::new(&["all".to_owned()]))).await;
    for layer in hatang::layers::ALL.iter().filter(|layer| layer.geometry == ["Point"]) {
        follow(&server).await;
        let compared = compare_tiles(&sql, &memory, layer.collection).await;
        assert!(compared >= 19, "{} tiles of {}", compared, layer.collection);
    }
    follow(&server).await;
    compare_tiles(&sql, &memory, "cameras,towers").await;
}

#[actix_web::test]
async fn tiles_are_kept_until_their_place_changes() {
    let (server, memory) = services(Server::with_communes().await).await;
    let made = server.administrator().post(TOWERS, tower(json!({}))).await.ok();
    // PostGIS draws hamlets, which may be areas.
    let (near, far) = ("/tiles/towers,hamlets/12/3250/1817.mvt", "/tiles/towers,hamlets/12/3200/1800.mvt");
    let path = format!("{TOWERS}/{}", made["id"]);
    for height in [10, 20] {
        follow(&server).await;
        let tiles = [server.anonymous().get(near).await, server.anonymous().get(far).await];
        assert_eq!(tiles.each_ref().map(|tile| tile.status.as_u16()), [200, 204]);
        let kept = [memory.anonymous().get(near).await, memory.anonymous().get(far).await];
        assert_eq!(kept.each_ref().map(|tile| tile.status.as_u16()), [200, 204]);
        assert_eq!(kept[0].body, tiles[0].body);
        server.administrator().patch(&path, "*", json!({"properties": {"height_m": height}})).await.ok();
        assert!(memory.anonymous().get(near).await.status.is_server_error(), "the tile is older than the write");
        assert_eq!(memory.anonymous().get(far).await.status, 204);
    }
}

#[actix_web::test]
async fn without_the_feed_sql_answers() {
    let (server, memory) = services(Server::with_communes().await).await;
    assert_eq!(server.state.live.standing(today()), Standing::Following);
    let ready = async || server.anonymous().get("//readyz").await.ok()["live"].clone();
    assert_eq!(ready().await, "following");
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(ready().await, "behind");
    assert!(memory.anonymous().get(TOWERS).await.status.is_server_error());
    assert_eq!(server.anonymous().get(TOWERS).await.status, 200);
    let off = server.twin(|state| state.live = Arc::new(Live::new(&["all".to_owned()]))).await;
    assert_eq!(off.anonymous().get("//readyz").await.ok()["live"], "off");
    let partly = server.twin(|state| state.live = Arc::new(Live::new(&["towers".to_owned()]))).await;
    follow(&partly).await;
    follow(&partly).await;
    let state = partly.state.live.current(today()).unwrap();
    assert!(state.rows(&hatang::layers::TOWER).is_none() && state.rows(&hatang::layers::CAMERA).is_some());
}
