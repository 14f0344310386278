//! Tiles of layers of points, drawn from memory: what `register::tiles` lets PostGIS draw, feature for feature.

use crate::access::{Caller, View};
use crate::files::export::Columns;
use crate::files::vector_tile::{PointLayer, Property};
use crate::layers::{Field, Layer, Properties, Type};
use crate::live::rows::{Found, Mark, Place, SUMMED};
use crate::live::{Rows, State};
use crate::postgres::row::{Cell, Row};
use crate::register::tiles::{COUNT, GRID, Sum, Tile, UNKNOWN, grid, sums};

/// Down to this zoom level a tile shows so much of the country that all rows are looked at, without the tree.
const WIDE: u8 = 6;

/// A feature stands for the records of one of 64 by 64 cells.
const CELLS: usize = 64;

/// Units around the tile in which places are looked for: the tree and the grid round differently.
const MARGIN: f64 = 0.01;

/// How the mark of a row is read from its cells.
pub struct Marks<'a> {
    layer: &'static Layer,
    columns: &'a Columns,
}

impl<'a> Marks<'a> {
    pub fn new(layer: &'static Layer, columns: &'a Columns) -> Marks<'a> {
        Marks { layer, columns }
    }

    pub fn of(&self, row: &Row, place: &Place) -> Mark {
        let Place::Point(point) = place else { return Mark::default() };
        let cell = |name: &str| {
            let column = self.columns.columns.iter().find(|column| column.field.name == name)?;
            Some(column.cell(row))
        };
        let choices =
            self.layer.legend.and_then(|name| self.layer.field(name)).map_or(&[][..], |it| it.value.choices());
        let value = self.layer.legend.and_then(cell);
        let value = value.as_ref().and_then(|cell| cell.as_text());
        let known = choices.iter().position(|choice| Some(choice.value) == value && choice.value != UNKNOWN);
        let mut summed = [None; SUMMED];
        for (sum, name) in summed.iter_mut().zip(self.layer.summed) {
            *sum =
                cell(name).and_then(|cell| if let Cell::Integer(number) = *cell { Some(number as i32) } else { None });
        }
        Mark { at: grid(point.x(), point.y()), legend: known.unwrap_or(choices.len()) as u8, summed }
    }
}

/// The records of one cell of a tile.
struct Pile<'a> {
    /// That of the lowest id.
    first: Found<'a>,
    count: u64,
    x: u64,
    y: u64,
    sums: Vec<Option<i64>>,
}

