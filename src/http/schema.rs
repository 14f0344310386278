//! The JSON Schemas of a layer, from its table of fields.

use serde_json::{Map, Value, json};

use crate::access::View;
use crate::conditions::order::is_sortable;
use crate::layers::{Class, Default, Field, GROUPS, Near, Sector, Storage, Symbol, Type};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Where exact places are hidden they lie on a grid of 0.001 degree, which is about so many metres.
const GRID_M: u32 = 100;

/// The fields of a layer with their roles (OGC API Features, part 5).
pub fn of_properties(view: &View<'_>, url: &str) -> Value {
    let mut properties = Map::new();
    properties.insert("id".into(), json!({"type": "integer", "format": "int64", "x-ogc-role": "id", "readOnly": true}));
    properties.insert("geom".into(), geometry_role(view));
    for field in view.fields() {
        let mut schema = of_field(field);
        schema["x-group"] = json!(GROUPS.iter().find(|(group, ..)| *group == field.group()).map(|(_, name, _)| name));
        if field.essential {
            schema["x-essential"] = json!(true);
        }
        properties.insert(field.name.into(), schema);
    }
    let time = view.layer.valid_time_fields();
    for (name, role) in time.into_iter().zip(["primary-interval-start", "primary-interval-end"]) {
        if let Some(field) = properties.get_mut(name) {
            field["x-ogc-role"] = json!(role);
        }
    }
    let mut schema = json!({"$schema": DIALECT, "$id": url, "title": view.layer.title.vi,
        "x-title-en": view.layer.title.en, "type": "object", "required": required(view), "properties": properties,
        "additionalProperties": false});
    match view.layer.storage {
        Storage::Assets { .. } => {
            let groups = GROUPS.iter().map(|(_, name, label)| json!({"name": name, "vi": label.vi, "en": label.en}));
            schema["x-groups"] = groups.collect();
            schema["x-legend"] = json!(view.layer.legend);
            schema["x-near"] = view.layer.near.map_or(Value::Null, |near| of_near(view, near));
            schema["x-symbol"] = view.layer.symbol.map_or(Value::Null, |symbol| of_symbol(view, symbol));
        }
        Storage::Units { .. } => schema["x-unit-level"] = json!(view.layer.unit_level()),
    }
    schema
}

/// What a write may hold: the fields that are written, and of a new record or one replaced those that it must have
/// (OGC API Features, part 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Whole,
    Changes,
}

impl Written {
    /// Reads `type=create`, `replace` or `update`.
    pub fn parse(text: &str) -> Option<Written> {
        match text {
            "create" | "replace" => Some(Written::Whole),
            "update" => Some(Written::Changes),
            _ => None,
        }
    }
}

/// The fields that a write may hold.
pub fn of_written(view: &View<'_>, url: &str, written: Written) -> Value {
    let mut schema = of_properties(view, url);
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|_, field| field["readOnly"] != true);
    }
    if let (Written::Changes, Some(object)) = (written, schema.as_object_mut()) {
        object.remove("required");
    }
    schema
}

/// What `…/items` can be filtered by, also the id and the place `geom`.
pub fn of_queryables(view: &View<'_>, url: &str) -> Value {
    let mut schema = of_properties(view, url);
    if let Some(object) = schema.as_object_mut() {
        object.remove("required");
    }
    schema
}

/// The fields that `sortby` accepts.
pub fn of_sortables(view: &View<'_>, url: &str) -> Value {
    let mut schema = of_queryables(view, url);
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|name, _| view.field(name).is_some_and(|field| is_sortable(view.layer, field)));
    }
    schema
}

/// The schema of a GeoJSON feature. Without it GDAL guesses the type of a column from the first page.
pub fn of_feature(view: &View<'_>, url: &str) -> Value {
    let mut properties: Map<_, _> = view.fields().map(|field| (field.name.to_owned(), of_field(field))).collect();
    for field in view.fields().filter(|field| matches!(field.value, Type::Reference { .. })) {
        // GDAL reads an integer as 32 bits. A double holds every id exactly.
        properties[field.name]["type"] = json!("number");
        properties[field.name]["format"] = json!("double");
    }
    json!({
        "$schema": DIALECT,
        "$id": url,
        "title": view.layer.title.vi,
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer", "format": "int64"},
            "geometry": of_geometry(view),
            "properties": {"type": "object", "properties": properties},
        },
    })
}

