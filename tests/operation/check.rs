//! `hatang check`

use serde_json::Value;

use crate::common::Server;
use crate::operation::hatang;

/// The exit status, and the text of a subject with its level.
fn check(server: &Server, subject: &str, more: &[&str]) -> (i32, Vec<String>) {
    let service_url = server.service_url();
    let variables = [("HATANG_MIGRATION_URL", server.database_url())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let arguments: Vec<_> = ["check", "--json", "--port", "1"].iter().chain(more).copied().collect();
    let (status, out, err) = hatang(&service_url, &arguments, &variables);
    let found: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out} {err}"));
    let of = found["findings"].as_array().unwrap().iter().filter(|finding| finding["subject"] == subject);
    (status, of.map(|finding| format!("{} {}", finding["level"].as_str().unwrap(), finding["text"])).collect())
}

#[actix_web::test]
async fn what_disagrees_is_found() {
    let server = Server::with_demo().await;
    for subject in ["settings", "versions", "tables", "clock", "rights", "counters", "sums", "feed", "audit"] {
        let (status, found) = check(&server, subject, &[]);
        // The service itself does not answer on that port.
        assert_eq!(status, 1, "{subject}: {found:?}");
        assert!(!found.is_empty() && found.iter().all(|text| text.starts_with("ok ")), "{subject}: {found:?}");
    }
    let (status, found) = check(&server, "settings", &["--request-timeout-s", "5", "--public-url", "hatang.example"]);
    assert_eq!((status, found.len()), (2, 2), "{found:?}");

    for (harm, subject, said) in [
        ("update layers set row_count = row_count + 1 where collection = 'cameras'", "counters", "cameras keeps"),
        ("update feed set last_seq = last_seq + 1", "feed", "numbers up to"),
        ("update summaries set built_until = 0 where collection = 'cameras'", "sums", "1 layers"),
        ("update admin_units set geom = null, geom_source = null where level = 'commune'", "units", "have no boundary"),
        ("revoke select on cameras from hatang_app", "rights", "may not read cameras"),
        ("select seal_audit(100); set session_replication_role = replica; delete from audit", "audit", "removed"),
        ("drop function refresh_grants()", "tables", "lack function refresh_grants()"),
    ] {
        server.execute(harm).await;
        let (_, found) = check(&server, subject, &[]);
        assert!(found.iter().any(|text| !text.starts_with("ok ") && text.contains(said)), "{harm}: {found:?}");
    }
    assert_eq!(check(&server, "tables", &[]).0, 2);
}

#[actix_web::test]
async fn database_that_cannot_be_reached_is_critical() {
    let (status, out, _) =
        hatang("postgresql:///hatang?host=/no/such/directory&user=hatang", &["check", "--port", "1"], &[]);
    assert!(status == 2 && out.lines().any(|line| line.starts_with("critical database: ")), "{status} {out}");
}
