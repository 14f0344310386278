//! Coordinate reference systems: those that are understood, how clients declare them, and their coordinates in WGS 84.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proj4rs::proj::Proj;
use proj4rs::transform::transform;
use regex::Regex;
use serde_json::{Value, json};

/// A system whose coordinates can be turned into WGS 84. In a position, longitude or east comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crs(i32);

impl Crs {
    pub const WGS84: Crs = Crs(4326);
    /// VN-2000 in degrees. Its degrees lie about 220 m from the same ones in WGS 84.
    pub const VN2000: Crs = Crs(4756);
    pub const WEB_MERCATOR: Crs = Crs(3857);

    pub fn of_epsg(code: i32) -> Option<Crs> {
        let code = match code {
            900_913 | 102_100 | 102_113 | 3785 => 3857,
            // WGS 84 with heights.
            4979 => 4326,
            code => code,
        };
        PROJECTIONS.contains_key(&code).then_some(Crs(code))
    }

    /// The 3 degree zone of VN-2000 with this central meridian.
    pub fn of_meridian(degrees: f64) -> Option<Crs> {
        ZONES.iter().find(|(meridian, _)| (meridian - degrees).abs() < 0.01).map(|(_, epsg)| Crs(*epsg))
    }

    pub fn epsg(self) -> i32 {
        self.0
    }

    pub fn name(self) -> String {
        format!("EPSG:{}", self.0)
    }

    pub fn is_degrees(self) -> bool {
        self == Crs::WGS84 || self == Crs::VN2000
    }

    /// Whether its coordinates are east and north of a zone of Vietnam, in metres.
    pub fn is_grid(self) -> bool {
        !self.is_degrees() && self != Crs::WEB_MERCATOR
    }

    /// Reads a declaration: `EPSG:5897`, `urn:ogc:def:crs:EPSG::5897`, the address of a system with or without angle
    /// brackets, a bare code, CRS84, `VN-2000 105°45'`, `UTM 48N`. `None` if it is not understood.
    pub fn read(text: &str) -> Option<Crs> {
        static CODE: LazyLock<Regex> = LazyLock::new(|| {
            let start = r"urn:(?:x-)?ogc:def:crs:epsg:(?:[\d.]*:)?|https?://www\.opengis\.net/def/crs/epsg/[\d.]+/|https?://www\.opengis\.net/gml/srs/epsg\.xml#|https?://epsg\.io/|epsg\s*:+\s*|epsg\s+";
            Regex::new(&format!(r"^(?:{start})?(\d{{4,6}})$")).expect("the pattern is valid")
        });
        let text = text.trim().trim_start_matches('<').trim_end_matches('>').trim().to_lowercase();
        if let Some(found) = CODE.captures(&text) {
            return Crs::of_epsg(found[1].parse().ok()?);
        }
        static CRS84: LazyLock<Regex> = LazyLock::new(|| {
            let start = r"urn:(?:x-)?ogc:def:crs:ogc:[\d.]*:|https?://www\.opengis\.net/def/crs/ogc/[\d.]+/|ogc:";
            Regex::new(&format!("^(?:{start})?crs:?84h?$")).expect("the pattern is valid")
        });
        let is_crs84 = CRS84.is_match(&text);
        if is_crs84 { Some(Crs::WGS84) } else { Crs::named(&text, true) }
    }

