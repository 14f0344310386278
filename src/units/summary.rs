//! A summary of an import, in one line.

use std::fmt;

use crate::units::plan::timeline::Difference;

/// Counts of versions and of changes between them. When a file is imported again, all except `unchanged` are 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// What was imported: `list of 2025-06-30`.
    pub what: String,
    /// Units of the file that the register already had in this form.
    pub unchanged: usize,
    pub created: usize,
    pub closed: usize,
    pub widened: usize,
    /// Had another name or parent, and were corrected.
    pub corrected: usize,
    /// Were the demo's, and are now confirmed by an import.
    pub adopted: usize,
    pub removed: usize,
    /// Received a boundary or a count.
    pub updated: usize,
    pub changes_added: usize,
    pub changes_removed: usize,
    /// Remarks for the operator, each a phrase with its number.
    pub notes: Vec<String>,
}

impl Summary {
    pub fn count(&mut self, difference: &Difference) {
        self.created = difference.created.len();
        self.removed = difference.removed.len();
        self.closed = difference.closed;
        self.widened = difference.widened;
        self.corrected = difference.corrected;
        self.adopted = difference.adopted;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.created, "created"),
            (self.closed, "closed"),
            (self.widened, "widened"),
            (self.corrected, "corrected"),
            (self.adopted, "adopted from the demo"),
            (self.removed, "removed"),
            (self.updated, "updated"),
            (self.changes_added, "changes added"),
            (self.changes_removed, "changes replaced"),
        ];
        write!(f, "{}:", self.what)?;
        for (count, name) in counts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, " {count} {name},")?;
        }
        write!(f, " {} unchanged", self.unchanged)?;
        for note in &self.notes {
            write!(f, "; {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_is_said() {
        let summary = Summary {
            what: "list of 2025-06-30".into(),
            unchanged: 7,
            closed: 2,
            notes: vec!["1 doubtful row".into()],
            ..Summary::default()
        };
        assert_eq!(summary.to_string(), "list of 2025-06-30: 2 closed, 7 unchanged; 1 doubtful row");
    }
}
