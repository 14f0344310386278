//! Makes a place of two coordinates: which is longitude, which latitude, and whether they are degrees or metres.

use std::mem::swap;

use crate::imports::interpret::coordinate::{Angle, Axis, axis_of};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::frame::Frame;
use crate::imports::interpret::mapping::Column;
use crate::imports::interpret::place::{Said, point};
use crate::imports::interpret::sign::Letter;
use crate::imports::interpret::target::Target;
use crate::layers::Crs;
use crate::texts::text;

/// A metre in degrees of latitude.
const METRES_A_DEGREE: f64 = 111_320.0;

/// One of two coordinates, and its column.
#[derive(Debug, Clone, Copy)]
pub struct Half<'a> {
    pub column: &'a Column,
    pub angle: Angle,
}

/// Latitudes with longitudes, in the order of columns, then what is left by twos. The last one may lack its other half.
pub fn pairs(halves: Vec<Half<'_>>) -> Vec<(Half<'_>, Option<Half<'_>>)> {
    let is = |wanted: bool| move |half: &Half| half.header_is_latitude() == Some(wanted);
    let latitudes = halves.iter().copied().filter(is(true));
    let longitudes = halves.iter().copied().filter(is(false));
    let both = latitudes.clone().count().min(longitudes.clone().count());
    let mut pairs: Vec<_> =
        latitudes.clone().zip(longitudes.clone()).map(|(latitude, longitude)| (latitude, Some(longitude))).collect();
    let others: Vec<_> = halves.iter().copied().filter(|half| half.header_is_latitude().is_none()).collect();
    let mut rest: Vec<_> = latitudes.skip(both).chain(longitudes.skip(both)).collect();
    // X and Y belong together, unless one of them is the other half of a latitude.
    let (own, foreign) = others.split_at(if others.len() % 2 == 0 { others.len() } else { others.len() - 1 });
    rest.extend(foreign);
    pairs.extend(own.chunks(2).chain(rest.chunks(2)).map(|two| (two[0], two.get(1).copied())));
    pairs
}

/// Whether two numbers of one text can be a place in Vietnam.
pub fn is_plausible(angles: &[Angle]) -> bool {
    let [first, second, ..] = angles else { return false };
    let axes = [axis_of(first.value), axis_of(second.value)];
    let fits = |letter: Option<Letter>, axis: Axis| {
        letter.is_none_or(|letter| letter.is_latitude() == (axis == Axis::Latitude))
    };
    match axes {
        [Some(Axis::Latitude), Some(Axis::Longitude)] | [Some(Axis::Longitude), Some(Axis::Latitude)] => {
            axes.into_iter().zip(angles).all(|(axis, angle)| axis.is_some_and(|axis| fits(angle.letter, axis)))
        }
        [Some(Axis::North), Some(Axis::East)] | [Some(Axis::East), Some(Axis::North)] => true,
        _ => false,
    }
}

