//! Reads WKB and EWKB in hexadecimal, as PostGIS writes a geometry into a text file. Own code, since `geozero` allocates
//! as much memory as the counts in the bytes say.

use serde_json::{Value, json};

const SRID: u32 = 0x2000_0000;
const M: u32 = 0x4000_0000;
const Z: u32 = 0x8000_0000;

/// The geometry as GeoJSON, with altitudes if it has them, and its SRID. `None` if the text is cut off or longer than
/// its geometry, or is a collection.
pub fn read(hex: &str) -> Option<(Value, Option<i32>)> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes = hex.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
    let mut reader = Reader { rest: &bytes, is_little: true, dimensions: 2, is_part: false, srid: None };
    let (name, coordinates) = reader.geometry()?;
    reader.rest.is_empty().then(|| (json!({"type": name, "coordinates": coordinates}), reader.srid))
}

struct Reader<'a> {
    rest: &'a [u8],
    is_little: bool,
    /// Numbers in a position.
    dimensions: usize,
    /// Inside a multi geometry, so that none nests without end.
    is_part: bool,
    srid: Option<i32>,
}

impl Reader<'_> {
    fn geometry(&mut self) -> Option<(&'static str, Value)> {
        self.is_little = self.take::<1>()?[0] == 1;
        let kind = self.count()?;
        let iso = (kind & 0xffff) / 1000;
        self.dimensions =
            2 + usize::from(kind & Z != 0 || iso == 1 || iso == 3) + usize::from(kind & M != 0 || iso >= 2);
        if kind & SRID != 0 {
            self.srid = Some(i32::try_from(self.count()?).unwrap_or(-1));
        }
        Some(match (kind & 0xffff) % 1000 {
            1 => ("Point", self.position()?),
            2 => ("LineString", self.list(Reader::position)?),
            3 => ("Polygon", self.list(Reader::ring)?),
            4..=6 if self.is_part => return None,
            4 => ("MultiPoint", self.list(|reader| reader.part("Point"))?),
            5 => ("MultiLineString", self.list(|reader| reader.part("LineString"))?),
            6 => ("MultiPolygon", self.list(|reader| reader.part("Polygon"))?),
            _ => return None,
        })
    }

    /// A part of a multi geometry, which has a header of its own.
    fn part(&mut self, name: &str) -> Option<Value> {
        self.is_part = true;
        self.geometry().filter(|(given, _)| *given == name).map(|(_, coordinates)| coordinates)
    }

    fn ring(&mut self) -> Option<Value> {
        self.list(Reader::position)
    }

    fn position(&mut self) -> Option<Value> {
        let mut numbers = Vec::with_capacity(self.dimensions);
        for _ in 0..self.dimensions {
            let bytes = self.take::<8>()?;
            numbers.push(if self.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) });
        }
        numbers[..2].iter().all(|number| number.is_finite()).then(|| json!(numbers))
    }

    fn list(&mut self, read: impl Fn(&mut Self) -> Option<Value>) -> Option<Value> {
        (0..self.count()?).map(|_| read(self)).collect::<Option<Vec<Value>>>().map(Value::Array)
    }

    fn count(&mut self) -> Option<u32> {
        let bytes = self.take::<4>()?;
        Some(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As PostGIS writes them: `st_asewkb` and `st_asbinary` of a point, with SRID, altitude and the other byte order.
    #[test]
    fn points_of_postgis_are_read() {
        let x = "000000000000F03F";
        let y = "0000000000000040";
        let z = "0000000000000840";
        let of = |numbers: Value| json!({"type": "Point", "coordinates": numbers});
        assert_eq!(read(&format!("0101000000{x}{y}")), Some((of(json!([1.0, 2.0])), None)));
        assert_eq!(read(&format!("0101000020E6100000{x}{y}")), Some((of(json!([1.0, 2.0])), Some(4326))));
        assert_eq!(read(&format!("01010000A0E6100000{x}{y}{z}")), Some((of(json!([1.0, 2.0, 3.0])), Some(4326))));
        assert_eq!(read(&format!("01E9030000{x}{y}{z}")), Some((of(json!([1.0, 2.0, 3.0])), None)));
        let big = "00000000013FF00000000000004000000000000000";
        assert_eq!(read(big), Some((of(json!([1.0, 2.0])), None)));
    }

    #[test]
    fn cut_off_and_boastful_geometries_are_refused() {
        for hex in ["0101000000000000000000F03F", "0102000000FFFFFFFF", "010700000000000000", "0101000000zz"] {
            assert_eq!(read(hex), None, "{hex}");
        }
        // Parts within parts, without end.
        assert_eq!(read(&"010400000001000000".repeat(50_000)), None);
    }
}