    /// The system that a header or title names: "X (VN-2000, KTT 105°45')", "UTM 48N". `whole` says that the text
    /// consists of nothing else.
    pub fn named(text: &str, whole: bool) -> Option<Crs> {
        static NAME: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(
                r"(?x)
                (?P<datum> vn[\s_-]?2000 | (?:wgs|wgs[\s_-]?19) [\s_-]?84 )?
                (?P<between> [\s/,;:()_-]* )
                (?: utm [\s_-]* (?:zone|múi)? [\s_-]* (?P<utm> 48|49) \s* n? \b
                  | (?: tm [\s_-]? 3 | ktt | kinh\ tuyến\ trục | zone | múi \s? 3° | [\s/,;:()_-] )*
                    (?P<degrees> 10[2-8]) (?: (?: \s*(?:°|º|độ)\s* | - ) (?P<minutes>\d{2}) ['′’]? | [.,] (?P<decimals>\d{1,2}) | °|º )?
                    (?: \D | $ )
                )?",
            )
            .expect("the pattern is valid")
        });
        let text = text.to_lowercase();
        let found = NAME.captures_iter(&text).find(|found| found.name("datum").or(found.name("utm")).is_some())?;
        if whole && found[0].trim().len() != text.trim().len() {
            return None;
        }
        let is_vn2000 = found.name("datum").is_some_and(|datum| datum.as_str().starts_with("vn"));
        if let Some(zone) = found.name("utm") {
            let north = i32::from(zone.as_str() == "49");
            return Some(Crs(if is_vn2000 { 3405 + north } else { 32648 + north }));
        }
        let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<f64>().ok());
        match number("degrees") {
            _ if !is_vn2000 => Some(Crs::WGS84),
            None => Some(Crs::VN2000),
            Some(degrees) => {
                let decimals = found.name("decimals").and_then(|part| format!("0.{}", part.as_str()).parse().ok());
                Crs::of_meridian(degrees + number("minutes").unwrap_or(0.0) / 60.0 + decimals.unwrap_or(0.0))
            }
        }
    }

    /// Reads the `crs` member of GeoJSON 2008, which GDAL and PostGIS still write. Null declares nothing.
    ///
    /// # Errors
    /// The declaration as it was given, if it is not understood.
    pub fn of_member(member: &Value) -> Result<Option<Crs>, String> {
        let properties = &member["properties"];
        let declared = match member {
            Value::Null => return Ok(None),
            // JSON-FG puts short names in square brackets.
            Value::String(text) => text.trim_matches(['[', ']']).to_owned(),
            _ => match (&properties["name"], &properties["code"]) {
                (Value::String(name), _) => name.clone(),
                (_, Value::String(code)) => code.clone(),
                (_, Value::Number(code)) => code.to_string(),
                _ => member.to_string(),
            },
        };
        Crs::read(&declared).map(Some).ok_or(declared)
    }

    /// A position in WGS 84: longitude, latitude. `None` for one that the projection does not reach.
    pub fn to_wgs84(self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        if self == Crs::WGS84 {
            return Some([x, y]);
        }
        let (x, y) = if self.is_degrees() { (x.to_radians(), y.to_radians()) } else { (x, y) };
        let mut point = (x, y, 0.0);
        transform(&PROJECTIONS[&self.0], &PROJECTIONS[&4326], &mut point).ok()?;
        let [longitude, latitude] = [point.0.to_degrees(), point.1.to_degrees()];
        (longitude.is_finite() && latitude.is_finite()).then_some([longitude, latitude])
    }

    /// The position of a longitude and latitude in WGS 84. `None` for one that the projection does not reach.
    pub fn of_wgs84(self, [longitude, latitude]: [f64; 2]) -> Option<[f64; 2]> {
        if self == Crs::WGS84 {
            return Some([longitude, latitude]);
        }
        let mut point = (longitude.to_radians(), latitude.to_radians(), 0.0);
        transform(&PROJECTIONS[&4326], &PROJECTIONS[&self.0], &mut point).ok()?;
        let (x, y) = if self.is_degrees() { (point.0.to_degrees(), point.1.to_degrees()) } else { (point.0, point.1) };
        (x.is_finite() && y.is_finite()).then_some([x, y])
    }

    /// A GeoJSON geometry in WGS 84, without altitudes. `None` if a position is no pair of numbers, or beyond reach.
    pub fn geometry_to_wgs84(self, geometry: &Value) -> Option<Value> {
        let mut geometry = geometry.clone();
        let mut all_read = true;
        each_position(&mut geometry, &mut |position| {
            let read = || self.to_wgs84([position[0].as_f64()?, position[1].as_f64()?]);
            match read() {
                Some(degrees) => *position = json!(degrees),
                None => all_read = false,
            }
        });
        all_read.then_some(geometry)
    }
}

/// Visits each position of a GeoJSON geometry: an array of numbers.
pub fn each_position(geometry: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    fn walk(coordinates: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
        let Value::Array(parts) = coordinates else { return };
        if parts.first().is_some_and(Value::is_number) {
            visit(coordinates);
        } else {
            parts.iter_mut().for_each(|part| walk(part, visit));
        }
    }
    if let Some(coordinates) = geometry.get_mut("coordinates") {
        walk(coordinates, visit);
    }
}

/// Whether a GeoJSON geometry has altitudes, or measures along a line.
pub fn has_altitude(geometry: &Value) -> bool {
    fn walk(coordinates: &Value) -> bool {
        match coordinates.as_array() {
            Some(parts) if parts.first().is_some_and(Value::is_number) => parts.len() > 2,
            Some(parts) => parts.iter().any(walk),
            None => false,
        }
    }
    walk(&geometry["coordinates"])
}

/// VN-2000 / TM-3 by central meridian (Circular 25/2014/TT-BTNMT), with EPSG codes.
static ZONES: &[(f64, i32)] = &[
    (102.0, 5896),
    (103.0, 9205),
    (104.0, 9206),
    (104.5, 9207),
    (104.75, 9208),
    (105.0, 5897),
    (105.5, 9209),
    (105.75, 9210),
    (106.0, 9211),
    (106.25, 9212),
    (106.5, 9213),
    (107.0, 9214),
    (107.25, 9215),
    (107.5, 9216),
    (107.75, 5899),
    (108.0, 5898),
    (108.25, 9217),
    (108.5, 9218),
];

/// The shift from VN-2000 to WGS 84 (EPSG:6960) in the sign convention of `+towgs84`. Without it a place lies about
/// 220 m off; PostGIS takes it or not, as its PROJ was built.
const SHIFT: &str = "+towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278";

