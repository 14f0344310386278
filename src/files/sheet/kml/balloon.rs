//! Balloons: descriptions in HTML, into which ArcGIS, QGIS and My Maps write the columns of a table.

use std::sync::LazyLock;

use regex::Regex;

use crate::files::sheet::markup::plain;

/// The names and values in a balloon: rows of two cells, or lines such as `name: value`. Empty if it is another text.
pub fn pairs(html: &str) -> Vec<(String, String)> {
    let rows = rows(html);
    if rows.is_empty() { lines(html) } else { rows }
}

/// The rows of two cells of all tables, also of tables within tables.
fn rows(html: &str) -> Vec<(String, String)> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)<(/?)(tr|td|th|table)\b[^<>]*>").expect("a valid pattern"));
    let mut pairs = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut cell = None;
    for tag in TAG.captures_iter(html) {
        let whole = tag.get(0).expect("the whole match");
        if let Some(from) = cell.take() {
            cells.push(plain(&html[from..whole.start()]));
        }
        match (tag[1].is_empty(), tag[2].to_ascii_lowercase().as_str()) {
            (true, "td" | "th") => cell = Some(whole.end()),
            (true, _) => cells.clear(),
            (false, "tr" | "table") => {
                if let [name, value] = cells.as_mut_slice()
                    && !name.is_empty()
                {
                    pairs.push((std::mem::take(name), std::mem::take(value)));
                }
                cells.clear();
            }
            _ => {}
        }
    }
    pairs
}

/// Lines that are all `name: value`, at least two of them.
fn lines(html: &str) -> Vec<(String, String)> {
    let text = plain(html);
    let pair = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = (1..=40).contains(&name.chars().count()) && !value.starts_with("//");
        is_name.then(|| (name.to_owned(), value.to_owned()))
    };
    let pairs: Option<Vec<_>> = text.lines().map(pair).collect();
    pairs.filter(|pairs| pairs.len() > 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        pairs(html).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn tables_of_tools_are_pairs() {
        let arcgis = "<html><head><style>td { color: red }</style></head><body><table><tr><td>Trạm 1</td></tr><tr><td>\
                      <table><tr><td>Nhà mạng</td>\n<td>Viettel</td></tr><tr bgcolor=\"#D4E4F3\"><td>Độ cao</td><td>42&nbsp;m</td>\
                      </tr><tr><td>Trống</td><td></td></tr></table></td></tr></table></body></html>";
        assert_eq!(shown(arcgis), ["Nhà mạng=Viettel", "Độ cao=42 m", "Trống="]);
        assert_eq!(shown("<tr><th>a</th><td><b>1</b></td></tr><tr><td>x</td><td>y</td><td>z</td></tr>"), ["a=1"]);
    }

    #[test]
    fn lines_are_pairs_only_if_all_of_them_are() {
        assert_eq!(shown("Nhà mạng: VNPT<br>Độ cao: 30"), ["Nhà mạng=VNPT", "Độ cao=30"]);
        for text in ["<b>Trạm</b> ngắn<br>Ghi chú: ảnh", "Ghi chú: ảnh", "a: 1<br>https://example.vn", ""] {
            assert_eq!(shown(text), [""; 0], "{text}");
        }
    }
}
