//! The workbook of the sender comes back as it was sent, with the findings added.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use regex::Regex;
use rust_xlsxwriter::{Chart, Color, Format, FormatBorder, Note, Workbook};
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{commit, counts, findings, plan};
use crate::common::{Caller, Server};

/// The parts of a package.
fn parts(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut parts = BTreeMap::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.insert(part.name().unwrap().into_owned(), bytes);
    }
    parts
}

fn package(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(parts[name].clone()).unwrap()
}

/// The look of a cell: the attributes of its combination of formats.
fn look(parts: &BTreeMap<String, Vec<u8>>, sheet: &str, cell: &str) -> BTreeMap<String, String> {
    let cell = Regex::new(&format!("<c r=\"{cell}\"[^>]* s=\"(\\d+)\"")).unwrap();
    let nth: usize = cell.captures(&text(parts, sheet)).map_or(0, |found| found[1].parse().unwrap());
    let styles = text(parts, "xl/styles.xml");
    let looks = styles.split("<cellXfs").nth(1).unwrap().split("</cellXfs>").next().unwrap();
    let look = Regex::new("<xf ([^>]*?)/?>").unwrap().captures_iter(looks).nth(nth).unwrap()[1].to_owned();
    let attribute = Regex::new("(\\w+)=\"([^\"]*)\"").unwrap();
    attribute.captures_iter(&look).map(|it| (it[1].to_owned(), it[2].to_owned())).collect()
}

async fn returned(caller: Caller<'_>, plan: &Value) -> Vec<u8> {
    let answer = caller.get(&format!("/imports/{}/workbook", plan["id"].as_str().unwrap())).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    answer.body.to_vec()
}

fn rows(file: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file.to_vec())).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// A list as an office would send it: titles, borders, a chart, a hidden sheet, notes of its own.
fn list() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Camera").unwrap();
    let title = Format::new().set_bold().set_font_size(16);
    sheet.merge_range(0, 0, 0, 5, "DANH SÁCH CAMERA", &title).unwrap();
    let framed = Format::new().set_border(FormatBorder::Thin).set_font_name("Times New Roman");
    let green = framed.clone().set_background_color(Color::RGB(0x00E2_EFDA)).set_num_format("0.00");
    for (column, header) in (0..).zip(["Tên", "Số mắt", "Cấp quản lý", "Xã", "Kinh độ", "Vĩ độ"]) {
        sheet.write_string_with_format(1, column, header, &framed).unwrap();
    }
    for (row, eyes) in [(2, 2.0), (3, 40.0), (4, 50.0)] {
        sheet.write_string_with_format(row, 0, format!("Camera {row}"), &framed).unwrap();
        sheet.write_number_with_format(row, 1, eyes, &green).unwrap();
        sheet.write_string_with_format(row, 2, "Công an xã", &framed).unwrap();
        sheet.write_string_with_format(row, 3, if row == 4 { "Phuong Tay" } else { "Phường Tây" }, &framed).unwrap();
        sheet.write_number_with_format(row, 4, 105.7 + f64::from(row) / 100.0, &framed).unwrap();
        sheet.write_number_with_format(row, 5, 19.8, &framed).unwrap();
    }
    sheet.insert_note(4, 1, &Note::new("Đếm lại").set_author("An")).unwrap();
    sheet.set_column_width(0, 33).unwrap();
    sheet.set_landscape();
    sheet.set_row_height(3, 30).unwrap();
    let mut chart = Chart::new_column();
    chart.add_series().set_values("Camera!$B$3:$B$5");
    sheet.insert_chart(6, 8, &chart).unwrap();
    let hidden = book.add_worksheet().set_name("Nháp").unwrap();
    hidden.write_formula(0, 0, "=SUM(Camera!B3:B5)").unwrap();
    hidden.set_hidden(true);
    book.add_worksheet().set_name("Danh mục").unwrap().write_string(0, 0, "của tôi").unwrap();
    book.save_to_buffer().unwrap()
}

