//! The possible contents of a column, and the header words that name them.

use crate::imports::interpret::fold::{fold, squeezed, without_brackets};
use crate::layers::{Choice, Field, Layer, Type};
use crate::texts::{Text, Value, text};

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    Field(&'static Field),
    /// One value of an enumeration; the cells are ticked.
    Tick(&'static Field, &'static Choice),
    /// The id given by the register.
    Id,
    Longitude,
    Latitude,
    /// A coordinate. Its size tells which one.
    Coordinate,
    /// Both coordinates in one cell.
    Position,
    /// A GeoJSON geometry.
    Geometry,
    /// The district, which tells communes of the same name apart.
    District,
    Province,
    /// The coordinate system of the row's place, or the central meridian of its zone.
    Crs,
    /// Recognised but not used: running numbers, and values that the register derives itself.
    Ignored,
}

impl Target {
    /// The name used in a mapping: `eye_count`, `technologies=4G`, `longitude`.
    pub fn name(&self) -> String {
        match self {
            Target::Field(field) => field.name.into(),
            Target::Tick(field, choice) => format!("{}={}", field.name, choice.value),
            Target::Id => "id".into(),
            Target::Longitude => "longitude".into(),
            Target::Latitude => "latitude".into(),
            Target::Coordinate => "coordinate".into(),
            Target::Position => "position".into(),
            Target::Geometry => "geometry".into(),
            Target::District => "district".into(),
            Target::Province => "province".into(),
            Target::Crs => "crs".into(),
            Target::Ignored => "ignore".into(),
        }
    }

    /// The name that people use.
    pub fn title(&self) -> Value {
        let text: Text = match self {
            Target::Field(field) => return field.label.into(),
            Target::Tick(field, choice) => text!("target.tick", field = field.label, choice = choice.label),
            Target::Id => text!("target.id"),
            Target::Longitude => text!("place.longitude"),
            Target::Latitude => text!("place.latitude"),
            Target::Coordinate | Target::Position | Target::Geometry => text!("place"),
            Target::District => text!("target.district"),
            Target::Province => text!("target.province"),
            Target::Crs => text!("target.crs"),
            Target::Ignored => text!("target.ignored"),
        };
        text.into()
    }

    /// The target of a layer with this name.
    pub fn of_name(layer: &'static Layer, name: &str) -> Option<Target> {
        let plain = PLAIN.iter().map(|(target, _)| *target).find(|target| target.name() == name);
        let field = |name: &str| layer.fields().find(|field| field.name == name && field.writable);
        plain.or_else(|| field(name).map(Target::Field)).or_else(|| {
            let (name, value) = name.split_once('=')?;
            let field = field(name)?;
            Some(Target::Tick(field, field.value.choices().iter().find(|choice| choice.value == value)?))
        })
    }

    /// Whether only one column may have this target.
    pub fn is_single(&self) -> bool {
        !matches!(self, Target::Ignored | Target::Coordinate)
    }

    /// Whether the column says something about a record.
    pub fn is_used(&self) -> bool {
        !matches!(self, Target::Ignored)
    }

    /// Whether the column places a record on the map.
    pub fn is_place(&self) -> bool {
        matches!(self, Target::Longitude | Target::Latitude | Target::Coordinate | Target::Position | Target::Geometry)
    }
}

