use geo::Validation;
use proptest::prelude::*;
use wkt::TryFromWkt;

use super::*;

fn of(wkt: &str) -> Result<(), Fault> {
    check(&MultiPolygon::try_from_wkt_str(wkt).unwrap())
}

fn at(x: f64, y: f64) -> Coord {
    Coord { x, y }
}

#[test]
fn areas_that_touch_at_points_are_valid() {
    for areas in [
        // A square, and one with a hole, with an island in it.
        "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)))",
        "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 8, 8 8, 8 1, 1 1)), ((3 3, 5 3, 5 5, 3 5, 3 3)))",
        // The directions of rings do not matter.
        "MULTIPOLYGON (((0 0, 0 9, 9 9, 9 0, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1)))",
        // Two squares share a corner; a triangle touches a side with a corner.
        "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((2 2, 4 2, 4 4, 2 4, 2 2)))",
        "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((2 1, 3 0, 3 2, 2 1)))",
        // A hole touches its shell at a corner, and another at the middle of a side.
        "MULTIPOLYGON (((0 0, 8 0, 8 8, 0 8, 0 0), (0 0, 2 1, 1 2, 0 0), (8 4, 7 5, 7 3, 8 4)))",
        // Corners on one line, and a corner given twice.
        "MULTIPOLYGON (((0 0, 1 0, 2 0, 2 0, 4 0, 4 4, 0 4, 0 0)))",
    ] {
        assert_eq!(of(areas), Ok(()), "{areas}");
    }
}

#[test]
fn faults_are_found_with_their_place() {
    for (areas, fault) in [
        // A bow tie: the sides from 0 0 to 2 2 and from 2 0 to 0 2 cross; they become neighbours at 0 2.
        ("MULTIPOLYGON (((0 0, 2 2, 2 0, 0 2, 0 0)))", Fault::Crossing(at(0.0, 2.0))),
        // An eight that crosses itself at a corner, and a ring that touches itself.
        ("MULTIPOLYGON (((0 0, 2 2, 4 0, 4 4, 2 2, 0 4, 0 0)))", Fault::Crossing(at(2.0, 2.0))),
        ("MULTIPOLYGON (((0 0, 6 0, 6 6, 0 6, 0 3, 3 0, 0 0)))", Fault::Crossing(at(0.0, 0.0))),
        // A spike, and a ring without an area.
        ("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, -2 4, 0 4, 0 0)))", Fault::Crossing(at(-2.0, 4.0))),
        ("MULTIPOLYGON (((0 0, 1 1, 0 0, 0 0)))", Fault::Corners),
        // Two areas share a side; one lies in the other; both are the same.
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((2 0, 4 0, 4 2, 2 2, 2 0)))", Fault::Crossing(at(2.0, 0.0))),
        ("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((1 1, 2 1, 2 2, 1 1)))", Fault::Nesting(at(1.0, 1.0))),
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 0)), ((0 0, 2 0, 2 2, 0 0)))", Fault::Crossing(at(0.0, 0.0))),
        // A hole outside, in another hole, and across the shell.
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0), (5 5, 6 5, 6 6, 5 5)))", Fault::Nesting(at(5.0, 5.0))),
        (
            "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1), (3 3, 4 3, 4 4, 3 3)))",
            Fault::Nesting(at(3.0, 3.0)),
        ),
        // A hole cuts its area: it touches the shell twice.
        ("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0), (2 0, 3 2, 2 4, 1 2, 2 0)))", Fault::Cut(at(2.0, 4.0))),
    ] {
        assert_eq!(of(areas), Err(fault), "{areas}");
    }
}

/// A comb whose teeth lean, so that the boxes of all its sides overlap.
#[test]
fn a_comb_of_many_leaning_teeth_is_checked_at_once() {
    let teeth = 20_000;
    let tooth = |nth: i32| {
        let x = f64::from(nth) * 1e-5;
        [at(x, 0.0), at(x + 1.0, 1.0), at(x + 5e-6, 0.0)]
    };
    let mut corners: Vec<Coord> = (0..teeth).flat_map(tooth).collect();
    corners.extend([at(2.0, -1.0), at(-1.0, -1.0), at(0.0, 0.0)]);
    let started = std::time::Instant::now();
    let comb = MultiPolygon::new(vec![geo::Polygon::new(LineString::new(corners), vec![])]);
    assert_eq!(check(&comb), Ok(()));
    // Every side with every other are 1,600,000,000 pairs: minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

fn ring() -> impl Strategy<Value = Vec<(i8, i8)>> {
    proptest::collection::vec((0..6_i8, 0..6_i8), 3..7)
}

fn closed(ring: &[(i8, i8)]) -> LineString {
    let corners = ring.iter().chain(ring.first()).map(|(x, y)| at(f64::from(*x), f64::from(*y)));
    LineString::new(corners.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// On a small grid rings meet in every possible way. `geo` knows neither spikes nor areas that are cut in two;
    /// `tests/layers/areas.rs` compares with PostGIS, which does.
    #[test]
    fn what_is_valid_is_valid_for_geo(shells in proptest::collection::vec((ring(), proptest::collection::vec(ring(), 0..3)), 1..3)) {
        let polygons = shells.iter().map(|(shell, holes)| {
            geo::Polygon::new(closed(shell), holes.iter().map(|hole| closed(hole)).collect())
        });
        let areas = MultiPolygon::new(polygons.collect());
        prop_assert!(check(&areas).is_err() || areas.is_valid());
    }
}