/// A tile of some layers as anonymous callers see it; `None` where one of them is not in memory, or has shapes.
pub fn draw(state: &State, layers: &[&'static Layer], tile: Tile) -> Option<Vec<u8>> {
    let mut drawn = Vec::new();
    for layer in layers {
        let rows = state.rows(layer).filter(|_| layer.geometry == ["Point"])?;
        drawn.extend(draw_layer(rows, layer, tile));
    }
    Some(drawn)
}

fn draw_layer(rows: &Rows, layer: &'static Layer, tile: Tile) -> Vec<u8> {
    let fields: Vec<_> = View::new(&Caller::Anonymous, layer).fields().collect();
    let sums = sums(layer, &fields);
    let own = |sum: &Sum| fields.iter().any(|field| field.name == sum.name);
    let others: Vec<_> = fields.iter().filter(|field| !sums.iter().any(|sum| sum.name == field.name)).collect();
    let mut drawn = PointLayer::default();
    for pile in piles(rows, layer, tile, &sums) {
        let at = [(pile.x, tile.x), (pile.y, tile.y)].map(|(sum, number)| {
            let begin = u64::from(number) << (GRID - u32::from(tile.z));
            ((sum / pile.count - begin) >> (18 - tile.z)) as u32
        });
        let is_single = pile.count == 1;
        let mut properties: Vec<(&'static str, Property)> = Vec::new();
        if !is_single {
            properties.push((COUNT, Property::Integer(pile.count as i64)));
        }
        let shown = sums.iter().zip(&pile.sums).filter(|(sum, _)| !is_single || own(sum));
        properties.extend(shown.filter_map(|(sum, value)| Some((sum.name, Property::Integer((*value)?)))));
        if is_single {
            let mut values = pile.first.properties();
            properties.extend(others.iter().filter_map(|field| Some((field.name, property(field, &mut values)?))));
        }
        drawn.add(is_single.then_some(pile.first.id), at, properties);
    }
    drawn.finish(layer.collection)
}

/// The records of a tile by the cells in which they lie, in the order of their lowest ids.
fn piles<'a>(rows: &'a Rows, layer: &Layer, tile: Tile, sums: &[Sum]) -> Vec<Pile<'a>> {
    let adders: Vec<_> = sums.iter().map(|sum| adder(layer, sum)).collect();
    let mut cells: Vec<Option<Pile<'a>>> = Vec::new();
    cells.resize_with(CELLS * CELLS, || None);
    let mut add = |row: Found<'a>| {
        if !row.is_point() || !tile.holds(row.mark.at) {
            return;
        }
        let [x, y] = row.mark.at;
        let cell = |at: u32| (at >> (24 - tile.z)) as usize % CELLS;
        let pile = cells[cell(y) * CELLS + cell(x)].get_or_insert_with(|| Pile {
            first: row,
            count: 0,
            x: 0,
            y: 0,
            sums: vec![None; adders.len()],
        });
        if row.id < pile.first.id {
            pile.first = row;
        }
        pile.count += 1;
        pile.x += u64::from(x);
        pile.y += u64::from(y);
        for (sum, (what, of)) in pile.sums.iter_mut().zip(&adders) {
            if of.is_none_or(|legend| legend == row.mark.legend)
                && let Some(value) = what.map_or(Some(1), |nth| row.mark.summed[nth])
            {
                *sum = Some(sum.unwrap_or(0) + i64::from(value));
            }
        }
    };
    if tile.z <= WIDE {
        rows.after(i64::MIN).for_each(&mut add);
    } else {
        rows.meeting(&[tile.bounds(MARGIN)]).into_iter().for_each(&mut add);
    }
    let mut piles: Vec<_> = cells.into_iter().flatten().collect();
    piles.sort_unstable_by_key(|pile| pile.first.id);
    piles
}

/// Which of the summed fields a sum adds up (`None`: it counts), and of which value of the legend.
fn adder(layer: &Layer, sum: &Sum) -> (Option<usize>, Option<u8>) {
    let what = sum.field.and_then(|field| layer.summed.iter().position(|name| *name == field.name));
    let of = sum.of.map(|(legend, value)| {
        let choices = legend.value.choices();
        let known = choices.iter().position(|choice| choice.value == value && value != UNKNOWN);
        known.unwrap_or(choices.len()) as u8
    });
    (what, of)
}

/// A field of a record as a tile holds it.
fn property(field: &Field, values: &mut Properties) -> Option<Property> {
    let value = values.get_mut(field.name)?.take();
    Some(match (&field.value, value) {
        (_, serde_json::Value::Null) => return None,
        (_, serde_json::Value::String(text)) => Property::Text(text),
        (_, serde_json::Value::Bool(value)) => Property::Bool(value),
        (Type::Number { .. }, value) => Property::Double(value.as_f64()?),
        (Type::SomeOf(_), value) => {
            let texts: Vec<_> = value.as_array()?.iter().filter_map(|text| text.as_str()).collect();
            Property::Text(texts.join(","))
        }
        (_, value) => Property::Integer(value.as_i64()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::ALL;

    #[test]
    fn a_mark_has_room_for_all_that_is_added_up() {
        for layer in ALL {
            let choices =
                layer.legend.and_then(|name| layer.field(name)).map_or(0, |field| field.value.choices().len());
            assert!(layer.summed.len() <= SUMMED && choices < usize::from(u8::MAX), "{}", layer.collection);
            let is_whole = |name: &&str| {
                layer
                    .field(name)
                    .is_some_and(|it| matches!(it.value, Type::Integer { max, .. } if max <= i32::MAX.into()))
            };
            assert!(layer.summed.iter().all(is_whole), "{}", layer.collection);
        }
    }
}