#[actix_web::test]
async fn everything_that_was_sent_comes_back() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let sent = list();
    let planned = plan(administrator, "cameras", "", sent.clone()).await;
    assert_eq!(findings(&planned).last().unwrap(), "D5 unit.unknown_name", "{planned}");
    let back = returned(administrator, &planned).await;
    let (before, after) = (parts(&sent), parts(&back));
    let changed: Vec<&str> =
        before.iter().filter(|(name, bytes)| after.get(*name) != Some(*bytes)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        changed,
        [
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
            "xl/comments1.xml",
            "xl/drawings/vmlDrawing1.vml",
            "xl/styles.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
        ]
    );
    let sheet = text(&after, "xl/worksheets/sheet1.xml");
    for kept in ["<mergeCell ref=\"A1:F1\"/>", "ht=\"30\"", "orientation=\"landscape\"", "<drawing ", "<legacyDrawing "]
    {
        assert!(sheet.contains(kept), "{kept}");
    }
    assert!(sheet.contains("<pane ySplit=\"2\""), "{sheet}");
    // Painted, with its own number format, font and border.
    let painted = |cell: &str| look(&after, "xl/worksheets/sheet1.xml", cell);
    let (plain, red) = (painted("B3"), painted("B4"));
    for same in ["numFmtId", "fontId", "borderId"] {
        assert_eq!(plain[same], red[same], "{same}");
    }
    assert_ne!(plain["fillId"], red["fillId"]);
    assert_eq!(look(&before, "xl/worksheets/sheet1.xml", "B3")["fillId"], plain["fillId"]);
    // Notes: the sender's own stays, and is not doubled.
    let notes = text(&after, "xl/comments1.xml");
    assert_eq!((notes.matches("ref=\"B4\"").count(), notes.matches("ref=\"B5\"").count()), (1, 1), "{notes}");
    assert!(notes.contains("Đếm lại") && notes.contains("“Số mắt” phải từ 1 đến 16"));
    let shown = rows(&back, "Camera");
    assert_eq!(shown[1][6], "Trạng thái nhập");
    assert_eq!(shown[2][6], "Thêm mới");
    assert!(shown[3][6].starts_with("Lỗi: “Số mắt” phải từ 1 đến 16."), "{}", shown[3][6]);
    // The sender's own sheet of that name stays; the candidates stand on another one.
    assert_eq!(rows(&back, "Danh mục"), [["của tôi"]]);
    assert!(rows(&back, "Danh mục (2)").iter().flatten().any(|text| text.starts_with("00001 Phường Tây")));

    let again = plan(administrator, "cameras", "", back).await;
    assert_eq!(findings(&again), findings(&planned));
    assert_eq!(counts(&again), counts(&planned));
}

#[actix_web::test]
async fn corrected_file_loses_its_paint_and_keeps_one_state_column() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let planned = plan(administrator, "cameras", "", list()).await;
    let mut back = parts(&returned(administrator, &planned).await);
    let sheet = text(&back, "xl/worksheets/sheet1.xml");
    let sheet = sheet.replace("<v>40</v>", "<v>4</v>").replace("<v>50</v>", "<v>5</v>");
    back.insert("xl/worksheets/sheet1.xml".into(), sheet.into_bytes());
    let strings = text(&back, "xl/sharedStrings.xml").replace("Phuong Tay", "Phường Tây");
    back.insert("xl/sharedStrings.xml".into(), strings.into_bytes());
    let corrected = plan(administrator, "cameras", "", package(&back)).await;
    assert_eq!(counts(&corrected), [3, 0, 0, 0, 0, 0], "{corrected}");
    let file = returned(administrator, &corrected).await;
    let shown = rows(&file, "Camera");
    assert_eq!(shown[1].iter().filter(|header| *header == "Trạng thái nhập").count(), 1);
    assert_eq!([&shown[2][6], &shown[3][6], &shown[4][6]], ["Thêm mới"; 3]);
    let after = parts(&file);
    // The sender's green fill is back, and only the sender's note is left.
    let fill = |cell: &str| look(&after, "xl/worksheets/sheet1.xml", cell)["fillId"].clone();
    let styles = text(&after, "xl/styles.xml");
    let fills: Vec<_> = Regex::new("(?s)<fill>.*?</fill>").unwrap().find_iter(&styles).map(|it| it.as_str()).collect();
    for cell in ["B3", "B4", "B5"] {
        let fill = fills[fill(cell).parse::<usize>().unwrap()];
        assert!(fill.split("<bgColor").next().unwrap().contains("FFE2EFDA"), "{cell} {fill}");
    }
    let notes = text(&after, "xl/comments1.xml");
    assert_eq!(notes.matches("<comment ").count(), 1, "{notes}");
    let names = text(&after, "xl/workbook.xml");
    assert_eq!(names.matches("<sheet ").count(), 4, "{names}");
    commit(administrator, &corrected).await.ok();
    let last = plan(administrator, "cameras", "", file).await;
    assert_eq!(counts(&last), [0, 0, 3, 0, 0, 0], "{last}");
}

