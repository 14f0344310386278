//! The layers: one file for each. This room knows neither HTTP nor PostgreSQL.
//!
//! A [`Layer`] is a record, not a trait: layers differ in data, and tests loop over [`ALL`].

mod camera;
mod common;
mod facility;
mod fiber_area;
mod fiber_route;
mod field;
mod hamlet;
mod loudspeaker;
mod named_crs;
mod near;
mod symbol;
mod tower;
mod unit;
mod wifi_point;

pub mod crs;
pub mod geometry;
pub mod normalise;
pub mod phone;
pub mod problem;
pub mod resolution;
pub mod secret;
pub mod sql;
pub mod validity;
pub mod value;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

pub use camera::CAMERA;
pub use common::ID;
pub use crs::Crs;
pub use facility::FACILITY;
pub use fiber_area::FIBER_AREA;
pub use fiber_route::FIBER_ROUTE;
pub use field::{Choice, Class, Default, Field, GROUPS, Group, Label, Type, choice, label};
pub use hamlet::HAMLET;
pub use loudspeaker::LOUDSPEAKER;
pub use named_crs::NamedCrs;
pub use near::Near;
pub use problem::Problem;
pub use symbol::{Sector, Symbol};
pub use tower::TOWER;
pub use unit::{COMMUNE, DISTRICT, PROVINCE};
pub use wifi_point::WIFI_POINT;

/// Every layer, in the order in which they are listed.
pub static ALL: &[&Layer] = &[
    &CAMERA,
    &TOWER,
    &WIFI_POINT,
    &FIBER_ROUTE,
    &FIBER_AREA,
    &FACILITY,
    &LOUDSPEAKER,
    &HAMLET,
    &COMMUNE,
    &DISTRICT,
    &PROVINCE,
];

/// The properties of a record: column name to value, as JSON.
pub type Properties = Map<String, Value>;

/// A layer: its names, geometry, fields and rules.
#[derive(Debug)]
pub struct Layer {
    /// The collection id in URLs: `wifi-points`.
    pub collection: &'static str,
    pub title: Label,
    pub description: Label,
    pub storage: Storage,
    /// How its points look on a map.
    pub symbol: Option<Symbol>,
    /// The GeoJSON types that are stored. A single polygon becomes a multi polygon where only that is listed.
    pub geometry: &'static [&'static str],
    /// The enumeration that colours the layer on a map.
    pub legend: Option<&'static str>,
    /// About how many records the country has, which `hatang generate` makes; 0 where it makes none.
    pub national: usize,
    /// The numbers that are added up where records are shown together, as reports do: the eyes of cameras.
    pub summed: &'static [&'static str],
    /// The layer's own fields; the common ones are in [`Layer::fields`].
    pub own_fields: &'static [Field],
    /// Common fields that this layer hides from anonymous callers.
    pub internal_common: &'static [&'static str],
    /// Common fields that this layer does not have.
    pub omits: &'static [&'static str],
    /// Rules that involve several fields; they check the whole record.
    pub rules: &'static [fn(&Properties) -> Option<Problem>],
    /// The same rules as constraints of the table: the end of each name, and the condition in SQL.
    pub checks: &'static [(&'static str, &'static str)],
    /// When two records may be duplicates.
    pub near: Option<Near>,
    /// Whether no two records of a commune have one name, so that lists are matched by it.
    pub named_in_commune: bool,
    /// The field with the code that an operator gives its own records, after the field that it is unique within. Lists
    /// are matched by it; it is no constraint.
    pub own_code: Option<(&'static str, &'static str)>,
    /// Columns that the database sets before each write, with their values in SQL over `new`: what anonymous callers
    /// see (`public`, `public_geom`, `public_search`), public columns of fields, and read-only fields. Empty where
    /// nothing is hidden.
    pub stored: &'static [(&'static str, &'static str)],
}

/// Where a layer's rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// A table of assets: written through the API, with versions. `code_prefix` starts generated codes.
    Assets { table: &'static str, code_prefix: &'static str },
    /// A view of administrative units: read-only here.
    Units { table: &'static str },
}

