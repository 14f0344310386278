//! The format `text/event-stream`: each line begins with the name of a field, and an empty line ends the event.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use serde_json::Value;

/// How long a client waits before it reconnects, milliseconds.
pub const RETRY: &str = "retry: 3000\n";

/// Writes an event. When the client reconnects, it sends `number` as `Last-Event-ID`. The value is one line,
/// because JSON escapes line breaks.
pub fn event(name: &str, number: i64, value: &Value) -> String {
    format!("event: {name}\nid: {number}\ndata: {value}\n\n")
}

/// Writes a comment with a number. The client stores the number without seeing an event. When it reconnects, it then
/// continues from where we have looked, not from the last change that it saw.
pub fn heartbeat(number: i64) -> String {
    format!(": nothing new\nid: {number}\n\n")
}

/// Tells the client that it may no longer read. The empty id clears the client's `Last-Event-ID`: after it signs in
/// again it may read a feed with other numbers.
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
