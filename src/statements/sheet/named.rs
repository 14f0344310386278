//! What the register knows by name: units, hamlets and indicators.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;

use crate::figures;
use crate::imports::interpret::commune_text;
use crate::imports::interpret::{Communes, Note, fold};
use crate::imports::{Hamlets, all_communes, all_hamlets};
use crate::postgres::sql::Sql;
use crate::statements::Kind;
use crate::statements::reading::objects;
use crate::texts::text;
use crate::time::date_of;
use crate::units::names::comparable;

pub struct Names {
    communes: Communes,
    /// Districts and provinces.
    larger: Vec<Larger>,
    /// By the day on which their communes are read.
    hamlets: HashMap<NaiveDate, Hamlets>,
    /// The codes of indicators by their folded names, and by themselves.
    indicators: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Larger {
    code: String,
    name: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl Names {
    pub async fn of(conn: &mut AsyncPgConnection, kind: Kind, today: NaiveDate) -> QueryResult<Names> {
        let larger = "select to_jsonb(u) - 'geom' from (select code, name, valid_from, valid_to from admin_units \
                      where level in ('province', 'district')) u";
        let indicators = match kind {
            Kind::Baselines => {
                let counted = figures::INDICATORS.iter();
                counted
                    .flat_map(|it| [(fold(it.code), it.code.into()), (fold(it.sentence.vi), it.code.into())])
                    .collect()
            }
            _ => {
                #[derive(Deserialize)]
                struct Defined {
                    code: String,
                    sentence_vi: String,
                }
                let sql = Sql::new("select to_jsonb(i) from (select code, sentence_vi from declared_indicators) i");
                let defined: Vec<Defined> = objects(conn, sql).await?;
                let names = defined.into_iter();
                names.flat_map(|it| [(fold(&it.code), it.code.clone()), (fold(&it.sentence_vi), it.code)]).collect()
            }
        };
        Ok(Names {
            communes: all_communes(conn, today).await?,
            larger: objects(conn, Sql::new(larger)).await?,
            hamlets: HashMap::new(),
            indicators,
        })
    }

    /// The code of the indicator that a cell names; what the cell says if there is none.
    pub fn indicator(&self, given: &str) -> String {
        self.indicators.get(&fold(given)).cloned().unwrap_or_else(|| given.to_owned())
    }

    /// The code and day of the unit that a cell names, as `16378@2026-01-01`.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn unit(&self, given: &str, on: NaiveDate) -> Result<String, Note> {
        if let Some((code, day)) = given.split_once('@')
            && date_of(day).is_some()
        {
            return Ok(format!("{code}@{day}"));
        }
        let is_code = given.bytes().all(|byte| byte.is_ascii_digit());
        let name = comparable(given);
        let is_meant = |unit: &&Larger| if is_code { unit.code == given } else { comparable(&unit.name) == name };
        let holds = |unit: &&Larger| unit.valid_from <= on && unit.valid_to.is_none_or(|end| end >= on);
        let mut found: Vec<String> = self
            .larger
            .iter()
            .filter(is_meant)
            .filter(holds)
            .map(|unit| format!("{} {}", unit.code, unit.name))
            .collect();
        let mut problem = None;
        for said in commune_text::read(given) {
            match self.communes.find(&said, &[], on) {
                // A figure of a former commune is no figure of what it became.
                Ok(meant) if meant.was.is_some() => {
                    problem = problem.or_else(|| {
                        Some(
                            Note::error(text!("statement.former_unit", given, on))
                                .suggest(self.communes.listed(&meant.units)),
                        )
                    });
                }
                Ok(meant) => {
                    found.extend(meant.units.iter().map(|unit| self.communes.listed(&[*unit])));
                    break;
                }
                Err(note) => problem = problem.or(Some(note)),
            }
        }
        match found.as_slice() {
            [one] => Ok(format!("{}@{on}", one.split(' ').next().unwrap_or_default())),
            [] => Err(problem.unwrap_or_else(|| Note::error(text!("unit.unknown_name", name = given, on)))),
            several => {
                let note = Note::error(text!("unit.ambiguous_name", name = given, count = several.len()));
                Err(note.suggest(several.join("; ")))
            }
        }
    }

    /// Reads the hamlets of days, before [`Names::hamlet`] asks for them.
    pub async fn read_hamlets(&mut self, conn: &mut AsyncPgConnection, on: NaiveDate) -> QueryResult<()> {
        if let Entry::Vacant(unread) = self.hamlets.entry(on) {
            unread.insert(Hamlets::new(all_hamlets(conn, on).await?));
        }
        Ok(())
    }

    /// The hamlet that a cell names: by its code, or by its name within a commune.
    ///
    /// # Errors
    /// There is none.
    pub fn hamlet(&self, given: &str, commune: Option<&str>, on: NaiveDate) -> Result<i64, Note> {
        let found = self.hamlets.get(&on).and_then(|hamlets| hamlets.find(given, commune.unwrap_or_default()));
        found.ok_or_else(|| Note::error(text!("statement.unknown_hamlet", name = given)))
    }
}
