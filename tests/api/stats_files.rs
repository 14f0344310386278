//! `/stats` and `/stats/{unit}` as csv and xlsx.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use crate::common::{Answer, Server};

const DISTRICT: &str = "/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31";
const COMMUNES: &str = "/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20&compare=2022-12-31";

fn sheet(answer: &Answer, nth: usize) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    book.worksheet_range_at(nth).unwrap().unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn number(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(number) => Some(*number),
        Data::Int(number) => Some(*number as f64),
        // The saved value of a formula.
        Data::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[actix_web::test]
async fn workbook_of_communes_adds_up_to_the_figures_of_the_district() {
    let server = Server::with_demo().await;
    let district = server.anonymous().get(DISTRICT).await.ok()["figures"].clone();
    let answer = server.anonymous().get(&format!("{COMMUNES}&f=xlsx")).await;
    assert_eq!(
        answer.header("content-disposition").unwrap(),
        "attachment; filename=\"figures_405@2023-09-20_2023-09-20.xlsx\""
    );
    let rows = sheet(&answer, 0);
    // Three header rows, fourteen communes, one row for records in no commune, one row of sums.
    assert_eq!(rows.len(), 3 + 14 + 1 + 1);
    let (names, total) = (&rows[2], rows.last().unwrap());
    let column = |name: &str| names.iter().position(|cell| *cell == Data::String(name.into())).expect(name);
    let mut compared = 0;
    for (code, figure) in district.as_object().unwrap() {
        let mut expected = vec![
            (code.clone(), figure["value"].as_f64().filter(|_| code != "security_level")),
            (format!("{code}_covered"), figure["covered"].as_f64()),
            (format!("{code}_unknown"), figure["unknown"].as_f64()),
            (format!("{code}_percent"), figure["percent"].as_f64()),
        ];
        if figure["values"].is_object() || figure["covered"].is_number() {
            expected.push((format!("{code}_total"), figure["total"].as_f64()));
        }
        let parts = figure["values"].as_object().into_iter().flatten();
        expected.extend(parts.map(|(value, number)| (format!("{code}_{value}"), number.as_f64())));
        for (name, expected) in expected {
            // A rate of the whole is no sum of those of its parts.
            let Some(expected) = expected.filter(|_| figure["per"].is_null()) else { continue };
            assert_eq!(number(&total[column(&name)]), Some(expected), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
    // Levels do not add up, and neither do their changes.
    for name in ["security_level", "security_level_delta"] {
        assert_eq!(total[column(name)], Data::Empty, "{name}");
    }
    let change: f64 = rows[3..rows.len() - 1].iter().filter_map(|row| number(&row[column("bts_stations_delta")])).sum();
    assert_eq!(number(&total[column("bts_stations_delta")]), Some(change));
    let eyes = column("camera_eyes");
    assert_eq!(rows[0][eyes], Data::String("Số mắt camera đang sử dụng".into()));
    assert_eq!(rows[1][eyes], Data::String("Eyes (lenses) of operational cameras".into()));
    assert!(matches!(rows[3][eyes], Data::Float(_)) && matches!(rows[3][0], Data::String(_)));
    assert_eq!(rows[3][column("mobile_hamlets_4g_basis")], Data::String("reported".into()));
    let notes = sheet(&answer, 1);
    assert!(notes.iter().any(|row| row[0] == Data::String("camera_eyes".into())));
}

#[actix_web::test]
async fn files_of_one_unit_have_each_figure_of_the_answer() {
    let server = Server::with_demo().await;
    let json = server.anonymous().get(DISTRICT).await.ok()["figures"].clone();
    let csv = server.anonymous().get(&format!("{DISTRICT}&f=csv")).await;
    let rows: Vec<HashMap<String, String>> =
        csv::Reader::from_reader(&csv.body[3..]).deserialize().map(Result::unwrap).collect();
    let workbook = sheet(&server.anonymous().get(&format!("{DISTRICT}&f=xlsx")).await, 0);
    assert_eq!(workbook.len(), rows.len() + 2);
    for (code, figure) in json.as_object().unwrap() {
        let own: Vec<_> = rows.iter().filter(|row| row["code"] == *code).collect();
        let last = own.last().unwrap_or_else(|| panic!("no row of {code}"));
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string().replace("null", ""), str::to_owned);
        let value = ["value", "covered", "total"].iter().map(|name| &figure[*name]).find(|value| !value.is_null());
        assert_eq!(last["value"], value.map_or_else(String::new, text), "{code}");
        assert_eq!((&last["basis"], &last["unit"]), (&text(&figure["basis"]), &text(&figure["unit"])), "{code}");
        assert_eq!(last["percent"], text(&figure["percent"]), "{code}");
        assert_eq!(last["unknown"], text(&figure["unknown"]), "{code}");
        assert_eq!(last["rows"], text(&figure["rows"]), "{code}");
        if let Some(values) = figure["values"].as_object() {
            assert_eq!(own.len(), values.len() + 1, "{code}");
            let in_file: Vec<_> = own.iter().map(|row| row["value"].clone()).collect();
            assert!(values.values().map(text).all(|value| in_file.contains(&value)), "{code}");
        }
    }
    let eyes = rows.iter().find(|row| row["code"] == "camera_eyes").unwrap();
    assert_eq!((&*eyes["value"], &*eyes["delta"], &*eyes["base"]), ("421", "109", "312"));
    assert_eq!(eyes["notes"], "The published parts +9, +76 give 85, not +109.");
    let row = workbook.iter().find(|row| row[0] == Data::String("camera_eyes".into())).unwrap();
    assert_eq!((&row[1], &row[5]), (&Data::String("Số mắt camera đang sử dụng.".into()), &Data::Float(421.0)));
}
