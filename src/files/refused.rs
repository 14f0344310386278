//! A file that is rejected as a whole, with all its problems.

use std::fmt;

use crate::texts::Text;

/// Where in a file a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// The whole file: its header or its structure.
    File,
    /// A line of a text file, from 1; the header is line 1.
    Line(u64),
    /// A feature of a GeoJSON collection, from 1.
    Feature(usize),
}

#[derive(Debug, Clone, PartialEq)]
pub struct FileProblem {
    pub spot: Spot,
    /// The column or property.
    pub field: String,
    pub reason: Text,
}

/// All problems of a file. Nothing of it was written.
#[derive(Debug, Default, thiserror::Error)]
pub struct Refused {
    pub problems: Vec<FileProblem>,
}

impl Refused {
    pub fn new() -> Refused {
        Refused::default()
    }

    pub fn add(&mut self, spot: Spot, field: impl Into<String>, reason: Text) {
        self.problems.push(FileProblem { spot, field: field.into(), reason });
    }

    /// Returns what was read if there is no problem.
    ///
    /// # Errors
    /// All the problems.
    pub fn unless_empty<T>(self, read: T) -> Result<T, Refused> {
        if self.problems.is_empty() { Ok(read) } else { Err(self) }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "refused, nothing was written: {count} problem{}", if count == 1 { "" } else { "s" })?;
        for FileProblem { spot, field, reason } in &self.problems {
            let reason = reason.en();
            match spot {
                Spot::File => write!(f, "\n  {field}: {reason}")?,
                Spot::Line(line) => write!(f, "\n  line {line}, {field}: {reason}")?,
                Spot::Feature(number) => write!(f, "\n  feature {number}, {field}: {reason}")?,
            }
        }
        Ok(())
    }
}
