//! Which statements of availability a figure reads.

use crate::figures::definitions::field;
use crate::figures::{BASES, Indicator, operators};
use crate::layers::TOWER;

/// The services that statements are about.
pub const SERVICES: [&str; 5] = ["fiber", "2g", "3g", "4g", "5g"];

/// The statements of one operator, about one service, of one basis; `None`: of any. For one operator, statements that
/// no operator serves the hamlet count, too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statements {
    pub operator: Option<&'static str>,
    pub technology: Option<&'static str>,
    pub basis: Option<&'static str>,
}

impl Statements {
    /// Reads a choice by its name: no two choices have the same. `None` when there is no such choice, or another one
    /// of its kind was read before.
    #[must_use]
    pub fn and(mut self, name: &str) -> Option<Statements> {
        let operators = operators().iter().map(|choice| choice.value);
        let place = if let Some(known) = operators.into_iter().find(|known| *known == name) {
            self.operator.replace(known)
        } else if let Some(known) = SERVICES.into_iter().find(|known| *known == name) {
            self.technology.replace(known)
        } else {
            self.basis.replace(BASES.into_iter().find(|known| *known == name)?)
        };
        place.is_none().then_some(self)
    }

    /// What a figure reads of these choices. Stations have no statements, only generations.
    #[must_use]
    pub fn of(self, indicator: &Indicator) -> Statements {
        match self.generation() {
            _ if indicator.is_of_availability() => self,
            Some(_) if indicator.is_of_generations() => {
                Statements { technology: self.technology, ..Statements::default() }
            }
            _ => Statements::default(),
        }
    }

    /// The technology as stations name it; `None` for fibre.
    pub fn generation(self) -> Option<&'static str> {
        let technology = self.technology?;
        let stated = field(&TOWER, "technologies").value.choices().iter().map(|choice| choice.value);
        stated.into_iter().find(|value| value.eq_ignore_ascii_case(technology))
    }

    /// The choices, which [`Statements::and`] reads.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [self.operator, self.technology, self.basis].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_they_are_written() {
        let read = |names: &[&str]| names.iter().try_fold(Statements::default(), |read, name| read.and(name));
        let all = read(&["viettel", "4g", "measured"]).unwrap();
        assert_eq!(all.names().collect::<Vec<_>>(), ["viettel", "4g", "measured"]);
        assert_eq!(read(&["measured", "viettel", "4g"]), Some(all));
        assert_eq!(read(&["viettel", "vnpt"]), None);
        assert_eq!(read(&["skynet"]), None);
    }
}
