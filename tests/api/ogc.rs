//! The checks of OGC's own test suite for Features part 1 and 2 (ets-ogcapi-features10), and the links that clients
//! need.

use actix_web::http::Method;
use hatang::layers::ALL;
use serde_json::{Value, json};

use crate::common::{Caller, Server, below_api, tower};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The links with a relation.
fn links<'a>(document: &'a Value, rel: &str) -> Vec<&'a Value> {
    document["links"].as_array().expect("links").iter().filter(|link| link["rel"] == rel).collect()
}

#[track_caller]
fn one_link<'a>(document: &'a Value, rel: &str) -> &'a Value {
    match links(document, rel)[..] {
        [link] => link,
        _ => panic!("not one {rel} in {document:#}"),
    }
}

#[actix_web::test]
async fn landing_page_leads_everywhere() {
    let server = Server::new().await;
    for path in ["", "/"] {
        let landing = server.anonymous().get(path).await.ok();
        for (rel, media_type) in [
            ("self", "application/json"),
            ("service-desc", "application/vnd.oai.openapi+json;version=3.0"),
            ("service-doc", "text/html"),
            ("conformance", "application/json"),
            ("data", "application/json"),
        ] {
            let link = one_link(&landing, rel);
            assert_eq!(link["type"], media_type);
            let answer = server.anonymous().get(&below_api(link)).await;
            assert_eq!(answer.status, 200, "{rel}");
            assert!(answer.header("content-type").unwrap().starts_with(media_type), "{rel}");
        }
    }
}

#[actix_web::test]
async fn conformance_names_the_core_and_nothing_unknown() {
    let server = Server::new().await;
    let classes = server.anonymous().get("/conformance").await.ok();
    let classes: Vec<_> = classes["conformsTo"].as_array().unwrap().iter().map(|class| class.as_str().unwrap()).collect();
    for core in ["core", "oas30", "geojson"] {
        let class = format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{core}");
        assert!(classes.contains(&class.as_str()), "{class}");
    }
    let known = ["ogcapi-", "cql2/1.0/conf/", "tms/2.0/conf/"].map(|start| format!("http://www.opengis.net/spec/{start}"));
    assert!(classes.iter().all(|class| known.iter().any(|start| class.starts_with(start))));
}

#[actix_web::test]
async fn every_link_of_every_document_answers() {
    let server = Server::with_demo().await;
    let mut pages = vec!["".to_owned(), "/collections".to_owned()];
    for layer in ALL {
        pages.push(format!("/collections/{}", layer.collection));
        pages.push(format!("/collections/{}/items?limit=1&datetime=2023-09-20", layer.collection));
        let page = server.anonymous().get(&format!("/collections/{}/items?limit=1&datetime=2023-09-20", layer.collection)).await.ok();
        let feature = page["features"].get(0).unwrap_or_else(|| panic!("no {} in the demo", layer.collection));
        pages.push(format!("/collections/{}/items/{}", layer.collection, feature["id"]));
    }
    for page in pages {
        let answer = server.anonymous().get(&page).await.ok();
        for link in answer["links"].as_array().unwrap() {
            let target = server.anonymous().get(&below_api(link)).await;
            assert_eq!(target.status, 200, "{page}: {link}");
            let media_type = link["type"].as_str().unwrap();
            assert!(target.header("content-type").unwrap().starts_with(media_type), "{page}: {link}");
        }
    }
}

#[actix_web::test]
async fn list_of_collections_matches_each_collection() {
    let server = Server::with_demo().await;
    let list = server.anonymous().get("/collections").await.ok();
    one_link(&list, "self");
    let listed = list["collections"].as_array().unwrap();
    assert_eq!(listed.len(), ALL.len());
    for collection in listed {
        let id = collection["id"].as_str().unwrap();
        assert_eq!(&server.anonymous().get(&format!("/collections/{id}")).await.ok(), collection);
        assert_eq!((&collection["crs"][0], &collection["storageCrs"]), (&json!(CRS84), &json!(CRS84)));
        assert_eq!(collection["itemType"], "feature");
        for text in ["title", "description"] {
            assert!(collection[text].as_str().is_some_and(|text| !text.is_empty()), "{id} {text}");
        }
        assert_eq!(one_link(collection, "items")["type"], "application/geo+json");
        for rel in [
            "self",
            "queryables",
            "describedby",
            "describedBy",
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            "http://www.opengis.net/def/rel/ogc/1.0/sortables",
            "http://www.opengis.net/def/rel/ogc/1.0/schema",
        ] {
            one_link(collection, rel);
        }
    }
}

