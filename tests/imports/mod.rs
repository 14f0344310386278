//! Imports: files that are sent, planned, corrected, committed, undone.

mod again;
mod books;
mod cli;
mod commit;
mod communes;
mod declared;
mod faults;
mod formats;
mod habits;
mod identity;
mod in_place;
mod killed;
mod kml;
mod liaison;
mod list;
mod meanings;
mod partly;
mod places;
mod promises;
mod readers;
mod returned;
mod roundtrip;
mod safety;
mod scope;
mod snapshot;
mod template;
mod whole_file;

use actix_web::http::Method;
use serde_json::Value;

use crate::common::{Answer, Caller};

/// Sends a file.
pub async fn send(caller: Caller<'_>, collection: &str, query: &str, file: Vec<u8>) -> Answer {
    let path = format!("/collections/{collection}/imports{query}");
    caller.send_bytes(Method::POST, &path, &[("Content-Type", "application/octet-stream")], Some(file)).await
}

/// Sends a readable file and returns its plan.
pub async fn plan(caller: Caller<'_>, collection: &str, query: &str, file: Vec<u8>) -> Value {
    send(caller, collection, query, file).await.ok()
}

/// Commits a plan and accepts its warnings.
pub async fn commit(caller: Caller<'_>, plan: &Value) -> Answer {
    let path = format!("/imports/{}/commit", plan["id"].as_str().unwrap());
    let body = serde_json::json!({"plan": plan["plan"], "accept_warnings": true});
    caller.post(&path, body).await
}

/// The cell and code of each finding: `D6 geo.swapped`. A finding about a sheet or the file has no cell.
pub fn findings(plan: &Value) -> Vec<String> {
    let one = |finding: &Value| {
        let column = finding["column"].as_str().unwrap_or_default();
        let cell = format!("{column}{}", finding["row"].as_u64().map_or_else(String::new, |row| row.to_string()));
        format!("{cell} {}", finding["code"].as_str().unwrap()).trim().to_owned()
    };
    plan["findings"].as_array().unwrap().iter().map(one).collect()
}

/// The counts in one line: create, update, unchanged, missing, error, warning.
pub fn counts(plan: &Value) -> [u64; 6] {
    ["create", "update", "unchanged", "missing", "error", "warning"]
        .map(|name| plan["counts"][name].as_u64().unwrap_or_else(|| panic!("no count of {name}: {plan}")))
}

/// The targets of the columns of the first sheet, in order.
pub fn targets(plan: &Value) -> Vec<String> {
    let columns = plan["mapping"][0]["columns"].as_array().unwrap();
    columns.iter().map(|column| column["target"].as_str().unwrap().to_owned()).collect()
}
