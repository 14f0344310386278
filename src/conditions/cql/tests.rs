use serde_json::json;

use super::*;
use crate::conditions::{Comparison, Operand, Property, Value};
use crate::layers::{ID, TOWER};

fn fields() -> Vec<&'static Field> {
    TOWER.fields().chain([&ID]).collect()
}

fn read(filter: &str, language: Language) -> Result<Condition, Fault> {
    parse(filter, language, NamedCrs::crs84(), &fields())
}

fn text(filter: &str) -> Condition {
    read(filter, Language::Text).unwrap_or_else(|fault| panic!("{filter}: {} {}", fault.place, fault.why.en()))
}

/// Both forms of one filter, written by hand.
#[test]
fn text_and_json_mean_the_same() {
    let geom = json!({"property": "geom"});
    let height = json!({"property": "height_m"});
    let name = json!({"property": "name"});
    let op = |op: &str, args: serde_json::Value| json!({"op": op, "args": args});
    let interval = json!({"interval": [{"property": "installed_on"}, {"property": "decommissioned_on"}]});
    for (filter, tree) in [
        ("height_m > 30", op(">", json!([height, 30]))),
        ("\"height_m\" <> -2.5e1", op("<>", json!([height, -25.0]))),
        (
            "operator = 'vnpt' AND id = 7 and TRUE",
            op(
                "and",
                json!([
                    op("=", json!([{"property": "operator"}, "vnpt"])),
                    op("=", json!([{"property": "id"}, 7])),
                    true
                ]),
            ),
        ),
        ("NOT (name IS NULL)", op("not", json!([op("isNull", json!([name]))]))),
        ("name IS NOT NULL", op("not", json!([op("isNull", json!([name]))]))),
        ("name NOT LIKE '50\\%_'", op("not", json!([op("like", json!([name, "50\\%_"]))]))),
        (
            "CASEI(name) LIKE CASEI('Trạm%')",
            op("like", json!([op("casei", json!([name])), op("casei", json!(["Trạm%"]))])),
        ),
        ("name ILIKE 'Trạm%'", op("like", json!([op("casei", json!([name])), op("casei", json!(["Trạm%"]))]))),
        ("height_m BETWEEN 1 AND 2 + 3", op("between", json!([height, 1, op("+", json!([2, 3]))]))),
        ("height_m IN (1, 2.5)", op("in", json!([height, [1, 2.5]]))),
        (
            "ACCENTI(name) IN (ACCENTI('Chợ'))",
            op("in", json!([op("accenti", json!([name])), [op("accenti", json!(["Chợ"]))]])),
        ),
        (
            "1 - height_m * 2 ^ 3 < 0",
            op("<", json!([op("-", json!([1, op("*", json!([height, op("^", json!([2, 3]))]))])), 0])),
        ),
        (
            "(1 - 2) - 3 = 6 div 4 % 5",
            op(
                "=",
                json!([op("-", json!([op("-", json!([1, 2])), 3])), op("%", json!([op("div", json!([6, 4])), 5]))]),
            ),
        ),
        ("- height_m < 0", op("<", json!([op("*", json!([-1, height])), 0]))),
        (
            "S_INTERSECTS(geom, POINT(105.7 19.8))",
            op("s_intersects", json!([geom, {"type": "Point", "coordinates": [105.7, 19.8]}])),
        ),
        ("s_within(geom, BBOX(105, 19, 0, 106, 20, 9))", op("s_within", json!([geom, {"bbox": [105, 19, 106, 20]}]))),
        ("S_CONTAINS(BBOX(105,19,106,20), geom)", op("s_within", json!([geom, {"bbox": [105, 19, 106, 20]}]))),
        (
            "S_DWITHIN(geom, MULTIPOINT((105 19), 106 20), 50)",
            op("s_dwithin", json!([geom, {"type": "MultiPoint", "coordinates": [[105, 19], [106, 20]]}, 50])),
        ),
        (
            "T_AFTER(installed_on, DATE('2020-01-01'))",
            op("t_after", json!([{"property": "installed_on"}, {"date": "2020-01-01"}])),
        ),
        ("installed_on > '2020-01-01T'", op(">", json!([{"property": "installed_on"}, {"date": "2020-01-01"}]))),
        (
            "T_MEETS(INTERVAL(installed_on, decommissioned_on), INTERVAL('2020-01-01T00:00:00Z', '..'))",
            op("t_meets", json!([interval, {"interval": ["2020-01-01T00:00:00Z", ".."]}])),
        ),
        (
            "created_at < TIMESTAMP('2020-01-01T00:00:00.5Z')",
            op("<", json!([{"property": "created_at"}, {"timestamp": "2020-01-01T00:00:00.5Z"}])),
        ),
        (
            "A_CONTAINS(technologies, ('4G', '5G'))",
            op("a_contains", json!([{"property": "technologies"}, ["4G", "5G"]])),
        ),
        ("A_CONTAINEDBY(('4G'), technologies)", op("a_contains", json!([{"property": "technologies"}, ["4G"]]))),
        ("A_EQUALS(technologies, ())", op("a_equals", json!([{"property": "technologies"}, []]))),
    ] {
        let of_json = read(&tree.to_string(), Language::Json);
        assert_eq!(
            of_json.unwrap_or_else(|fault| panic!("{tree}: {} {}", fault.place, fault.why.en())),
            text(filter),
            "{filter}"
        );
    }
}