/// A package as some libraries write it: names with a prefix, rows and cells without references, texts in the cells.
fn bare() -> Vec<u8> {
    const NS: &str = "http://schemas.openxmlformats.org";
    let row = |cells: &[&str]| {
        let cell = |text: &&str| match text.parse::<f64>() {
            Ok(_) => format!("<x:c><x:v>{text}</x:v></x:c>"),
            Err(_) => format!("<x:c t=\"inlineStr\"><x:is><x:t>{text}</x:t></x:is></x:c>"),
        };
        format!("<x:row>{}</x:row>", cells.iter().map(cell).collect::<String>())
    };
    let rows = [
        row(&["Tên", "Số mắt", "Cấp quản lý", "Kinh độ", "Vĩ độ"]),
        row(&["A", "40", "Công an xã", "105.7", "19.8"]),
        row(&["B", "4", "Công an xã", "105.72", "19.8"]),
    ];
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{NS}/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{NS}/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{NS}/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<x:workbook xmlns:x=\"{NS}/spreadsheetml/2006/main\" xmlns:r=\"{NS}/officeDocument/2006/relationships\"><x:sheets><x:sheet name=\"Tờ 1\" sheetId=\"1\" r:id=\"r1\"/></x:sheets></x:workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{NS}/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{NS}/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{NS}/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<x:styleSheet xmlns:x=\"{NS}/spreadsheetml/2006/main\"><x:fonts count=\"1\"><x:font/></x:fonts><x:fills count=\"1\"><x:fill><x:patternFill patternType=\"none\"/></x:fill></x:fills><x:borders count=\"1\"><x:border/></x:borders><x:cellStyleXfs count=\"1\"><x:xf/></x:cellStyleXfs><x:cellXfs count=\"1\"><x:xf/></x:cellXfs></x:styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<x:worksheet xmlns:x=\"{NS}/spreadsheetml/2006/main\"><x:sheetData>{}</x:sheetData></x:worksheet>",
                rows.concat()
            ),
        ),
    ];
    package(&parts.into_iter().map(|(name, xml)| (name.to_owned(), xml.into_bytes())).collect())
}

#[actix_web::test]
async fn cells_without_references_are_found() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let planned = plan(administrator, "cameras", "", bare()).await;
    assert_eq!(findings(&planned), ["B2 range"]);
    let back = returned(administrator, &planned).await;
    let sheet = text(&parts(&back), "xl/worksheets/sheet1.xml");
    assert!(sheet.starts_with("<x:worksheet") && sheet.contains("<x:pane ySplit=\"1\""), "{sheet}");
    let shown = rows(&back, "Tờ 1");
    assert_eq!((shown[0][5].as_str(), shown[2][5].as_str()), ("Trạng thái nhập", "Thêm mới"));
    assert!(shown[1][5].starts_with("Lỗi: “Số mắt”"), "{shown:?}");
    let again = plan(administrator, "cameras", "", back).await;
    assert_eq!((findings(&again), counts(&again)), (findings(&planned), counts(&planned)));
}

#[actix_web::test]
async fn plan_keeps_its_columns_when_the_sender_says_otherwise_later() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let book = || {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, header) in (0..).zip(["Tên", "P", "Q", "Cấp quản lý", "Kinh độ", "Vĩ độ"]) {
            sheet.write_string(0, column, header).unwrap();
        }
        for (column, text) in [(0, "A"), (1, "40"), (2, "50"), (3, "Công an xã"), (4, "105.7"), (5, "19.8")] {
            sheet.write_string(1, column, text).unwrap();
        }
        book.save_to_buffer().unwrap()
    };
    let first =
        plan(administrator, "cameras", "?mapping=%7B%22P%22%3A%22eye_count%22%2C%22Q%22%3A%22ignore%22%7D", book())
            .await;
    let second =
        plan(administrator, "cameras", "?mapping=%7B%22P%22%3A%22ignore%22%2C%22Q%22%3A%22eye_count%22%7D", book())
            .await;
    assert_eq!((findings(&first), findings(&second)), (vec!["B2 range".to_owned()], vec!["C2 range".to_owned()]));
    for (planned, painted, plain) in [(&first, "B2", "C2"), (&second, "C2", "B2")] {
        let after = parts(&returned(administrator, planned).await);
        let fill = |cell: &str| look(&after, "xl/worksheets/sheet1.xml", cell).get("fillId").cloned();
        assert_ne!(fill(painted), fill(plain));
        assert_eq!(fill(plain).unwrap_or("0".into()), "0");
    }
}

#[actix_web::test]
async fn no_content_or_name_of_a_file_is_too_odd_for_a_workbook() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let head = "Tên,Cấp quản lý,Kinh độ,Vĩ độ";
    let row = "Công an xã,105.7,19.8";
    let long = "x".repeat(40_000);
    let wide = format!("{head}{}\nA,{row}{}\n", ",P".repeat(1_900), ",q".repeat(1_900));
    for (file, name) in [
        (format!("{head}\n{long},{row}\n"), "../../etc/passwd"),
        (format!("{head}\n\u{1}a\u{7}b\u{ffff}c,{row}\n"), "[a]:b*?.csv"),
        (wide, "Danh sách ☎.csv"),
        (format!("{head}{}\nA,{row}\n", "\n".repeat(1_100_000)), ""),
    ] {
        let query = if name.is_empty() { String::new() } else { format!("?file_name={}", encoded(name)) };
        let planned = plan(administrator, "cameras", &query, file.into_bytes()).await;
        let answer = administrator.get(&format!("/imports/{}/workbook", planned["id"].as_str().unwrap())).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.summary());
        let disposition = answer.header("content-disposition").unwrap().to_owned();
        assert!(!disposition.contains('/') && !disposition.contains(".."), "{disposition}");
        let opened: Result<Xlsx<_>, _> = Xlsx::new(Cursor::new(answer.body.to_vec()));
        assert_eq!(opened.unwrap().sheet_names()[0], "Sheet1");
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
