//! What a file leaves to the register: communes and hamlets by name, other records by code, metres to degrees.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::View;
use crate::conditions::AsOf;
use crate::files::sheet::Workbook;
use crate::imports::interpret::{
    Axis, Commune, Communes, Note, Place, Reading, Record, axis_of, each_position, epsg_of_province, is_metric_grid,
};
use crate::layers::{Layer, Type};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::units::names::comparable;

/// Resolves all records; what fails is a finding, and the field of the record broken.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    workbook: &Workbook,
    reading: &mut Reading,
    units_as_of: NaiveDate,
) -> QueryResult<()> {
    let mut records = std::mem::take(&mut reading.records);
    let metres = |record: &Record| matches!(record.place, Place::Metres(..));
    if records.iter().any(|record| record.commune.is_some() || metres(record)) {
        let communes = communes(conn, units_as_of).await?;
        for record in &mut records {
            if let Some(name) = record.commune.take() {
                match communes.resolve(&name, record.district.as_deref(), record.province.as_deref()) {
                    Ok(commune) => {
                        record.values.insert("declared_commune_code".into(), json!(commune.code));
                    }
                    Err(note) => {
                        reading.note_record(workbook, record, Some("declared_commune_code"), note);
                        record.broken.push("declared_commune_code");
                    }
                }
            }
        }
        to_degrees(conn, &communes, workbook, reading, &mut records, units_as_of).await?;
    }
    hamlets(conn, workbook, reading, &mut records, units_as_of).await?;
    references(conn, view, workbook, reading, &mut records).await?;
    reading.records = records;
    Ok(())
}

async fn communes(conn: &mut AsyncPgConnection, on: NaiveDate) -> QueryResult<Communes> {
    let rows: Vec<Row> = Sql::new(include_str!("communes.sql")).load(conn).await?;
    let units = rows.into_iter().filter_map(|row| {
        let text = |index: usize| row.cells[index].as_text().map(str::to_owned);
        let day = |index: usize| serde_json::from_value(row.cells[index].to_json()).ok();
        Some(Commune {
            code: text(0)?,
            name: text(1)?,
            district: text(2),
            province: text(3),
            valid_from: day(4)?,
            valid_to: day(5),
        })
    });
    Ok(Communes::new(units.collect(), on))
}

/// Metres in the CRS that the file or the sender declares, else in that of the province of the record.
async fn to_degrees(
    conn: &mut AsyncPgConnection,
    communes: &Communes,
    workbook: &Workbook,
    reading: &mut Reading,
    records: &mut [Record],
    on: NaiveDate,
) -> QueryResult<()> {
    let mut by_epsg: HashMap<i32, Vec<usize>> = HashMap::new();
    for (index, record) in records.iter_mut().enumerate() {
        let Place::Metres(geometry, declared) = &record.place else { continue };
        let declared = declared.filter(|epsg| is_metric_grid(*epsg));
        let mut all_in_vietnam = true;
        each_position(&mut geometry.clone(), &mut |position| {
            let axis = |index: usize| position[index].as_f64().and_then(axis_of);
            all_in_vietnam &= axis(0) == Some(Axis::East) && axis(1) == Some(Axis::North);
        });
        if !all_in_vietnam {
            let note = Note::error(
                "geo.outside_vietnam",
                "Tọa độ tính bằng mét mà không phải hướng đông rồi hướng bắc của VN-2000 tại Việt Nam.",
                "Coordinates in metres that are not east and north of VN-2000 in Vietnam.",
            );
            reading.note_record(workbook, record, Some("geom"), note);
            record.broken.push("geom");
            record.place = Place::Wrong;
            continue;
        }
        let of_commune = || {
            let code = record.values.get("declared_commune_code")?.as_str()?;
            communes.of_code(code)?.province.clone()
        };
        let province = record.province.clone().or_else(of_commune);
        match declared.or_else(|| epsg_of_province(&province?, on)) {
            Some(epsg) => by_epsg.entry(epsg).or_default().push(index),
            None => {
                let note = Note::error(
                    "geo.vn2000",
                    "Tọa độ tính bằng mét (VN-2000) mà không rõ kinh tuyến trục: hãy khai báo, hoặc ghi xã hay tỉnh.",
                    "Coordinates in metres (VN-2000) of an unknown central meridian: declare it, or the commune or province.",
                );
                reading.note_record(workbook, record, Some("geom"), note);
                record.broken.push("geom");
                record.place = Place::Wrong;
            }
        }
    }
    for (epsg, indexes) in by_epsg {
        let mut given = Vec::new();
        for index in &indexes {
            if let Place::Metres(geometry, _) = &mut records[*index].place {
                each_position(geometry, &mut |position| given.push(position.clone()));
            }
        }
        let rows: Vec<Row> = Sql::new("select st_x(p), st_y(p) from jsonb_array_elements(")
            .bind(Bind::Json(json!(given)))
            .text(
                ") with ordinality as given (at, nth) cross join lateral st_transform(\
                 st_setsrid(st_point((at ->> 0)::double precision, (at ->> 1)::double precision), ",
            )
            .bind(Bind::Integer(epsg.into()))
            .text("::integer), 4326) as p order by nth")
            .load(conn)
            .await?;
        let mut degrees = rows.iter().map(|row| json!([row.cells[0].to_json(), row.cells[1].to_json()]));
        for index in &indexes {
            if let Place::Metres(geometry, _) = &mut records[*index].place {
                let mut geometry = geometry.take();
                each_position(&mut geometry, &mut |position| *position = degrees.next().unwrap_or_default());
                records[*index].place = Place::Degrees(geometry);
            }
        }
        let mapping = records[indexes[0]].mapping;
        let sheet = reading.mappings[mapping].sheet.clone();
        let note = Note::info(
            "geo.transformed",
            format!("{} vị trí tính bằng mét đã được chuyển từ VN-2000 (EPSG:{epsg}) sang WGS 84.", indexes.len()),
            format!("{} places in metres were transformed from VN-2000 (EPSG:{epsg}) to WGS 84.", indexes.len()),
        );
        reading.note(&sheet, None, None, Some("geom"), None, note);
    }
    Ok(())
}

