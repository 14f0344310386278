//! An import as JSON.

use actix_web::HttpRequest;
use serde_json::{Value, json};

use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::imports::{XLSX, questions, vietnamese};
use crate::http::links::{base, link};
use crate::http::state::App;
use crate::imports::{Import, listed};
use crate::layers::Layer;
use crate::postgres::Connection;

/// The most rows listed for each operation; the workbook has all of them.
const LISTED: i64 = 1000;

/// The JSON of an import: its plan, counts, findings, and the rows that change or are missing.
pub async fn document(
    conn: &mut Connection,
    app: &App,
    request: &HttpRequest,
    import: &Import,
) -> Result<Value, Error> {
    let updates = listed(conn, import.id, "update", LISTED).await?;
    let restores = listed(conn, import.id, "restore", LISTED).await?;
    let missing = listed(conn, import.id, "missing", LISTED).await?;
    let mut document = summary(&base(app, request), import);
    document["options"] = import.options.clone();
    document["corrections"] = import.corrections.clone();
    document["mapping"] = import.mappings.clone();
    document["findings"] = in_language(import.findings.clone(), vietnamese(request));
    let layer = Layer::of_collection(&import.collection);
    let today = Clock::of(request).today();
    document["questions"] = json!(layer.map(|layer| questions::of_findings(layer, &import.findings, today)));
    document["updates"] = json!(updates);
    document["restores"] = json!(restores);
    document["missing"] = json!(missing);
    document["pairs"] = import.pairs.clone();
    if let Some(undone) = &import.undone {
        document["undone"] = undone.clone();
    }
    Ok(document)
}

/// The JSON of an import in a list.
pub fn summary(base: &str, import: &Import) -> Value {
    let own = format!("{base}/imports/{}", import.id);
    let mut summary = json!({
        "id": import.id.to_string(),
        "collection": import.collection,
        "mode": import.mode,
        "status": import.status,
        "source_org": import.source_org,
        "file": {"name": import.file_name, "format": import.format, "sha256": import.file_hash},
        "plan": import.plan,
        "counts": import.counts,
        "progress": {"done": import.done, "total": import.total},
        "created_at": import.created_at,
        "created_by": import.sent_by,
        "committed_at": import.committed_at,
        "erased_at": import.erased_at,
        "links": [
            link("self", &own, "application/json", "This import"),
            link("related", &format!("{own}/workbook"), XLSX, "The file with the reasons in it"),
        ],
    });
    if let (Some(links), true) = (summary["links"].as_array_mut(), import.counts["error"] != 0) {
        let title = "The rows with errors, to be corrected and sent";
        links.push(link("related", &format!("{own}/workbook?rows=refused"), XLSX, title));
    }
    if let Some(failure) = &import.failure {
        summary["failure"] = json!(failure);
    }
    summary
}

/// Findings, each with its message in the language asked for and in both languages.
pub fn in_language(mut findings: Value, vietnamese: bool) -> Value {
    for finding in findings.as_array_mut().into_iter().flatten() {
        let messages = finding["message"].take();
        finding["message"] = messages[if vietnamese { "vi" } else { "en" }].clone();
        finding["messages"] = messages;
    }
    findings
}
