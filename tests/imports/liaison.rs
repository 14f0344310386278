//! The commands of `docs/liaison.md`, run by a shell against a real port.

use std::time::Duration;

use actix_web::HttpServer;
use hatang::config::Page;
use hatang::http::routes::app;
use hatang::http::state::App;
use hatang::postgres::Store;
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

    // One station is gone, one is higher, one is new.
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
    let blocks = |of: &'static str| document.split(of).skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let [make, write] = blocks("```sh\n").collect::<Vec<_>>().try_into().unwrap();
    let [join] = blocks("```shell\n").collect::<Vec<_>>().try_into().unwrap();
    let liaison = server.account("liaison", &[json!({"role": "editor", "operators": ["viettel"]})]).await;
    server.execute("update accounts set organisation = 'Viettel Thanh Hóa' where username = 'liaison'").await;
    // A plan of last month, which must not be taken for this month's.
    std::fs::write(directory.join("plan.json"), r#"{"id": "x", "plan": "y", "counts": "old"}"#).unwrap();
    let run = async |script: String, list: &'static str, consent: &'static str| {
        tokio::process::Command::new("bash")
            .args(["-uc", script.as_str()])
            .current_dir(&directory)
            .envs([("API", api.as_str()), ("LIST", list), ("TOKEN", liaison.as_str()), ("no_proxy", "127.0.0.1")])
            .env("CONSENT", consent)
            .output()
            .await
            .unwrap()
    };
    let output = run(format!("{make}{write}"), "list.csv", "").await;
    // An unreadable list is reported and commits nothing, in particular not the plan made before.
    std::fs::write(directory.join("broken.csv"), "").unwrap();
    let broken = run(format!("{make}{write}"), "broken.csv", "").await;
    let told = String::from_utf8_lossy(&broken.stderr);
    assert!(!broken.status.success() && told.contains("file.empty") && !told.contains("Traceback"), "{told}");
    assert!(broken.stdout.is_empty(), "{}", String::from_utf8_lossy(&broken.stdout));

    // Next month two stations are renamed and one moves; all three get other numbers.
    let ids = async || {
        server.query("select jsonb_object_agg(coalesce(station_code, external_id), id) from towers where lifecycle_status = 'operational'").await
    };
    let known = ids().await;
    let next = after
        .replace("V2,Trạm 2,", "W2,Trạm hai,")
        .replace("V3,Trạm 3,", "W3,Trạm ba,")
        .replace("V4,Trạm 4,Viettel,105.604", "W4,Trạm 4,Viettel,105.654");
    std::fs::write(directory.join("next.csv"), format!("{LIST}{next}")).unwrap();
    let refused = run(format!("{make}{write}"), "next.csv", "").await;
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && !told.contains("Traceback"), "{told}");
    for code in ["import.warnings", "import.pairs", "import.many_missing"] {
        assert!(told.contains(code), "{code}: {told}");
    }
    let shown = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(shown.matches("snapshot.pair").count(), 3, "{shown}");
    assert_eq!(ids().await, known, "nothing is written");
    let joined = run(format!("{make}{join}{write}"), "next.csv", "").await;
    handle.stop(false).await;
    assert!(
        joined.status.success(),
        "{}{}",
        String::from_utf8_lossy(&joined.stdout),
        String::from_utf8_lossy(&joined.stderr)
    );
    let now =
        server.query("select jsonb_object_agg(name, id) from towers where lifecycle_status = 'operational'").await;
    assert_eq!([&now["Trạm hai"], &now["Trạm ba"], &now["Trạm 4"]], [&known["V2"], &known["V3"], &known["V4"]]);
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}{errors}");
    for count in ["'create': 1", "'update': 1", "'missing': 1", "'unchanged': 9", "'error': 0"] {
        assert!(printed.contains(count), "{count}: {printed}");
    }
    let committed_at = printed.trim().lines().last().unwrap_or_default();
    assert!(chrono::DateTime::parse_from_rfc3339(committed_at).is_ok(), "{printed}");
    assert!(std::fs::read(directory.join("ket-qua.xlsx")).unwrap().starts_with(b"PK"));
    std::fs::remove_dir_all(&directory).unwrap();
    let state =
        "select jsonb_build_array(count(*) filter (where lifecycle_status = 'operational'), max(height_m)) from towers";
    assert_eq!(server.query(state).await, json!([11, 45]));
}