static PLAIN: &[(Target, &[&str])] = &[
    (Target::Id, &["id"]),
    (Target::Longitude, &["longitude", "lon", "long", "lng", "kinh độ", "kinh", "kđ", "tọa độ kinh độ"]),
    (Target::Latitude, &["latitude", "lat", "vĩ độ", "vĩ", "vđ", "tọa độ vĩ độ"]),
    (
        Target::Coordinate,
        &[
            "x",
            "y",
            "tọa độ x",
            "tọa độ y",
            "coordinate",
            "x m",
            "y m",
            "tọa độ đông",
            "tọa độ bắc",
            "easting",
            "northing",
        ],
    ),
    (
        Target::Position,
        &[
            "position",
            "tọa độ",
            "vị trí tọa độ",
            "tọa độ gps",
            "gps",
            "kinh độ vĩ độ",
            "vĩ độ kinh độ",
            "tọa độ wgs84",
            "lat long",
            "lat lon",
            "kinh vĩ độ",
            "tọa độ lat long",
            "location lat long",
            "lat lng",
            "geo point 2d",
        ],
    ),
    (
        Target::Geometry,
        &["geometry", "geom", "wkt", "the_geom", "shape", "geojson", "wkb_geometry", "wkb", "ewkt", "geo_shape"],
    ),
    (
        Target::District,
        &[
            "district",
            "addr:district",
            "huyện",
            "quận",
            "quận huyện",
            "huyện thị xã",
            "huyện thị xã thành phố",
            "tên huyện",
        ],
    ),
    (
        Target::Crs,
        &[
            "crs",
            "srid",
            "epsg",
            "epsg code",
            "coordinate system",
            "datum",
            "hệ tọa độ",
            "hệ quy chiếu",
            "kinh tuyến trục",
            "ktt",
        ],
    ),
    (Target::Province, &["province", "addr:province", "tỉnh", "tỉnh thành", "tỉnh thành phố", "thành phố", "tên tỉnh"]),
    (Target::Ignored, &["ignore", "stt", "tt", "số tt", "số thứ tự", "no", "trạng thái nhập", "kết quả nhập"]),
];

/// Names that open data has for a field of ours that is not quite the same. A column that fits better is read instead.
static NEARLY: &[(&str, &str)] =
    &[("networkProviders", "operator"), ("man_made", "structure"), ("amenity", "type"), ("name:vi", "name")];

/// What OpenStreetMap writes before a word that also stands alone: `addr:street`, `communication:lte`.
static PREFIXES: &[&str] = &["addr:", "contact:", "communication:mobile_phone:", "communication:"];

/// The header words of a layer, folded once.
pub struct Vocabulary {
    entries: Vec<(String, Target)>,
    ticks: Vec<(String, Target)>,
    nearly: Vec<(String, Target)>,
}

/// How well a header matches: exact matches first, then the longest words.
pub type Score = u32;
pub const EXACT: Score = 1000;

impl Vocabulary {
    pub fn of(layer: &'static Layer) -> Vocabulary {
        let mut entries = Vec::new();
        let mut ticks = Vec::new();
        for field in layer.fields() {
            let target = if field.writable { Target::Field(field) } else { Target::Ignored };
            let names = [field.name, field.label.vi, field.label.en].into_iter().chain(field.aliases.iter().copied());
            entries.extend(names.map(|name| (fold(name), target)));
            if matches!(field.value, Type::SomeOf(_)) {
                let choices = field.value.choices().iter();
                for choice in choices {
                    let names = [choice.label.vi].into_iter().chain(choice.aliases.iter().copied());
                    ticks.extend(names.map(|name| (fold(name), Target::Tick(field, choice))));
                }
            }
        }
        for (target, names) in PLAIN {
            entries.extend(names.iter().map(|name| (fold(name), *target)));
        }
        let field = |name: &str| layer.fields().find(|field| field.name == name && field.writable);
        let nearly = NEARLY.iter().filter_map(|(word, name)| Some((squeezed(word), Target::Field(field(name)?))));
        Vocabulary { entries, ticks, nearly: nearly.collect() }
    }

    /// The target of a header. In a header of two rows, the upper one may name the field and the lower one a value to
    /// tick.
    pub fn target(&self, upper: &str, lower: &str) -> Option<(Score, Target)> {
        if !upper.is_empty() && !lower.is_empty() {
            let upper_target = self.single(upper).map(|(_, target)| target);
            if let Some(Target::Field(field)) = upper_target
                && let Some(choice) = field
                    .value
                    .choices()
                    .iter()
                    .find(|choice| fold(choice.label.vi) == fold(lower) || choice.value == lower)
            {
                return Some((EXACT, Target::Tick(field, choice)));
            }
            let both = format!("{upper} {lower}");
            return self.exact(&both).or_else(|| self.single(lower)).or_else(|| self.single(&both));
        }
        self.single(if lower.is_empty() { upper } else { lower })
    }