static PROJECTIONS: LazyLock<BTreeMap<i32, Proj>> = LazyLock::new(|| {
    let grid = |meridian: f64, scale: &str, datum: &str| {
        format!("+proj=etmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 +ellps=WGS84 {datum} +units=m")
    };
    let wgs84 = "+towgs84=0,0,0";
    let mut definitions: Vec<(i32, String)> =
        ZONES.iter().map(|(meridian, epsg)| (*epsg, grid(*meridian, "0.9999", SHIFT))).collect();
    definitions.extend([
        (4326, "+proj=longlat +datum=WGS84".to_owned()),
        (4756, format!("+proj=longlat +ellps=WGS84 {SHIFT}")),
        (3857, "+proj=merc +a=6378137 +b=6378137 +lon_0=0 +k=1 +x_0=0 +y_0=0 +nadgrids=@null +units=m".to_owned()),
        (3405, grid(105.0, "0.9996", SHIFT)),
        (3406, grid(111.0, "0.9996", SHIFT)),
        (32648, grid(105.0, "0.9996", wgs84)),
        (32649, grid(111.0, "0.9996", wgs84)),
    ]);
    let projection = |(epsg, text): (i32, String)| (epsg, Proj::from_proj_string(&text).expect("a valid definition"));
    definitions.into_iter().map(projection).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_in_every_spelling() {
        for (text, epsg) in [
            ("EPSG:4756", 4756),
            ("epsg:5897", 5897),
            ("urn:ogc:def:crs:EPSG::5897", 5897),
            ("urn:ogc:def:crs:EPSG:9.9.1:32648", 32648),
            ("<http://www.opengis.net/def/crs/EPSG/0/4756>", 4756),
            ("https://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
            ("4326", 4326),
            ("EPSG:900913", 3857),
            ("VN-2000 105", 5897),
            ("VN2000 / TM-3 105-45", 9210),
            ("VN-2000 KTT 104°45'", 9208),
            ("VN-2000, kinh tuyến trục 107.75", 5899),
            ("VN-2000 / UTM zone 48N", 3405),
            ("UTM 49N", 32649),
            ("WGS 84 / UTM zone 48N", 32648),
            ("VN-2000", 4756),
            ("WGS84", 4326),
        ] {
            assert_eq!(Crs::read(text).map(Crs::epsg), Some(epsg), "{text}");
        }
        for text in ["EPSG:4267", "EPSG:4326+5773", "HN-72", "5897 or so", "", "urn:ogc:def:crs:EPSG::", "VN-2000 99"] {
            assert_eq!(Crs::read(text), None, "{text}");
        }
    }

    #[test]
    fn members_are_read_or_given_back() {
        let read = |member| Crs::of_member(&member).map(|crs| crs.map(Crs::epsg));
        assert_eq!(read(json!(null)), Ok(None));
        assert_eq!(read(json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4756"}})), Ok(Some(4756)));
        assert_eq!(read(json!({"type": "EPSG", "properties": {"code": 5897}})), Ok(Some(5897)));
        assert_eq!(read(json!({"type": "name", "properties": {"name": "EPSG:27700"}})), Err("EPSG:27700".into()));
        assert!(read(json!({"type": "link", "properties": {"href": "http://example.org/crs"}})).is_err());
    }

    #[test]
    fn headers_name_systems_beside_other_words() {
        let named = |text| Crs::named(text, false).map(Crs::epsg);
        assert_eq!(named("Tọa độ X (VN-2000, KTT 105°45')"), Some(9210));
        assert_eq!(named("Kinh độ (VN-2000)"), Some(4756));
        assert_eq!(named("Kinh độ WGS84"), Some(4326));
        assert_eq!(named("X (UTM 48N)"), Some(32648));
        assert_eq!(named("Kinh độ"), None);
        assert_eq!(named("Số hộ 105"), None);
    }

    /// The values are those of PROJ 9.1 with the parameters of EPSG:6960.
    #[test]
    fn degrees_of_vn2000_lie_where_proj_puts_them() {
        let [longitude, latitude] = Crs::VN2000.to_wgs84([105.731_131_9, 19.817_989_7]).unwrap();
        assert!((longitude - 105.733).abs() < 1e-6 && (latitude - 19.817).abs() < 1e-6, "{longitude} {latitude}");
    }

    #[test]
    fn altitudes_are_found_and_left_behind() {
        let line = json!({"type": "LineString", "coordinates": [[105.7, 19.8, 3.0], [105.8, 19.8, 4.0]]});
        assert!(has_altitude(&line));
        let flat = Crs::WGS84.geometry_to_wgs84(&line).unwrap();
        assert_eq!(flat["coordinates"], json!([[105.7, 19.8], [105.8, 19.8]]));
        assert!(!has_altitude(&flat));
        assert_eq!(Crs::WGS84.geometry_to_wgs84(&json!({"type": "Point", "coordinates": [105.7]})), None);
    }
}
