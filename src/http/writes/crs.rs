//! The coordinates of a write: in the system of its `Content-Crs`, stored in WGS 84.

use actix_web::http::header::HeaderMap;
use serde_json::Value;

use crate::error::Error;
use crate::http::feature::CONTENT_CRS;
use crate::layers::{Crs, Problem, crs};
use crate::texts::text;

/// The header's name in problems.
const HEADER: &str = "Content-Crs";

/// The body with all its geometries in WGS 84, longitude first. It is a feature, or has several as `features`.
///
/// # Errors
/// 400 for a header that is not understood; 422 for a `crs` member that says another system than the header, or than
/// WGS 84 without one (RFC 7946 knows no other).
pub fn into_wgs84(headers: &HeaderMap, mut body: Value) -> Result<Value, Error> {
    let header = of_header(headers)?;
    check_member(header, &body, "")?;
    if let Some(Value::Array(features)) = body.get_mut("features") {
        for (index, feature) in features.iter_mut().enumerate() {
            check_member(header, feature, &format!("/features/{index}"))?;
            turn(header, feature);
        }
    } else {
        turn(header, &mut body);
    }
    Ok(body)
}

/// The warning that a feature's altitudes were left out.
pub fn altitude(feature: &Value) -> Option<Problem> {
    crs::has_altitude(&feature["geometry"]).then(|| Problem::in_body("/geometry", text!("geo.altitude")))
}

/// The system of a `Content-Crs` header.
#[derive(Clone, Copy)]
struct Header {
    crs: Crs,
    /// The order of its authority, which EPSG's degrees have and CRS84 has not.
    is_latitude_first: bool,
}

fn of_header(headers: &HeaderMap) -> Result<Option<Header>, Error> {
    // Several headers are not understood, as are several systems in one.
    let given: Vec<_> = headers.get_all(CONTENT_CRS).map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    if given.is_empty() {
        return Ok(None);
    }
    let given = given.join(", ");
    let unknown = || text!("geo.crs", given = &given, known = text!("expected.crs"));
    let crs = Crs::read(&given).ok_or_else(|| Error::BadRequest(vec![Problem::of_header(HEADER, unknown())]))?;
    let is_latitude_first = crs.is_degrees() && !given.to_ascii_lowercase().contains("crs84");
    Ok(Some(Header { crs, is_latitude_first }))
}

/// Checks the members `crs` of a feature or collection and of its geometry.
fn check_member(header: Option<Header>, body: &Value, pointer: &str) -> Result<(), Error> {
    // JSON-FG states there the system of `place`, which stands beside a geometry in WGS 84.
    let of_place =
        if body.get("place").is_some_and(|place| !place.is_null()) { &Value::Null } else { &body["coordRefSys"] };
    for (member, place) in
        [(&body["crs"], "/crs"), (&body["geometry"]["crs"], "/geometry/crs"), (of_place, "/coordRefSys")]
    {
        let problem = match (Crs::of_member(member), header.map(|header| header.crs)) {
            (Err(given), _) => text!("geo.crs", given, known = text!("expected.crs")),
            (Ok(Some(member)), Some(header)) if member != header => {
                text!("geo.crs/contradictory", one = header.name(), other = member.name())
            }
            (Ok(Some(member)), None) if member != Crs::WGS84 => text!("geo.crs/member", declared = member.name()),
            _ => continue,
        };
        return Err(Error::Invalid(vec![Problem::in_body(format!("{pointer}{place}"), problem)]));
    }
    Ok(())
}

/// Turns a geometry into WGS 84. What is no position, or lies beyond reach, is left for the checks of the geometry.
fn turn(header: Option<Header>, feature: &mut Value) {
    let Some((Header { crs, is_latitude_first }, geometry)) = header.zip(feature.get_mut("geometry")) else { return };
    crs::each_position(geometry, &mut |position| {
        let (Some(first), Some(second)) = (position[0].as_f64(), position[1].as_f64()) else { return };
        // Programs differ on the order of metres; their size tells.
        let is_swapped = is_latitude_first || crs.is_grid() && first > second;
        let [x, y] = if is_swapped { [second, first] } else { [first, second] };
        let is_reachable = !crs.is_degrees() || y.abs() <= 90.0;
        let [x, y] = crs.to_wgs84([x, y]).filter(|_| is_reachable).unwrap_or([x, y]);
        position[0] = x.into();
        position[1] = y.into();
    });
}
