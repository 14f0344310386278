//! Shared parts of the workbooks that we write: colours, drop-down lists, comments.

use rust_xlsxwriter::{Color, DataValidation, Format, FormatAlign, Formula, Note, Workbook, Worksheet, XlsxError};

use crate::imports::interpret::finding::{Finding, Severity};

/// The sheet with the lists of drop-downs. Ignored on import.
pub const LISTS: &str = "Danh mục";

/// The sheet of records that a list no longer has. Ignored on import.
pub const MISSING: &str = "Thiếu";

/// The lists written so far, one column each.
pub struct Lists {
    columns: Vec<Vec<String>>,
}

impl Lists {
    pub fn new() -> Lists {
        Lists { columns: Vec::new() }
    }

    /// A drop-down of values. Excel only warns about other values and does not refuse them, because sheets may use
    /// aliases.
    pub fn drop_down(&mut self, title: &str, values: impl IntoIterator<Item = String>) -> DataValidation {
        let values: Vec<String> = [title.to_owned()].into_iter().chain(values).collect();
        let column = self.columns.iter().position(|known| *known == values).unwrap_or_else(|| {
            self.columns.push(values.clone());
            self.columns.len() - 1
        });
        let letter = crate::files::sheet::letter(column as u32);
        let range = format!("='{LISTS}'!${letter}$2:${letter}${}", values.len().max(2));
        DataValidation::new()
            .allow_list_formula(Formula::new(range))
            .set_error_style(rust_xlsxwriter::DataValidationErrorStyle::Warning)
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

pub fn header() -> Format {
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_background_color(Color::RGB(0x00D9_E1F2))
}

/// Red for errors, yellow for warnings.
pub fn colour(severity: Severity) -> Option<Color> {
    match severity {
        Severity::Error => Some(Color::RGB(0x00FF_C7CE)),
        Severity::Warning => Some(Color::RGB(0x00FF_EB9C)),
        Severity::Info => None,
    }
}

/// Adds a cell comment with the reasons.
pub fn comment(sheet: &mut Worksheet, row: u32, column: u16, findings: &[&Finding]) -> Result<(), XlsxError> {
    let text: Vec<String> = findings
        .iter()
        .map(|finding| match &finding.suggestion {
            Some(suggestion) if !finding.message.vi.contains(suggestion.as_str()) => {
                format!("{} → {suggestion}", finding.message.vi)
            }
            _ => finding.message.vi.clone(),
        })
        .collect();
    sheet.insert_note(row, column, &Note::new(text.join("\n")).set_width(320).set_height(120))?;
    Ok(())
}
