//! Reads `text/event-stream` as a browser does.

use std::future::poll_fn;
use std::pin::Pin;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use serde_json::Value;

/// An open stream. Dropping it closes the connection.
pub struct Events {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: BoxBody,
    text: String,
    /// What a browser would send as `Last-Event-ID`.
    pub last_id: String,
}

/// The contents of a block of lines. A browser treats a block without a name not as an event but as a comment, perhaps
/// with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub name: String,
    pub data: Value,
}

impl Events {
    pub fn of(response: HttpResponse) -> Events {
        let (status, headers) = (response.status(), response.headers().clone());
        Events { status, headers, body: response.into_body(), text: String::new(), last_id: String::new() }
    }

    /// The next block; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(self.read(&block));
            }
            let more = self.more().await?;
            self.text += &more;
        }
    }

    /// The next event with this name. Skips all others.
    pub async fn named(&mut self, name: &str) -> Value {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended before {name}"));
            if event.name == name {
                return event.data;
            }
        }
    }

    /// The next piece of text.
    pub async fn more(&mut self) -> Option<String> {
        let body = &mut self.body;
        let chunk = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await?.expect("a chunk");
        Some(String::from_utf8(chunk.to_vec()).unwrap())
    }

    fn read(&mut self, block: &str) -> Event {
        let mut event = Event { name: String::new(), data: Value::Null };
        for line in block.split('\n') {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => event.name = value.to_owned(),
                "data" => event.data = serde_json::from_str(value).unwrap(),
                "id" => self.last_id = value.to_owned(),
                "retry" => assert!(value.parse::<u32>().is_ok(), "{line}"),
                "" => {}
                other => panic!("no field {other}: {block}"),
            }
        }
        event
    }
}
