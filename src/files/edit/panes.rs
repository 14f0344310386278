//! Rows that stay in sight.

use anyhow::Result;
use quick_xml::events::Event;

use crate::files::edit::sheet::text;
use crate::files::edit::xml::{attribute, with};

pub fn pane(rows: u32, p: &str) -> String {
    let top = rows + 1;
    format!("<{p}pane ySplit=\"{rows}\" topLeftCell=\"A{top}\" activePane=\"bottomLeft\" state=\"frozen\"/>")
}

/// The views of a sheet, the first of them with rows that stay in sight, unless it has panes already.
pub fn frozen(views: Vec<Event<'static>>, rows: u32, p: &str) -> Result<String> {
    let has_panes = views
        .iter()
        .any(|it| matches!(it, Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "pane"));
    if rows == 0 || has_panes {
        return text(views);
    }
    let mut out = String::new();
    let mut is_first = true;
    for event in views {
        let (tag, is_empty) = match &event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            _ => {
                out += &text([event])?;
                continue;
            }
        };
        // Page layout has no panes.
        let is_view =
            tag.local_name().as_ref() == "sheetView" && attribute(tag, "view").is_none_or(|it| it != "pageLayout");
        if is_view && is_first {
            // A view that is scrolled down would hold its first visible rows, not the header.
            let tag = with(tag, &["topLeftCell"], &[]);
            out += &text([Event::Start(tag.clone())])?;
            out += &pane(rows, p);
            if is_empty {
                out += &text([Event::End(tag.to_end().into_owned())])?;
            }
            is_first = false;
        } else {
            out += &text([event])?;
        }
    }
    Ok(out)
}
