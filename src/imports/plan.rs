//! What a file would do: read, resolved, matched, checked, kept row by row. Nothing of a layer is written.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Caller, View, keep_unseen};
use crate::error::Error;
use crate::files::sheet;
use crate::files::sheet::Workbook;
use crate::imports::interpret::{Note, Overrides, Place, Reading, Record, Severity};
use crate::imports::matching::Match;
use crate::imports::rows::PlannedRow;
use crate::imports::{Mode, Options, check, imports, interpret, lock, matching, remember, remembered, resolve, rows};
use crate::layers::normalise::{Write, normalise};
use crate::layers::problem::Place as ProblemPlace;
use crate::layers::{Layer, Problem, Properties};
use crate::register::assets;
use crate::register::writing::same;
use crate::time::today;

/// Rows that are matched and written together.
const CHUNK: usize = 2000;

/// A file, and what its sender says of it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub file: Vec<u8>,
    pub file_name: Option<String>,
    pub mode: Mode,
    /// Whose records they are, unless a row says another.
    pub source_org: Option<String>,
    pub options: Options,
    pub overrides: Overrides,
}

/// Plans an import that [`create`](crate::imports::create) has kept. What is wrong with the file is in its findings; a plan that
/// fails for another reason is marked so.
///
/// # Errors
/// A file that cannot be read at all; the database's.
pub async fn plan(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    sent: Sent,
) -> Result<(), Error> {
    conn.batch_execute("set statement_timeout = '10min'").await?;
    let planned = make(conn, caller, layer, id, sent).await;
    conn.batch_execute("reset statement_timeout").await?;
    if let Err(error) = &planned {
        let failure = match error {
            Error::Invalid(problems) => {
                <[Problem]>::first(problems).map_or_else(String::new, |problem| problem.code.to_owned())
            }
            other => other.to_string(),
        };
        diesel::update(imports::table.find(id))
            .set((imports::status.eq("failed"), imports::failure.eq(failure)))
            .execute(conn)
            .await?;
    }
    lock("select pg_advisory_unlock", id).execute(conn).await?;
    planned
}

