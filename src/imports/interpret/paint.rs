//! Shared parts of the workbooks that we write: colours, drop-down lists, comments.

use rust_xlsxwriter::{Color, DataValidation, Format, FormatAlign, Formula, Note, Workbook, Worksheet, XlsxError};

use crate::imports::interpret::finding::{Finding, Severity};

/// The sheet with the lists of drop-downs. Ignored on import.
pub const LISTS: &str = "Danh mục";

/// The sheet of records that a list no longer has. Ignored on import.
pub const MISSING: &str = "Thiếu";

/// The lists written so far, one column each.
pub struct Lists {
    sheet: String,
    columns: Vec<Vec<String>>,
}

impl Lists {
    pub fn new() -> Lists {
        Lists::on(LISTS.to_owned())
    }

    /// Lists on a sheet of this name.
    pub fn on(sheet: String) -> Lists {
        Lists { sheet, columns: Vec::new() }
    }

    /// Where the cells of a list are: `'Danh mục'!$A$2:$A$9`.
    pub fn range(&mut self, title: &str, values: impl IntoIterator<Item = String>) -> String {
        let values: Vec<String> = [title.to_owned()].into_iter().chain(values).collect();
        let last = values.len().max(2);
        let column = self.columns.iter().position(|known| *known == values).unwrap_or_else(|| {
            self.columns.push(values);
            self.columns.len() - 1
        });
        let letter = crate::files::sheet::letter(column as u32);
        format!("'{}'!${letter}$2:${letter}${last}", self.sheet.replace('\'', "''"))
    }

    /// A drop-down of values. Excel only warns about other values and does not refuse them, because sheets may use
    /// aliases.
    pub fn drop_down(&mut self, title: &str, values: impl IntoIterator<Item = String>) -> DataValidation {
        let range = self.range(title, values);
        DataValidation::new()
            .allow_list_formula(Formula::new(format!("={range}")))
            .set_error_style(rust_xlsxwriter::DataValidationErrorStyle::Warning)
    }

    /// The sheet as rows. The titles are the first.
    pub fn rows(self) -> Vec<Vec<String>> {
        let length = self.columns.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: usize| move |column: &Vec<String>| column.get(row).cloned().unwrap_or_default();
        (0..length).map(|row| self.columns.iter().map(cell(row)).collect()).collect()
    }

    /// Writes the sheet. Call it last.
    pub fn write(self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet().set_name(LISTS)?;
        for (column, values) in (0..).zip(self.columns) {
            sheet.set_column_width(column, 28)?;
            for (row, value) in (0..).zip(values) {
                let format = if row == 0 { header() } else { Format::new() };
                sheet.write_string_with_format(row, column, value, &format)?;
            }
        }
        Ok(())
    }
}

pub const HEADER: &str = "D9E1F2";

pub fn header() -> Format {
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_background_color(Color::from(HEADER))
}

/// Red for errors, yellow for warnings. No other program uses these shades, so that a file that comes back shows which
/// paint is ours.
pub fn paint(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Error => Some("FFC7CD"),
        Severity::Warning => Some("FFEB9B"),
        Severity::Info => None,
    }
}

pub fn colour(severity: Severity) -> Option<Color> {
    paint(severity).map(Color::from)
}

/// The reasons in a line each, with what to write instead.
pub fn reasons(findings: &[&Finding]) -> String {
    findings.iter().map(|finding| reason(finding)).collect::<Vec<_>>().join("\n")
}

pub fn reason(finding: &Finding) -> String {
    match &finding.suggestion {
        Some(suggestion) if !finding.message.vi.contains(suggestion.as_str()) => {
            format!("{} → {suggestion}", finding.message.vi)
        }
        _ => finding.message.vi.clone(),
    }
}

/// Adds a cell comment with the reasons.
pub fn comment(sheet: &mut Worksheet, row: u32, column: u16, findings: &[&Finding]) -> Result<(), XlsxError> {
    // Excel takes no more.
    let text: String = reasons(findings).chars().take(16_000).collect();
    sheet.insert_note(row, column, &Note::new(text).set_width(320).set_height(120))?;
    Ok(())
}
