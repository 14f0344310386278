//! Tests of lists and mappings together: imports with a few units of Đông Sơn.

use chrono::NaiveDate;

use crate::units::plan::list_plan::ListDays;
use crate::units::plan::timeline::{Change, Timeline, Version};
use crate::units::plan::{list_plan, mapping_plan};
use crate::units::read::{list, mapping};

struct Register {
    timeline: Timeline,
    days: ListDays,
    changes: Vec<Change>,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl Register {
    fn new() -> Register {
        Register { timeline: Timeline::default(), days: ListDays::new(), changes: Vec::new() }
    }

    /// Adds a version that only the demo knows.
    fn demo(mut self, code: &str, name: &str, parent: Option<&str>, from: &str, to: Option<&str>) -> Register {
        self.timeline.insert(Version {
            id: Some(i64::try_from(self.timeline.all().count()).unwrap() + 1),
            code: code.into(),
            name: name.into(),
            kind: None,
            parent: parent.map(str::to_owned),
            from: day(from),
            to: to.map(day),
            area_km2: None,
            area_source: None,
            demo: true,
            copy_of: None,
        });
        self
    }

    /// Imports a list. Rows: province, name, district, name, commune, name; with two tiers, without the district.
    fn list(mut self, as_of: &str, rows: &[&str]) -> Register {
        let district = if rows[0].split(',').count() == 6 { "district_code,district_name," } else { "" };
        let text = format!("province_code,province_name,{district}commune_code,commune_name\n{}\n", rows.join("\n"));
        let list = list::read(&text, Some(true)).unwrap();
        self.changes.extend(list_plan::apply(&mut self.timeline, &list, day(as_of), &self.days));
        self.days.insert(day(as_of), list.provinces);
        self.number()
    }

    fn mapping(mut self, on: &str, rows: &[&str]) -> Register {
        let header = "old_commune_code,old_district_code,old_province_code,new_commune_code,new_commune_name,\
                      new_province_code,new_province_name,part";
        let mapping = mapping::read(&format!("{header}\n{}\n", rows.join("\n"))).unwrap();
        self.changes =
            mapping_plan::apply(&mut self.timeline, &mapping, day(on)).unwrap().changes.into_iter().collect();
        self.number()
    }

    /// Gives every version a row id, as the database does.
    fn number(mut self) -> Register {
        let mut last = self.timeline.all().filter_map(|version| version.id).max().unwrap_or(0);
        for code in self.timeline.codes() {
            for version in self.timeline.of_mut(&code).iter_mut().filter(|version| version.id.is_none()) {
                last += 1;
                version.id = Some(last);
            }
        }
        self
    }

    /// The versions of a code: name, parent, first and last day.
    fn of(&self, code: &str) -> Vec<String> {
        let versions = self.timeline.of(code).iter();
        let line = |version: &Version| {
            let parent = version.parent.as_deref().unwrap_or("-");
            let to = version.to.map_or(String::new(), |to| to.to_string());
            format!("{} {parent} {}..{to}{}", version.name, version.from, if version.demo { " demo" } else { "" })
        };
        versions.map(line).collect()
    }

    fn changes(&self) -> Vec<String> {
        let line = |change: &Change| {
            let Change { from, to, part, kind } = change;
            format!("{} {} -> {} {} {part} {kind}", from.0, from.1, to.0, to.1)
        };
        self.changes.iter().map(line).collect()
    }
}

const OLD: &str = "2024-05-01";
const EVE: &str = "2025-06-30";
const NEW: &str = "2026-07-01";
const HOANG: &str = "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Đông Hoàng";

#[test]
fn same_unit_is_one_version_whatever_the_order_of_the_lists() {
    let later = "38,Tỉnh Thanh Hoá,405,Huyện Đông  Sơn,16381,xã Đông Hoàng";
    for lists in [[(OLD, HOANG), (EVE, later)], [(EVE, HOANG), (OLD, later)]] {
        let register = lists.iter().fold(Register::new(), |register, (day, row)| register.list(day, &[row]));
        assert_eq!(register.of("16381"), ["Xã Đông Hoàng 405 2024-05-01.."]);
        assert_eq!(register.of("38"), ["Tỉnh Thanh Hóa - 2024-05-01.."]);
        assert!(register.changes.is_empty());
    }
}

#[test]
fn renamed_moved_and_ended_units_whatever_the_order_of_the_lists() {
    let before =
        ["38,A,405,Huyện Đông Sơn,16381,Xã Một", "38,A,405,Huyện Đông Sơn,16384,Xã Hai", "38,A,380,B,16390,Xã Ba"];
    let after = ["38,A,380,B,16381,Xã Một", "38,A,380,B,16384,Phường Hai", "38,A,380,B,16393,Xã Bốn"];
    for order in [[0, 1], [1, 0]] {
        let lists = [(OLD, before), (EVE, after)];
        let register = order.iter().fold(Register::new(), |register, nth| register.list(lists[*nth].0, &lists[*nth].1));
        assert_eq!(register.of("16381"), ["Xã Một 405 2024-05-01..2025-06-29", "Xã Một 380 2025-06-30.."]);
        assert_eq!(register.of("16384"), ["Xã Hai 405 2024-05-01..2025-06-29", "Phường Hai 380 2025-06-30.."]);
        assert_eq!(register.of("16390"), ["Xã Ba 380 2024-05-01..2025-06-29"]);
        assert_eq!(register.of("16393"), ["Xã Bốn 380 2025-06-30.."]);
        assert_eq!(register.of("405"), ["Huyện Đông Sơn 38 2024-05-01..2025-06-29"]);
        assert_eq!(
            register.changes(),
            [
                "16381 2024-05-01 -> 16381 2025-06-30 full moved",
                "16384 2024-05-01 -> 16384 2025-06-30 full renamed",
                "380 2024-05-01 -> 380 2025-06-30 full merged",
                "405 2024-05-01 -> 380 2025-06-30 full merged",
            ]
        );
        // Its territory grew, so a version ends.
        assert_eq!(register.of("380"), ["B 38 2024-05-01..2025-06-29", "B 38 2025-06-30.."]);
        assert_eq!(register.of("38"), ["A - 2024-05-01.."]);
        let again = Register { changes: Vec::new(), ..register }.list(OLD, &before).list(EVE, &after);
        assert!(again.changes.is_empty());
        assert_eq!(again.of("16381").len(), 2);
    }
}

#[test]
fn list_between_two_others_changes_neither_of_their_days() {
    let other = "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Khác";
    let lists = || Register::new().list(OLD, &[HOANG]).list(NEW, &[HOANG]);
    assert_eq!(
        lists().list(EVE, &[other]).of("16381"),
        [
            "Xã Đông Hoàng 405 2024-05-01..2025-06-29",
            "Xã Khác 405 2025-06-30..2026-06-30",
            "Xã Đông Hoàng 405 2026-07-01.."
        ]
    );
    let without = "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,,";
    assert_eq!(
        lists().list(EVE, &[without]).of("16381"),
        ["Xã Đông Hoàng 405 2024-05-01..2025-06-29", "Xã Đông Hoàng 405 2026-07-01.."]
    );
}

#[test]
fn list_of_the_same_day_corrects_in_place() {
    let other = "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Khác";
    let register = Register::new().list(OLD, &[HOANG]);
    let id = register.timeline.of("16381")[0].id;
    let register = register.list(OLD, &[other]);
    assert_eq!(register.of("16381"), ["Xã Khác 405 2024-05-01.."]);
    assert_eq!(register.timeline.of("16381")[0].id, id);
}

#[test]
fn reform_is_dated_by_its_mapping() {
    let register = Register::new()
        .list(EVE, &[HOANG, "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16384,Xã Đông Ninh", "30,Tỉnh Cũ,318,Huyện Đảo,,"])
        .list(NEW, &["38,Tỉnh Thanh Hoá,16381,Phường Đông Sơn", "38,Tỉnh Thanh Hoá,11948,Đặc khu Đảo"]);
    assert!(register.changes.is_empty(), "nothing is inferred where the tier ended");
    let rows = [
        "16381,405,38,16381,Xã Đông Sơn,38,Tỉnh Thanh Hóa,partial",
        "16381,405,38,11948,Đặc khu Đảo,38,Tỉnh Thanh Hóa,partial",
        "16384,405,38,16381,Xã Đông Sơn,38,Tỉnh Thanh Hóa,full",
        "318,318,30,11948,Đặc khu Đảo,38,Tỉnh Thanh Hóa,full",
    ];
    let once = register.mapping("2025-07-01", &rows);
    let versions =
        |register: &Register| ["16381", "16384", "405", "318", "30", "38", "11948"].map(|code| register.of(code));
    assert_eq!(
        versions(&once),
        [
            vec![
                "Xã Đông Hoàng 405 2025-06-30..2025-06-30",
                "Xã Đông Sơn 38 2025-07-01..2026-06-30",
                "Phường Đông Sơn 38 2026-07-01.."
            ],
            vec!["Xã Đông Ninh 405 2025-06-30..2025-06-30"],
            vec!["Huyện Đông Sơn 38 2025-06-30..2025-06-30"],
            vec!["Huyện Đảo 30 2025-06-30..2025-06-30"],
            vec!["Tỉnh Cũ - 2025-06-30..2025-06-30"],
            vec!["Tỉnh Thanh Hóa - 2025-06-30..2025-06-30", "Tỉnh Thanh Hóa - 2025-07-01.."],
            vec!["Đặc khu Đảo 38 2025-07-01.."],
        ]
    );
    assert_eq!(
        once.changes(),
        [
            "16381 2025-06-30 -> 11948 2025-07-01 partial split",
            "16381 2025-06-30 -> 16381 2025-07-01 partial split",
            "16381 2025-07-01 -> 16381 2026-07-01 full renamed",
            "16384 2025-06-30 -> 16381 2025-07-01 full merged",
            "30 2025-06-30 -> 38 2025-07-01 full merged",
            "318 2025-06-30 -> 11948 2025-07-01 full merged",
            "38 2025-06-30 -> 38 2025-07-01 full merged",
        ]
    );
    let before = versions(&once);
    let twice = once.mapping("2025-07-01", &rows);
    assert_eq!(versions(&twice), before);
    let again = twice.list(NEW, &["38,Tỉnh Thanh Hoá,16381,Phường Đông Sơn", "38,Tỉnh Thanh Hoá,11948,Đặc khu Đảo"]);
    assert_eq!(versions(&again), before);
}

#[test]
fn province_under_another_name_begins_with_the_reform() {
    let register = Register::new()
        .list(EVE, &["15,Tỉnh Yên Bái,132,Huyện A,04252,Xã Một", "10,Tỉnh Lào Cai,082,Huyện B,02635,Xã Hai"])
        .list(NEW, &["15,Tỉnh Lào Cai,04252,Xã Một"])
        .mapping(
            "2025-07-01",
            &["04252,132,15,04252,Xã Một,15,Tỉnh Lào Cai,full", "02635,082,10,04252,Xã Một,15,Tỉnh Lào Cai,full"],
        );
    assert_eq!(register.of("15"), ["Tỉnh Yên Bái - 2025-06-30..2025-06-30", "Tỉnh Lào Cai - 2025-07-01.."]);
    assert_eq!(
        register.changes(),
        [
            "02635 2025-06-30 -> 04252 2025-07-01 full merged",
            "04252 2025-06-30 -> 04252 2025-07-01 full merged",
            "10 2025-06-30 -> 15 2025-07-01 full merged",
            "15 2025-06-30 -> 15 2025-07-01 full merged",
        ]
    );
}

#[test]
fn district_that_loses_a_commune_ends_with_the_day() {
    let rows = |parent: &str| {
        [
            "38,A,405,Huyện Đông Sơn,16381,Xã Một".to_owned(),
            format!("38,A,{parent},16384,Xã Hai"),
            "38,A,380,B,16390,Xã Ba".to_owned(),
        ]
    };
    let (before, after) = (rows("405,Huyện Đông Sơn"), rows("380,B"));
    let register = Register::new().list(OLD, &before.each_ref().map(String::as_str));
    let id = register.timeline.of("405")[0].id;
    let register = register.list(EVE, &after.each_ref().map(String::as_str));
    assert_eq!(register.of("405"), ["Huyện Đông Sơn 38 2024-05-01..2025-06-29", "Huyện Đông Sơn 38 2025-06-30.."]);
    assert_eq!(register.timeline.of("405")[0].id, id);
    assert_eq!(
        register.changes(),
        [
            "16384 2024-05-01 -> 16384 2025-06-30 full moved",
            "380 2024-05-01 -> 380 2025-06-30 full merged",
            "405 2024-05-01 -> 380 2025-06-30 partial split",
            "405 2024-05-01 -> 405 2025-06-30 partial split",
        ]
    );
}

#[test]
fn mapping_of_unknown_units_is_refused_with_every_problem() {
    let rows = "old_commune_code,old_province_code,new_commune_code,new_commune_name,new_province_code,new_province_name,part\n\
                16381,38,16378,Phường Đông Sơn,38,Tỉnh Thanh Hóa,full\n";
    let mapping = mapping::read(rows).unwrap();
    let refused = mapping_plan::apply(&mut Timeline::default(), &mapping, day("2025-07-01")).unwrap_err();
    let fields: Vec<_> = refused.problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["old_commune_code", "old_province_code", "new_commune_code", "new_province_code"]);
}

