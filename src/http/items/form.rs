//! How features are written: `properties`, `labels`, `skipGeometry`, `zoom-level`, of lists and of one feature.

use crate::access::View;
use crate::conditions::parameters::zoom_level;
use crate::error::Error;
use crate::files::export::Columns;
use crate::input::Params;
use crate::layers::Field;
use crate::register::items::Shape;
use crate::texts::text;

#[derive(Debug, Clone, Default)]
pub struct Form {
    /// The fields to write; `None` for all.
    fields: Option<Vec<&'static Field>>,
    /// Whether labels of codes are written beside them, and whether they are in Vietnamese.
    pub labels: Option<bool>,
    pub shape: Shape,
}

impl Form {
    /// Takes the parameters.
    ///
    /// # Errors
    /// 400 for one that is malformed, and for a property that the view does not show.
    pub fn parse(view: &View<'_>, params: &mut Params) -> Result<Form, Error> {
        let given = params.take_all("properties")?;
        let mut fields = Vec::new();
        for name in given.iter().flat_map(|text| text.split(',')).map(str::trim) {
            match view.field(name) {
                Some(field) => fields.push(field),
                // What schemas list besides the fields.
                None if ["id", "geom"].contains(&name) => {}
                None => return Err(Error::of_parameter("properties", text!("parameter.invalid/properties", name))),
            }
        }
        let labels = params.read("labels", text!("expected.one_of", known = "vi, en"), |text| match text {
            "vi" => Some(true),
            "en" => Some(false),
            _ => None,
        })?;
        let is_left_out = params.read("skipGeometry", text!("expected.flag"), |text| text.parse().ok())?;
        let shape = Shape { is_left_out: is_left_out.unwrap_or(false), zoom: zoom_level(params)? };
        Ok(Form { fields: (!given.is_empty()).then_some(fields), labels, shape })
    }

    /// Whether features are written as they are.
    pub fn is_plain(&self) -> bool {
        self.fields.is_none() && self.labels.is_none() && self.shape == Shape::default()
    }

    /// The fields of a view that are asked for.
    pub fn fields(&self, view: &View<'_>) -> Vec<&'static Field> {
        let is_asked =
            |field: &&Field| self.fields.as_ref().is_none_or(|asked| asked.iter().any(|it| it.name == field.name));
        view.fields().filter(is_asked).collect()
    }

    /// The same without columns of labels, for what has labels instead of codes.
    #[must_use]
    pub fn without_labels(self) -> Form {
        Form { labels: None, ..self }
    }

    /// The columns of the rows of a view. `vietnamese` is the language of the rest of the answer.
    pub fn columns(&self, view: &View<'_>, vietnamese: bool) -> Columns {
        let mut columns = Columns::new(view.layer, view.fields(), vietnamese);
        columns.has_place = !self.shape.is_left_out;
        if let Some(fields) = &self.fields {
            columns = columns.only(fields);
        }
        match self.labels {
            Some(vietnamese) => columns.with_labels(vietnamese),
            None => columns,
        }
    }
}
