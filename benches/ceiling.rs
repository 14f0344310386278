//! The limit of the HTTP stack: bodies of a size, `GET /51200`, that are the same for all requests. `/0` is an empty 304.
//!
//! ```sh
//! cargo bench --bench ceiling -- 8080
//! ```

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::http::header::ETAG;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};

#[derive(Default)]
struct Bodies(Mutex<HashMap<usize, Bytes>>);

async fn answer(bodies: web::Data<Bodies>, size: web::Path<usize>) -> HttpResponse {
    let size = size.into_inner();
    if size == 0 {
        return HttpResponse::NotModified().insert_header((ETAG, "\"1\"")).finish();
    }
    let mut bodies = bodies.0.lock().unwrap_or_else(PoisonError::into_inner);
    let body = bodies.entry(size).or_insert_with(|| vec![b'x'; size].into()).clone();
    HttpResponse::Ok().content_type("application/geo+json").body(body)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(8080_u16);
    let bodies = web::Data::new(Bodies::default());
    let server = HttpServer::new(move || App::new().app_data(bodies.clone()).route("/{size}", web::get().to(answer)));
    server.bind(("127.0.0.1", port))?.run().await
}
