//! The operations of imports.

use serde_json::{Value, json};

use crate::http::openapi::operations::{Operation, answer, get, json_answer};
use crate::http::openapi::parameters::reference;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub fn operations() -> Vec<(String, Operation)> {
    let import = || json_answer("The import", json!({"$ref": "#/components/schemas/Import"}));
    let id = || {
        json!({"name": "import", "in": "path", "required": true, "description": "The id of an import",
            "schema": {"type": "string", "format": "uuid"}})
    };
    let file = |description| answer(description, XLSX, json!({"type": "string", "format": "binary"}));
    let mut template = get(
        "show_template",
        "The workbook to fill in for a layer",
        "Imports",
        vec![reference("collectionId"), xlsx_only()],
        file("A sheet with the columns of the layer, a guide, drop-downs"),
    );
    template.problems = &[400, 401, 404, 503];
    let mut found = get("find_import", "A plan, or how far it is", "Imports", vec![id(), reference("f")], import());
    found.problems = &[400, 401, 404, 503];
    let mut workbook = get(
        "show_workbook",
        "The file back, with what is wrong where",
        "Imports",
        vec![id(), xlsx_only()],
        file("The cells that were sent, a column of states, colours, comments, drop-downs"),
    );
    workbook.problems = &[400, 401, 404, 422, 503];
    let limit = json!({"name": "limit", "in": "query", "required": false, "description": "At most so many",
        "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}});
    let mut cursor =
        json!({"name": "cursor", "in": "query", "required": false, "schema": {"type": "string", "format": "uuid"}});
    cursor["description"] = json!("Where the page begins: taken from a next link");
    cursor["example"] = json!("00000000-0000-4000-8000-000000000000");
    let mut list = get(
        "list_imports",
        "One's own imports, newest first; administrators see all",
        "Imports",
        vec![limit, cursor, reference("f")],
        json_answer(
            "Imports, without their findings",
            json!({"type": "object", "required": ["imports", "links"], "properties": {
                "imports": {"type": "array", "items": {"$ref": "#/components/schemas/Import"}},
                "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}}}),
        ),
    );
    list.problems = &[400, 401, 503];
    for operation in [&mut list, &mut found, &mut workbook] {
        operation.writes = true;
    }
    let create = Operation {
        method: "post",
        id: "create_import".into(),
        summary: "Plan what a file would do; nothing of it is written",
        tag: "Imports",
        parameters: [vec![reference("collectionId")], upload_parameters()].concat(),
        body: Some(upload()),
        answers: vec![(201, located(import())), (202, located(import()))],
        problems: &[400, 401, 403, 404, 405, 413, 422, 503, 504],
        writes: true,
    };
    let commit = Operation {
        method: "post",
        id: "commit_import".into(),
        summary: "Write everything that a plan says, or nothing",
        tag: "Imports",
        parameters: vec![id()],
        body: Some(json!({"required": true, "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["plan"],
            "properties": {
                "plan": {"type": "string", "description": "The hash of the plan", "example": "sha256:0"},
                "accept_warnings": {"type": "boolean", "default": false},
                "confirm_missing": {"type": "boolean", "default": false, "description": "More than a tenth of the records of the source may be decommissioned"},
            },
        }}}})),
        answers: vec![(200, import())],
        problems: &[401, 403, 404, 405, 409, 413, 422, 503, 504],
        writes: true,
    };
    let undo = Operation {
        method: "post",
        id: "undo_import".into(),
        summary: "Restore what an import wrote, where nobody has written since",
        tag: "Imports",
        parameters: vec![id()],
        body: None,
        answers: vec![(200, import())],
        problems: &[401, 403, 404, 405, 409, 503, 504],
        writes: true,
    };
    vec![
        ("/collections/{collectionId}/imports".into(), create),
        ("/collections/{collectionId}/import-template.xlsx".into(), template),
        ("/imports".into(), list),
        ("/imports/{import}".into(), found),
        ("/imports/{import}/workbook".into(), workbook),
        ("/imports/{import}/commit".into(), commit),
        ("/imports/{import}/undo".into(), undo),
    ]
}

fn located(mut answer: Value) -> Value {
    answer["headers"]["Location"] =
        json!({"description": "Where the import is", "schema": {"type": "string", "format": "uri"}});
    answer
}

fn xlsx_only() -> Value {
    json!({"name": "f", "in": "query", "required": false, "description": "The format",
        "schema": {"type": "string", "enum": ["xlsx"], "default": "xlsx"}})
}

fn upload_parameters() -> Vec<Value> {
    let query = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema});
    let date = || json!({"type": "string", "format": "date"});
    vec![
        query(
            "mode",
            "upsert adds and changes; snapshot also proposes to decommission what the list no longer has",
            json!({"type": "string", "enum": ["upsert", "snapshot"], "default": "upsert"}),
        ),
        query(
            "source_org",
            "Whose records they are, unless a row says another; default: the account's organisation",
            json!({"type": "string"}),
        ),
        query("crs", "The CRS of coordinates in metres", json!({"type": "string", "example": "EPSG:5897"})),
        query(
            "central_meridian",
            "The same by the central meridian of a 3 degree zone",
            json!({"type": "number", "example": 105.75}),
        ),
        query("units_as_of", "The day on which codes and names of communes are read; default today", date()),
        query("effective_on", "The day from which the file holds; default today", date()),
        query(
            "mapping",
            "What columns hold, as JSON: header or letter to field; remembered for the sender",
            json!({"type": "string", "example": "{\"Tên điểm\":\"name\"}"}),
        ),
        query("file_name", "The name of the file, where the body is the file", json!({"type": "string"})),
    ]
}

