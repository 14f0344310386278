//! Converts coordinates in metres to degrees, and finds their CRS.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use crate::files::sheet::Workbook;
use crate::imports::interpret::{
    Axis, Communes, Note, Place, Reading, Record, axis_of, each_position, epsg_of_province, is_metric_grid,
};
use crate::texts::text;

/// The records in metres, by CRS: the one that the file or the sender declares, otherwise that of the record's
/// province. Refuses those whose CRS is unknown.
pub fn by_grid(
    communes: &Communes,
    on: NaiveDate,
    workbook: &Workbook,
    reading: &mut Reading,
    records: &mut [Record],
) -> BTreeMap<i32, Vec<usize>> {
    let mut by_grid: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter_mut().enumerate() {
        match grid_of(communes, on, record) {
            None => {}
            Some(Ok(epsg)) => by_grid.entry(epsg).or_default().push(index),
            Some(Err(note)) => {
                reading.note_record(workbook, record, Some("geom"), note);
                record.broken.push("geom");
                record.place = Place::Wrong;
            }
        }
    }
    by_grid
}

/// `None` for a record that is not in metres.
fn grid_of(communes: &Communes, on: NaiveDate, record: &Record) -> Option<Result<i32, Note>> {
    let Place::Metres(geometry, declared) = &record.place else { return None };
    let mut all_in_vietnam = true;
    each_position(&mut geometry.clone(), &mut |position| {
        let axis = |index: usize| position[index].as_f64().and_then(axis_of);
        all_in_vietnam &= axis(0) == Some(Axis::East) && axis(1) == Some(Axis::North);
    });
    if !all_in_vietnam {
        return Some(Err(Note::error(text!("geo.outside_vietnam/metres"))));
    }
    let of_commune = || {
        let code = record.values.get("declared_commune_code")?.as_str()?;
        communes.of_code(code)?.province.clone()
    };
    let of_province = || epsg_of_province(&record.province.clone().or_else(of_commune)?, on);
    let epsg = declared.filter(|epsg| is_metric_grid(*epsg)).or_else(of_province);
    Some(epsg.ok_or_else(|| Note::error(text!("geo.vn2000/meridian"))))
}

/// The positions of some records in metres, in order.
pub fn positions(records: &mut [Record], indexes: &[usize]) -> Vec<Value> {
    let mut positions = Vec::new();
    for index in indexes {
        if let Place::Metres(geometry, _) = &mut records[*index].place {
            each_position(geometry, &mut |position| positions.push(position.clone()));
        }
    }
    positions
}

/// Replaces the positions with the same ones in degrees.
pub fn to_degrees(epsg: i32, indexes: &[usize], degrees: Vec<Value>, reading: &mut Reading, records: &mut [Record]) {
    let mut degrees = degrees.into_iter();
    for index in indexes {
        if let Place::Metres(geometry, _) = &mut records[*index].place {
            let mut geometry = geometry.take();
            each_position(&mut geometry, &mut |position| *position = degrees.next().unwrap_or_default());
            records[*index].place = Place::Degrees(geometry);
        }
    }
    let Some(first) = indexes.first() else { return };
    let sheet = reading.mappings[records[*first].mapping].sheet.clone();
    let note = Note::info(text!("geo.transformed", count = indexes.len(), epsg = epsg.to_string()));
    reading.note(&sheet, None, None, Some("geom"), None, note);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn grid_is_the_declared_one_or_that_of_the_province() {
        let on = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        let communes = Communes::new(Vec::new(), on);
        let grid = |east: f64, north: f64, epsg: Option<i32>, province: Option<&str>| {
            let place = Place::Metres(json!({"type": "Point", "coordinates": [east, north]}), epsg);
            let record = Record { place, province: province.map(str::to_owned), ..Record::default() };
            grid_of(&communes, on, &record).unwrap().map_err(|note| note.code)
        };
        assert_eq!(grid(578_000.0, 2_190_000.0, Some(9205), None), Ok(9205));
        assert_eq!(grid(578_000.0, 2_190_000.0, None, Some("Tỉnh Thanh Hóa")), Ok(5897));
        assert_eq!(grid(578_000.0, 2_190_000.0, None, None), Err("geo.vn2000"));
        assert_eq!(grid(2_190_000.0, 578_000.0, Some(9205), None), Err("geo.outside_vietnam"));
        assert!(grid_of(&communes, on, &Record::default()).is_none());
    }
}