async fn make(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    sent: Sent,
) -> Result<(), Error> {
    let Sent { file, mode, source_org, options, overrides, .. } = sent;
    let view = View::new(caller, layer);
    let overrides = overrides.over(remembered(conn, caller, layer).await?);
    let reading_options = interpret::Options { epsg: options.epsg, overrides: overrides.clone() };
    let read = tokio::task::spawn_blocking(move || {
        let workbook = sheet::read(&file)?;
        let reading = interpret::interpret(layer, &workbook, &reading_options);
        Ok((workbook, reading))
    });
    let (workbook, mut reading) =
        read.await.map_err(anyhow::Error::new)?.map_err(|problem: Problem| Error::Invalid(vec![problem]))?;
    remember(conn, caller, layer, &overrides).await?;
    diesel::update(imports::table.find(id))
        .set((
            imports::total.eq(reading.records.len() as i32),
            imports::format
                .eq(serde_json::to_value(workbook.format).ok().and_then(|name| name.as_str().map(str::to_owned))),
            imports::mappings.eq(json!(reading.mappings)),
            imports::alive_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;

    resolve::resolve(conn, &view, &workbook, &mut reading, options.units_as_of).await?;
    let records = std::mem::take(&mut reading.records);
    let mut planner = Planner {
        view: &view,
        workbook: &workbook,
        reading,
        options: &options,
        source_org: source_org.as_deref(),
        seen: HashMap::new(),
        by_place: 0,
    };
    for (nth, chunk) in records.chunks(CHUNK).enumerate() {
        let matches = matching::find(conn, &view, chunk, source_org.as_deref()).await?;
        let planned: Vec<_> = chunk
            .iter()
            .enumerate()
            .map(|(index, record)| planner.row(nth * CHUNK + index, record, matches.get(&index)))
            .collect();
        rows::insert(conn, id, &planned).await?;
        let done = nth * CHUNK + chunk.len();
        diesel::update(imports::table.find(id))
            .set((imports::done.eq(done as i32), imports::alive_at.eq(diesel::dsl::now)))
            .execute(conn)
            .await?;
    }
    if planner.by_place > 0 {
        let note = Note::info(
            "match.name_and_place",
            format!("Tệp không có mã: {} dòng được nhận ra theo tên và vị trí.", planner.by_place),
            format!("The file has no codes: {} rows were recognised by name and place.", planner.by_place),
        );
        planner.reading.note("", None, None, None, None, note);
    }
    let mut reading = planner.reading;
    if mode == Mode::Snapshot {
        check::missing(conn, &view, id, source_org.as_deref(), options.effective_on, &mut reading).await?;
    }
    let rows_of = |nth: i64| usize::try_from(nth).ok().and_then(|nth| records.get(nth));
    check::check(conn, &view, &workbook, &mut reading, id, rows_of).await?;
    finish(conn, id, reading).await?;
    Ok(())
}

/// Counts, the hash, the findings in the order of the file.
async fn finish(conn: &mut AsyncPgConnection, id: Uuid, mut reading: Reading) -> Result<(), Error> {
    reading.note_rest();
    let order = |sheet: &str| reading.mappings.iter().position(|mapping| mapping.sheet == sheet);
    let mut findings = std::mem::take(&mut reading.findings);
    findings.sort_by_cached_key(|finding| {
        let column = finding.column.clone().unwrap_or_default();
        (order(&finding.sheet), finding.row, column.len(), column)
    });
    let rows_with = |severity: Severity| {
        let mut rows: Vec<_> = findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .map(|finding| (&finding.sheet, finding.row))
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows.len()
    };
    let counts = check::counts(conn, id).await?;
    let mut counts = counts;
    counts["error"] = json!(rows_with(Severity::Error));
    counts["warning"] = json!(rows_with(Severity::Warning));
    let hash = check::hash(conn, id).await?;
    let finished = diesel::update(imports::table.find(id).filter(imports::status.eq("planning")))
        .set((
            imports::status.eq("planned"),
            imports::plan.eq(format!("sha256:{hash}")),
            imports::counts.eq(counts),
            imports::findings.eq(json!(findings)),
            imports::planned_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;
    if finished == 0 {
        // Values that the file holds were erased meanwhile, which failed it: its rows hold them, too.
        rows::delete(conn, id).await?;
    }
    Ok(())
}

struct Planner<'a> {
    view: &'a View<'a>,
    workbook: &'a Workbook,
    reading: Reading,
    options: &'a Options,
    source_org: Option<&'a str>,
    /// The keys that rows have had, and which row first.
    seen: HashMap<String, u32>,
    by_place: usize,
}

impl Planner<'_> {
    fn row(&mut self, nth: usize, record: &Record, matched: Option<&Match>) -> PlannedRow {
        let layer = self.view.layer;
        let mut broken = !record.broken.is_empty();
        let mut given = record.values.clone();
        given.shift_remove("id");
        if let Some(first) = self.first_with_same_key(record, matched) {
            broken = true;
            let field = if given.contains_key("external_id") { "external_id" } else { "code" };
            let field = given.contains_key(field).then_some(field);
            let code = if field == Some("external_id") { "dup.external_id" } else { "dup.row" };
            self.note(
                record,
                field,
                Note::error(
                    code,
                    format!("Dòng này là cùng một bản ghi với dòng {first}."),
                    format!("This row is the same record as row {first}."),
                ),
            );
        }
        if let Some(matched) = matched {
            if matched.candidates > 1 {
                broken = true;
                self.note(
                    record,
                    Some("code"),
                    Note::error(
                        "match.ambiguous",
                        format!("Có {} bản ghi ứng với dòng này.", matched.candidates),
                        format!("{} records fit this row.", matched.candidates),
                    ),
                );
            } else if !matched.is_writable {
                let field =
                    ["id", "external_id", "code", "name"].into_iter().find(|name| record.values.contains_key(*name));
                self.note(
                    record,
                    field,
                    Note::error(
                        "scope.outside",
                        "Bản ghi mà dòng này chỉ tới nằm ngoài phạm vi được giao cho bạn.",
                        "The record that this row names lies outside of what is yours.",
                    ),
                );
                return self.planned(nth, record, Some(matched), Properties::new(), true);
            }
            self.by_place += usize::from(matched.by == "name_and_place");
            if let Some(note) = self.doubt(record, matched) {
                self.note(record, Some("code"), note);
            }
        }
        self.defaults(&mut given, matched);
        let write = matched.map_or(Write::Create, |matched| Write::Patch { current: &matched.record });
        let geometry = match &record.place {
            Place::Degrees(geometry) => Some(geometry),
            Place::Cleared => Some(&Value::Null),
            _ => None,
        };
        let normal = normalise(layer, write, &given, geometry, today()).and_then(|mut columns| {
            let class = matched.map_or_else(|| self.view.class_written(), |matched| matched.class);
            let current = matched.map(|matched| &matched.record);
            keep_unseen(layer, class, current, &given, &mut columns)?;
            Ok(columns)
        });
        let columns = match normal {
            Ok(columns) => columns,
            Err(problems) => {
                for problem in problems {
                    broken |= self.note_problem(record, &problem);
                }
                Properties::new()
            }
        };
        self.planned(nth, record, matched, columns, broken)
    }

    fn planned(
        &self,
        nth: usize,
        record: &Record,
        matched: Option<&Match>,
        mut columns: Properties,
        broken: bool,
    ) -> PlannedRow {
        let layer = self.view.layer;
        let current = matched.map(|matched| &matched.record);
        let mut whole = current.cloned().unwrap_or_default();
        whole.extend(columns.clone());
        let of_whole = |name: &str| whole.get(name).filter(|value| !value.is_null()).cloned();
        let mut before = None;
        let mut op = "create";
        if let Some(current) = current {
            let was = |name: &str| current.get(name).unwrap_or(&Value::Null);
            columns.retain(|name, value| name == "effective_on" || !same(value, was(name)));
            let changed = columns.keys().any(|name| name != "effective_on");
            op = if changed { "update" } else { "unchanged" };
            before = Some(columns.keys().map(|name| (name.clone(), was(name).clone())).collect());
        } else if !broken {
            assets::identify(layer, &mut columns);
        }
        if broken {
            op = "error";
        }
        let writes = op == "create" || op == "update";
        let places = ["geom", "declared_commune_code", "declared_on"];
        let compared = layer.near.iter().flat_map(|near| near.same.iter().copied().chain(near.direction));
        PlannedRow {
            nth,
            sheet: self.reading.mappings[record.mapping].sheet.clone(),
            row: record.row,
            op,
            record_id: current
                .and_then(|current| current["id"].as_i64())
                .or_else(|| columns.get("id").and_then(Value::as_i64)),
            version: current.and_then(|current| current["version"].as_i64()),
            moved: writes && places.iter().any(|name| columns.get(*name).is_some()),
            place: of_whole("geom"),
            declared_code: of_whole("declared_commune_code"),
            declared_on: of_whole("declared_on"),
            hamlet_id: of_whole("hamlet_id"),
            operator: of_whole("operator"),
            compared: compared.filter_map(|name| Some((name.to_owned(), of_whole(name)?))).collect(),
            before: before.filter(|_| writes),
            changes: writes.then_some(columns),
        }
    }

    /// A code that is another's: what somebody else sent would be overwritten, or two records be taken for one.
    fn doubt(&self, record: &Record, matched: &Match) -> Option<Note> {
        let of_record = |name: &str| matched.record.get(name).and_then(Value::as_str);
        let given = record.values.get("external_id").and_then(Value::as_str);
        match (of_record("source_org"), of_record("external_id")) {
            (Some(org), _) if matched.by == "code_of_other" && self.source_org.is_some() => Some(Note::warning(
                "match.other_source",
                format!("Mã này là của bản ghi do “{org}” gửi: dòng này sẽ sửa bản ghi đó."),
                format!("This code is that of a record that “{org}” sent: the row would change it."),
            )),
            (_, Some(known)) if matched.by.starts_with("code") && given.is_some_and(|given| given != known) => {
                Some(Note::warning(
                    "match.other_id",
                    format!("Bản ghi mang mã này có mã của đơn vị gửi là “{known}”, khác với dòng này."),
                    format!("The record of this code has the sender's id “{known}”, another than this row."),
                ))
            }
            _ => None,
        }
    }

    /// What the sender need not say in each row.
    fn defaults(&self, given: &mut Properties, matched: Option<&Match>) {
        let current = matched.map(|matched| &matched.record);
        if let Some(code) = given.get("declared_commune_code").filter(|code| !code.is_null())
            && !given.contains_key("declared_on")
            && current.is_none_or(|current| current.get("declared_commune_code") != Some(code))
        {
            given.insert("declared_on".into(), json!(self.options.units_as_of));
        }
        given.entry("effective_on").or_insert_with(|| json!(self.options.effective_on));
        if current.is_none() {
            given.entry("source").or_insert_with(|| json!("import"));
            if let Some(source_org) = self.source_org {
                given.entry("source_org").or_insert_with(|| json!(source_org));
            }
        }
    }

    /// The row that had the same key first.
    fn first_with_same_key(&mut self, record: &Record, matched: Option<&Match>) -> Option<u32> {
        let text = |name: &str| record.values.get(name).and_then(Value::as_str);
        let org = text("source_org").or(self.source_org).unwrap_or_default();
        let of_file =
            ["external_id", "code"].iter().find_map(|name| Some(format!("{name}\u{1f}{org}\u{1f}{}", text(name)?)));
        let place = match &record.place {
            Place::Degrees(geometry) => Some(geometry.to_string()),
            _ => None,
        };
        let of_place = || Some(format!("{}\u{1f}{}", text("name").unwrap_or_default(), place?));
        let of_register = matched.and_then(|matched| Some(format!("id\u{1f}{}", matched.record.get("id")?)));
        let key = of_register.or(of_file).or_else(of_place)?;
        match self.seen.entry(key) {
            std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(record.row);
                None
            }
        }
    }

    fn note(&mut self, record: &Record, field: Option<&str>, note: Note) {
        self.reading.note_record(self.workbook, record, field, note);
    }

    /// Notes a problem of the record, unless its cell was refused already. Whether it is one.
    fn note_problem(&mut self, record: &Record, problem: &Problem) -> bool {
        let field = field_of(problem);
        let is_told = field.is_some_and(|field| record.broken.contains(&field));
        // Without the place that could not be read, or the commune, the place is missing.
        let misplaced = || ["geom", "declared_commune_code"].iter().any(|field| record.broken.contains(field));
        if is_told || field == Some("geom") && problem.code == "required" && misplaced() {
            return true;
        }
        let mut note = Note::of_problem(Severity::Error, problem.clone());
        if let ("geo.swapped", Place::Degrees(geometry)) = (problem.code, &record.place) {
            note = note.suggest(format!("{}, {}", geometry["coordinates"][1], geometry["coordinates"][0]));
        }
        self.note(record, field, note);
        true
    }
}

/// The field that a problem is about.
fn field_of(problem: &Problem) -> Option<&'static str> {
    let ProblemPlace::Pointer(pointer) = &problem.place else { return None };
    if pointer.starts_with("/geometry") {
        return Some("geom");
    }
    let name = pointer.strip_prefix("/properties/")?;
    crate::layers::ALL.iter().find_map(|layer| layer.field(name)).map(|field| field.name)
}