/// Any GeoJSON type that the layer allows, or null.
pub fn of_geometry(view: &View<'_>) -> Value {
    let mut any: Vec<_> = view
        .layer
        .geometry
        .iter()
        .map(|name| json!({"$ref": format!("https://geojson.org/schema/{name}.json")}))
        .collect();
    any.push(json!({"type": "null"}));
    json!({"oneOf": any})
}

fn geometry_role(view: &View<'_>) -> Value {
    let format = match view.layer.geometry {
        ["Point"] => "geometry-point",
        ["LineString"] => "geometry-linestring",
        ["MultiPolygon"] => "geometry-multipolygon",
        ["LineString", "MultiLineString"] => "geometry-linestring-or-multilinestring",
        _ => "geometry-any",
    };
    let mut schema = json!({"x-ogc-role": "primary-geometry", "format": format});
    if view.layer.hides_place() && !view.shows(Class::Internal) {
        schema["x-rounded-m"] = json!(GRID_M);
    }
    schema
}

/// Its name, and the fields of the sector that it looks at, if this caller sees them all.
fn of_symbol(view: &View<'_>, symbol: Symbol) -> Value {
    let is_seen = |sector: &Sector| {
        [sector.direction, sector.angle, sector.range_m].iter().all(|name| view.field(name).is_some())
    };
    let sector = symbol.sector.filter(is_seen).map(
        |Sector { direction, angle, range_m }| json!({"direction": direction, "angle": angle, "range_m": range_m}),
    );
    json!({"name": symbol.name, "sector": sector})
}

/// How far apart possible duplicates are, the fields of which the first that is known must agree, and the field with a
/// direction, if this caller sees them all.
fn of_near(view: &View<'_>, near: Near) -> Value {
    if view.layer.hides_place() && !view.shows(Class::Internal)
        || near.compared().any(|name| view.field(name).is_none())
    {
        return Value::Null;
    }
    json!({"distance_m": near.distance_m, "same": near.same, "direction": near.direction, "degrees": Near::DEGREES})
}

fn required(view: &View<'_>) -> Vec<&'static str> {
    view.fields().filter(|field| field.required).map(|field| field.name).collect()
}

/// The schema of one field: type, bounds, labels in both languages, unit.
pub fn of_field(field: &Field) -> Value {
    let mut schema = match field.value {
        Type::Text { max } => json!({"type": "string", "maxLength": max}),
        Type::Phone => json!({"type": "string", "maxLength": 30}),
        Type::Resolution => json!({"type": "string", "maxLength": 11, "pattern": "^[0-9]{2,5}x[0-9]{2,5}$"}),
        Type::Url => json!({"type": "string", "format": "uri"}),
        Type::CommuneCode => json!({"type": "string", "pattern": "^[0-9]{5}$"}),
        Type::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Type::Reference { collection } => {
            json!({"type": "integer", "format": "int64", "x-ogc-role": "reference", "x-ogc-collectionId": collection})
        }
        Type::Number { min, max } => json!({"type": "number", "minimum": min, "maximum": max}),
        Type::Boolean => json!({"type": "boolean"}),
        Type::Date => json!({"type": "string", "format": "date"}),
        Type::Timestamp => json!({"type": "string", "format": "date-time"}),
        Type::OneOf(_) => json!({"type": "string"}),
        Type::SomeOf(choices) => {
            let values: Vec<_> = choices.iter().map(|choice| choice.value).collect();
            json!({"type": "array", "items": {"type": "string", "enum": values}})
        }
    };
    schema["title"] = json!(field.label.vi);
    schema["x-title-en"] = json!(field.label.en);
    let choices = field.value.choices();
    if !choices.is_empty() {
        let values: Vec<_> = choices.iter().map(|choice| choice.value).collect();
        if matches!(field.value, Type::OneOf(_)) {
            schema["enum"] = json!(values);
        }
        schema["x-enum-labels"] = choices
            .iter()
            .map(|choice| {
                let mut entry = json!({"vi": choice.label.vi, "en": choice.label.en});
                if let Some(until) = choice.until {
                    entry["until"] = json!(until);
                    entry["successors"] = json!(choice.successors);
                }
                (choice.value.to_owned(), entry)
            })
            .collect::<Map<_, _>>()
            .into();
    }
    match field.default {
        Default::Text(text) => schema["default"] = json!(text),
        Default::Integer(number) => schema["default"] = json!(number),
        Default::Null | Default::Today | Default::Code => {}
    }
    if let Some(unit) = field.unit {
        schema["x-ogc-unit"] = json!(unit);
    }
    if !field.writable {
        schema["readOnly"] = json!(true);
    }
    schema
}
