//! An empty workbook to fill in.

use rust_xlsxwriter::XlsxError;

use crate::files::export::book::{Page, Put, write};
use crate::statements::Kind;
use crate::statements::sheet::columns;

/// A workbook with the headers of a kind, and a guide that marks the required ones. The example is in the guide: in the sheet it would
/// be imported.
///
/// # Errors
/// What the library rejects.
pub fn template(kind: Kind) -> Result<Vec<u8>, XlsxError> {
    let columns = columns::of(kind);
    let head = columns.iter().map(|column| Put::from(column.label.vi)).collect();
    let guide = columns.iter().map(|column| {
        vec![
            Put::from(column.label.vi),
            Put::from(column.label.en),
            Put::from(if column.is_required { "x" } else { "" }),
            Put::from(column.example),
        ]
    });
    let title = ["Cột", "Column", "Bắt buộc", "Ví dụ"].map(Put::from).to_vec();
    write(&[
        Page { name: "Số liệu", head: 1, rows: vec![head], widths: vec![22] },
        Page {
            name: "Hướng dẫn",
            head: 1,
            rows: [title].into_iter().chain(guide).collect(),
            widths: vec![30, 30, 12, 30],
        },
    ])
}