#[actix_web::test]
async fn extent_holds_every_feature() {
    let server = Server::with_demo().await;
    for caller in [server.anonymous(), server.administrator()] {
        for layer in ALL {
            let collection = caller.get(&format!("/collections/{}", layer.collection)).await.ok();
            let Some(bbox) = collection["extent"]["spatial"]["bbox"][0].as_array() else { continue };
            let edge = |at: usize| bbox[at].as_f64().unwrap();
            for feature in caller.all_items(&format!("/collections/{}/items?limit=5000", layer.collection)).await {
                each_position(&feature["geometry"]["coordinates"], &mut |lon, lat| {
                    assert!(edge(0) <= lon && lon <= edge(2) && edge(1) <= lat && lat <= edge(3), "{feature}");
                });
            }
        }
    }
}

fn each_position(coordinates: &Value, visit: &mut impl FnMut(f64, f64)) {
    match coordinates.as_array().map(Vec::as_slice) {
        Some([lon, lat]) if lon.is_number() => visit(lon.as_f64().unwrap(), lat.as_f64().unwrap()),
        Some(parts) => parts.iter().for_each(|part| each_position(part, visit)),
        None => {}
    }
}

async fn matched(caller: Caller<'_>, path: &str) -> i64 {
    caller.get(path).await.ok()["numberMatched"].as_i64().unwrap()
}

#[actix_web::test]
async fn items_of_every_layer_are_as_the_suite_requires() {
    let server = Server::with_demo().await;
    let anonymous = server.anonymous();
    for layer in ALL {
        let items = format!("/collections/{}/items", layer.collection);
        let answer = anonymous.get(&format!("{items}?limit=7")).await;
        assert_eq!(answer.header("content-type").unwrap(), "application/geo+json");
        assert_eq!(answer.header("content-crs").unwrap(), format!("<{CRS84}>"));
        let page = answer.ok();
        assert_eq!(page["type"], "FeatureCollection");
        let features = page["features"].as_array().unwrap();
        assert_eq!(page["numberReturned"], features.len());
        assert!(features.len() <= 7);
        assert!(chrono::DateTime::parse_from_rfc3339(page["timeStamp"].as_str().unwrap()).is_ok());
        one_link(&page, "self");
        one_link(&page, "collection");
        let all = anonymous.all_items(&format!("{items}?limit=150")).await;
        assert_eq!(page["numberMatched"], all.len(), "{}", layer.collection);
        assert_eq!(anonymous.get(&format!("{items}?limit=unlimited")).await.status, 400);
        assert_eq!(anonymous.get(&format!("{items}?bbox=177,65,-177,70")).await.status, 200);
        assert_eq!(matched(anonymous, &format!("{items}?bbox=-180,-90,180,90")).await,
            all.iter().filter(|feature| !feature["geometry"].is_null()).count() as i64);

        let Some(feature) = features.first() else { continue };
        let one = anonymous.get(&format!("{items}/{}", feature["id"])).await;
        assert_eq!(one.header("content-crs").unwrap(), format!("<{CRS84}>"));
        let one = one.ok();
        for member in ["id", "type", "geometry", "properties"] {
            assert_eq!(one[member], feature[member], "{}", layer.collection);
        }
        one_link(&one, "self");
        one_link(&one, "collection");
    }
}

#[actix_web::test]
async fn every_geometry_intersects_the_bbox() {
    let server = Server::with_demo().await;
    for layer in ["cameras", "towers", "wifi-points", "facilities"] {
        let [west, south, east, north] = [105.70, 19.80, 105.74, 19.84];
        let path = format!("/collections/{layer}/items?limit=1000&bbox={west},{south},{east},{north}");
        let found = server.anonymous().all_items(&path).await;
        assert!(!found.is_empty(), "{layer}");
        for feature in found {
            each_position(&feature["geometry"]["coordinates"], &mut |lon, lat| {
                assert!(west <= lon && lon <= east && south <= lat && lat <= north, "{feature}");
            });
        }
    }
}

