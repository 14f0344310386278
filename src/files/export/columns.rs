//! What is written of each row: its id, some of its fields, its place.

use std::borrow::Cow;

use crate::layers::{Choice, Field, Label, Layer};
use crate::postgres::row::{Cell, Row};

#[derive(Debug, Clone)]
pub struct Columns {
    pub layer: &'static Layer,
    pub columns: Vec<Column>,
    pub has_place: bool,
    pub vietnamese: bool,
}

/// A field of a row, or the labels of its codes.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub field: &'static Field,
    /// The cell of the row.
    at: usize,
    /// The language of the labels; `None` for the value itself.
    label: Option<bool>,
}

impl Columns {
    /// All fields of rows, which have an id and a place before them, and the place.
    pub fn new(layer: &'static Layer, fields: impl IntoIterator<Item = &'static Field>, vietnamese: bool) -> Columns {
        let columns = (2..).zip(fields).map(|(at, field)| Column { field, at, label: None });
        Columns { layer, columns: columns.collect(), has_place: true, vietnamese }
    }

    /// Only these fields.
    #[must_use]
    pub fn only(mut self, fields: &[&'static Field]) -> Columns {
        self.columns.retain(|column| fields.iter().any(|field| field.name == column.field.name));
        self
    }

    /// After each field with codes, a column of their labels.
    #[must_use]
    pub fn with_labels(mut self, vietnamese: bool) -> Columns {
        let labels = |column: &Column| {
            let has_codes = !column.field.value.choices().is_empty();
            has_codes.then_some(column.labelled(vietnamese))
        };
        self.columns = self.columns.iter().flat_map(|column| [Some(*column), labels(column)]).flatten().collect();
        self
    }

    /// Whether a place is written as longitude and latitude. Otherwise it is written as GeoJSON.
    pub fn of_points(&self) -> bool {
        self.layer.geometry == ["Point"]
    }

    pub fn pick(&self, label: Label) -> &'static str {
        label.say(self.vietnamese)
    }
}

impl Column {
    /// The labels of its codes instead of the codes.
    #[must_use]
    pub fn labelled(self, vietnamese: bool) -> Column {
        Column { label: Some(vietnamese), ..self }
    }

    /// `camera_type`, and `camera_type_label` for its labels.
    pub fn name(&self) -> Cow<'static, str> {
        match self.label {
            None => self.field.name.into(),
            Some(_) => format!("{}_label", self.field.name).into(),
        }
    }

    pub fn cell<'a>(&self, row: &'a Row) -> Cow<'a, Cell> {
        let cell = &row.cells[self.at];
        let Some(vietnamese) = self.label else { return Cow::Borrowed(cell) };
        let choices = self.field.value.choices();
        let label = |code: &str| {
            let choice = choices.iter().find(|choice: &&Choice| choice.value == code);
            choice.map_or_else(|| code.to_owned(), |choice| choice.label.say(vietnamese).to_owned())
        };
        Cow::Owned(match cell {
            Cell::Text(code) => Cell::Text(label(code)),
            Cell::Texts(codes) => Cell::Texts(codes.iter().map(|code| code.as_deref().map(label)).collect()),
            other => other.clone(),
        })
    }
}
