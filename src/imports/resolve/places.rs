//! Turns what rows say of their places into WGS 84, and compares several notations of one place.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use geo::{Distance, Haversine, Point};
use serde_json::Value;

use crate::files::sheet::Workbook;
use crate::imports::interpret::{Axis, Communes, Note, Place, Reading, Record, Said, axis_of, epsg_of_province};
use crate::layers::{Crs, Layer, crs, geometry};
use crate::texts::text;

/// Notations of one place that lie nearer than this agree, metres: hand-held receivers are not better.
const AGREES_M: f64 = 50.0;

/// What is told once for each sheet, by the index of its mapping.
#[derive(Default)]
struct Tally {
    transformed: BTreeMap<(usize, i32), usize>,
    altitudes: BTreeMap<usize, usize>,
    several: BTreeMap<usize, (String, usize)>,
}

/// Whether the zone of some metres depends on the record's province.
pub fn need_province(record: &Record) -> bool {
    matches!(&record.place, Place::Said(said) if said.iter().any(|said| said.crs.is_none()))
}

/// Resolves the places of all records. A failure becomes a finding, and the place is marked as broken.
pub fn resolve(
    layer: &'static Layer,
    communes: Option<&Communes>,
    on: NaiveDate,
    workbook: &Workbook,
    reading: &mut Reading,
    records: &mut [Record],
) {
    let mut tally = Tally::default();
    for record in records {
        let said = match &mut record.place {
            Place::Said(said) => std::mem::take(said),
            _ => continue,
        };
        let grid = said.iter().any(|said| said.crs.is_none()).then(|| grid_of_province(communes, on, record)).flatten();
        let (place, note) = match choose(layer, &said, grid) {
            Ok((chosen, note)) => {
                tally.count(record.mapping, &said, &chosen);
                (Place::Degrees(chosen.geometry), note)
            }
            Err(note) => {
                record.broken.push("geom");
                (Place::Wrong, Some(note))
            }
        };
        record.place = place;
        if let Some(note) = note {
            reading.note_record(workbook, record, Some("geom"), note);
        }
    }
    tally.tell(reading);
}

struct Chosen<'a> {
    geometry: Value,
    crs: Crs,
    said: &'a Said,
    /// How many notations agree with it.
    agree: usize,
}

/// The most exact notation, if the others agree with it. One that cannot be a place is passed over, with a warning.
fn choose<'a>(layer: &'static Layer, said: &'a [Said], grid: Option<Crs>) -> Result<(Chosen<'a>, Option<Note>), Note> {
    let mut wrong: Option<Note> = None;
    let mut places: Vec<Chosen> = Vec::new();
    // A point beside a line or an area only labels it, and metres of an unknown zone cannot be compared.
    let is_point = |said: &&Said| said.geometry["type"] == "Point";
    let has_shape = said.iter().any(|said| !is_point(&said));
    let is_known = |said: &&Said| said.crs.or(grid).is_some();
    let has_known = said.iter().any(|said| is_known(&said));
    let compared = |said: &&Said| !(has_shape && is_point(said) || has_known && !is_known(said));
    for said in said.iter().filter(compared) {
        match in_wgs84(said, grid) {
            Ok((crs, geometry)) => places.push(Chosen { geometry, crs, said, agree: 0 }),
            Err(note) => wrong = wrong.or(Some(note)),
        }
    }
    if places.len() > 1 {
        let problem = |place: &Chosen| geometry::read(layer, &place.geometry).err()?.into_iter().next();
        let problems: Vec<_> = places.iter().map(problem).collect();
        if problems.iter().any(Option::is_none) {
            let mut problems = problems.into_iter();
            places.retain(|_| match problems.next().flatten() {
                Some(problem) => {
                    wrong.get_or_insert(Note::error(problem.text));
                    false
                }
                None => true,
            });
        }
    }
    let best = (0..places.len()).min_by(|a, b| places[*a].said.step_m.total_cmp(&places[*b].said.step_m));
    let Some(best) = best else { return Err(wrong.unwrap_or_else(|| Note::error(text!("geo.malformed")))) };
    let mut best = places.swap_remove(best);
    for other in &places {
        let Some(distance_m) = distance_m(&best.geometry, &other.geometry) else { continue };
        if distance_m > AGREES_M.max(other.said.step_m) {
            let (one, other) = (best.said.header.clone(), other.said.header.clone());
            return Err(Note::error(text!("geo.disagree", one, other, distance_m = distance_m.round())));
        }
        best.agree += 1;
    }
    let warning = wrong.map(|note| Note::warning(text!("geo.part_unread", reason = note.text)));
    Ok((best, warning))
}

fn in_wgs84(said: &Said, grid: Option<Crs>) -> Result<(Crs, Value), Note> {
    let crs = said.crs.or(grid).ok_or_else(|| Note::error(text!("geo.vn2000/meridian")))?;
    if crs.is_grid() {
        let mut all_in_vietnam = true;
        crs::each_position(&mut said.geometry.clone(), &mut |position| {
            let axis = |index: usize| position[index].as_f64().and_then(axis_of);
            all_in_vietnam &= axis(0) == Some(Axis::East) && axis(1) == Some(Axis::North);
        });
        if !all_in_vietnam {
            return Err(Note::error(text!("geo.outside_vietnam/metres")));
        }
    }
    let geometry = crs.geometry_to_wgs84(&said.geometry).ok_or_else(|| Note::error(text!("geo.malformed")))?;
    Ok((crs, geometry))
}

