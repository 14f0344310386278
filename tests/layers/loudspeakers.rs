//! Loudspeakers.

use serde_json::{Value, json};

use crate::common::{Server, feature};

const LOUDSPEAKERS: &str = "/collections/loudspeakers/items";

fn cluster(more: Value) -> Value {
    feature([105.7, 19.81], json!({"name": "Cụm loa nhà văn hóa"}), more)
}

#[actix_web::test]
async fn record_is_one_cluster_of_one_speaker_by_default() {
    let server = Server::new().await;
    let made = server.administrator().post(LOUDSPEAKERS, cluster(json!({}))).await.ok();
    assert_eq!([&made["properties"]["cluster_count"], &made["properties"]["speaker_count"]], [&json!(1), &json!(1)]);
}

#[actix_web::test]
async fn counts_are_bounded_and_district_control_has_ended() {
    let server = Server::new().await;
    let post = async |more| server.administrator().post(LOUDSPEAKERS, cluster(more)).await.summary();
    assert_eq!(post(json!({"speaker_count": 64})).await, "201");
    assert_eq!(post(json!({"speaker_count": 65})).await, "422 range /properties/speaker_count");
    assert_eq!(post(json!({"cluster_count": 0})).await, "422 range /properties/cluster_count");
    assert_eq!(post(json!({"controlled_by": "district"})).await, "422 enum.ended /properties/controlled_by");
}

/// As published: 15 clusters with 26 loudspeakers.
#[actix_web::test]
async fn hung_my_reports_15_clusters_with_26_loudspeakers() {
    let server = Server::with_demo().await;
    let path = "/stats/18019@2024-01-15?as_of=2024-01-15&indicators=loudspeaker_clusters,loudspeaker_speakers";
    let stats = server.anonymous().get(path).await.ok();
    assert_eq!(stats["figures"]["loudspeaker_clusters"]["value"], 15);
    assert_eq!(stats["figures"]["loudspeaker_speakers"]["value"], 26);
    let rows = stats["figures"]["loudspeaker_speakers"]["rows"].as_str().unwrap();
    let (_, rows) = rows.split_once("/api/v1").unwrap();
    let speakers = server.anonymous().get(rows).await.features();
    let sum: i64 = speakers.iter().map(|speaker| speaker["properties"]["speaker_count"].as_i64().unwrap()).sum();
    assert_eq!((speakers.len(), sum), (15, 26));
}
