//! `/stats` and `/stats/{unit}` as the workbooks that an officer hands in.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use crate::common::{Answer, Server};

const DISTRICT: &str = "/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31&f=xlsx";
const COMMUNES: &str = "/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20&compare=2022-12-31&f=xlsx";
/// The rows of the header, after agency, title, subtitle and an empty row.
const HEAD: usize = 4;

type Sheet = Vec<Vec<Data>>;

fn sheets(answer: &Answer) -> BTreeMap<String, Sheet> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    let rows = |range: &calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    book.worksheets().iter().map(|(name, range)| (name.clone(), rows(range))).collect()
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

/// The number of a cell; that of a formula was saved as a text.
fn number(cell: &Data) -> Option<f64> {
    text(cell).parse().ok()
}

fn row<'a>(sheet: &'a Sheet, name: &str) -> &'a [Data] {
    sheet.iter().find(|row| text(&row[1]) == name).unwrap_or_else(|| panic!("no row {name}"))
}

/// The columns of a group of the header, by their items.
fn group(sheet: &Sheet, name: &str) -> BTreeMap<String, usize> {
    let head = &sheet[HEAD];
    let start = head.iter().position(|cell| text(cell) == name).unwrap_or_else(|| panic!("no {name} in {head:?}"));
    let end = (start + 1..head.len()).find(|column| head[*column] != Data::Empty).unwrap_or(head.len());
    (start..end).map(|column| (text(&sheet[HEAD + 1][column]), column)).collect()
}

#[actix_web::test]
async fn workbook_of_communes_has_a_sheet_a_group_that_adds_up() {
    let server = Server::with_demo().await;
    let answer = server.anonymous().get(COMMUNES).await;
    let name = "attachment; filename=\"figures_405@2023-09-20_2023-09-20.xlsx\"";
    assert_eq!(answer.header("content-disposition").unwrap(), name);
    let sheets = sheets(&answer);
    for name in [
        "Camera", "Trạm BTS", "Phủ sóng di động", "Cáp quang", "Wi-Fi công cộng", "Trụ sở, di tích", "Truyền thanh",
        "Tăng, giảm", "Chất lượng dữ liệu", "Ghi chú", "Cách tính",
    ] {
        assert!(sheets.contains_key(name), "{name} in {:?}", sheets.keys());
    }
    let cameras = &sheets["Camera"];
    assert_eq!(text(&cameras[0][0]), "UBND HUYỆN ĐÔNG SƠN");
    assert_eq!(text(&cameras[1][0]), "SỐ LIỆU HẠ TẦNG SỐ: CAMERA");
    assert_eq!(text(&cameras[2][0]), "Huyện Đông Sơn, đến ngày 20/9/2023, so với ngày 31/12/2022");
    let total = row(cameras, "Tổng cộng");
    let eyes = group(cameras, "Số mắt camera đang sử dụng");
    assert_eq!((number(&total[eyes["Số lượng"]]), number(&total[eyes["Tăng, giảm"]])), (Some(421.0), Some(109.0)));
    let managers = group(cameras, "Số mắt camera theo cấp quản lý");
    let by = |name: &str| number(&total[managers[name]]);
    assert_eq!((by("Công an huyện"), by("Công an xã")), (Some(55.0), Some(366.0)));
    let communes: Vec<_> = cameras[HEAD + 2..].iter().take_while(|row| text(&row[1]) != "Tổng cộng").collect();
    assert_eq!(communes.len(), 14);
    let of_communes: f64 = communes.iter().filter_map(|row| number(&row[eyes["Số lượng"]])).sum();
    assert!(matches!(communes[0][eyes["Số lượng"]], Data::Float(_)) && of_communes == 421.0);
    let coverage = &sheets["Phủ sóng di động"];
    let hamlets = group(coverage, "Số thôn, tổ dân phố có sóng 4G trở lên");
    let total = row(coverage, "Tổng cộng");
    assert_eq!((number(&total[hamlets["Thôn"]]), number(&total[hamlets["Tỷ lệ"]])), (Some(97.0), Some(1.0)));
    let whole = group(coverage, "Tổng số thôn, tổ dân phố");
    assert_eq!(number(&total[whole[""]]), Some(97.0));
    let signed = cameras.iter().flatten().map(text).filter(|text| text.starts_with("THỦ TRƯỞNG") || text.starts_with("NGƯỜI LẬP"));
    assert_eq!(signed.count(), 2);
}

