//! A field of a layer: name, type, labels, class, default.

pub use crate::texts::{Label, label};
use crate::texts::{Text, text};

/// Who may see a field. A class includes the classes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Anyone.
    Public,
    /// Accounts, for records within their grants.
    Internal,
    /// Accounts with the role for it, for records within their grants. Each read is logged.
    Restricted,
}

/// A value of an enumeration. `until` is the first day on which it may no longer be written; `successors` are the
/// values to write instead.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    pub value: &'static str,
    pub label: Label,
    pub until: Option<&'static str>,
    pub successors: &'static [&'static str],
    /// What spreadsheets write for it besides the labels. Case and accents do not matter.
    pub aliases: &'static [&'static str],
}

pub const fn choice(value: &'static str, vi: &'static str, en: &'static str) -> Choice {
    Choice { value, label: label(vi, en), until: None, successors: &[], aliases: &[] }
}

impl Choice {
    pub const fn ended(self, until: &'static str, successors: &'static [&'static str]) -> Choice {
        Choice { until: Some(until), successors, ..self }
    }
    pub const fn also(self, aliases: &'static [&'static str]) -> Choice {
        Choice { aliases, ..self }
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// The greatest number of characters.
    Text {
        max: usize,
    },
    /// An `http` or `https` address.
    Url,
    /// A telephone number, see `layers::phone`. Numbers written before the type are longer than its form.
    Phone,
    /// The pixels of a picture, `1920x1080`, see `layers::resolution`.
    Resolution,
    /// Inclusive bounds.
    Integer {
        min: i64,
        max: i64,
    },
    /// Inclusive bounds.
    Number {
        min: f64,
        max: f64,
    },
    Boolean,
    Date,
    Timestamp,
    OneOf(&'static [Choice]),
    /// A set of values, in the order of the list.
    SomeOf(&'static [Choice]),
    /// The five-digit code of a commune.
    CommuneCode,
    /// The id of a record of another collection.
    Reference {
        collection: &'static str,
    },
}

impl Type {
    /// The SQL type of its column.
    pub fn sql_name(&self) -> &'static str {
        match self {
            Type::Text { .. } | Type::Url | Type::Phone | Type::Resolution | Type::OneOf(_) | Type::CommuneCode => {
                "text"
            }
            Type::SomeOf(_) => "text[]",
            Type::Integer { .. } => "integer",
            Type::Reference { .. } => "bigint",
            Type::Number { .. } => "double precision",
            Type::Boolean => "boolean",
            Type::Date => "date",
            Type::Timestamp => "timestamp with time zone",
        }
    }

    /// The values of an enumeration; empty for other types.
    pub fn choices(&self) -> &'static [Choice] {
        match self {
            Type::OneOf(choices) | Type::SomeOf(choices) => choices,
            _ => &[],
        }
    }
}

/// Under which heading forms and pages of a record show a field, in the order of [`GROUPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What the thing is: the fields of its own layer.
    About,
    Place,
    State,
    Keeper,
    /// The fields of [`Class::Restricted`].
    Restricted,
    /// Codes, sources, who wrote it and when.
    Record,
}

pub static GROUPS: &[(Group, &str, Label)] = &[
    (Group::About, "about", label("Đặc điểm", "Description")),
    (Group::Place, "place", label("Vị trí", "Place")),
    (Group::State, "state", label("Tình trạng", "Status")),
    (Group::Keeper, "keeper", label("Quản lý", "Management")),
    (Group::Restricted, "restricted", label("Thông tin hạn chế", "Restricted")),
    (Group::Record, "record", label("Hồ sơ", "Record")),
];

/// What a new record gets when the client sends no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    Null,
    Text(&'static str),
    Integer(i64),
    /// The day of the write. A change without a value gets it, too.
    Today,
    /// A code that cannot be guessed.
    Code,
}

#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Also the name of the column.
    pub name: &'static str,
    pub label: Label,
    pub value: Type,
    pub class: Class,
    pub writable: bool,
    /// Must be given on creation.
    pub required: bool,
    /// Never null: it is required, has a default, or the database fills it.
    pub not_null: bool,
    pub default: Default,
    /// Unit of measure, UCUM.
    pub unit: Option<&'static str>,
    /// Of restricted fields, see [`Field::group`].
    own_group: Group,
    /// Whether a form shows it before it is opened further: what everybody knows who registers one.
    pub essential: bool,
    /// The column that anonymous callers read in its place.
    pub public_column: Option<&'static str>,
    /// Whether the date may be in the future.
    pub may_be_future: bool,
    /// Whether its length is counted in octets, and a writer is told when spaces at its ends are dropped.
    pub octets: bool,
    pub indexed: bool,
    /// What the headers of spreadsheets call it besides the labels. Case and accents do not matter.
    pub aliases: &'static [&'static str],
}

