//! A sheet of 300 cameras with 37 faults of 12 kinds. All are found at once; once corrected, the sheet is accepted.

use std::collections::BTreeMap;

use super::books::{Book, E, N, Put, T};
use super::{commit, counts, findings, plan};
use crate::common::Server;

/// Each fault: the code that must be found, and its rows (from 0).
const FAULTS: &[(&str, &[usize])] = &[
    ("geo.swapped", &[3, 33, 63, 93]),
    ("geo.zero", &[5, 35, 65]),
    ("geo.outside_vietnam", &[7, 37, 67]),
    ("geo.unreadable", &[9, 39, 69]),
    ("geo.commune_mismatch", &[11, 41, 71, 101]),
    ("enum.unknown", &[13, 43, 73]),
    ("range", &[15, 45, 75]),
    ("required", &[17, 47, 77]),
    ("type", &[19, 49, 79]),
    ("unit.unknown_name", &[21, 51, 81]),
    ("secret.in_text", &[23, 53, 83]),
    ("dup.external_id", &[25, 55]),
];

/// The sheet, with its faults or corrected.
fn sheet(corrected: bool) -> Vec<u8> {
    let header =
        [T("Mã đơn vị gửi"), T("Tên"), T("Số mắt"), T("Cấp quản lý"), T("Xã"), T("Kinh độ"), T("Vĩ độ"), T("Ghi chú")];
    let mut book = Book::of("Camera", &[&header]);
    for row in 0..300 {
        let fault = FAULTS.iter().find(|(_, rows)| rows.contains(&row)).map(|(code, _)| *code);
        let fault = fault.filter(|_| !corrected).unwrap_or_default();
        let id = format!("CX-{:03}", if fault == "dup.external_id" { row - 1 } else { row });
        let name = format!("Điểm {row}");
        let (lon, lat) = (105.61 + (row % 20) as f64 * 0.006, 19.71 + (row / 20) as f64 * 0.011);
        let (lon_cell, lat_cell) = match fault {
            "geo.swapped" => (N(lat), N(lon)),
            "geo.zero" => (N(0.0), N(0.0)),
            "geo.outside_vietnam" => (N(125.0), N(lat)),
            "geo.unreadable" => (T("trước cổng"), N(lat)),
            "geo.commune_mismatch" => (N(105.85), N(lat)),
            _ => (N(lon), N(lat)),
        };
        let eyes: Put = match fault {
            "range" => N(40.0),
            "type" => T("hai"),
            _ => N(2.0),
        };
        let level = match fault {
            "enum.unknown" => T("Tổ bảo vệ dân phố"),
            "required" => E,
            _ => T("Công an xã"),
        };
        let commune = if fault == "unit.unknown_name" { "Phường Tay" } else { "Phường Tây" };
        let note = if fault == "secret.in_text" { T("mật khẩu: 12345678") } else { E };
        book = book.row(&[T(&id), T(&name), eyes, level, T(commune), lon_cell, lat_cell, note]);
    }
    book.bytes()
}

#[actix_web::test]
async fn all_37_faults_of_12_kinds_are_found_at_once_and_the_corrected_sheet_is_accepted() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let planned =
        plan(administrator, "cameras", "?source_org=C%C3%B4ng%20an%20ph%C6%B0%E1%BB%9Dng", sheet(false)).await;
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for finding in planned["findings"].as_array().unwrap() {
        let row = finding["row"].as_u64().unwrap() as usize - 2;
        found.entry(finding["code"].as_str().unwrap().to_owned()).or_default().push(row);
    }
    let expected: BTreeMap<_, _> = FAULTS.iter().map(|(code, rows)| ((*code).to_owned(), rows.to_vec())).collect();
    assert_eq!(found, expected);
    assert_eq!((findings(&planned).len(), expected.len()), (37, 12));
    assert_eq!(counts(&planned), [263, 0, 0, 0, 37, 0]);
    assert_eq!(commit(administrator, &planned).await.codes(), ["import.has_errors"]);
    assert_eq!(server.query("select count(*) from cameras").await, 0);

    let corrected =
        plan(administrator, "cameras", "?source_org=C%C3%B4ng%20an%20ph%C6%B0%E1%BB%9Dng", sheet(true)).await;
    assert_eq!((findings(&corrected).len(), counts(&corrected)), (0, [300, 0, 0, 0, 0, 0]));
    assert_eq!(commit(administrator, &corrected).await.ok()["status"], "committed");
    assert_eq!(server.query("select count(*) from cameras where source_org = 'Công an phường'").await, 300);

    let again = plan(administrator, "cameras", "?source_org=C%C3%B4ng%20an%20ph%C6%B0%E1%BB%9Dng", sheet(true)).await;
    assert_eq!(counts(&again), [0, 0, 300, 0, 0, 0]);
    commit(administrator, &again).await.ok();
    assert_eq!(server.query("select max(version) from cameras").await, 1);
}