#[actix_web::test]
async fn features_are_valid_by_their_schema() {
    let server = Server::with_demo().await;
    for caller in [server.anonymous(), server.administrator()] {
        for layer in ALL {
            let layer = format!("/collections/{}", layer.collection);
            let mut schema = caller.get(&format!("{layer}/feature-schema")).await.ok();
            // The referenced schema is on the Internet.
            schema["properties"]["geometry"] = json!({"type": ["object", "null"], "required": ["type", "coordinates"]});
            // Null means that a field is unknown. JSON Schema can say that only in the type.
            let validator = jsonschema::validator_for(&schema).unwrap();
            for mut feature in caller.get(&format!("{layer}/items?limit=40")).await.features() {
                feature["properties"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
                if let Err(error) = validator.validate(&feature) {
                    panic!("{layer}: {error} in {feature}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn schemas_are_json_schema_and_show_what_the_caller_sees() {
    let server = Server::new().await;
    for layer in ALL {
        for schema in ["schema", "queryables", "sortables", "feature-schema"] {
            let path = format!("/collections/{}/{schema}", layer.collection);
            let answer = server.anonymous().get(&path).await;
            assert_eq!(answer.header("content-type").unwrap(), "application/schema+json", "{path}");
            let body = answer.json();
            assert_eq!(body["$id"], format!("http://hatang.test/api/v1{path}"));
            assert!(jsonschema::meta::is_valid(&body), "{path}");
        }
    }
    let fields = async |caller: Caller<'_>| caller.get("/collections/cameras/queryables").await.ok()["properties"].clone();
    assert!(fields(server.anonymous()).await.get("owner_phone").is_none());
    assert!(fields(server.administrator()).await.get("owner_phone").is_some());
}

#[actix_web::test]
async fn schemas_say_how_forms_group_their_fields() {
    let server = Server::new().await;
    for layer in ALL.iter().filter(|layer| layer.is_writable()) {
        let path = format!("/collections/{}/schema", layer.collection);
        let schema = server.administrator().get(&path).await.ok();
        let groups: Vec<_> = schema["x-groups"].as_array().unwrap().iter().map(|group| group["name"].clone()).collect();
        let fields: Vec<_> = schema["properties"].as_object().unwrap().iter().collect();
        for (name, field) in fields.iter().filter(|(name, _)| !["id", "geom"].contains(&name.as_str())) {
            assert!(groups.contains(&field["x-group"]), "{path} {name}");
        }
        let essential: Vec<_> = fields.iter().filter(|(_, field)| field["x-essential"] == true).collect();
        assert!((2..=8).contains(&essential.len()), "{path}: a form begins with few fields");
        for name in schema["required"].as_array().unwrap() {
            assert!(essential.iter().any(|(essential, _)| *essential == name.as_str().unwrap()), "{path} {name}");
        }
    }
}

/// The address of the service according to its landing page.
async fn own_address(server: &Server, headers: &[(&str, &str)]) -> String {
    let landing = server.anonymous().send(Method::GET, "", headers, None).await.ok();
    one_link(&landing, "self")["href"].as_str().unwrap().to_owned()
}

const FORWARDED: [(&str, &str); 2] = [("X-Forwarded-Host", "maps.example"), ("X-Forwarded-Proto", "https")];

#[actix_web::test]
async fn forwarded_headers_are_believed_only_behind_a_trusted_proxy() {
    let server = Server::new().await;
    assert_eq!(own_address(&server, &FORWARDED).await, "http://hatang.test/api/v1");
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    assert_eq!(own_address(&server, &FORWARDED).await, "https://maps.example/api/v1");
    let forwarded = [("Forwarded", "host=maps.example;proto=https")];
    assert_eq!(own_address(&server, &forwarded).await, "https://maps.example/api/v1");
    assert_eq!(own_address(&server, &[]).await, "http://hatang.test/api/v1");
    let created = server
        .administrator()
        .send(Method::POST, "/collections/towers/items", &FORWARDED, Some(tower(json!({}))))
        .await;
    assert!(created.header("location").unwrap().starts_with("https://maps.example/api/v1/collections/towers/items/"));
}

#[actix_web::test]
async fn configured_public_address_wins() {
    let server = Server::with_limits(|limits| limits.public_url = Some("https://hatang.example/".into())).await;
    assert_eq!(own_address(&server, &FORWARDED).await, "https://hatang.example/api/v1");
}

#[actix_web::test]
async fn collection_states_its_number_of_items() {
    let server = Server::with_demo().await;
    let anonymous = server.anonymous();
    for collection in anonymous.get("/collections").await.ok()["collections"].as_array().unwrap() {
        let items = anonymous.get(&format!("/collections/{}/items?limit=1", collection["id"].as_str().unwrap())).await.ok();
        assert_eq!(collection["itemCount"], items["numberMatched"], "{}", collection["id"]);
    }
}

#[actix_web::test]
async fn schemas_have_roles_and_those_of_writes_only_what_is_written() {
    let server = Server::new().await;
    let schema = async |path: &str| server.administrator().get(path).await.ok();
    for layer in ALL {
        let path = format!("/collections/{}/schema", layer.collection);
        let properties = schema(&path).await["properties"].clone();
        let of_role = |role: &str| {
            let fields = properties.as_object().unwrap().iter();
            fields.filter(|(_, field)| field["x-ogc-role"] == role).map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of_role("id"), ["id"]);
        assert_eq!(properties["id"]["format"], "int64");
        assert_eq!(of_role("primary-geometry"), ["geom"]);
        let [start, end] = ["primary-interval-start", "primary-interval-end"].map(of_role);
        let is_known = |names: &[String]| names.iter().all(|name| properties[name.as_str()]["format"] == "date");
        assert!(start.len() == 1 && end.len() <= 1 && is_known(&start) && is_known(&end), "{start:?} {end:?}");
        for name in of_role("reference") {
            let collection = properties[&name]["x-ogc-collectionId"].as_str().unwrap();
            assert!(ALL.iter().any(|layer| layer.collection == collection), "{name}");
        }
    }
    let path = "/collections/towers/schema?type=";
    let [create, replace, update] =
        [schema(&format!("{path}create")).await, schema(&format!("{path}replace")).await, schema(&format!("{path}update")).await];
    assert_eq!((&create["required"], create["properties"] == replace["properties"]), (&json!(["name", "operator"]), true));
    assert_eq!((&update["required"], &update["properties"]), (&Value::Null, &create["properties"]));
    for (name, is_written) in [("geom", true), ("height_m", true), ("id", false), ("version", false), ("commune_code", false)] {
        assert_eq!(create["properties"].get(name).is_some(), is_written, "{name}");
    }
    assert_eq!(server.anonymous().get(&format!("{path}read")).await.summary(), "400 parameter.invalid type");
}

#[actix_web::test]
async fn datetime_from_qgis_is_refused_and_from_others_is_the_valid_time() {
    let server = Server::with_demo().await;
    let path = "/collections/cameras/items?datetime=2022-10-26";
    let ask = async |agent: &str, path: &str| server.anonymous().send(Method::GET, path, &[("User-Agent", agent)], None).await;
    let refused = ask("Mozilla/5.0 QGIS/32216", path).await;
    assert_eq!(refused.summary(), "400 parameter.invalid datetime");
    let other = ask("OWSLib", path).await;
    assert!(other.header("vary").is_some());
    let varies = other.headers.get_all("vary").any(|value| value.to_str().unwrap().to_lowercase().contains("user-agent"));
    assert!(varies, "a stored answer is not given to QGIS");
    assert!(!other.features().is_empty());
    assert_eq!(ask("Mozilla/5.0 QGIS/32216", "/collections/cameras/items?as_of=2022-10-26").await.status, 200);
}

#[actix_web::test]
async fn schemas_are_plain_json_only_for_who_accepts_nothing_else() {
    let server = Server::new().await;
    for (accept, expected) in [
        (None, "application/schema+json"),
        (Some("*/*"), "application/schema+json"),
        (Some("application/schema+json, application/json"), "application/schema+json"),
        // GDAL 3.6 and 3.12, before they send a filter.
        (Some("application/geo+json, application/json"), "application/json"),
    ] {
        let headers: Vec<_> = accept.map(|accept| ("Accept", accept)).into_iter().collect();
        let answer = server.anonymous().send(Method::GET, "/collections/towers/queryables", &headers, None).await;
        assert_eq!(answer.header("content-type").as_deref(), Some(expected), "{accept:?}");
    }
}

#[actix_web::test]
async fn schemas_say_how_points_look_and_how_exact_they_are() {
    let server = Server::new().await;
    let (anonymous, administrator) = (server.anonymous(), server.administrator());
    let [public, own, towers] = [
        anonymous.get("/collections/cameras/schema").await.ok(),
        administrator.get("/collections/cameras/schema").await.ok(),
        anonymous.get("/collections/towers/schema").await.ok(),
    ];
    let rounded = |schema: &Value| schema["properties"]["geom"]["x-rounded-m"].clone();
    assert_eq!([rounded(&public), rounded(&own), rounded(&towers)], [json!(100), json!(null), json!(null)]);
    // Where a camera looks is internal.
    assert_eq!((&public["x-symbol"]["name"], &public["x-symbol"]["sector"]), (&json!("camera"), &json!(null)));
    let near = |schema: &Value| schema["x-near"]["same"].clone();
    assert_eq!([near(&public), near(&towers)], [json!(null), json!(["operator"])], "who manages a camera is internal");
    assert_eq!((&own["x-near"]["distance_m"], &own["x-near"]["direction"]), (&json!(10.0), &json!("azimuth_deg")));
    let sector = own["x-symbol"]["sector"].as_object().unwrap();
    assert!(sector.values().all(|name| own["properties"].get(name.as_str().unwrap()).is_some()), "{sector:?}");
}
