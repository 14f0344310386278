//! The operations on figures.

use serde_json::{Value, json};

use crate::figures::{INDICATORS, operators};
use crate::files::export::Format;
use crate::http::openapi::operations::{Operation, answer, get, json_answer};
use crate::http::openapi::parameters::reference;

pub fn operations() -> Vec<(String, Operation)> {
    let definitions = get(
        "list_definitions",
        "What each figure counts",
        "Figures",
        vec![reference("f")],
        json_answer(
            "Definitions",
            json!({"type": "object", "required": ["definitions"], "properties": {"definitions": {"type": "array", "items": {"type": "object"}}}}),
        ),
    );
    let level = query(
        "level",
        "The level of the units counted by",
        json!({"type": "string", "enum": ["province", "district", "commune"], "default": "commune"}),
    );
    let format = query(
        "f",
        "The format",
        json!({"type": "string", "enum": ["json", "geojson", "csv", "xlsx"], "default": "json"}),
    );
    let mut of_units = get(
        "list_stats",
        "Figures of several units",
        "Figures",
        [vec![level, reference("within")], common(), vec![format]].concat(),
        {
            let mut figures = json_answer("A row a unit, and what lies in none", list());
            for (media_type, schema) in
                [("application/geo+json", json!({"type": "object"})), ("text/csv", json!({"type": "string"}))]
            {
                figures["content"][media_type] = answer("", media_type, schema)["content"][media_type].clone();
            }
            also_workbook(figures)
        },
    );
    of_units.problems = &[400, 401, 404, 503, 504];
    let unit = json!({
        "name": "unit", "in": "path", "required": true, "schema": {"type": "string"}, "example": "405@2023-09-20",
        "description": "The code of a unit and the day on which it is read; alone: that of as_of, else today"});
    let format_of_one = query(
        "f",
        "The format; csv and xlsx have a row a figure",
        json!({"type": "string", "enum": ["json", "csv", "xlsx"], "default": "json"}),
    );
    let mut of_unit =
        get("show_stats", "Every figure of a unit", "Figures", [vec![unit], common(), vec![format_of_one]].concat(), {
            let mut figures = json_answer("Figures by code", json!({"$ref": "#/components/schemas/UnitFigures"}));
            figures["content"]["text/csv"] = json!({"schema": {"type": "string"}});
            also_workbook(figures)
        });
    of_unit.problems = &[400, 401, 404, 503, 504];
    vec![("/stats/definitions".into(), definitions), ("/stats".into(), of_units), ("/stats/{unit}".into(), of_unit)]
}

/// A sheet of figures, and one of notes and definitions.
fn also_workbook(mut figures: Value) -> Value {
    figures["content"][Format::Xlsx.media_type()] = json!({"schema": {"type": "string", "format": "binary"}});
    figures
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema})
}

fn common() -> Vec<Value> {
    let codes: Vec<_> = INDICATORS.iter().map(|indicator| indicator.code).collect();
    let operators: Vec<_> = operators().iter().map(|choice| choice.value).collect();
    vec![
        reference("as_of"),
        reference("known_at"),
        query(
            "compare",
            "An earlier day to compare with, in the units of the answer",
            json!({"type": "string", "format": "date"}),
        ),
        json!({
            "name": "indicators", "in": "query", "required": false, "style": "form", "explode": false,
            "description": "Codes of /stats/definitions; all when unsaid",
            "schema": {"type": "array", "items": {"type": "string", "enum": codes}}}),
        query(
            "operator",
            "Whose availability; of the figures of coverage only",
            json!({"type": "string", "enum": operators}),
        ),
    ]
}

fn list() -> Value {
    json!({
        "type": "object",
        "required": ["as_of", "units_on", "units", "unassigned"],
        "properties": {
            "as_of": {"type": "string", "format": "date"},
            "known_at": {"type": "string", "format": "date-time", "nullable": true},
            "units_on": {"type": "string", "format": "date"},
            "units": {"type": "array", "items": {"$ref": "#/components/schemas/UnitFigures"}},
            "unassigned": {"type": "object", "properties": {"figures": {"type": "object"}}},
        },
    })
}

/// The schemas that these operations name.
pub fn schemas() -> Vec<(&'static str, Value)> {
    let count = || json!({"type": "integer", "minimum": 0});
    vec![
        (
            "UnitFigures",
            json!({
                "type": "object",
                "required": ["unit", "figures"],
                "properties": {
                    "unit": {"type": "object", "required": ["code", "name", "level", "valid_from"], "properties": {
                        "code": {"type": "string"}, "name": {"type": "string"}, "level": {"type": "string"},
                        "valid_from": {"type": "string", "format": "date"},
                        "valid_to": {"type": "string", "format": "date", "nullable": true}}},
                    "as_of": {"type": "string", "format": "date"},
                    "known_at": {"type": "string", "format": "date-time", "nullable": true},
                    "units_on": {"type": "string", "format": "date"},
                    "figures": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Figure"}},
                    "quality": {"type": "object", "additionalProperties": count()},
                },
            }),
        ),
        (
            "Figure",
            json!({
                "type": "object",
                "description": "value; or values and total of a partition; or covered, not_covered, unknown, total and percent of a ratio",
                "required": ["code", "unit", "basis", "as_of"],
                "properties": {
                    "code": {"type": "string"},
                    "value": {"type": "integer", "nullable": true},
                    "values": {"type": "object", "additionalProperties": count()},
                    "overlapping": {"type": "boolean", "description": "The values do not add up"},
                    "covered": count(), "not_covered": count(), "unknown": count(), "total": count(),
                    "percent": {"type": "number", "nullable": true},
                    "range": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    "unit": {"type": "string"},
                    "basis": {"type": "string", "enum": ["register", "reported", "surveyed", "measured", "modelled", "mixed"]},
                    "as_of": {"type": "string", "format": "date"},
                    "operator": {"type": "string"},
                    "rows": {"type": "string", "format": "uri", "description": "The items behind it"},
                    "rows_sum": {"type": "string", "description": "The field of the items whose sum is the value; without it their number is"},
                    "rows_by_value": {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}},
                    "delta": {"type": "object"},
                    "quality": {"type": "object", "additionalProperties": count()},
                },
            }),
        ),
    ]
}
