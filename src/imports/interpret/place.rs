//! Reads the places that a row says, each in its own notation. They are compared when all are in WGS 84.

use serde_json::{Value, json};

use crate::files::sheet::Cell;
use crate::imports::interpret::cell::{self, is_clear};
use crate::imports::interpret::coordinate::{self, Angle, axis_of};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::frame::Frame;
use crate::imports::interpret::link;
use crate::imports::interpret::mapping::Column;
use crate::imports::interpret::pair::{self, Half};
use crate::imports::interpret::shape::{self, Shape};
use crate::imports::interpret::target::Target;
use crate::layers::Crs;
use crate::texts::text;

/// Where a record is, as far as the file tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Place {
    /// The file has no column for it, or the cells are empty.
    #[default]
    Unsaid,
    /// What the cells say, one notation or several of the same place.
    Said(Vec<Said>),
    /// A GeoJSON geometry in WGS 84.
    Degrees(Value),
    /// The place is to be cleared: the record is no longer located.
    Cleared,
    /// A place is given, but it is wrong.
    Wrong,
}

/// A place in one notation.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// GeoJSON in its own system; longitude or east first.
    pub geometry: Value,
    /// `None` for metres of a zone that the record's province tells.
    pub crs: Option<Crs>,
    /// How far two places may lie apart that are written the same.
    pub step_m: f64,
    pub has_altitude: bool,
    /// The header of its first column.
    pub header: String,
}

/// Reads the cells that place a record, with notes. If some are wrong and others say a place, that one is taken, with a
/// warning.
pub fn read(frame: &Frame, cells: &[(&Column, &Cell)]) -> (Place, Vec<Note>) {
    let cells: Vec<_> = cells.iter().filter(|(column, _)| !frame.unread.contains(&column.index)).copied().collect();
    if cells.is_empty() {
        return (Place::Unsaid, Vec::new());
    }
    if cells.iter().all(|(_, cell)| matches!(cell, Cell::Text(text) if is_clear(text))) {
        return (Place::Cleared, Vec::new());
    }
    if frame.is_contradictory {
        return (Place::Wrong, Vec::new());
    }
    let (mut said, mut notes, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let mut halves = Vec::new();
    let mut is_empty = false;
    let mut take = |read: Result<(Said, Option<Note>), Note>| match read {
        Ok((place, note)) => {
            said.push(place);
            notes.extend(note);
        }
        Err(note) => wrong.push(note),
    };
    for (column, cell) in cells {
        match of_cell(frame, column, cell) {
            Ok(Found::Half(half)) => halves.push(half),
            Ok(Found::Pair(first, second)) => take(pair::read(frame, &first, &second)),
            Ok(Found::Place(place)) => take(Ok((place, None))),
            Ok(Found::Empty) => is_empty = true,
            Err(note) => take(Err(note)),
        }
    }
    for (first, second) in pair::pairs(halves) {
        take(
            second
                .map_or_else(|| Err(Note::error(text!("geo.incomplete"))), |second| pair::read(frame, &first, &second)),
        );
    }
    if said.is_empty() {
        let place = if wrong.is_empty() && is_empty { Place::Unsaid } else { Place::Wrong };
        wrong.truncate(1);
        return (place, wrong);
    }
    if let Some(note) = wrong.into_iter().next() {
        notes.push(Note::warning(text!("geo.part_unread", reason = note.text)));
    }
    (Place::Said(said), notes)
}

enum Found<'a> {
    Half(Half<'a>),
    Pair(Half<'a>, Half<'a>),
    Place(Said),
    Empty,
}

fn of_cell<'a>(frame: &Frame, column: &'a Column, cell: &Cell) -> Result<Found<'a>, Note> {
    let shown = cell.shown();
    let half = |angle| Half { column, angle };
    match cell {
        Cell::Geometry(geometry) => return of_shape(frame, column, shape::of_geojson(geometry)?),
        Cell::Number(value) => {
            let angle = coordinate::read(&shown).into_iter().flatten().next();
            // A number so large or small that it is written with an exponent is no coordinate, and later checks say so.
            let far = Angle { value: *value, step: 1.0, letter: None, has_minutes: false };
            return Ok(Found::Half(half(angle.filter(|angle| angle.value == *value).unwrap_or(far))));
        }
        Cell::Failed(error) => return Err(cell::failed(error)),
        Cell::Uncomputed => return Err(cell::uncomputed()),
        Cell::Text(text) => {
            if let Some(shape) = shape::read(text) {
                return of_shape(frame, column, shape?);
            }
            if let Some((latitude, longitude)) = link::read(text) {
                let angle = |text| coordinate::read(text).into_iter().flatten().next();
                if let (Some(first), Some(second)) = (angle(latitude), angle(longitude)) {
                    return Ok(Found::Pair(half(first), half(second)));
                }
            }
        }
        _ => return Err(unreadable(&shown)),
    }
    let readings = coordinate::read(&shown);
    let several = || readings.iter().filter(|angles| angles.len() > 1);
    let singles = || readings.iter().filter(|angles| angles.len() == 1).map(|angles| angles[0]);
    // Three numbers are a place with its altitude, unless two with decimal commas make sense.
    let of_size = |size| several().filter(move |angles| angles.len() == size && pair::is_plausible(angles));
    let plausible: Vec<_> = if of_size(2).next().is_some() { of_size(2).collect() } else { of_size(3).collect() };
    let is_position = matches!(column.target, Some(Target::Position | Target::Geometry));
    let alone = singles().find(|angle| axis_of(angle.value).is_some()).or_else(|| singles().next());
    match (plausible.as_slice(), alone) {
        ([_, _, ..], _) => Err(unreadable(&shown)),
        ([angles], alone) if is_position || alone.is_none() => pair_of(frame, column, angles),
        (_, Some(angle)) => Ok(Found::Half(half(angle))),
        _ => match several().next() {
            Some(angles) => pair_of(frame, column, angles),
            None => Err(unreadable(&shown)),
        },
    }
}

