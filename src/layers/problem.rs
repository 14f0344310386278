//! What is wrong with something given: where, a stable code, and a sentence in both languages.

/// Where the problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer into the body: `/properties/eye_count`.
    Pointer(String),
    /// The name of a query parameter.
    Parameter(String),
    /// The name of a header.
    Header(&'static str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// Stable, dotted, English: `geo.swapped`.
    pub code: &'static str,
    pub vi: String,
    pub en: String,
}

impl Problem {
    pub fn property(name: &str, code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem::at(format!("/properties/{name}"), code, vi, en)
    }

    pub fn at(pointer: impl Into<String>, code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem { place: Place::Pointer(pointer.into()), code, vi: vi.into(), en: en.into() }
    }

    pub fn header(name: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem { place: Place::Header(name), code: "header.invalid", vi: vi.into(), en: en.into() }
    }

    pub fn parameter(name: &str, vi: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem { place: Place::Parameter(name.into()), code: "parameter.invalid", vi: vi.into(), en: en.into() }
    }
}
