//! Vector tiles (Mapbox Vector Tiles 2.1), made by PostGIS.
//!
//! Records that would overlap on a map become one feature, which has `point_count` and sums, but no id. So the counts in
//! all tiles of a zoom level add up to the records that have a place, however many there are: a point, or a shape of some
//! pixels, counts in the one tile in which its middle lies. A larger shape is in every tile that it meets, with its id.

use std::collections::HashMap;
use std::sync::LazyLock;

use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{Binary, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::conditions::AsOf;
use crate::layers::{ALL, Field, Layer, Type};
use crate::postgres::places::envelope;
use crate::postgres::sql::{Bind, Sql};
use crate::register::items::{Question, condition};

/// The deepest zoom level. There a unit of the grid (see `tiles.sql`) is a unit of a tile.
pub const MAX_ZOOM: u8 = 18;

/// How many records a feature stands for, if it is more than one.
pub const COUNT: &str = "point_count";

/// How far beyond its edges a tile holds shapes, in units of the tile (4096 are its width), so that no outline is drawn
/// along them.
const MARGIN: f64 = 64.0;

/// A tile of the square Web Mercator grid: column `x` from the west, row `y` from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    pub z: u8,
    pub x: u32,
    pub y: u32,
}

impl Tile {
    /// West, south, east and north in degrees, with a margin in units of the tile. The first and the last row reach the
    /// poles.
    pub fn bounds(self, margin: f64) -> [f64; 4] {
        let tiles = f64::from(1_u32 << self.z);
        let margin = margin / 4096.0;
        let lon = |x: f64| (x / tiles * 360.0 - 180.0).clamp(-180.0, 180.0);
        let lat = |y: f64| (std::f64::consts::PI * (1.0 - 2.0 * y / tiles)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let north = if self.y == 0 { 90.0 } else { lat(y - margin) };
        let south = if self.y + 1 == 1 << self.z { -90.0 } else { lat(y + 1.0 + margin) };
        [lon(x - margin), south, lon(x + 1.0 + margin), north]
    }

    /// Whether a place of the grid lies in this tile.
    pub fn holds(self, [x, y]: [u32; 2]) -> bool {
        let width = GRID - u32::from(self.z);
        x >> width == self.x && y >> width == self.y
    }
}

/// The grid of tiles has 2^30 units each way, as `tiles.sql` says.
pub const GRID: u32 = 30;

/// Where a place lies in the grid of tiles: what `tile_grid_x` and `tile_grid_y` compute.
pub fn grid(lon: f64, lat: f64) -> [u32; 2] {
    let units = f64::from(1_u32 << GRID);
    let lat = lat.clamp(-85.06, 85.06).to_radians();
    let north = 0.5 - (std::f64::consts::FRAC_PI_4 + lat / 2.0).tan().ln() / std::f64::consts::TAU;
    [(lon + 180.0) / 360.0, north].map(|share| (share * units).floor().clamp(0.0, units - 1.0) as u32)
}

#[derive(QueryableByName)]
struct Encoded {
    #[diesel(sql_type = Nullable<Binary>)]
    tile: Option<Vec<u8>>,
}

/// One layer of a tile: the rows that a question asks for and the view shows, with these fields. Empty without rows.
pub async fn layer(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    question: &Question,
    tile: Tile,
    fields: &[&'static Field],
) -> QueryResult<Vec<u8>> {
    let sql = statement(view, question, tile, fields);
    let encoded: Encoded = if question.is_of_own_shape { sql.uncached() } else { sql }.get_result(conn).await?;
    Ok(encoded.tile.unwrap_or_default())
}

/// What a feature that stands for several records tells of them: the sums of the layer, and the first of them (or the
/// number of records) by each value of the legend. Each has a name, as `eye_count` and `eye_count.commune_police`.
pub fn sums(layer: &'static Layer, fields: &[&'static Field]) -> Vec<Sum> {
    let shown = |name: &str| fields.iter().copied().find(|field| field.name == name);
    let summed: Vec<_> = layer.summed.iter().filter_map(|name| shown(name)).collect();
    let first = summed[..].first().copied();
    let whole = summed.iter().map(|field| Sum { name: field.name, field: Some(*field), of: None });
    let legend = layer.legend.and_then(shown);
    let parts = legend.into_iter().flat_map(|legend| {
        let values = legend.value.choices().iter().map(|choice| choice.value).chain([UNKNOWN]);
        values.map(move |value| {
            let name = part_name(layer, first.map_or(COUNT, |field| field.name), value);
            Sum { name, field: first, of: Some((legend, value)) }
        })
    });
    whole.chain(parts).collect()
}

/// The legend's value of records that have none.
pub const UNKNOWN: &str = "unknown";

pub struct Sum {
    pub name: &'static str,
    /// What is added up; `None` for the number of records.
    pub field: Option<&'static Field>,
    /// Of the records with this value.
    pub of: Option<(&'static Field, &'static str)>,
}

/// Names of columns live as long as the program.
fn part_name(layer: &Layer, summed: &'static str, value: &'static str) -> &'static str {
    type Key = (&'static str, &'static str, &'static str);
    static NAMES: LazyLock<HashMap<Key, String>> = LazyLock::new(|| {
        let mut names = HashMap::new();
        for layer in ALL {
            let legend = layer.legend.and_then(|name| layer.field(name));
            for value in
                legend.into_iter().flat_map(|legend| legend.value.choices()).map(|it| it.value).chain([UNKNOWN])
            {
                for summed in layer.summed.iter().copied().chain([COUNT]) {
                    names.insert((layer.collection, summed, value), format!("{summed}.{value}"));
                }
            }
        }
        names
    });
    &NAMES[&(layer.collection, summed, value)]
}

fn statement(view: &View<'_>, question: &Question, tile: Tile, fields: &[&'static Field]) -> Sql {
    let layer = view.layer;
    let is_of_points = layer.geometry == ["Point"];
    let sums = sums(layer, fields);
    let width = || Sql::default().bind(Bind::Integer(30 - i64::from(tile.z))).text("::int");
    let scale = || Sql::default().bind(Bind::Integer(18 - i64::from(tile.z))).text("::int");
    let is_here = |name: &'static str, number: u32| {
        Sql::new(name).text(" >> ").sql(width()).text(" = ").bind(Bind::Integer(number.into()))
    };

    // The boxes of shapes are those of the index, which has them at hand.
    let (west, east, south, north) = match is_of_points {
        true => ("st_x(t.geom)", "st_x(t.geom)", "st_y(t.geom)", "st_y(t.geom)"),
        false => {
            ("st_xmin(box2d(t.geom))", "st_xmax(box2d(t.geom))", "st_ymin(box2d(t.geom))", "st_ymax(box2d(t.geom))")
        }
    };
    let mut sql = Sql::new("with shown as (select t.id, tile_grid_x(").text(west).text(") as west, tile_grid_x(");
    sql = sql.text(east).text(") as east, tile_grid_y(").text(north).text(") as north, tile_grid_y(").text(south);
    sql = sql.text(") as south");
    for field in added(layer, fields) {
        sql = sql.text(", t.").name(field.name);
    }
    sql = sql
        .text(" from ")
        .sql(view.relation_among(question.days.versions(), question.among.as_ref()))
        .text(" where t.geom && ")
        .sql(envelope(tile.bounds(if is_of_points { 0.01 } else { MARGIN })))
        .text(" and ")
        .sql(condition(view, question));
    // A shape is small up to four pixels, 32 units.
    sql = sql
        .text("), placed as (select *, (west + east) / 2 as x, (north + south) / 2 as y, greatest(east - west, south - north) >> ")
        .sql(scale())
        .text(" >= 32 as is_large from shown), cells as (select min(id) as id, count(*) as count, bool_or(is_large) as is_large, ")
        .text("(sum(x) / count(*))::int as x, (sum(y) / count(*))::int as y");
    for sum in &sums {
        sql = sql.text(", ").sql(sum.sql()).text(" as ").name(sum.name);
    }
    sql = sql.text(" from placed where is_large or ").sql(is_here("x", tile.x)).text(" and ").sql(is_here("y", tile.y));
    // 64 cells each way: 8 pixels.
    let cell = || Sql::default().bind(Bind::Integer(24 - i64::from(tile.z))).text("::int");
    sql = sql.text(" group by case when is_large then id end, x >> ").sql(cell()).text(", y >> ").sql(cell());
    sql = sql.text(") select st_asmvt(m, ").bind(Bind::Text(layer.collection.into()));
    sql = sql.text(", 4096, 'geom', 'id') as tile from (select ").sql(geometry(layer, tile));
    sql = sql.text(" as geom, case when c.count = 1 then c.id end as id, nullif(c.count, 1) as ").name(COUNT);
    for sum in &sums {
        let is_own = fields.iter().any(|field| field.name == sum.name);
        sql = sql.text(if is_own { ", c." } else { ", case when c.count > 1 then c." }).name(sum.name);
        sql = sql.text(if is_own { "" } else { " end" }).text(" as ").name(sum.name);
    }
    for field in fields.iter().filter(|field| !sums.iter().any(|sum| sum.name == field.name)) {
        sql = sql.text(", ").sql(value(field)).text(" as ").name(field.name);
    }
    let single = Sql::new("array(select c.id from cells c where c.count = 1)");
    let among = (question.days.versions() != AsOf::NOW).then_some(&single);
    sql = sql.text(" from cells c left join (select t.* from ");
    sql = sql.sql(view.relation_among(question.days.versions(), among)).text(" where t.id = any(").sql(single.clone());
    sql.text(")) t on t.id = c.id and c.count = 1 order by c.id) m where m.geom is not null")
}

