//! Waiting for a connection.

use std::time::Duration;

use hatang::postgres::{Store, WAITING};

use crate::common::Server;

#[actix_web::test]
async fn request_that_would_wait_too_long_fails_at_once() {
    let server = Server::new().await;
    let store = Store::new(&server.service_url(), 1, Duration::from_secs(30)).unwrap();
    let held = store.connection().await.unwrap();
    let waiting: Vec<_> = (0..WAITING)
        .map(|_| {
            let store = store.clone();
            actix_web::rt::spawn(async move { store.connection().await.is_ok() })
        })
        .collect();
    actix_web::rt::task::yield_now().await;
    let refused = tokio::time::timeout(Duration::from_secs(1), store.connection()).await.expect("at once");
    assert!(refused.is_err());
    drop(held);
    for waited in waiting {
        assert!(waited.await.unwrap(), "who came in time is served");
    }
}
