//! Words for the codes of figures, for people who read them in files.

use crate::figures::Part;
use crate::texts::{Text, text};
use crate::units::territory::Level;

pub fn level(level: Level) -> Text {
    match level {
        Level::Country => text!("book.everywhere"),
        Level::Group => text!("book.level/group"),
        Level::Province => text!("book.level/province"),
        Level::District => text!("book.level/district"),
        Level::Commune => text!("book.level/commune"),
        Level::Hamlet => text!("book.level/hamlet"),
    }
}

/// Where a value comes from.
pub fn basis(code: &str) -> Text {
    match code {
        "reported" => text!("book.basis/reported"),
        "surveyed" => text!("book.basis/surveyed"),
        "measured" => text!("book.basis/measured"),
        "modelled" => text!("book.basis/modelled"),
        "mixed" => text!("book.basis/mixed"),
        "estimate" => text!("book.basis/estimate"),
        _ => text!("book.basis/register"),
    }
}

pub fn part(part: Part) -> Text {
    match part {
        Part::New => text!("book.part/new"),
        Part::Decommissioned => text!("book.part/decommissioned"),
        Part::Moved => text!("book.part/moved"),
        Part::Reclassified => text!("book.part/reclassified"),
        Part::Corrected => text!("book.part/corrected"),
        Part::Undated => text!("book.part/undated"),
    }
}

/// What is wrong with rows, and what to do.
pub fn quality(name: &str) -> [Text; 2] {
    match name {
        "unlocated" => [text!("quality.unlocated"), text!("quality.unlocated/do")],
        "outside_declared_commune" => [text!("quality.outside"), text!("quality.outside/do")],
        "suspected_duplicates" => [text!("quality.duplicates"), text!("quality.duplicates/do")],
        "no_install_date" => [text!("quality.no_install_date"), text!("quality.no_install_date/do")],
        "stale" => [text!("quality.stale"), text!("quality.stale/do")],
        "hamlets_without_households" => [text!("quality.households"), text!("quality.households/do")],
        _ => [text!("quality.availability"), text!("quality.availability/do")],
    }
}