    /// Whether a folded text is exactly a header word of a column that is used.
    pub fn is_header(&self, folded: &str) -> bool {
        self.entries.iter().any(|(name, target)| name == folded && target.is_used())
    }

    fn single(&self, header: &str) -> Option<(Score, Target)> {
        let bare = without_brackets(header);
        let prefixed = || PREFIXES.iter().find_map(|prefix| self.exact(header.strip_prefix(prefix)?));
        let found = self.exact(header).or_else(|| self.exact(&bare)).or_else(prefixed);
        found.or_else(|| self.nearly(header)).or_else(|| self.partial(&fold(&bare)))
    }

    fn exact(&self, header: &str) -> Option<(Score, Target)> {
        let key = squeezed(header);
        let is_same = |name: &str| name.split(' ').flat_map(str::bytes).eq(key.bytes());
        let found = self.entries.iter().chain(&self.ticks).find(|(name, _)| is_same(name))?;
        Some((EXACT, found.1))
    }

    fn nearly(&self, header: &str) -> Option<(Score, Target)> {
        let key = squeezed(header);
        self.nearly.iter().find(|(name, _)| *name == key).map(|(_, target)| (1, *target))
    }

    /// A name that makes up most of the header: "Số mắt camera giám sát".
    fn partial(&self, folded: &str) -> Option<(Score, Target)> {
        let words = folded.split(' ').count();
        let padded = format!(" {folded} ");
        let fits = |name: &str| {
            let length = name.split(' ').count();
            name.len() > 2 && length * 2 >= words && padded.contains(&format!(" {name} "))
        };
        let found = self.entries.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len())?;
        Some((found.0.len() as Score, found.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{ALL, CAMERA, TOWER};

    fn name(layer: &'static Layer, upper: &str, lower: &str) -> Option<String> {
        Vocabulary::of(layer).target(upper, lower).map(|(_, target)| target.name())
    }

    #[test]
    fn headers_are_understood_in_any_spelling() {
        for (header, target) in [
            ("Số mắt camera", "eye_count"),
            ("so mat", "eye_count"),
            ("SỐ MẮT (mắt)", "eye_count"),
            ("Kinh độ (Longitude)", "longitude"),
            ("VĨ ĐỘ", "latitude"),
            ("Tọa độ X (VN-2000)", "coordinate"),
            ("Toạ độ", "position"),
            ("Xã/phường", "declared_commune_code"),
            ("Vị trí lắp đặt camera", "name"),
            ("STT", "ignore"),
            ("Ngày lắp đặt", "installed_on"),
            ("Tên camera giám sát", "name"),
        ] {
            assert_eq!(name(&CAMERA, header, "").as_deref(), Some(target), "{header}");
        }
        assert_eq!(name(&CAMERA, "Người lập biểu", ""), None);
    }

    #[test]
    fn lower_row_of_a_header_may_be_a_value_to_tick() {
        assert_eq!(name(&TOWER, "Công nghệ", "4G").as_deref(), Some("technologies=4G"));
        assert_eq!(name(&TOWER, "Tọa độ", "Vĩ độ").as_deref(), Some("latitude"));
        assert_eq!(name(&TOWER, "Tọa độ", "X").as_deref(), Some("coordinate"));
        assert_eq!(name(&TOWER, "5G", "").as_deref(), Some("technologies=5G"));
    }

    #[test]
    fn every_label_means_its_own_field_and_every_target_can_be_named() {
        for layer in ALL.iter().copied().filter(|layer| layer.is_writable()) {
            for field in layer.fields().filter(|field| field.writable) {
                for label in [field.name, field.label.vi, field.label.en] {
                    assert_eq!(name(layer, label, "").as_deref(), Some(field.name), "{} {label}", layer.collection);
                }
                assert_eq!(Target::of_name(layer, field.name).map(|target| target.name()).as_deref(), Some(field.name));
            }
        }
        assert_eq!(Target::of_name(&TOWER, "technologies=4G").unwrap().name(), "technologies=4G");
        assert_eq!(Target::of_name(&TOWER, "position").unwrap().name(), "position");
        assert!(Target::of_name(&TOWER, "version").is_none());
    }
}