fn upload() -> Value {
    let binary = || json!({"schema": {"type": "string", "format": "binary"}});
    json!({"required": true, "content": {
        XLSX: binary(),
        "text/csv": {"schema": {"type": "string"}},
        "application/geo+json": {"schema": {"type": "object"}},
        "application/vnd.google-earth.kml+xml": {"schema": {"type": "string"}},
        "application/vnd.google-earth.kmz": binary(),
        "application/octet-stream": binary(),
        "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}, "additionalProperties": {"type": "string"}}},
    }})
}

pub fn schemas() -> Vec<(&'static str, Value)> {
    let integer = || json!({"type": "integer", "minimum": 0});
    let nullable = |name: &str| json!({"type": name, "nullable": true});
    let finding = json!({
        "type": "object",
        "required": ["sheet", "code", "severity", "message"],
        "properties": {
            "sheet": {"type": "string"},
            "row": nullable("integer"),
            "column": nullable("string"),
            "field": nullable("string"),
            "code": {"type": "string", "example": "geo.swapped"},
            "severity": {"type": "string", "enum": ["info", "warning", "error"]},
            "message": {"type": "string", "description": "In the language asked for"},
            "messages": {"type": "object", "properties": {"vi": {"type": "string"}, "en": {"type": "string"}}},
            "value": nullable("string"),
            "suggestion": nullable("string"),
        },
    });
    let import = json!({
        "type": "object",
        "required": ["id", "status", "counts"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "collection": {"type": "string"},
            "mode": {"type": "string", "enum": ["upsert", "snapshot"]},
            "status": {"type": "string", "enum": ["planning", "planned", "committed", "undone", "failed"]},
            "source_org": nullable("string"),
            "file": {"type": "object"},
            "options": {"type": "object"},
            "plan": {"type": "string", "nullable": true, "description": "The hash that a commit must name"},
            "counts": {"type": "object", "properties": {"create": integer(), "update": integer(), "unchanged": integer(), "missing": integer(), "error": integer(), "warning": integer()}},
            "progress": {"type": "object", "properties": {"done": integer(), "total": nullable("integer")}},
            "mapping": {"type": "array", "items": {"type": "object"}},
            "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
            "updates": {"type": "array", "items": {"type": "object"}},
            "missing": {"type": "array", "items": {"type": "object"}},
            "undone": {"type": "object", "properties": {"restored": integer(), "kept": {"type": "array", "items": {"type": "integer"}}}},
            "failure": {"type": "string", "description": "Why it failed: interrupted (the server ended), erased (values of it were), expired (older than files are kept), or what was wrong with the file"},
            "created_at": {"type": "string", "format": "date-time"},
            "created_by": {"type": "string"},
            "committed_at": {"type": "string", "format": "date-time", "nullable": true},
            "erased_at": {"type": "string", "format": "date-time", "nullable": true,
                "description": "Personal data was erased from it, and its file is gone; a plan has then failed with `erased`"},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
        },
    });
    vec![("Finding", finding), ("Import", import)]
}