impl Layer {
    pub fn of_collection(collection: &str) -> Option<&'static Layer> {
        ALL.iter().copied().find(|layer| layer.collection == collection)
    }

    pub fn table(&self) -> &'static str {
        match self.storage {
            Storage::Assets { table, .. } | Storage::Units { table } => table,
        }
    }

    /// The function that sets the stored columns of a record.
    pub fn shown_function(&self) -> &'static str {
        self.derived_name("shown")
    }

    /// The function that returns the records as they were on a day.
    pub fn as_of_function(&self) -> &'static str {
        self.derived_name("as_of")
    }

    /// The function that returns the states of records.
    pub fn states_function(&self) -> &'static str {
        self.derived_name("states")
    }

    /// A table of sums that figures keep of the layer: `contributions`, `deltas`, `recent`, `marks`.
    pub fn kept(&self, what: &'static str) -> &'static str {
        self.derived_name(what)
    }

    fn derived_name(&self, what: &'static str) -> &'static str {
        const WHATS: [&str; 7] = ["shown", "states", "as_of", "contributions", "deltas", "recent", "marks"];
        static NAMES: LazyLock<HashMap<(&'static str, &'static str), String>> = LazyLock::new(|| {
            let of_layer = |layer: &&'static Layer| {
                let (collection, table) = (layer.collection, layer.table());
                WHATS.map(|what| ((collection, what), format!("{table}_{what}")))
            };
            ALL.iter().flat_map(of_layer).collect()
        });
        &NAMES[&(self.collection, what)]
    }

    /// Whether figures measure the rows in a unit, such as the kilometres of a line, instead of placing each in one.
    pub fn is_measured(&self) -> bool {
        self.geometry.contains(&"LineString")
    }

    /// The level of a layer of administrative units, such as `commune`.
    pub fn unit_level(&self) -> Option<&'static str> {
        match self.storage {
            Storage::Assets { .. } => None,
            Storage::Units { table } => table.strip_suffix('s'),
        }
    }

    pub fn is_writable(&self) -> bool {
        matches!(self.storage, Storage::Assets { .. })
    }

    /// The columns of a [`View`](crate::access::View) that hold the time for which a row is true: its first day, and
    /// either its last day or the first day after it.
    pub fn valid_time(&self) -> ValidTime {
        match self.storage {
            Storage::Assets { .. } => ValidTime { from: "installed_on", to: "ended_on", last_day_counts: false },
            Storage::Units { .. } => ValidTime { from: "valid_from", to: "valid_to", last_day_counts: true },
        }
    }

    /// The fields that hold the first and the last day of that time, as far as clients see them.
    pub fn valid_time_fields(&self) -> [&'static str; 2] {
        match self.storage {
            Storage::Assets { .. } => ["installed_on", "decommissioned_on"],
            Storage::Units { .. } => ["valid_from", "valid_to"],
        }
    }

    /// Every field in the order of display: codes, the layer's own fields, the other common fields.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let (head, tail) = match self.storage {
            Storage::Assets { .. } => (common::HEAD, common::TAIL),
            Storage::Units { .. } => (unit::FIELDS, &[] as &[Field]),
        };
        let omits = self.omits;
        head.iter().chain(self.own_fields).chain(tail).filter(move |field| !omits.contains(&field.name))
    }

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// The fields that hold the id of a record of another collection, each with that collection.
    pub fn references(&self) -> impl Iterator<Item = (&'static Field, &'static str)> + use<> {
        self.fields().filter_map(|field| match field.value {
            Type::Reference { collection } => Some((field, collection)),
            _ => None,
        })
    }

    /// Whether a record lies in one commune, whatever its shape: that of its place, or of a point on its surface. Other
    /// lines and areas lie in every commune that they meet.
    pub fn lies_in_one_commune(&self) -> bool {
        self.geometry.contains(&"Point")
    }

    /// Whether anonymous callers see a coarser place than the record's own.
    pub fn hides_place(&self) -> bool {
        self.internal_common.contains(&"address")
    }

    /// The class of a field in this layer.
    pub fn class(&self, field: &Field) -> Class {
        match field.class {
            Class::Public if self.internal_common.contains(&field.name) => Class::Internal,
            class => class,
        }
    }

    /// The columns that anonymous callers see, without commune and version, which every layer has.
    pub fn public_columns(&self) -> Vec<&'static str> {
        self.fields()
            .filter(|field| self.class(field) == Class::Public && !["commune_code", "version"].contains(&field.name))
            .map(|field| field.public_column.unwrap_or(field.name))
            .collect()
    }

    /// Whether values of a field can be erased: restricted fields, and fields such as a name that anonymous callers see
    /// only in some records.
    pub fn is_erasable(&self, field: &Field) -> bool {
        self.class(field) == Class::Restricted || field.public_column.is_some() && field.writable && !field.not_null
    }

    pub fn erasable_columns(&self) -> Vec<&'static str> {
        let fields = self.fields().filter(|field| self.is_erasable(field));
        fields.flat_map(Field::columns).collect()
    }
}

/// See [`Layer::valid_time`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidTime {
    pub from: &'static str,
    pub to: &'static str,
    /// Whether the day in `to` still belongs to that time.
    pub last_day_counts: bool,
}