/// Two numbers of one cell. A third one is the altitude.
fn pair_of<'a>(frame: &Frame, column: &'a Column, angles: &[Angle]) -> Result<Found<'a>, Note> {
    let half = |angle| Half { column, angle };
    match angles {
        [first, second] => Ok(Found::Pair(half(*first), half(*second))),
        [first, second, ..] => {
            let (said, _) = pair::read(frame, &half(*first), &half(*second))?;
            Ok(Found::Place(Said { has_altitude: true, ..said }))
        }
        _ => Ok(Found::Empty),
    }
}

fn of_shape<'a>(frame: &Frame, column: &Column, shape: Shape) -> Result<Found<'a>, Note> {
    let Shape { geometry, crs, has_altitude } = shape;
    if geometry.is_null() {
        return Ok(Found::Empty);
    }
    let number = first_number(&geometry["coordinates"]).ok_or_else(|| Note::error(text!("geo.malformed")))?;
    let in_metres = number.abs() > 180.0;
    let header = frame.headers.get(&column.index).copied();
    let fits = |crs: &Crs| crs.is_degrees() != in_metres;
    let crs = match crs.or(header).or(frame.file) {
        Some(declared) if !fits(&declared) => {
            return Err(Note::error(text!("geo.crs/other_unit", declared = declared.name())));
        }
        Some(declared) => Some(declared),
        None => frame.sender.filter(fits).or(if in_metres { frame.grid } else { Some(Crs::WGS84) }),
    };
    // A geometry is drawn, or measured by a device: as exact as its numbers.
    let header = column.header.clone();
    Ok(Found::Place(Said { geometry, crs, step_m: 0.0, has_altitude, header }))
}

fn unreadable(shown: &str) -> Note {
    Note::error(text!("geo.unreadable", given = shown))
}

/// The first number of nested coordinates.
pub fn first_number(coordinates: &Value) -> Option<f64> {
    match coordinates {
        Value::Array(parts) => parts.first().and_then(first_number),
        number => number.as_f64(),
    }
}

