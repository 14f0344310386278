//! Signing in, tokens, and accounts for administrators.

use serde_json::{Value, json};

use crate::accounts::asked::MAX_TOKEN_DAYS;
use crate::http::openapi::operations::{Operation, json_answer};

/// Path, method, id, summary, body, answer, problems.
type Row = (&'static str, &'static str, &'static str, &'static str, Option<Value>, (u16, Value), &'static [u16]);

/// Those that need no account.
const OPEN: &[&str] = &["log_in", "set_password"];

const READ: &[u16] = &[400, 401, 403, 404, 503];
const WRITE: &[u16] = &[400, 401, 403, 404, 405, 409, 413, 415, 422, 503];

pub fn operations() -> Vec<(String, Operation)> {
    let rows: Vec<Row> = vec![
        ("/auth/login", "post", "log_in", "Sign in: the session is in a cookie", body("LogIn"), ok("Session"), WRITE),
        ("/auth/logout", "post", "log_out", "End this session", None, done(), WRITE),
        ("/auth/me", "get", "show_me", "Who asks, and what they may", None, ok("Me"), READ),
        ("/auth/password", "post", "change_password", "Change one's password", body("PasswordChange"), done(), WRITE),
        (
            "/auth/setup",
            "post",
            "set_password",
            "Set a password by a link",
            body("PasswordByLink"),
            ok("PasswordSet"),
            WRITE,
        ),
        ("/auth/sessions", "get", "list_sessions", "One's sessions", None, list("sessions", "BrowserSession"), READ),
        ("/auth/sessions/{session}", "delete", "end_session", "End one of one's sessions", None, done(), WRITE),
        ("/tokens", "get", "list_tokens", "One's tokens", None, list("tokens", "Token"), READ),
        (
            "/tokens",
            "post",
            "create_token",
            "Make a token, which is shown once",
            body("NewToken"),
            made("Token"),
            WRITE,
        ),
        ("/tokens/{token}", "delete", "revoke_token", "End one of one's tokens", None, done(), WRITE),
        ("/users", "get", "list_users", "Accounts", None, list("users", "User"), READ),
        ("/users", "post", "create_user", "Make an account", body("NewUser"), made("User"), WRITE),
        ("/users/{user}", "get", "find_user", "An account", None, ok("User"), READ),
        (
            "/users/{user}",
            "patch",
            "update_user",
            "Change or disable an account",
            body("UserChange"),
            ok("User"),
            WRITE,
        ),
        (
            "/users/{user}/password-link",
            "post",
            "create_password_link",
            "A link to hand over, by which a password is set once within 24 hours",
            None,
            made("PasswordLink"),
            WRITE,
        ),
        ("/users/{user}/unlock", "post", "unlock_user", "Forget failed log-ins", None, done(), WRITE),
        ("/users/{user}/grants", "get", "list_grants", "The grants of an account", None, list("grants", "Grant"), READ),
        (
            "/users/{user}/grants",
            "post",
            "create_grant",
            "Let an account do something",
            body("NewGrant"),
            made("Grant"),
            WRITE,
        ),
        ("/users/{user}/grants/{grant}", "delete", "revoke_grant", "Take a grant back", None, done(), WRITE),
        (
            "/users/{user}/grants/{grant}/review",
            "post",
            "review_grant",
            "Say that what a grant was carried to is right",
            None,
            ok("Grant"),
            WRITE,
        ),
    ];
    rows.into_iter().map(operation).collect()
}

fn operation((path, method, id, summary, body, answer, problems): Row) -> (String, Operation) {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let parameters = names
        .map(|name| {
            let schema = json!({"type": "integer", "format": "int64", "minimum": 1});
            json!({"name": name, "in": "path", "required": true, "description": format!("The id of a {name}"), "schema": schema})
        })
        .collect();
    let writes = !OPEN.contains(&id);
    let (id, answers) = (id.to_owned(), vec![answer]);
    (path.to_owned(), Operation { method, id, summary, tag: "Accounts", parameters, body, answers, problems, writes })
}

fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn body(name: &str) -> Option<Value> {
    Some(json!({"required": true, "content": {"application/json": {"schema": schema(name)}}}))
}

fn ok(name: &str) -> (u16, Value) {
    (200, json_answer(name, schema(name)))
}

fn made(name: &str) -> (u16, Value) {
    (201, json_answer(name, schema(name)))
}

fn done() -> (u16, Value) {
    (204, json!({"description": "Done"}))
}

fn list(member: &str, name: &str) -> (u16, Value) {
    let items = json!({"type": "array", "items": schema(name)});
    (200, json_answer(name, json!({"type": "object", "required": [member], "properties": {member: items}})))
}

pub fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let optional = || json!({"type": "string", "nullable": true});
    let time = || json!({"type": "string", "format": "date-time", "nullable": true});
    let date = || json!({"type": "string", "format": "date", "nullable": true});
    let texts = || json!({"type": "array", "items": {"type": "string"}, "nullable": true});
    let role = || json!({"type": "string", "enum": ["viewer", "editor", "administrator", null], "nullable": true});
    let unit = || json!({"type": "object", "nullable": true, "properties": {"code": text(), "on": date(), "level": optional(), "name": optional()}});
    let unit_given = || json!({"type": "string", "nullable": true, "example": "16378@2026-01-01"});
    let flag = || json!({"type": "boolean"});
    let number = || json!({"type": "integer", "format": "int64"});
    let object = |required: &[&str], properties: Value| {
        let mut object = json!({"type": "object", "properties": properties});
        // An empty list is no schema of OpenAPI 3.0.
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        object
    };
    vec![
        ("LogIn", object(&["username", "password"], json!({"username": text(), "password": text()}))),
        (
            "Session",
            object(
                &["csrf"],
                json!({"csrf": {"type": "string", "description": "To be sent as X-CSRF-Token with each write of this session"}}),
            ),
        ),
        (
            "PasswordChange",
            object(&["old_password", "new_password"], json!({"old_password": text(), "new_password": text()})),
        ),
        ("PasswordByLink", object(&["token", "password"], json!({"token": text(), "password": text()}))),
        ("PasswordSet", object(&["username"], json!({"username": text()}))),
        ("PasswordLink", object(&["link", "expires_at"], json!({"link": text(), "expires_at": time()}))),
        (
            "Me",
            object(
                &["account", "grants", "administers", "credential"],
                json!({
                    "account": schema("User"), "grants": {"type": "array", "items": schema("Grant")}, "administers": flag(),
                    "credential": {"type": "string", "enum": ["session", "token"]}, "session": number(),
                    "csrf": text(), "token": schema("Token"),
                }),
            ),
        ),
        (
            "BrowserSession",
            object(
                &["id", "created_at", "last_seen_at", "expires_at", "current"],
                json!({
                    "id": number(), "created_at": time(), "last_seen_at": time(), "expires_at": time(), "address": optional(),
                    "user_agent": optional(), "current": flag(),
                }),
            ),
        ),
        (
            "NewToken",
            object(
                &["name", "days"],
                json!({
                    "name": text(), "days": {"type": "integer", "minimum": 1, "maximum": MAX_TOKEN_DAYS}, "role": role(),
                    "unit": unit_given(), "operators": texts(), "collections": texts(), "sees_restricted": flag(),
                    "addresses": texts(), "unconditional_writes": flag(),
                }),
            ),
        ),
        (
            "Token",
            object(
                &["id", "name", "created_at", "expires_at"],
                json!({
                    "id": number(), "name": text(), "token": {"type": "string", "description": "The secret, once"}, "role": role(),
                    "unit": unit(), "operators": texts(), "collections": texts(), "sees_restricted": flag(), "addresses": texts(),
                    "unconditional_writes": flag(), "created_at": time(), "expires_at": time(), "last_used_at": time(),
                }),
            ),
        ),
        (
            "NewUser",
            object(&["username"], json!({"username": text(), "display_name": optional(), "organisation": optional()})),
        ),
        (
            "UserChange",
            object(&[], json!({"display_name": optional(), "organisation": optional(), "disabled": flag()})),
        ),
        (
            "User",
            object(
                &["id", "username", "has_password"],
                json!({
                    "id": number(), "username": text(), "display_name": optional(), "organisation": optional(), "has_password": flag(),
                    "locked_until": time(), "disabled_at": time(), "created_at": time(), "created_by": text(),
                }),
            ),
        ),
        (
            "NewGrant",
            object(
                &["role"],
                json!({
                    "role": role(), "unit": unit_given(), "operators": texts(), "collections": texts(), "starts_on": date(),
                    "expires_on": date(), "note": optional(),
                }),
            ),
        ),
        (
            "Grant",
            object(
                &["id", "role", "holds", "needs_review"],
                json!({
                    "id": number(), "role": role(), "unit": unit(), "operators": texts(), "collections": texts(), "starts_on": date(),
                    "expires_on": date(), "note": optional(), "holds": flag(), "needs_review": flag(),
                    "communes": {"type": "array", "nullable": true, "description": "What the unit stands for today", "items": unit()},
                    "created_at": time(), "created_by": text(), "revoked_at": time(), "revoked_by": optional(),
                }),
            ),
        ),
    ]
}