/// Between two points. `None` for other geometries, which nobody states twice.
fn distance_m(one: &Value, other: &Value) -> Option<f64> {
    let point = |geometry: &Value| {
        let coordinates = geometry["coordinates"].as_array()?;
        Some(Point::new(coordinates.first()?.as_f64()?, coordinates.get(1)?.as_f64()?))
    };
    Some(Haversine.distance(point(one)?, point(other)?))
}

fn grid_of_province(communes: Option<&Communes>, on: NaiveDate, record: &Record) -> Option<Crs> {
    let of_commune = || {
        let code = record.values.get("declared_commune_code")?.as_str()?;
        communes?.of_code(code)?.province.clone()
    };
    epsg_of_province(&record.province.clone().or_else(of_commune)?, on).and_then(Crs::of_epsg)
}

impl Tally {
    fn count(&mut self, mapping: usize, said: &[Said], chosen: &Chosen) {
        if chosen.crs != Crs::WGS84 {
            *self.transformed.entry((mapping, chosen.crs.epsg())).or_default() += 1;
        }
        if said.iter().any(|said| said.has_altitude) {
            *self.altitudes.entry(mapping).or_default() += 1;
        }
        if chosen.agree > 0 {
            self.several.entry(mapping).or_insert_with(|| (chosen.said.header.clone(), 0)).1 += 1;
        }
    }

    fn tell(self, reading: &mut Reading) {
        let transformed = self.transformed.into_iter().map(|((mapping, epsg), count)| {
            let is_degrees = Crs::of_epsg(epsg).is_some_and(Crs::is_degrees);
            let epsg = epsg.to_string();
            (
                mapping,
                if is_degrees {
                    text!("geo.transformed/degrees", count, epsg)
                } else {
                    text!("geo.transformed", count, epsg)
                },
            )
        });
        let altitudes = self.altitudes.into_iter().map(|(mapping, count)| (mapping, text!("geo.altitude/rows", count)));
        let several = self.several.into_iter();
        let several = several.map(|(mapping, (used, count))| (mapping, text!("geo.several", count, used)));
        for (mapping, said) in transformed.chain(altitudes).chain(several) {
            let sheet = reading.mappings[mapping].sheet.clone();
            reading.note(&sheet, None, None, Some("geom"), None, Note::info(said));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{FIBER_ROUTE, TOWER};
    use serde_json::json;

    fn said(header: &str, x: f64, y: f64, epsg: i32, step_m: f64) -> Said {
        let geometry = json!({"type": "Point", "coordinates": [x, y]});
        Said { geometry, crs: Crs::of_epsg(epsg), step_m, has_altitude: false, header: header.into() }
    }

    #[test]
    fn zone_is_the_declared_one_or_that_of_the_province() {
        let on = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        let grid = |province: Option<&str>| {
            let record = Record { province: province.map(str::to_owned), ..Record::default() };
            grid_of_province(None, on, &record).map(Crs::epsg)
        };
        assert_eq!(grid(Some("Tỉnh Thanh Hóa")), Some(5897));
        assert_eq!(grid(None), None);
        let metres = |east: f64, north: f64| Said { crs: None, ..said("X", east, north, 4326, 0.1) };
        let code = |said: Said, grid| choose(&TOWER, &[said], grid).err().map(|note| note.code);
        assert_eq!(code(metres(578_000.0, 2_190_000.0), None), Some("geo.vn2000"));
        assert_eq!(code(metres(578_000.0, 2_190_000.0), Crs::of_epsg(5897)), None);
        assert_eq!(code(metres(2_190_000.0, 578_000.0), Crs::of_epsg(5897)), Some("geo.outside_vietnam"));
    }

    #[test]
    fn most_exact_notation_is_taken_if_the_others_agree() {
        let degrees = said("A", 105.71, 19.82, 4326, 1113.2);
        // 1 km to the north: within what two decimals mean, so the metres are taken.
        let [east, north] = [574_334.0, 2_193_500.0];
        let metres = said("B", east, north, 5897, 1.0);
        let both = [degrees.clone(), metres];
        let (chosen, warning) = choose(&TOWER, &both, None).unwrap();
        assert_eq!((chosen.said.header.as_str(), chosen.agree, warning), ("B", 1, None));
        let exact = [Said { step_m: 1.0, ..degrees.clone() }, both[1].clone()];
        assert_eq!(choose(&TOWER, &exact, None).err().map(|note| note.code), Some("geo.disagree"));
        let zero = [said("Z", 0.0, 0.0, 4326, 0.1), degrees];
        let (chosen, warning) = choose(&TOWER, &zero, None).unwrap();
        assert_eq!((chosen.said.header.as_str(), warning.unwrap().code), ("A", "geo.part_unread"));
    }

    #[test]
    fn point_beside_a_line_only_labels_it() {
        let line = json!({"type": "LineString", "coordinates": [[105.7, 19.8], [105.9, 19.9]]});
        let both =
            [said("Point", 105.8, 19.85, 4326, 1.0), Said { geometry: line.clone(), ..said("L", 0.0, 0.0, 4326, 0.0) }];
        let (chosen, warning) = choose(&FIBER_ROUTE, &both, None).unwrap();
        assert_eq!((chosen.geometry, warning), (line, None));
    }
}