/// Hamlets by name within the declared commune, or by code.
async fn hamlets(
    conn: &mut AsyncPgConnection,
    workbook: &Workbook,
    reading: &mut Reading,
    records: &mut [Record],
    on: NaiveDate,
) -> QueryResult<()> {
    if records.iter().all(|record| record.hamlet.is_none()) {
        return Ok(());
    }
    let rows: Vec<Row> = Sql::new(
        "select u.id, u.code, u.name, u.parent_code from admin_units u where u.level = 'hamlet' and in_force(u.valid_from, u.valid_to, ",
    )
    .bind(Bind::Date(on))
    .text(")")
    .load(conn)
    .await?;
    let known = |row: &Row, index: usize| row.cells[index].as_text().unwrap_or_default().to_owned();
    let mut by_name: HashMap<(String, String), i64> = HashMap::new();
    for row in &rows {
        let id = row.cells[0].as_integer().unwrap_or_default();
        by_name.insert((String::new(), known(row, 1)), id);
        by_name.insert((known(row, 3), bare_hamlet(&known(row, 2))), id);
    }
    for record in records {
        let Some(name) = record.hamlet.take() else { continue };
        let commune = record.values.get("declared_commune_code").and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = by_name.get(&(commune, bare_hamlet(&name))).or_else(|| by_name.get(&(String::new(), name.clone())));
        match id {
            Some(id) => {
                record.values.insert("hamlet_id".into(), json!(id));
            }
            None => {
                let note = Note::info(
                    "unit.unknown_hamlet",
                    format!("Chưa có thôn “{name}” trong danh mục; ô này không được ghi."),
                    format!("The hamlet “{name}” is not known; the cell is not written."),
                );
                reading.note_record(workbook, record, Some("hamlet_id"), note);
            }
        }
    }
    Ok(())
}

/// "Thôn 3" and "thôn 03" are one; accents stay, or Đông would be Dòng.
fn bare_hamlet(name: &str) -> String {
    let lower = name.to_lowercase();
    let layers = ["tổ dân phố", "khu phố", "thôn", "xóm", "bản", "tdp"];
    let bare = layers.iter().find_map(|layer| lower.strip_prefix(layer)).unwrap_or(&lower);
    comparable(bare).trim_start_matches('0').to_owned()
}

/// Other records by code or name, as far as the caller sees them.
async fn references(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    workbook: &Workbook,
    reading: &mut Reading,
    records: &mut [Record],
) -> QueryResult<()> {
    for field in view.layer.fields() {
        let Type::Reference { collection } = field.value else { continue };
        let Some(layer) = Layer::of_collection(collection).filter(|layer| layer.is_writable()) else { continue };
        let asked = |record: &Record| record.references.iter().find(|(name, _)| *name == field.name).cloned();
        let texts: Vec<String> = records.iter().filter_map(asked).map(|(_, text)| text).collect();
        if texts.is_empty() {
            continue;
        }
        let rows: Vec<Row> = Sql::new("select t.code, t.name, t.id from ")
            .sql(view.of(layer).relation(AsOf::NOW))
            .text(" where t.code = any(")
            .bind(Bind::Texts(texts.clone()))
            .text(") or t.name = any(")
            .bind(Bind::Texts(texts))
            .text(")")
            .load(conn)
            .await?;
        let mut ids: HashMap<String, Vec<i64>> = HashMap::new();
        for row in &rows {
            let id = row.cells[2].as_integer().unwrap_or_default();
            for text in row.cells[..2].iter().filter_map(|cell| cell.as_text()) {
                ids.entry(text.to_owned()).or_default().push(id);
            }
        }
        for record in records.iter_mut() {
            let Some((_, text)) = asked(record) else { continue };
            match ids.get(&text).map(Vec::as_slice) {
                Some([id]) => {
                    record.values.insert(field.name.into(), json!(id));
                }
                found => {
                    let several = found.is_some();
                    let (vi, en) =
                        if several { ("nhiều", "Several records are") } else { ("không có", "No record is") };
                    let note = Note::error(
                        "reference.unknown",
                        format!("“{}”: {vi} bản ghi mang mã hoặc tên “{text}”.", field.label.vi),
                        format!("“{}”: {en} called “{text}”.", field.label.en),
                    );
                    reading.note_record(workbook, record, Some(field.name), note);
                    record.broken.push(field.name);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hamlets_are_compared_without_their_kind_and_zeros() {
        assert_eq!(bare_hamlet("Thôn 03"), bare_hamlet("thôn 3"));
        assert_ne!(bare_hamlet("Thôn Đông"), bare_hamlet("Thôn Dòng"));
    }
}
