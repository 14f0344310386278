//! `hatang layer`: prints the SQL of a layer's migration.

use anyhow::Context;

use crate::layers::{ALL, Layer, sql};

#[derive(Debug, clap::Subcommand)]
pub enum LayerCommand {
    /// Print the migration that adds a layer.
    Sql {
        /// The layer, as in URLs.
        name: String,
        /// Print the migration that adds this field to the table instead.
        #[arg(long, conflicts_with = "registration")]
        add: Option<String>,
        /// Print the SQL that the program runs for the layer after the migrations instead.
        #[arg(long)]
        registration: bool,
    },
}

/// Prints the SQL. It needs no database.
///
/// # Errors
/// When there is no such layer or field, or when existing records would have no value for a required field.
pub fn run(command: &LayerCommand) -> anyhow::Result<()> {
    let LayerCommand::Sql { name, add, registration } = command;
    let layer = Layer::of_collection(name).filter(|layer| layer.is_writable());
    let layer = layer.with_context(|| {
        let layers = ALL.iter().filter(|layer| layer.is_writable()).map(|layer| layer.collection);
        format!("there is no layer “{name}” with a table of its own; there are: {}", listed(layers))
    })?;
    let text = match add {
        Some(add) => {
            let field = layer.own_fields.iter().find(|field| field.name == add);
            let field = field.with_context(|| {
                let fields = listed(layer.own_fields.iter().map(|field| field.name));
                format!("“{name}” has no field “{add}” of its own; it has: {fields}")
            })?;
            sql::add_field(layer, field).with_context(|| {
                format!("“{add}” is required and has no default: existing records would have no value")
            })?
        }
        None if *registration => sql::registration(layer),
        None => sql::table(layer),
    };
    print!("{text}");
    Ok(())
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