#[test]
fn demo_gives_way_and_what_agrees_is_adopted() {
    let demo = || {
        Register::new()
            .demo("38", "Tỉnh Thanh Hóa", None, "2019-12-01", None)
            .demo("405", "Huyện Đông Sơn", Some("38"), "2019-12-01", Some("2024-12-31"))
            .demo("380", "Thành phố Thanh Hóa", Some("38"), "2025-01-01", Some("2025-06-30"))
            .demo("16381", "Xã Đông Hoàng", Some("405"), "2019-12-01", Some("2024-12-31"))
            .demo("16381", "Xã Đông Hoàng", Some("380"), "2025-01-01", Some("2025-06-30"))
            .demo("16384", "Xã Bịa", Some("405"), "2019-12-01", None)
            .demo("16390", "Xã Không Có", Some("405"), OLD, None)
    };
    let register = demo().list(
        OLD,
        &[
            "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Đông Hoàng",
            "38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16384,Xã Đông Ninh",
            "38,Tỉnh Thanh Hóa,380,Thành phố Thanh Hóa,14755,Phường Hàm Rồng",
        ],
    );
    assert_eq!(register.of("405"), ["Huyện Đông Sơn 38 2019-12-01..2024-12-31"]);
    assert_eq!(register.of("380"), ["Thành phố Thanh Hóa 38 2024-05-01..2025-06-30"]);
    assert_eq!(
        register.of("16381"),
        ["Xã Đông Hoàng 405 2019-12-01..2024-12-31", "Xã Đông Hoàng 380 2025-01-01..2025-06-30 demo"]
    );
    assert_eq!(register.of("16384"), ["Xã Bịa 405 2019-12-01..2024-04-30 demo", "Xã Đông Ninh 405 2024-05-01.."]);
    assert!(register.of("16390").is_empty());
}

#[test]
fn list_of_some_provinces_leaves_the_others_alone() {
    let text = "province_code,province_name,commune_code,commune_name\n38,Tỉnh Thanh Hóa,16378,Phường Đông Sơn\n";
    for (country, expected) in [(None, 1), (Some(true), 0)] {
        let mut register = Register::new().list(EVE, &["40,Tỉnh Nghệ An,16681,Phường Vinh"]);
        let list = list::read(text, country).unwrap();
        list_plan::apply(&mut register.timeline, &list, day(NEW), &register.days);
        assert_eq!(register.timeline.of("16681").iter().filter(|version| version.to.is_none()).count(), expected);
    }
}
