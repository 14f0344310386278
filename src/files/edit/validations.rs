//! Rules of cells: drop-downs of values.

use std::fmt::Write;

use anyhow::Result;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use regex::Regex;

use crate::files::edit::DropDown;
use crate::files::edit::sheet::text;
use crate::files::edit::xml::escaped;
use crate::files::sheet::letter;

/// Drop-downs. Excel only warns of other values, since cells may say the same in other words.
pub fn new_rules(drop_downs: &[DropDown], p: &str) -> String {
    let mut rules = String::new();
    for DropDown { rows, column, formula } in drop_downs {
        let (name, formula) = (letter(*column), escaped(formula));
        let _ = write!(
            rules,
            "<{p}dataValidation type=\"list\" errorStyle=\"warning\" allowBlank=\"1\" showInputMessage=\"1\" showErrorMessage=\"1\" \
             sqref=\"{name}{}:{name}{}\"><{p}formula1>{formula}</{p}formula1></{p}dataValidation>",
            rows.0, rows.1
        );
    }
    rules
}

/// The sender's own rules and their number: those that refer to sheets of an earlier edit are left out.
pub fn kept_rules(events: Vec<Event<'static>>, own: &[String]) -> Result<(String, usize)> {
    let (mut kept, mut count, mut rule, mut depth) = (String::new(), 0, Vec::new(), 0);
    for event in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Empty(_) => {}
            _ if depth == 0 => continue,
            _ => {}
        }
        rule.push(event);
        if depth == 0 {
            let xml = text(std::mem::take(&mut rule))?;
            if !refers(&xml, own) {
                kept += &xml;
                count += 1;
            }
        }
    }
    Ok((kept, count))
}

/// The extensions of a sheet without such rules: Excel keeps there what refers to other sheets.
pub fn without_own_rules(extensions: String, own: &[String]) -> Result<String> {
    if own.is_empty() || !extensions.contains("<x14:dataValidation ") {
        return Ok(extensions);
    }
    let rules = Regex::new(r"(?s)<x14:dataValidation .*?</x14:dataValidation>")?;
    let mut kept = 0;
    let extensions = rules.replace_all(&extensions, |rule: &regex::Captures<'_>| {
        if refers(&rule[0], own) {
            return String::new();
        }
        kept += 1;
        rule[0].to_owned()
    });
    let count = Regex::new(r#"(<x14:dataValidations\b[^>]*\bcount=")\d+"#)?;
    let extensions = count.replace(&extensions, |found: &regex::Captures<'_>| format!("{}{kept}", &found[1]));
    let empty = Regex::new(
        r"(?s)<(?:\w+:)?ext\b[^>]*>\s*<x14:dataValidations\b[^>]*>\s*</x14:dataValidations>\s*</(?:\w+:)?ext>",
    )?;
    Ok(if kept == 0 { empty.replace(&extensions, "").into_owned() } else { extensions.into_owned() })
}

fn refers(xml: &str, own: &[String]) -> bool {
    let plain = unescape(xml).unwrap_or(xml.into());
    own.iter().any(|own| plain.contains(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rules_of_an_earlier_edit_leave_the_extensions() {
        let rule = |formula: &str| {
            format!(
                "<x14:dataValidation type=\"list\"><x14:formula1><xm:f>{formula}</xm:f></x14:formula1><xm:sqref>A1</xm:sqref></x14:dataValidation>"
            )
        };
        let all = |rules: &str, count: u8| {
            format!(
                "<ext uri=\"a\"><x14:dataValidations count=\"{count}\">{rules}</x14:dataValidations></ext><ext uri=\"b\"/>"
            )
        };
        let (own, other) = (rule("'Danh mục'!$A$2:$A$9"), rule("Khác!$A$1:$A$2"));
        let references = ["'Danh mục'!".to_owned()];
        let kept = without_own_rules(all(&format!("{own}{other}"), 2), &references).unwrap();
        assert_eq!(kept, all(&other, 1));
        assert_eq!(without_own_rules(all(&own, 1), &references).unwrap(), "<ext uri=\"b\"/>");
    }
}
