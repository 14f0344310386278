//! The XML of a sheet before and after an edit.

use crate::files::edit::styles::Styles;
use crate::files::edit::{DropDown, Fill, Look, Mark, SheetEdit, sheet};

const STYLES: &str = "<styleSheet><fonts count=\"1\"><font><sz val=\"11\"/></font></fonts><fills count=\"1\"><fill><patternFill patternType=\"none\"/></fill></fills>\
                      <cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>\
                      <xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"3\"><alignment horizontal=\"center\"/></xf></cellXfs></styleSheet>";

fn edited(xml: &str, edit: &SheetEdit) -> anyhow::Result<(String, String)> {
    let mut styles = Styles::read(STYLES.to_owned())?;
    let mut out = Vec::new();
    sheet::edit(xml.as_bytes(), &mut out, edit, &mut styles, None, &[])?;
    Ok((String::from_utf8(out)?, styles.finish()))
}

fn text(row: u32, column: u32, text: &str) -> Mark {
    Mark { row, column, text: Some(text.into()), ..Mark::default() }
}

#[test]
fn sheet_without_marks_passes_as_it_is() {
    let xml = "<?xml version=\"1.0\"?>\n<worksheet xmlns='a'><sheetPr/><sheetData><row r=\"2\" spans=\"1:2\">\n<c r='A2' t=\"s\"><v>0</v></c><c r=\"B2\"><f t=\"shared\" ref=\"B2:B9\" si=\"0\">A2&amp;\"x\"</f><v>1</v></c></row><row/></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells><extLst><ext/></extLst></worksheet>";
    assert_eq!(edited(xml, &SheetEdit::default()).unwrap().0, xml);
}

#[test]
fn marks_fall_into_cells_gaps_and_missing_rows() {
    let xml = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"><v>7</v></c><c r=\"D1\"/></row><row r=\"4\" spans=\"1:1\" ht=\"15\"/></sheetData><pageMargins/></worksheet>";
    let red = Look { fill: Fill::Of("FFC7CD"), ..Look::default() };
    let marks = vec![
        Mark { row: 1, column: 0, look: red, ..Mark::default() },
        text(1, 2, "a<b"),
        text(1, 3, "0912"),
        text(3, 1, "12.5"),
        Mark { look: Look { wrapped: true, ..Look::default() }, ..text(4, 0, &"dài ".repeat(20)) },
    ];
    let drop_downs = vec![DropDown { rows: (2, 9), column: 3, formula: "'Danh mục'!$A$2:$A$3".into() }];
    let edit = SheetEdit { marks, width: Some((4, 60.0)), frozen: 1, drop_downs, ..SheetEdit::default() };
    let (sheet, styles) = edited(xml, &edit).unwrap();
    let rows = [
        "<row r=\"1\"><c r=\"A1\" s=\"2\"><v>7</v></c>",
        "<c r=\"C1\" s=\"0\" t=\"inlineStr\"><is><t xml:space=\"preserve\">a&lt;b</t></is></c>",
        "<c r=\"D1\" s=\"0\" t=\"inlineStr\"><is><t xml:space=\"preserve\">0912</t></is></c></row>",
        "<row r=\"3\"><c r=\"B3\" s=\"0\"><v>12.5</v></c></row>",
        "<row r=\"4\" ht=\"30\"><c r=\"A4\" s=\"3\" t=\"inlineStr\">",
    ];
    assert!(sheet.contains(&rows.concat()), "{sheet}");
    let order = ["<sheetViews>", "<cols>", "<sheetData>", "<dataValidations count=\"1\">", "<pageMargins/>"];
    let places: Vec<_> = order.map(|name| sheet.find(name).unwrap_or_else(|| panic!("{name} {sheet}"))).into();
    assert!(places.is_sorted(), "{sheet}");
    let look = "<xf numFmtId=\"14\" fontId=\"0\" borderId=\"3\" fillId=\"1\" applyFill=\"1\"><alignment horizontal=\"center\"/></xf>";
    assert!(styles.contains(look) && styles.contains("<cellXfs count=\"4\">"), "{styles}");
}

#[test]
fn panes_and_rules_of_the_sender_stay() {
    let xml = "<worksheet><sheetViews><sheetView topLeftCell=\"A9\" workbookViewId=\"0\"><selection/></sheetView></sheetViews><sheetData/><dataValidations count=\"1\"><dataValidation sqref=\"A1\"/></dataValidations></worksheet>";
    let drop_downs = vec![DropDown { rows: (2, 2), column: 0, formula: "X!$A$1".into() }];
    let edit = SheetEdit { frozen: 2, drop_downs, ..SheetEdit::default() };
    let (sheet, _) = edited(xml, &edit).unwrap();
    assert!(sheet.contains("<sheetView workbookViewId=\"0\"><pane ySplit=\"2\" topLeftCell=\"A3\""), "{sheet}");
    assert!(sheet.contains("<dataValidations count=\"2\"><dataValidation sqref=\"A1\"/><dataValidation "), "{sheet}");
    let own = xml.replace("<selection/>", "<pane xSplit=\"1\"/>").replace(" topLeftCell=\"A9\"", "");
    let edit = SheetEdit { frozen: 2, ..SheetEdit::default() };
    assert_eq!(edited(&own, &edit).unwrap().0.replace("<sheetData></sheetData>", "<sheetData/>"), own);
}

#[test]
fn what_cannot_be_edited_is_an_error() {
    for xml in [
        "<chartsheet></chartsheet>",
        "<worksheet><sheetData><row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"2\"/><row r=\"1\"/></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:A3\" si=\"0\">1</f></c></row></sheetData></worksheet>",
        "<worksheet><sheetData>",
    ] {
        let edit = SheetEdit { marks: vec![text(1, 0, "a")], ..SheetEdit::default() };
        assert!(edited(xml, &edit).is_err(), "{xml}");
    }
}