/// A GeoJSON point.
pub fn point(x: f64, y: f64) -> Value {
    json!({"type": "Point", "coordinates": [x, y]})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a row with these targets and cells. The code of the first note stands for it.
    fn place_in(frame: &Frame, cells: &[(Target, &str)]) -> Result<Vec<Said>, &'static str> {
        let columns: Vec<_> = cells.iter().zip(0..).map(|((target, _), index)| column(index, *target)).collect();
        let cells: Vec<_> = cells.iter().map(|(_, text)| Cell::Text((*text).into())).collect();
        let cells: Vec<_> = columns.iter().zip(&cells).collect();
        match read(frame, &cells) {
            (Place::Said(said), notes) if notes.is_empty() => Ok(said),
            (_, notes) => Err(notes[0].code),
        }
    }

    fn column(index: u32, target: Target) -> Column {
        Column { index, column: index.to_string(), header: target.name(), target: Some(target) }
    }

    fn place(cells: &[(Target, &str)]) -> Result<(Value, Option<i32>), &'static str> {
        let said = place_in(&Frame::default(), cells)?;
        assert_eq!(said.len(), 1);
        Ok((said[0].geometry.clone(), said[0].crs.map(Crs::epsg)))
    }

    fn suggestion(cells: &[(Target, &str)]) -> Option<String> {
        let columns: Vec<_> = cells.iter().zip(0..).map(|((target, _), index)| column(index, *target)).collect();
        let cells: Vec<_> = cells.iter().map(|(_, text)| Cell::Text((*text).into())).collect();
        read(&Frame::default(), &columns.iter().zip(&cells).collect::<Vec<_>>()).1[0].suggestion.clone()
    }

    use Target::{Coordinate, Geometry, Latitude, Longitude, Position};

    #[test]
    fn x_and_y_are_told_apart_by_their_size() {
        let metres = Ok((point(576_592.3, 2_192_163.6), None));
        assert_eq!(place(&[(Coordinate, "2192163,6"), (Coordinate, "576592,3")]), metres);
        assert_eq!(place(&[(Coordinate, "576592.3"), (Coordinate, "2192163.6")]), metres);
        assert_eq!(place(&[(Longitude, "2192163,6"), (Latitude, "576592,3")]), metres);
        let degrees = Ok((point(105.7, 19.8), Some(4326)));
        assert_eq!(place(&[(Coordinate, "19,8"), (Coordinate, "105,7")]), degrees);
        assert_eq!(place(&[(Position, "19,8; 105,7")]), degrees);
        assert_eq!(place(&[(Longitude, "19.8, 105.7")]), degrees);
        assert_eq!(place(&[(Position, "https://maps.google.com/?q=19.8,105.7")]), degrees);
        assert_eq!(place(&[(Geometry, "POINT (105.7 19.8)")]), degrees);
    }

    #[test]
    fn declared_longitude_and_latitude_are_not_silently_swapped() {
        assert_eq!(place(&[(Longitude, "19.8"), (Latitude, "105.7")]), Ok((point(19.8, 105.7), Some(4326))));
    }

    #[test]
    fn half_a_place_is_not_a_place() {
        let cleared = [column(0, Longitude), column(1, Latitude)];
        let cells = [Cell::Text("(xóa)".into()), Cell::Text("(Xóa)".into())];
        let read = read(&Frame::default(), &cleared.iter().zip(&cells).collect::<Vec<_>>());
        assert_eq!(read, (Place::Cleared, Vec::new()));
        assert_eq!(place(&[(Longitude, "(xóa)"), (Latitude, "19.8")]), Err("geo.unreadable"));
        assert_eq!(place(&[(Longitude, "105.7")]), Err("geo.incomplete"));
        assert_eq!(place(&[(Longitude, "gần chợ"), (Latitude, "19.8")]), Err("geo.unreadable"));
        assert_eq!(place(&[(Geometry, "{")]), Err("geo.malformed"));
    }

    #[test]
    fn letters_carry_the_sign_and_tell_more_than_headers() {
        let south = Ok((point(105.7, -19.8), Some(4326)));
        assert_eq!(place(&[(Latitude, "19.8S"), (Longitude, "105.7 E")]), south);
        assert_eq!(place(&[(Latitude, "19°48'Nam"), (Longitude, "105.7")]), south);
        assert_eq!(place(&[(Latitude, "19.8"), (Longitude, "105.7 Tây")]), Ok((point(-105.7, 19.8), Some(4326))));
        assert_eq!(place(&[(Latitude, "19.8E"), (Longitude, "105.7")]), Err("geo.letter"));
        assert_eq!(place(&[(Latitude, "19.8N"), (Longitude, "105.7N")]), Err("geo.letter"));
        assert_eq!(place(&[(Latitude, "105.7E"), (Longitude, "19.8N")]), Err("geo.letter"));
        // N is north, but "nam" where the sheet writes B, Đ or T.
        let cells = [(Latitude, "19.8 N"), (Longitude, "105.7 Đ")];
        let vietnamese = Frame { is_vietnamese: true, ..Frame::default() };
        assert_eq!(place(&cells), Ok((point(105.7, 19.8), Some(4326))));
        assert_eq!(place_in(&vietnamese, &cells).unwrap()[0].geometry, point(105.7, -19.8));
    }

    #[test]
    fn lost_decimal_point_is_never_taken_for_metres() {
        for (latitude, longitude) in [
            ("19817000", "105733000"),
            ("19817", "105733"),
            ("19.817.000", "105.733.000"),
            ("1981700", "105733"),
            ("19.817", "105733"),
            ("19817", "105.733"),
        ] {
            let cells = [(Latitude, latitude), (Longitude, longitude)];
            assert_eq!(place(&cells), Err("geo.lost_point"), "{latitude} {longitude}");
            assert_eq!(suggestion(&cells).as_deref(), Some("19.817, 105.733"), "{latitude} {longitude}");
        }
        assert_eq!(suggestion(&[(Coordinate, "105733"), (Coordinate, "19817")]).as_deref(), Some("19.817, 105.733"));
        // Metres that no shift turns into degrees, and a number with decimals, which has lost none.
        assert_eq!(place(&[(Latitude, "2192163"), (Longitude, "576592")]), Ok((point(576_592.0, 2_192_163.0), None)));
        assert_ne!(place(&[(Latitude, "194901.2"), (Longitude, "105.733")]), Err("geo.lost_point"));
    }

    #[test]
    fn several_notations_are_all_read_and_a_broken_one_is_passed_over() {
        let cells = [
            (Latitude, "19.8"),
            (Longitude, "105.7"),
            (Coordinate, "2192163.6"),
            (Coordinate, "576592.3"),
            (Geometry, "POINT (105.7 19.8)"),
        ];
        assert_eq!(place_in(&Frame::default(), &cells).unwrap().len(), 3);
        assert_eq!(place(&[(Latitude, "19.8"), (Longitude, "105.7"), (Geometry, "POINT (1")]), Err("geo.part_unread"));
        // The suggestion for a lost point stands in one cell, and the other is still wrong.
        let cells = [(Latitude, "19.817, 105.733"), (Longitude, "105733000")];
        assert_eq!(place_in(&Frame::default(), &cells), Err("geo.part_unread"));
    }

    #[test]
    fn declared_systems_hold_for_numbers_of_their_unit() {
        let frame = |sender: i32| Frame { sender: Crs::of_epsg(sender), ..Frame::default() };
        let crs =
            |frame: &Frame, cells: &[(Target, &str)]| place_in(frame, cells).map(|said| said[0].crs.map(Crs::epsg));
        let degrees = [(Latitude, "19.8"), (Longitude, "105.7")];
        let metres = [(Coordinate, "2192163.6"), (Coordinate, "576592.3")];
        assert_eq!(crs(&frame(4756), &degrees), Ok(Some(4756)));
        assert_eq!(crs(&frame(5897), &degrees), Ok(Some(4326)));
        assert_eq!(crs(&frame(5897), &metres), Ok(Some(5897)));
        assert_eq!(crs(&frame(3857), &[(Coordinate, "11770143.7"), (Coordinate, "2251364.6")]), Ok(Some(3857)));
        let named = Frame { headers: [(0, Crs::VN2000)].into(), ..Frame::default() };
        assert_eq!(crs(&named, &degrees), Ok(Some(4756)));
        let of_file = Frame { file: Crs::of_epsg(5897), ..Frame::default() };
        assert_eq!(crs(&of_file, &[(Geometry, "POINT (105.7 19.8)")]), Err("geo.crs"));
        let mixed = Frame { in_metres: Some(false), ..Frame::default() };
        assert_eq!(crs(&mixed, &metres), Err("geo.mixed_units"));
    }
}
