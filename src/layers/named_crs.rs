//! The systems of coordinates in which places are asked for and answered (OGC API Features, part 2), with the order of
//! their axes.

use std::sync::LazyLock;

use crate::layers::Crs;

/// A system as its authority defines it: EPSG's degrees have the latitude first, CRS84 has the longitude first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCrs {
    crs: Crs,
    uri: String,
    is_latitude_first: bool,
}

/// EPSG codes, in the order in which collections list them: WGS 84, Web Mercator, VN-2000.
const CODES: [i32; 23] = [
    4326, 3857, 4756, 3405, 3406, 5896, 5897, 5898, 5899, 9205, 9206, 9207, 9208, 9209, 9210, 9211, 9212, 9213, 9214,
    9215, 9216, 9217, 9218,
];

static ALL: LazyLock<Vec<NamedCrs>> = LazyLock::new(|| {
    let crs84 = NamedCrs {
        crs: Crs::WGS84,
        uri: "http://www.opengis.net/def/crs/OGC/1.3/CRS84".into(),
        is_latitude_first: false,
    };
    let of_epsg = CODES.into_iter().filter_map(|code| {
        let crs = Crs::of_epsg(code)?;
        let uri = format!("http://www.opengis.net/def/crs/EPSG/0/{code}");
        Some(NamedCrs { crs, uri, is_latitude_first: crs.is_degrees() })
    });
    [crs84].into_iter().chain(of_epsg).collect()
});

impl NamedCrs {
    /// Every system that can be asked for. CRS84, in which places are stored, comes first.
    pub fn all() -> &'static [NamedCrs] {
        &ALL
    }

    pub fn crs84() -> &'static NamedCrs {
        &ALL[0]
    }

    /// The system with this name: its address with http or https, its URN, or `EPSG:5897`, also in square brackets.
    pub fn of_name(name: &str) -> Option<&'static NamedCrs> {
        let name = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
        let lower = name.to_ascii_lowercase();
        let starts = [
            "http://www.opengis.net/def/crs/",
            "https://www.opengis.net/def/crs/",
            "urn:ogc:def:crs:",
            "epsg:",
            "ogc:",
        ];
        if !starts.iter().any(|start| lower.starts_with(start)) {
            return None;
        }
        let crs = Crs::read(&lower)?;
        let is_latitude_first = crs.is_degrees() && !lower.ends_with("crs84");
        ALL.iter().find(|known| known.crs == crs && known.is_latitude_first == is_latitude_first)
    }

    pub fn uri(&self) -> &str {
        &self.uri
    }

    pub fn crs(&self) -> Crs {
        self.crs
    }

    pub fn is_latitude_first(&self) -> bool {
        self.is_latitude_first
    }

    pub fn is_wgs84(&self) -> bool {
        self.crs == Crs::WGS84
    }

    /// The longitude and latitude in WGS 84 of a position in this system; `None` if it is nowhere on Earth.
    pub fn read(&self, [first, second]: [f64; 2]) -> Option<[f64; 2]> {
        let position = if self.is_latitude_first { [second, first] } else { [first, second] };
        let is_on_earth = |[lon, lat]: &[f64; 2]| (-180.0..=180.0).contains(lon) && (-90.0..=90.0).contains(lat);
        let is_possible = !self.crs.is_degrees() || is_on_earth(&position);
        is_possible.then(|| self.crs.to_wgs84(position)).flatten().filter(is_on_earth)
    }

    /// A longitude and latitude of WGS 84 in this system: degrees as they are, metres to the millimetre.
    pub fn write(&self, position: [f64; 2]) -> Option<[f64; 2]> {
        let [x, y] = self.crs.of_wgs84(position)?;
        let millimetres = |metres: f64| (metres * 1e3).round() / 1e3;
        Some(match (self.crs.is_degrees(), self.is_latitude_first) {
            (false, _) => [millimetres(x), millimetres(y)],
            (true, true) => [y, x],
            (true, false) => [x, y],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_named_as_the_standards_name_them() {
        assert_eq!(NamedCrs::all().len(), 24);
        for (name, uri) in [
            ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC/1.3/CRS84"),
            ("https://www.opengis.net/def/crs/EPSG/0/5897", "EPSG/0/5897"),
            ("urn:ogc:def:crs:EPSG::4326", "EPSG/0/4326"),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC/1.3/CRS84"),
            ("EPSG:9210", "EPSG/0/9210"),
            ("[EPSG:4756]", "EPSG/0/4756"),
            ("[OGC:CRS84]", "OGC/1.3/CRS84"),
        ] {
            let found = NamedCrs::of_name(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(found.uri(), format!("http://www.opengis.net/def/crs/{uri}"), "{name}");
        }
        for name in
            ["", "4326", "VN-2000 105", "EPSG:27700", "http://www.opengis.net/def/crs/EPSG/0/32648", "<EPSG:4326>"]
        {
            assert_eq!(NamedCrs::of_name(name), None, "{name}");
        }
    }

    /// The check points of the national survey, as the data's README gives them.
    #[test]
    fn check_points_of_vn2000_are_met_to_the_millimetre() {
        for (name, place, expected) in [
            ("EPSG:5897", [105.733, 19.817], [576_592.325, 2_192_163.6]),
            ("EPSG:9210", [106.5761, 22.492], [584_804.96, 2_488_375.347]),
        ] {
            let crs = NamedCrs::of_name(name).unwrap();
            let [east, north] = crs.write(place).unwrap();
            assert!(
                (east - expected[0]).abs() < 1.5e-3 && (north - expected[1]).abs() < 1.5e-3,
                "{name}: {east} {north}"
            );
            let [lon, lat] = crs.read(expected).unwrap();
            assert!((lon - place[0]).abs() < 1e-8 && (lat - place[1]).abs() < 1e-8, "{name}: {lon} {lat}");
        }
        assert_eq!(NamedCrs::of_name("EPSG:4326").unwrap().write([105.0, 20.0]), Some([20.0, 105.0]));
    }
}