/// What the sums need of each record.
fn added(layer: &Layer, fields: &[&'static Field]) -> Vec<&'static Field> {
    let needed = |field: &&Field| layer.summed.contains(&field.name) || layer.legend == Some(field.name);
    fields.iter().copied().filter(needed).collect()
}

impl Sum {
    fn sql(&self) -> Sql {
        let mut sql = match self.field {
            Some(field) => Sql::new("sum(").name(field.name).text(")"),
            None => Sql::new("nullif(count(*)"),
        };
        if let Some((legend, value)) = self.of {
            let own = Sql::new(" filter (where coalesce(").name(legend.name).text(", '").text(UNKNOWN).text("') = ");
            sql = sql.sql(own).bind(Bind::Text(value.into())).text(")");
        }
        if self.field.is_none() { sql.text(", 0)") } else { sql }
    }
}

/// The geometry of a cell `c`, whose only record is `t`, in units of the tile.
fn geometry(layer: &Layer, tile: Tile) -> Sql {
    let local = |at: &'static str, number: u32| {
        let begin = i64::from(number) << (30 - tile.z);
        Sql::new("(")
            .text(at)
            .text(" - ")
            .bind(Bind::Integer(begin))
            .text("::int >> ")
            .bind(Bind::Integer(18 - i64::from(tile.z)))
            .text("::int)")
    };
    let mark = |dimension: &'static str, x: &'static str, y: &'static str| {
        let mark = Sql::new("tile_mark(").text(dimension).text(", ").sql(local(x, tile.x));
        mark.text(", ").sql(local(y, tile.y)).text(")")
    };
    let has = |kind: &str| layer.geometry.iter().any(|geometry| geometry.ends_with(kind));
    if layer.geometry == ["Point"] {
        return mark("0", "c.x", "c.y");
    }
    let dimension = if has("Point") {
        "0"
    } else if has("LineString") {
        "1"
    } else {
        "2"
    };
    let tile_number = |number: u32| Sql::new(", ").bind(Bind::Integer(number.into())).text("::int");
    let around = tile.bounds(2.0 * MARGIN);
    let around = [around[0], around[1].max(-85.06), around[2], around[3].min(85.06)];
    // Two units of the tile, a quarter of a pixel.
    let tolerance = 360.0 / 2048.0 / f64::from(1_u32 << tile.z);
    let shape = Sql::new("st_asmvtgeom(st_transform(st_simplify(st_clipbybox2d(t.geom, ")
        .sql(envelope(around))
        .text("), ")
        .bind(Bind::Double(tolerance))
        .text(", true), 3857), st_tileenvelope(")
        .bind(Bind::Integer(tile.z.into()))
        .text("::int")
        .sql(tile_number(tile.x))
        .sql(tile_number(tile.y))
        .text("), 4096, 64, true)");
    // Of what is too thin to be drawn here, a pixel is left where it meets the tile.
    let thin = Sql::new("(select tile_mark(st_dimension(t.geom), ")
        .sql(local("tile_grid_x((st_xmin(part) + st_xmax(part)) / 2)", tile.x))
        .text(", ")
        .sql(local("tile_grid_y((st_ymin(part) + st_ymax(part)) / 2)", tile.y))
        .text(") from st_clipbybox2d(t.geom, ")
        .sql(envelope(tile.bounds(0.0)))
        .text(") part where not st_isempty(part))");
    Sql::new("case when c.count > 1 then ")
        .sql(mark(dimension, "c.x", "c.y"))
        .text(" when st_dimension(t.geom) = 0 then ")
        .sql(mark("0", "c.x", "c.y"))
        .text(" else coalesce(")
        .sql(shape)
        .text(", case when c.is_large then ")
        .sql(thin)
        .text(" else ")
        .sql(mark("st_dimension(t.geom)", "c.x", "c.y"))
        .text(" end) end")
}

/// A field as a tile can hold it: a text, a number or a truth value.
fn value(field: &Field) -> Sql {
    let column = || Sql::new("t.").name(field.name);
    match field.value {
        Type::SomeOf(_) => Sql::new("array_to_string(").sql(column()).text(", ',')"),
        Type::Date => column().text("::text"),
        Type::Timestamp => {
            Sql::new("to_char(").sql(column()).text(" at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
        }
        _ => column(),
    }
}
