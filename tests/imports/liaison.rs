//! `docs/liaison.md`, as it stands there, by a shell against a port.

use std::time::Duration;

use actix_web::HttpServer;
use hatang::app::{App, app};
use hatang::config::Page;
use hatang::store::Store;
use serde_json::json;

use super::{commit, plan};
use crate::common::{Server, limits};

const LIST: &str = "Mã đơn vị gửi,Tên,Nhà mạng,Kinh độ,Vĩ độ,Chiều cao\n";

#[actix_web::test]
async fn monthly_list_by_curl_as_documented() {
    let server = Server::with_communes().await;
    let query = "?mode=snapshot&source_org=Viettel%20Thanh%20H%C3%B3a";
    let before: String = (0..11).map(|id| format!("V{id},Trạm {id},Viettel,105.6{id:02},19.8,30\n")).collect();
    let last_month = plan(server.administrator(), "towers", query, format!("{LIST}{before}").into_bytes()).await;
    commit(server.administrator(), &last_month).await.ok();

    // One is gone, one is higher, one is new.
    let after = before.replace("V0,Trạm 0,Viettel,105.600,19.8,30\n", "V99,Trạm 99,Viettel,105.74,19.8,30\n");
    let after = after.replace("V1,Trạm 1,Viettel,105.601,19.8,30", "V1,Trạm 1,Viettel,105.601,19.8,45");
    let directory = std::env::temp_dir().join(format!("hatang-liaison-{:x}", rand::random::<u64>()));
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("list.csv"), format!("{LIST}{after}")).unwrap();

    let store = Store::new(&server.service_url(), 4, Duration::from_secs(30)).unwrap();
    let state = App::new(store, limits(), Page::default());
    let http = HttpServer::new(move || app(state.clone())).workers(1).bind(("127.0.0.1", 0)).unwrap();
    let api = format!("http://{}/api/v1", http.addrs()[0]);
    let running = http.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);

    let document = include_str!("../../docs/liaison.md");
    let (_, script) = document.split_once("```sh\n").unwrap();
    let (script, _) = script.split_once("```").unwrap();
    assert_eq!(script.lines().count(), 6);
    let liaison = server.account("liaison", &[json!({"role": "editor", "operators": ["viettel"]})]).await;
    let output = tokio::process::Command::new("bash")
        .args(["-euc", script])
        .current_dir(&directory)
        .envs([("API", api.as_str()), ("LIST", "list.csv"), ("TOKEN", liaison.as_str()), ("no_proxy", "127.0.0.1")])
        .output()
        .await
        .unwrap();
    handle.stop(false).await;
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}{errors}");
    for count in ["'create': 1", "'update': 1", "'missing': 1", "'unchanged': 9", "'error': 0"] {
        assert!(printed.contains(count), "{count}: {printed}");
    }
    assert!(printed.trim().ends_with("committed"), "{printed}");
    assert!(std::fs::read(directory.join("ket-qua.xlsx")).unwrap().starts_with(b"PK"));
    std::fs::remove_dir_all(&directory).unwrap();
    let state =
        "select jsonb_build_array(count(*) filter (where lifecycle_status = 'operational'), max(height_m)) from towers";
    assert_eq!(server.query(state).await, json!([11, 45]));
}