#[test]
fn rank_of_operators_is_that_of_the_grammar() {
    for (filter, meant) in [
        ("id = 1 OR id = 2 AND id = 3", "(id = 1) OR (id = 2 AND id = 3)"),
        ("NOT id = 1 AND id = 2", "(NOT (id = 1)) AND id = 2"),
        ("id = 1 + 2 * 3", "id = 1 + (2 * 3)"),
        ("id = 6 / 2 * 3", "id = (6 / 2) * 3"),
        ("id BETWEEN 1 AND 2 AND id = 3", "(id BETWEEN 1 AND 2) AND id = 3"),
        ("(id = 1) = TRUE", "id = 1"),
        ("FALSE <> (id = 1)", "id = 1"),
    ] {
        assert_eq!(text(filter), text(meant), "{filter}");
    }
    let id = || Operand::from(Property::Field(&ID));
    assert_eq!(text("1 < id"), Condition::Compare(Operand::Value(Value::Integer(1)), Comparison::Less, id()));
    assert_eq!(text("id IN (3, 4)"), Condition::In(id(), vec![Value::Integer(3), Value::Integer(4)]));
}

#[test]
fn faults_name_their_place() {
    let long = "a".repeat(501);
    for (filter, at, told) in [
        ("", 1, "ends too early"),
        ("name", 1, "a condition"),
        ("name =", 7, "a value"),
        ("name = 'a", 8, "closing"),
        ("name = 'a' AND", 15, "a value"),
        ("(name = 'a'", 12, "“,”"),
        ("name = 'a')", 11, "an operator"),
        ("đường = 1", 1, "there is no property “đường”"),
        ("serial_number = 'x'", 1, "no property"),
        ("name = 'Đ' AND height_m = 'high'", 27, "a number is needed"),
        ("7 = name", 1, "a text is needed"),
        ("name < 7", 8, "a text is needed"),
        ("operator = 'none'", 12, "“none” is no value of “operator”"),
        ("operator IN ('vnpt', 'none')", 22, "no value"),
        ("technologies = '4G'", 1, "cannot be compared"),
        ("A_OVERLAPS(technologies, ('4G','6G'))", 32, "“6G”"),
        ("A_OVERLAPS(technologies, name)", 26, "a list"),
        ("installed_on = '2020-02-30'", 16, "no date"),
        ("installed_on = DATE('2020-02-30')", 21, "no date"),
        ("installed_on = 20200101", 16, "a date"),
        ("T_DURING(installed_on, INTERVAL('2020-01-01','..'))", 1, "two intervals"),
        ("T_AFTER(installed_on, INTERVAL('2021-01-01','2020-01-01'))", 23, "before it begins"),
        ("T_NEVER(installed_on, installed_on)", 1, "no function"),
        ("S_INTERSECTS(geom, POINT(105.7))", 31, "a number"),
        ("S_INTERSECTS(geom, POINT(19.8 105.7))", 20, "which axis"),
        ("S_INTERSECTS(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", 20, "not valid"),
        ("S_INTERSECTS(geom, LINESTRING(1 1, 1 1))", 20, "not valid"),
        ("S_INTERSECTS(geom, name)", 20, "a geometry"),
        ("S_INTERSECTS(geom, BBOX(1,2,3))", 25, "four or six"),
        ("S_TOUCHES(geom, GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(1 1, 2 2)))", 17, "several kinds"),
        ("S_DWITHIN(geom, POINT(1 1), -1)", 29, "metres"),
        ("S_DWITHIN(geom, BBOX(0,0,100,1), 5)", 17, "90 degrees"),
        ("geom = POINT(1 1)", 8, "a value"),
        ("geom = geom", 1, "cannot be compared"),
        ("name LIKE height_m", 11, "a text is needed"),
        ("name LIKE code", 11, "pattern"),
        ("name LIKE 'a\\'", 11, "closing"),
        (&format!("name LIKE '{long}'"), 11, "500"),
        ("avg(height_m) > 3", 1, "no function or operator “avg”"),
        ("casei(height_m) = 'a'", 7, "a text"),
        ("id = 1e400", 6, "too large"),
        ("id = 1; drop table towers", 7, "no meaning"),
        ("id = 1 or", 10, "ends too early"),
        ("height_m + name > 1", 12, "a number"),
        ("name IS 3", 9, "“null”"),
    ] {
        let fault = read(filter, Language::Text).unwrap_err();
        assert_eq!(fault.place, Place::Character(at), "{filter}: {}", fault.why.en());
        assert!(fault.why.en().contains(told), "{filter}: {}", fault.why.en());
    }
    for (filter, pointer, told) in [
        (json!({"op": "=", "args": [{"property": "nix"}, 1]}), "/args/0", "no property"),
        (
            json!({"op": "and", "args": [true, {"op": "<", "args": [{"property": "height_m"}, "a"]}]}),
            "/args/1/args/1",
            "a number",
        ),
        (json!({"op": "=", "args": [{"property": "name"}, "a\0b"]}), "/args/1", "NUL"),
        (json!({"op": "=", "args": [{"property": "name"}, null]}), "/args/1", "a property or a value"),
        (json!({"op": "s_within", "args": [{"property": "geom"}, {"type": "Nix"}]}), "/args/1", "a geometry"),
        (json!([1]), "", "a condition"),
        (json!({"property": "name"}), "", "a condition"),
    ] {
        let fault = read(&filter.to_string(), Language::Json).unwrap_err();
        assert_eq!(fault.place, Place::Pointer(pointer.into()), "{filter}: {}", fault.why.en());
        assert!(fault.why.en().contains(told), "{filter}: {}", fault.why.en());
    }
}

