//! Every sentence that a user reads, in Vietnamese (`vi.txt`) and English (`en.txt`), one per line, by id. Code holds a
//! [`Text`]: an id, and the values for the gaps of the sentence. It becomes words only when it is written out.

mod titles;
mod value;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use titles::title;
pub use value::Value;

/// A short text that is kept with what it names, such as the label of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    pub vi: &'static str,
    pub en: &'static str,
}

pub const fn label(vi: &'static str, en: &'static str) -> Label {
    Label { vi, en }
}

impl Label {
    pub fn say(&self, vietnamese: bool) -> &'static str {
        if vietnamese { self.vi } else { self.en }
    }
}

/// A sentence by its id, with the values for its gaps. Several sentences may share a problem code: `type/url` has the
/// code `type`.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    id: &'static str,
    values: Vec<(&'static str, Value)>,
}

/// `text!("enum.alias", given = "LTE", label)` is the sentence `enum.alias` with the gaps `{given}` and `{label}`.
/// `{label}` is filled from the variable of that name.
macro_rules! text {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::texts::Text::new($id)$(.with(stringify!($name), $crate::texts::text!(@ $name $($value)?)))*
    };
    (@ $name:ident) => { $name };
    (@ $name:ident $value:expr) => { $value };
}
pub(crate) use text;

impl Text {
    pub fn new(id: &'static str) -> Text {
        Text { id, values: Vec::new() }
    }

    /// Fills the gap `name`.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Text {
        self.values.push((name, value.into()));
        self
    }

    /// The stable problem code: the part of the id before `/`.
    pub fn code(&self) -> &'static str {
        self.id.split('/').next().unwrap_or_default()
    }

    pub fn vi(&self) -> String {
        self.say(true)
    }

    pub fn en(&self) -> String {
        self.say(false)
    }

    pub fn say(&self, vietnamese: bool) -> String {
        let mut said = String::new();
        self.write(&mut said, vietnamese);
        said
    }

    fn write(&self, said: &mut String, vietnamese: bool) {
        let mut rest = SENTENCES.get(self.id).map_or(self.id, |sentence| sentence.say(vietnamese));
        while let Some((before, gap)) = rest.split_once('{') {
            said.push_str(before);
            let (name, after) = gap.split_once('}').unwrap_or((gap, ""));
            if let Some((_, value)) = self.values.iter().find(|(known, _)| *known == name) {
                value.write(said, vietnamese);
            }
            rest = after;
        }
        said.push_str(rest);
    }
}

static SENTENCES: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| {
    let english: HashMap<_, _> = lines(include_str!("en.txt")).collect();
    lines(include_str!("vi.txt")).map(|(id, vi)| (id, label(vi, english.get(id).copied().unwrap_or(id)))).collect()
});

fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "))
}