impl Field {
    const fn new(name: &'static str, vi: &'static str, en: &'static str, value: Type) -> Field {
        Field {
            name,
            label: label(vi, en),
            value,
            class: Class::Public,
            writable: true,
            required: false,
            not_null: false,
            default: Default::Null,
            unit: None,
            own_group: Group::About,
            essential: false,
            public_column: None,
            may_be_future: false,
            octets: false,
            indexed: false,
            aliases: &[],
        }
    }

    pub const fn text(name: &'static str, vi: &'static str, en: &'static str, max: usize) -> Field {
        Field::new(name, vi, en, Type::Text { max })
    }
    pub const fn url(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::Url)
    }
    pub const fn phone(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::Phone)
    }
    pub const fn resolution(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::Resolution)
    }
    pub const fn integer(name: &'static str, vi: &'static str, en: &'static str, min: i64, max: i64) -> Field {
        Field::new(name, vi, en, Type::Integer { min, max })
    }
    pub const fn number(name: &'static str, vi: &'static str, en: &'static str, min: f64, max: f64) -> Field {
        Field::new(name, vi, en, Type::Number { min, max })
    }
    pub const fn boolean(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::Boolean)
    }
    pub const fn date(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::Date)
    }
    pub const fn timestamp(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::Timestamp)
    }
    pub const fn one_of(name: &'static str, vi: &'static str, en: &'static str, of: &'static [Choice]) -> Field {
        Field::new(name, vi, en, Type::OneOf(of))
    }
    pub const fn some_of(name: &'static str, vi: &'static str, en: &'static str, of: &'static [Choice]) -> Field {
        Field::new(name, vi, en, Type::SomeOf(of))
    }
    pub const fn commune_code(name: &'static str, vi: &'static str, en: &'static str) -> Field {
        Field::new(name, vi, en, Type::CommuneCode)
    }
    pub const fn reference(name: &'static str, vi: &'static str, en: &'static str, collection: &'static str) -> Field {
        Field::new(name, vi, en, Type::Reference { collection })
    }

    /// Its column, and the column that anonymous callers read in its place.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> + use<> {
        [Some(self.name), self.public_column].into_iter().flatten()
    }

    pub fn group(&self) -> Group {
        if self.class == Class::Restricted { Group::Restricted } else { self.own_group }
    }

    /// The label with the unit of measure, for the header of a column: "Hướng quay (độ)".
    pub fn heading(&self, vietnamese: bool) -> String {
        // The code of a unit of measure is also the id of its text.
        let heading = self.unit.map(|unit| text!("heading", label = self.label, unit = Text::new(unit)));
        heading.map_or_else(|| self.label.say(vietnamese).to_owned(), |heading| heading.say(vietnamese))
    }

    pub const fn internal(self) -> Field {
        Field { class: Class::Internal, ..self }
    }
    pub const fn restricted(self) -> Field {
        Field { class: Class::Restricted, ..self }
    }
    pub const fn read_only(self) -> Field {
        Field { writable: false, ..self }
    }
    pub const fn required(self) -> Field {
        Field { required: true, not_null: true, essential: true, ..self }
    }
    pub const fn essential(self) -> Field {
        Field { essential: true, ..self }
    }
    pub const fn in_group(self, group: Group) -> Field {
        Field { own_group: group, ..self }
    }
    pub const fn not_null(self) -> Field {
        Field { not_null: true, ..self }
    }
    pub const fn or(self, default: Default) -> Field {
        Field { default, not_null: true, ..self }
    }
    pub const fn in_unit(self, unit: &'static str) -> Field {
        Field { unit: Some(unit), ..self }
    }
    pub const fn public_column(self, column: &'static str) -> Field {
        Field { public_column: Some(column), ..self }
    }
    pub const fn also(self, aliases: &'static [&'static str]) -> Field {
        Field { aliases, ..self }
    }
    pub const fn octets(self) -> Field {
        Field { octets: true, ..self }
    }
    pub const fn indexed(self) -> Field {
        Field { indexed: true, ..self }
    }
    pub const fn may_be_future(self) -> Field {
        Field { may_be_future: true, ..self }
    }
}
