//! What `text/event-stream` looks like: lines that begin with the name of a field, and an empty line after each event.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use serde_json::Value;

/// How long a client waits before it comes back, milliseconds.
pub const RETRY: &str = "retry: 3000\n";

/// An event. Its number is what the client sends as `Last-Event-ID` when it comes back; JSON has no line break.
pub fn event(name: &str, number: i64, value: &Value) -> String {
    format!("event: {name}\nid: {number}\ndata: {value}\n\n")
}

/// Nothing happened. Clients keep the number without being told of an event, so that they come back to where we have
/// looked, not to the last change that was theirs.
pub fn heartbeat(number: i64) -> String {
    format!(": nothing new\nid: {number}\n\n")
}

/// The reader may not read any more. The empty number takes back what the client would send as `Last-Event-ID`: whoever
/// comes back may read another sequence.
pub fn end() -> String {
    "event: end\nid:\ndata: {\"code\":\"auth.required\"}\n\n".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_three_lines_whatever_it_holds() {
        let text = event("change", 7, &json!({"name": "a\n\nid: 9\r\ndata: x"}));
        assert_eq!(text, "event: change\nid: 7\ndata: {\"name\":\"a\\n\\nid: 9\\r\\ndata: x\"}\n\n");
        assert_eq!(text.lines().count(), 4);
    }
}