/// The place, and perhaps a warning.
///
/// # Errors
/// Letters that contradict the columns or each other; a lost decimal point.
pub fn read(frame: &Frame, first: &Half, second: &Half) -> Result<(Said, Option<Note>), Note> {
    let mut note = None;
    let (mut x, mut y) = (*first, *second);
    if let (Some(one), Some(other)) = (first.angle.letter, second.angle.letter)
        && one.is_latitude() == other.is_latitude()
    {
        return Err(Note::error(text!("geo.letter/same", given = shown(first), other = shown(second))));
    }
    let contradicts = [first, second].map(Half::contradicts_header);
    if contradicts == [true, true] {
        let headers = (&first.column.header, &second.column.header);
        note = Some(Note::warning(text!("geo.letter/swapped", one = headers.0, other = headers.1)));
    } else if let Some(half) =
        [first, second].into_iter().zip(contradicts).find_map(|(half, wrong)| wrong.then_some(half))
    {
        return Err(Note::error(text!("geo.letter", header = &half.column.header, given = shown(half))));
    }
    // `x` is to be longitude or east.
    let roles = (first.is_latitude(), second.is_latitude());
    let is_told = match roles {
        (Some(true), Some(false) | None) | (None, Some(false)) => {
            swap(&mut x, &mut y);
            true
        }
        (Some(false), Some(true) | None) | (None, Some(true)) => true,
        _ => false,
    };
    let nam = frame.is_vietnamese;
    let values = (x.signed(nam), y.signed(nam));
    if let Some([longitude, latitude]) = without_lost_point(&x, &y, is_told) {
        let written = format!("{latitude}, {longitude}");
        let given = format!("{}, {}", first.angle.value, second.angle.value);
        return Err(Note::error(text!("geo.lost_point", given, suggested = &written)).suggest(written));
    }
    let could_be_metres = [x, y].iter().all(|half| half.angle.letter.is_none() && !half.angle.has_minutes);
    let ([x_m, y_m], is_metres) = match (axis_of(values.0), axis_of(values.1)) {
        _ if frame.sender == Some(Crs::WEB_MERCATOR) && values.0.abs().max(values.1.abs()) > 180.0 => {
            // In Vietnam the east of this system is always the larger number.
            ([values.0.max(values.1), values.0.min(values.1)], true)
        }
        (Some(Axis::East), Some(Axis::North)) if could_be_metres => ([values.0, values.1], true),
        (Some(Axis::North), Some(Axis::East)) if could_be_metres => ([values.1, values.0], true),
        (Some(Axis::Latitude), Some(Axis::Longitude)) if !is_told => ([values.1, values.0], false),
        // Later checks of the place find the rest: swapped, zero, outside.
        _ => ([values.0, values.1], false),
    };
    let declared = frame.headers.get(&first.column.index).or_else(|| frame.headers.get(&second.column.index)).copied();
    let declared = declared.into_iter().chain(frame.sender).chain(frame.file).find(|crs| crs.is_degrees() != is_metres);
    let crs = declared.or(if is_metres { frame.grid } else { Some(Crs::WGS84) });
    if frame.in_metres.is_some_and(|in_metres| in_metres != is_metres) && note.is_none() {
        let told = if is_metres { text!("geo.mixed_units/metres") } else { text!("geo.mixed_units/degrees") };
        note = Some(Note::warning(told));
    }
    let step = first.angle.step.min(second.angle.step);
    let step_m = if is_metres { step } else { step * METRES_A_DEGREE };
    let header = format!("{}, {}", first.column.header, second.column.header);
    let header = if first.column.index == second.column.index { first.column.header.clone() } else { header };
    Ok((Said { geometry: point(x_m, y_m), crs, step_m, has_altitude: false, header }, note))
}

/// Longitude and latitude, if a number has lost its decimal point: 19817 or 19817000 for 19.817. `None` if neither has,
/// or the digits do not tell.
fn without_lost_point(x: &Half, y: &Half, is_told: bool) -> Option<[f64; 2]> {
    let of = |x: &Half, y: &Half| {
        let longitude = restored(x.angle, Axis::Longitude)?;
        let latitude = restored(y.angle, Axis::Latitude)?;
        (longitude.1 || latitude.1).then_some([longitude.0, latitude.0])
    };
    match (of(x, y), if is_told { None } else { of(y, x) }) {
        (Some(found), None) | (None, Some(found)) => Some(found),
        _ => None,
    }
}

/// The number as degrees of this axis, and whether its point had to be put back.
fn restored(angle: Angle, axis: Axis) -> Option<(f64, bool)> {
    if axis_of(angle.value) == Some(axis) {
        return Some((angle.value, false));
    }
    let is_whole = angle.value >= 1000.0 && angle.value.fract() == 0.0 && !angle.has_minutes;
    // The range of an axis spans less than a power of ten, so only one shift fits.
    let shifted = (1..16).map(|places| angle.value / 10_f64.powi(places));
    shifted.filter(|_| is_whole).find(|value| axis_of(*value) == Some(axis)).map(|value| (value, true))
}

impl Half<'_> {
    /// What the header says; `None` for X, Y and positions.
    fn header_is_latitude(&self) -> Option<bool> {
        match self.column.target {
            Some(Target::Latitude) => Some(true),
            Some(Target::Longitude) => Some(false),
            _ => None,
        }
    }

    /// A letter tells more than a header.
    fn is_latitude(&self) -> Option<bool> {
        self.angle.letter.map(Letter::is_latitude).or_else(|| self.header_is_latitude())
    }

    fn contradicts_header(&self) -> bool {
        self.header_is_latitude().is_some_and(|header| self.is_latitude() != Some(header))
    }

    /// The number with the sign of its letter. `nam` says that N is "nam".
    fn signed(&self, nam: bool) -> f64 {
        let is_negative = match self.angle.letter {
            Some(Letter::South | Letter::West) => true,
            Some(Letter::NorthOrNam) => nam,
            _ => false,
        };
        if is_negative { -self.angle.value } else { self.angle.value }
    }
}

fn shown(half: &Half) -> String {
    let direction = half.angle.letter.map_or("", |letter| match letter {
        Letter::North | Letter::NorthOrNam => " N",
        Letter::South => " S",
        Letter::East => " E",
        Letter::West => " W",
        Letter::Latitude | Letter::Longitude => "",
    });
    format!("{}{direction}", half.angle.value)
}
