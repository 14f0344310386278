use super::*;

fn rows(inside: &str) -> (Vec<Vec<String>>, Vec<String>) {
    let workbook = read(&format!("<?xml version=\"1.0\"?><kml><Document>{inside}</Document></kml>")).unwrap();
    let shown = |row: &crate::files::sheet::Row| row.cells.iter().map(|(_, cell)| cell.shown()).collect();
    (
        workbook.sheets[0].rows.iter().map(shown).collect(),
        workbook.remarks.iter().map(|it| it.text.code().to_owned()).collect(),
    )
}

const PLACE: &str = "<Point><coordinates>105.7,19.8,12</coordinates></Point>";
const POINT: &str = r#"{"type":"Point","coordinates":[105.7,19.8]}"#;

#[test]
fn placemarks_of_every_folder_become_rows() {
    let (rows, remarks) = rows(&format!(
        "<Folder><name>Trạm</name><Placemark><name>BTS 1</name><ExtendedData><Data name=\"operator\"><value>Viettel</value>\
         </Data></ExtendedData>{PLACE}</Placemark></Folder><Folder><name>Cáp</name><Placemark><name>Tuyến</name>\
         <MultiGeometry><LineString><coordinates>105.7,19.8 105.71,19.8</coordinates></LineString>\
         <LineString><coordinates>105.8,19.8 105.81,19.8</coordinates></LineString></MultiGeometry></Placemark></Folder>"
    ));
    assert_eq!(rows[0], ["geometry", "name", "operator", "folder"]);
    assert_eq!(rows[1], [POINT, "BTS 1", "Viettel", "Trạm"]);
    assert!(rows[2][0].starts_with(r#"{"type":"MultiLineString""#), "{}", rows[2][0]);
    assert_eq!(remarks, [""; 0]);
}

#[test]
fn names_need_no_declared_prefix_and_text_no_escaped_sign() {
    let kml = format!(
        "<kml:kml xsi:schemaLocation=\"x\"><kml:Placemark><kml:name>A & B &lt;1&#62;</kml:name>{PLACE}</kml:Placemark></kml:kml>"
    );
    assert_eq!(read(&kml).unwrap().sheets[0].rows[1].cells[1].1.shown(), "A & B <1>");
}

#[test]
fn second_name_is_told_and_equal_ones_are_one() {
    let data = |name: &str| format!("<ExtendedData><Data name=\"Name\"><value>{name}</value></Data></ExtendedData>");
    let (same, silent) = rows(&format!("<Placemark><name>A</name>{}{PLACE}</Placemark>", data("A")));
    assert_eq!((&same[1][1..], silent.len()), (&["A".to_owned()][..], 0));
    let (other, told) = rows(&format!("<Placemark><name>A</name>{}{PLACE}</Placemark>", data("B")));
    assert_eq!((&other[1][1..], told), (&["A".to_owned()][..], vec!["kml.doubled".to_owned()]));
    assert_eq!(rows("<Placemark><name>A</name><name>B</name></Placemark>").1, ["kml.doubled"]);
}

#[test]
fn balloons_become_columns_and_other_html_a_text() {
    let (read, remarks) = rows(&format!(
        "<Placemark><description><![CDATA[<table><tr><td>operator</td><td>VNPT</td></tr><tr><td>height_m</td><td>42</td></tr>\
         </table>]]></description><ExtendedData><Data name=\"operator\"><value>Viettel</value></Data></ExtendedData>{PLACE}\
         </Placemark><Placemark><description>&lt;b&gt;Gần&lt;/b&gt; chợ</description></Placemark>"
    ));
    assert_eq!(read[0], ["geometry", "operator", "height_m", "description"]);
    assert_eq!(
        (read[1][1..].to_vec(), read[2].clone()),
        (vec!["Viettel".to_owned(), "42".into()], vec!["Gần chợ".to_owned()])
    );
    assert_eq!(remarks, ["kml.balloon"]);
    let long = format!("<Placemark><description><![CDATA[<p>{}</p>]]></description></Placemark>", "dài ".repeat(600));
    assert_eq!(rows(&long), (vec![vec!["geometry".to_owned()], vec![]], vec!["kml.balloon".to_owned()]));
}

#[test]
fn what_is_no_placemark_is_counted() {
    let (read, remarks) = rows(
        "<NetworkLink><name>a</name><Link><href>http://x</href></Link></NetworkLink><GroundOverlay/><GroundOverlay></GroundOverlay>\
         <Placemark><name>Xe</name><gx:Track><when>2023</when><gx:coord>105.7 19.8 0</gx:coord><gx:coord>105.8 19.8 0</gx:coord>\
         </gx:Track></Placemark><Placemark><Model/></Placemark>",
    );
    assert_eq!(read[1], [r#"{"type":"LineString","coordinates":[[105.7,19.8],[105.8,19.8]]}"#, "Xe"]);
    assert_eq!(remarks, ["kml.track", "kml.skipped", "kml.skipped", "kml.skipped"]);
}

#[test]
fn titles_of_a_schema_replace_names_of_machines() {
    let (read, _) = rows(
        "<Schema name=\"s\"><SimpleField name=\"FIELD_1\"><displayName>Nhà mạng</displayName></SimpleField><SimpleField \
         name=\"operator\"><displayName>x</displayName></SimpleField></Schema><Placemark><ExtendedData><SchemaData \
         schemaUrl=\"#s\"><SimpleData name=\"FIELD_1\">VNPT</SimpleData><SimpleData name=\"operator\">VNPT</SimpleData>\
         </SchemaData></ExtendedData></Placemark>",
    );
    assert_eq!(read[0], ["geometry", "Nhà mạng", "operator"]);
}

#[test]
fn document_types_deep_nesting_and_other_xml_are_refused() {
    let code = |xml: &str| read(xml).unwrap_err().code;
    assert_eq!(code(r#"<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>"#), "file.document_type");
    for inside in ["Folder", "b"] {
        let deep = format!("<{inside}>").repeat(100_000) + &format!("</{inside}>").repeat(100_000);
        assert_eq!(code(&format!("<kml>{deep}</kml>")), "file.kml");
    }
    assert_eq!(code("<gpx><wpt/></gpx>"), "file.format");
    assert!(read("<kml>\n<Document>\n</kml>").unwrap_err().text.en().contains("line 3"));
}
