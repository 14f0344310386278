//! Tells once what is missing in every row.

use crate::imports::interpret::{Finding, Message};
use crate::imports::plan::Planner;
use crate::texts::text;

impl Planner<'_> {
    /// Replaces the findings of rows about a required field that no row of the file has by one about the file.
    pub(super) fn told_once(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let is_missing = |finding: &Finding, field: &str| {
            finding.code == "required" && finding.row.is_some() && finding.field.as_deref() == Some(field)
        };
        let mut once = Vec::new();
        let mut rest = findings;
        let fields = self.known.layer.fields().filter(|field| field.required || field.name == "declared_commune_code");
        for field in fields {
            let name = if field.required { field.name } else { "geom" };
            let count = rest.iter().filter(|finding| is_missing(finding, name)).count();
            let somebody = self.known.records.iter().any(|record| record.values.contains_key(field.name));
            if count < 2 || field.required && somebody || count < self.known.records.len() {
                continue;
            }
            let first = rest.iter().find(|finding| is_missing(finding, name)).cloned();
            let text = match field.required {
                true => text!("required/all_rows", field = field.label, count),
                false => text!("required/place_all_rows", count),
            };
            let message = Message { vi: text.vi(), en: text.en() };
            rest.retain(|finding| !is_missing(finding, name));
            let whole = |finding: Finding| Finding {
                sheet: String::new(),
                row: None,
                column: None,
                value: None,
                message,
                ..finding
            };
            once.extend(first.map(whole));
        }
        once.extend(rest);
        once
    }
}