#[actix_web::test]
async fn workbook_of_a_unit_has_published_and_counted_figures_side_by_side() {
    let server = Server::with_demo().await;
    let sheets = sheets(&server.anonymous().get(DISTRICT).await);
    let figures = &sheets["Số liệu"];
    let eyes = row(figures, "Số mắt camera đang sử dụng");
    let head: Vec<_> = figures[HEAD].iter().map(text).collect();
    let of = |name: &str| number(&eyes[head.iter().position(|found| found == name).expect(name)]);
    assert_eq!(["Số lượng", "Đã công bố", "Số gốc ngày 31/12/2022", "Tăng, giảm"].map(of), [421.0, 421.0, 312.0, 109.0].map(Some));
    let published = &sheets["Đã công bố"];
    let line = published.iter().find(|row| text(&row[2]) == "Số mắt camera theo cấp quản lý: Công an xã").expect("a line");
    assert_eq!([3, 4, 5].map(|column| number(&line[column])), [366.0, 366.0, 0.0].map(Some));
    assert_eq!(text(&line[7]), "Báo cáo của huyện Đông Sơn ngày 20/9/2023");
    let changes = &sheets["Tăng, giảm"];
    let line = changes.iter().find(|row| text(&row[2]) == "Số mắt camera đang sử dụng").expect("a line");
    let reasons = group(changes, "Trong đó");
    assert_eq!(number(&line[reasons["Lắp mới"]]), Some(109.0));
    let notes = &sheets["Ghi chú"];
    let day = notes.iter().find(|row| text(&row[0]) == "Số liệu đến ngày").expect("a line");
    assert!(matches!(day[1], Data::DateTime(_)), "{day:?}");
}

#[actix_web::test]
async fn workbook_has_words_and_no_codes() {
    let server = Server::with_demo().await;
    let definitions = server.anonymous().get("/stats/definitions").await.ok();
    let definitions = definitions["definitions"].as_array().unwrap();
    let of = |name: &str| definitions.iter().filter_map(|it| it[name].as_str()).map(str::to_owned).collect::<Vec<_>>();
    let bases = ["register", "reported", "surveyed", "measured", "modelled", "mixed", "computed", "declared"];
    let levels = ["province", "district", "commune", "unlocated", "stale", "unknown", "commune_police", "viettel"];
    let mut codes = [of("code"), of("unit")].concat();
    codes.extend(bases.into_iter().chain(levels).map(str::to_owned));
    // Words that are Vietnamese, too.
    codes.retain(|code| !["camera", "km"].contains(&&**code));
    for path in [DISTRICT, COMMUNES] {
        for (name, sheet) in sheets(&server.anonymous().get(path).await) {
            for cell in sheet.iter().flatten().map(text).filter(|text| !text.starts_with("http")) {
                let mut words = cell.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                assert!(words.all(|word| !codes.iter().any(|code| code == word)), "{name}: {cell}");
            }
        }
    }
}

#[actix_web::test]
async fn every_sheet_prints_on_a4_on_its_side_with_its_header_on_each_page() {
    let server = Server::with_demo().await;
    let answer = server.anonymous().get(COMMUNES).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body.to_vec())).unwrap();
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let count = read("xl/workbook.xml").matches("<sheet ").count();
    assert_eq!(read("xl/workbook.xml").matches("_xlnm.Print_Titles").count(), count);
    // Fourteen communes fit on one page, which is not written, and what is defined does not.
    assert!(!read("xl/worksheets/sheet1.xml").contains("fitToHeight"));
    assert!(read(&format!("xl/worksheets/sheet{count}.xml")).contains("fitToHeight=\"2\""));
    for nth in 1..=count {
        let sheet = read(&format!("xl/worksheets/sheet{nth}.xml"));
        for setting in ["<pageSetUpPr fitToPage=\"1\"/>", "paperSize=\"9\"", "orientation=\"landscape\""] {
            assert!(sheet.contains(setting), "{setting} in sheet {nth}: {}", &sheet[sheet.find("<pageSetup").unwrap_or(0)..]);
        }
    }
}

/// "421 was published; the register now holds 424, of which 3 were entered after that day."
#[actix_web::test]
async fn what_was_published_stands_beside_what_was_entered_later() {
    let server = Server::with_demo().await;
    let mut camera = crate::common::camera(serde_json::json!({"eye_count": 3, "installed_on": "2023-01-05"}));
    camera["geometry"]["coordinates"] = serde_json::json!([105.72, 19.80]);
    assert_eq!(server.administrator().post("/collections/cameras/items", camera).await.status, 201);
    let path = "/stats/405@2023-09-20?as_of=2023-09-20&indicators=camera_eyes,camera_eyes_by_manager";
    let answer = server.anonymous().get(path).await.ok();
    let published: &Value = &answer["figures"]["camera_eyes"]["published"];
    assert_eq!((&published["value"], &published["difference"]), (&421.into(), &3.into()));
    // The demo is entered on the day of the test, long after the day of the report.
    assert_eq!((&published["entered_later"], &published["on"]), (&424.into(), &"2023-09-20".into()));
    let note = "421 was published; the register now holds 424, of which 424 were entered after that day.";
    assert_eq!(published["note"], note);
    let parts = &answer["figures"]["camera_eyes_by_manager"]["published_by_value"];
    assert_eq!((&parts["district_police"]["value"], &parts["commune_police"]["difference"]), (&55.into(), &3.into()));
}