/// Each of these ended a process that used a parser without limits, or fills memory.
#[test]
fn no_filter_is_too_much() {
    let nested = |count: usize| format!("{}id = 1{}", "(".repeat(count), ")".repeat(count));
    assert_eq!(text(&nested(30)), text("id = 1"));
    let chain = |part: &str, count: usize| format!("id = 1{}", part.repeat(count));
    for filter in [
        nested(33),
        nested(500),
        nested(30_000),
        "(".repeat(65_000),
        format!("{}id = 1", "NOT ".repeat(2_000)),
        format!("{}id = 1", "NOT ".repeat(16_000)),
        format!("id = {}1", "-".repeat(60_000)),
        format!("{}name{} = 'a'", "CASEI(".repeat(5_000), ")".repeat(5_000)),
        chain(" + 1", 10_000),
        chain(" * id", 33),
        chain(" OR id = 1", 6_000),
        format!("id IN ({}1)", "1,".repeat(30_000)),
        format!("S_INTERSECTS(geom, {}POINT(1 1){})", "GEOMETRYCOLLECTION(".repeat(1_000), ")".repeat(1_000)),
        "x".repeat(70_000),
        "'".repeat(65_536),
    ] {
        assert!(read(&filter, Language::Text).is_err(), "{filter:.40}");
        assert!(read(&filter, Language::CqlText).is_err(), "{filter:.40}");
    }
    let json = |count: usize| format!("{}true{}", r#"{"op":"not","args":["#.repeat(count), "]}".repeat(count));
    assert!(read(&json(15), Language::Json).is_ok());
    for filter in [
        json(40),
        json(1_000),
        "[".repeat(60_000),
        r#"{"a":"#.repeat(10_000),
        "1e400".into(),
        "{".into(),
        String::new(),
    ] {
        assert!(read(&filter, Language::Json).is_err(), "{filter:.40}");
    }
    // As long as a filter may be, and well-formed.
    assert!(read(&chain(" OR id = 1", 1_600), Language::Text).is_ok());
    let line = "105.1 19.1, 105.2 19.2, ".repeat(2_600);
    assert!(read(&format!("S_CROSSES(geom, LINESTRING({line}105 19))"), Language::Text).is_ok());
    assert!(read(&format!("name LIKE '{}'", "%".repeat(500)), Language::Text).is_ok());
}

#[test]
fn geometries_are_turned_from_the_system_of_the_filter() {
    let place = |filter: &str, crs: &str| {
        let read = parse(filter, Language::Text, NamedCrs::of_name(crs).unwrap(), &fields());
        match read.unwrap_or_else(|fault| panic!("{filter}: {}", fault.why.en())) {
            Condition::Relates(_, _, crate::conditions::Shape::Given(geometry)) => *geometry,
            other => panic!("{other:?}"),
        }
    };
    let geo::Geometry::Point(point) = place("S_EQUALS(geom, POINT(19.8 105.7))", "EPSG:4326") else { panic!() };
    assert_eq!((point.x(), point.y()), (105.7, 19.8));
    let geo::Geometry::Point(point) = place("S_EQUALS(geom, POINT(576592.325 2192163.600))", "EPSG:5897") else {
        panic!()
    };
    assert!((point.x() - 105.733).abs() < 1e-8 && (point.y() - 19.817).abs() < 1e-8);
    let geo::Geometry::Polygon(area) = place("S_WITHIN(geom, BBOX(570000, 2190000, 580000, 2200000))", "EPSG:5897")
    else {
        panic!()
    };
    assert_eq!(area.exterior().0.len(), 65);
    let geo::Geometry::MultiPolygon(areas) = place("S_INTERSECTS(geom, BBOX(170, 19, -170, 20))", "OGC:CRS84") else {
        panic!()
    };
    assert_eq!(areas.0.len(), 2);
    let flat = |filter: &str| place(filter, "OGC:CRS84");
    assert!(matches!(flat("S_INTERSECTS(geom, BBOX(105,19,105,19))"), geo::Geometry::Point(_)));
    for filter in ["S_INTERSECTS(geom, BBOX(105,19,106,19))", "S_INTERSECTS(geom, BBOX(105,19,105,20))"] {
        let geo::Geometry::LineString(line) = flat(filter) else { panic!("{filter}") };
        assert!(line.0.first() != line.0.last() && line.0.len() >= 2, "{line:?}");
    }
}
