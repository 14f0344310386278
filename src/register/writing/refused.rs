//! Why a write was refused, for one record or a list.

use diesel::result::Error as DieselError;

use crate::error::Error;

/// Why nothing was written.
#[derive(Debug)]
pub enum Refused {
    /// What is wrong with some of the records, by their index in the list.
    Records(Vec<(usize, Error)>),
    Whole(Error),
}

impl Refused {
    pub(super) fn unless_none(refused: Vec<(usize, Error)>) -> Result<(), Refused> {
        if refused.is_empty() { Ok(()) } else { Err(Refused::Records(refused)) }
    }

    /// The error for the one record of the write.
    pub fn of_one(self) -> Error {
        match self {
            Refused::Records(mut records) if !records.is_empty() => records.swap_remove(0).1,
            Refused::Records(_) => Error::NotFound,
            Refused::Whole(error) => error,
        }
    }

    /// The error for a list under `pointer`: 422 with every problem of every record.
    pub fn of_list(self, pointer: &str) -> Error {
        match self {
            Refused::Records(mut records) => {
                records.sort_by_key(|(index, _)| *index);
                let problems =
                    records.iter().flat_map(|(index, error)| error.problems_at(&format!("{pointer}/{index}")));
                Error::Invalid(problems.collect())
            }
            Refused::Whole(error) => error,
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Whole(error)
    }
}

impl From<DieselError> for Refused {
    fn from(error: DieselError) -> Refused {
        Refused::Whole(error.into())
    }
}
