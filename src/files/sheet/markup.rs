//! HTML in cells and balloons as plain text.

use std::sync::LazyLock;

use regex::Regex;

/// Whether a text holds tags or entities of HTML. "a < b" and "R&D" hold none.
pub fn is_markup(text: &str) -> bool {
    text.contains('<') && TAG.is_match(text) || text.contains('&') && entities(text) != text
}

/// Whether a cell was surely written as HTML: it breaks lines, closes an element, or spells a letter or a space as an
/// entity. A cell that holds only `&amp;` or `<b>` may be meant so, and an export of it must come back unchanged.
pub fn is_certain(text: &str) -> bool {
    let breaks = || {
        TAG.captures_iter(text)
            .any(|tag| tag.get(2).is_some_and(|name| !tag[1].is_empty() || name.as_str().eq_ignore_ascii_case("br")))
    };
    let spells =
        || entities(text).chars().filter(|c| !c.is_ascii()).count() > text.chars().filter(|c| !c.is_ascii()).count();
    text.contains('<') && breaks() || text.contains('&') && spells()
}

/// The text that a browser would show. Line breaks, paragraphs and rows of tables become lines.
pub fn plain(html: &str) -> String {
    let mut shown = String::with_capacity(html.len());
    let mut at = 0;
    for tag in TAG.captures_iter(html) {
        let whole = tag.get(0).expect("the whole match");
        if whole.start() < at {
            continue;
        }
        shown.push_str(&entities(&html[at..whole.start()]));
        at = whole.end();
        let name = tag.get(2).map_or("", |name| name.as_str()).to_ascii_lowercase();
        match name.as_str() {
            "script" | "style" | "title" if tag[1].is_empty() => at = end_of(html, at, &name),
            "br" | "p" | "div" | "tr" | "li" | "table" | "h1" | "h2" | "h3" | "h4" | "hr" => shown.push('\n'),
            "td" | "th" => shown.push(' '),
            _ => {}
        }
    }
    shown.push_str(&entities(&html[at..]));
    let lines = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The end of an element whose content is not shown.
fn end_of(html: &str, from: usize, name: &str) -> usize {
    let close = format!("</{name}");
    let rest = &html.as_bytes()[from..];
    let found = rest.windows(close.len()).position(|part| part.eq_ignore_ascii_case(close.as_bytes()));
    // A `<` is never inside a character, so the place is a boundary.
    found.map_or(html.len(), |found| from + found)
}

/// Tags of HTML, comments and document types. Other text in angle brackets is left alone.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    let names = "html|head|body|meta|link|title|style|script|br|p|div|span|b|i|u|s|a|em|strong|small|big|font|center|\
                 sup|sub|img|hr|ul|ol|li|dl|dt|dd|h[1-6]|table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col|pre|code|blockquote";
    Regex::new(&format!(r"(?i)<(/?)({names})(?:\s[^<>]*)?/?>|<!--[^>]*-->|<!doctype[^>]*>")).expect("a valid pattern")
});

/// The text with its entities resolved. An unknown entity stays as it is.
pub fn entities(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, entity(&rest[1..end])?))) {
            Some((end, c)) => {
                resolved.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                resolved.push('&');
                rest = &rest[1..];
            }
        }
    }
    resolved + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    let known = OTHERS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    known.or_else(|| {
        let at = LATIN_1.split(' ').position(|known| known == name)?;
        char::from_u32(0xA0 + u32::try_from(at).ok()?)
    })
}

/// The entities of HTML 4 for U+00A0 to U+00FF, in order (<https://www.w3.org/TR/html401/sgml/entities.html>).
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 \
    sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring \
    AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash \
    Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
    igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn \
    yuml";

const OTHERS: [(&str, char); 13] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("bull", '•'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_entities_become_what_a_browser_shows() {
        for (html, shown) in [
            ("Cột&nbsp;cờ &amp; chợ", "Cột cờ & chợ"),
            ("dòng 1<br>dòng 2<BR/>dòng 3", "dòng 1\ndòng 2\ndòng 3"),
            ("<p class=\"a\">Tr&#7841;m</p><p>s&#x1ED1; 2</p>", "Trạm\nsố 2"),
            ("<style>b { color: red }</style><b>Đ&ocirc;ng</b> S&ETH;n", "Đông SÐn"),
            ("<a href=\"https://example.vn?a=1\">ảnh</a>", "ảnh"),
            ("x &lt;b&gt; y", "x <b> y"),
        ] {
            assert!(is_markup(html), "{html}");
            assert_eq!(plain(html), shown);
        }
    }

    #[test]
    fn cells_are_html_only_if_it_is_certain() {
        for html in ["a<br>b", "<b>a</b>", "a&nbsp;b", "Tr&#7841;m", "C&ocirc;ng &amp; b"] {
            assert!(is_certain(html), "{html}");
        }
        for text in ["R&amp;D", "<b>", "&lt;b&gt;", "a & b", "%<b>007"] {
            assert!(!is_certain(text), "{text}");
        }
    }

    #[test]
    fn signs_of_ordinary_texts_are_no_markup() {
        for text in ["a < b > c", "R&D", "Nguyễn & Trần; 5", "<chưa rõ>", "&", "<", "< br", "cao <5 m và >3 m", "&#;"]
        {
            assert!(!is_markup(text), "{text}");
        }
    }
}
