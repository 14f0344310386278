//! What clients do with records: create, change, delete, restore, verify. One record or 10,000 take the same path.

use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::keep_unseen;
use crate::error::Error;
use crate::layers::{Class, Layer, Problem, Properties, value};
use crate::register::writing::lock::lock_expected;
use crate::register::writing::{Expected, Locked, PlannedRow, Refused, Rows, Writing, keys, put, write};

/// A record as a client sent it, read by [`normalise`](crate::layers::normalise::normalise).
#[derive(Debug, Clone)]
pub struct Draft {
    pub given: Properties,
    pub record: Properties,
}

impl Draft {
    /// The columns to write, without those that the writer may not see.
    fn columns(self, layer: &'static Layer, class: Class, current: Option<&Properties>) -> Result<Properties, Error> {
        let Draft { given, mut record } = self;
        keep_unseen(layer, class, current, &given, &mut record).map_err(Error::Invalid)?;
        Ok(record)
    }
}

/// What was written, in the order of the list.
#[derive(Debug, Default)]
pub struct Written {
    pub ids: Vec<i64>,
    /// Whether each record changed.
    pub changed: Vec<bool>,
    pub warnings: Vec<Vec<Problem>>,
}

/// Creates records.
///
/// # Errors
/// Every refused record, with the reason.
pub async fn create(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Written, Refused> {
    let layer = writing.view.layer;
    let class = writing.view.class_written();
    let count = drafts.len();
    let mut refused = Vec::new();
    let mut rows = Vec::with_capacity(count);
    let mut trimmed = Vec::new();
    for (nth, draft) in drafts.into_iter().enumerate() {
        trimmed.push(draft.as_ref().map_or_else(|_| Vec::new(), |draft| value::trimmed(layer, &draft.given)));
        let columns = draft.and_then(|draft| Ok((draft.given.clone(), draft.columns(layer, class, None)?)));
        match columns {
            Ok((given, record)) => rows.push(PlannedRow::create(layer, nth, &given, record)),
            Err(error) => refused.push((nth, error)),
        }
    }
    let mut warnings = write(conn, writing, &rows, refused, count).await?;
    warnings.iter_mut().zip(trimmed).for_each(|(warnings, trimmed)| warnings.extend(trimmed));
    Ok(Written { ids: rows.iter().map(|row| row.id).collect(), changed: vec![true; count], warnings })
}

/// Changes records. `read` takes the index in the list and the current columns, and returns the draft to write.
///
/// # Errors
/// Every refused record, with the reason.
pub async fn change(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    read: impl Fn(usize, &Properties) -> Result<Draft, Error>,
) -> Result<Written, Refused> {
    let layer = writing.view.layer;
    let mut locked = lock_expected(conn, writing, targets, false).await?;
    let mut refused = Vec::new();
    let mut rows = Vec::new();
    let mut changed = vec![false; targets.len()];
    let mut trimmed = vec![Vec::new(); targets.len()];
    for (nth, (id, _)) in targets.iter().enumerate() {
        let Some(Locked { record: current, class, has_later, .. }) = locked.remove(id) else { continue };
        let draft = read(nth, &current);
        trimmed[nth] = draft.as_ref().map_or_else(|_| Vec::new(), |draft| value::trimmed(layer, &draft.given));
        // A client that sends back the day and the values that it read says nothing new.
        let names_a_day = |draft: &Draft| {
            let day = draft.given.get("effective_on");
            let is_read = day == current.get("effective_on") && !has_later;
            day.is_some() && day == draft.record.get("effective_on") && !is_read
        };
        let keeps_all = draft.as_ref().is_ok_and(names_a_day);
        match draft.and_then(|draft| draft.columns(layer, class, Some(&current))) {
            Ok(columns) => {
                let row = PlannedRow::change(nth, current, columns, keeps_all);
                changed[nth] = row.says_new();
                rows.extend(Some(row).filter(PlannedRow::says_new));
            }
            Err(error) => refused.push((nth, error)),
        }
    }
    let mut warnings = write(conn, writing, &rows, refused, targets.len()).await?;
    warnings.iter_mut().zip(trimmed).for_each(|(warnings, trimmed)| warnings.extend(trimmed));
    Ok(Written { ids: ids(targets), changed, warnings })
}

/// Marks records as deleted, or restores them. Their history stays.
///
/// # Errors
/// Every refused record, with the reason.
pub async fn set_deleted(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    deleted: bool,
) -> Result<Written, Refused> {
    let deleted_at = if deleted { json!(chrono::Utc::now()) } else { Value::Null };
    set(conn, writing, targets, !deleted, |_| {
        vec![("deleted_at", deleted_at.clone()), ("effective_on", json!(writing.today))]
    })
    .await
}

/// Records that what the records say is still true. Needs no precondition, because it is about the current version.
///
/// # Errors
/// Every refused record, with the reason.
pub async fn verify(conn: &mut AsyncPgConnection, writing: &Writing<'_>, ids: Vec<i64>) -> Result<Written, Refused> {
    let targets: Vec<_> = ids.into_iter().map(|id| (id, Expected::Unneeded)).collect();
    let now = json!(chrono::Utc::now());
    set(conn, writing, &targets, false, |current| {
        // A verification does not change the day from which the values hold.
        let effective_on = current["effective_on"].clone();
        vec![("verified_at", now.clone()), ("verified_by", json!(writing.actor)), ("effective_on", effective_on)]
    })
    .await
}

/// Sets columns of records that are deleted, or that are not. Only the keys of restored records need a check: they may
/// have been taken.
async fn set(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    deleted: bool,
    columns: impl Fn(&Properties) -> Vec<(&'static str, Value)>,
) -> Result<Written, Refused> {
    let mut locked = lock_expected(conn, writing, targets, deleted).await?;
    let current = targets.iter().enumerate().filter_map(|(nth, (id, _))| Some((nth, locked.remove(id)?.record)));
    let rows: Vec<_> = current
        .map(|(nth, current)| {
            let columns = columns(&current).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            PlannedRow::change(nth, current, columns, false)
        })
        .collect();
    Refused::unless_none(keys::check(conn, &writing.view, &rows).await?)?;
    put(conn, writing, &Rows::Listed(&rows)).await?;
    let count = targets.len();
    Ok(Written { ids: ids(targets), changed: vec![true; count], warnings: vec![Vec::new(); count] })
}

fn ids(targets: &[(i64, Expected)]) -> Vec<i64> {
    targets.iter().map(|(id, _)| *id).collect()
}
