//! Imports: files that are received, planned, committed, undone.

mod again;
mod commit;
pub mod interpret;
mod matching;
mod plan;
mod planning;
mod resolve;
mod rows;
mod snapshot;
mod suggestions;
mod undo;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::{Caller, Credential};
use crate::imports::interpret::Instructions;
use crate::layers::Layer;
use crate::postgres::sql::{Bind, Sql};
use crate::time::today;

pub use again::{Said, say};
pub use commit::{Consent, commit};
pub use planning::{Sent, plan};
pub use resolve::{Hamlets, all_communes, all_hamlets};
pub use rows::{Asked, listed, operations, page};
pub use suggestions::{Accepted, Wish, WishedCell, accept};
pub use undo::undo;

diesel::table! {
    imports (id) {
        id -> Uuid,
        collection -> Text,
        mode -> Text,
        status -> Text,
        account_id -> Nullable<BigInt>,
        sent_by -> Text,
        rights -> Nullable<Jsonb>,
        source_org -> Nullable<Text>,
        file_name -> Nullable<Text>,
        format -> Nullable<Text>,
        file -> Nullable<Binary>,
        file_hash -> Text,
        options -> Jsonb,
        corrections -> Jsonb,
        pairs -> Jsonb,
        mappings -> Jsonb,
        counts -> Jsonb,
        findings -> Jsonb,
        plan -> Nullable<Text>,
        done -> Integer,
        total -> Nullable<Integer>,
        failure -> Nullable<Text>,
        batch_id -> Nullable<BigInt>,
        undone -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        alive_at -> Timestamptz,
        planned_at -> Nullable<Timestamptz>,
        committed_at -> Nullable<Timestamptz>,
        erased_at -> Nullable<Timestamptz>,
        undone_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    import_mappings (account_id, collection) {
        account_id -> BigInt,
        collection -> Text,
        overrides -> Jsonb,
        defaults -> Jsonb,
        answers -> Jsonb,
    }
}

/// An import, without its file.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = imports)]
pub struct Import {
    pub id: Uuid,
    pub collection: String,
    pub mode: String,
    pub status: String,
    pub account_id: Option<i64>,
    pub sent_by: String,
    /// The grants of the sender at that time.
    pub rights: Option<Value>,
    pub source_org: Option<String>,
    pub file_name: Option<String>,
    pub format: Option<String>,
    pub file_hash: String,
    pub options: Value,
    /// What the sender corrected in cells: a list of [`Correction`](interpret::Correction).
    pub corrections: Value,
    /// New rows that are perhaps a record that the list lacks.
    pub pairs: Value,
    pub mappings: Value,
    pub counts: Value,
    pub findings: Value,
    pub plan: Option<String>,
    pub done: i32,
    pub total: Option<i32>,
    pub failure: Option<String>,
    pub batch_id: Option<i64>,
    pub undone: Option<Value>,
    pub created_at: DateTime<Utc>,
    pub planned_at: Option<DateTime<Utc>>,
    pub committed_at: Option<DateTime<Utc>>,
    /// When personal data was erased from it, together with its file.
    pub erased_at: Option<DateTime<Utc>>,
}

/// What the sender says about the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Options {
    /// The EPSG code of the coordinates.
    pub epsg: Option<i32>,
    /// The EPSG code of coordinates in metres that declare nothing else.
    #[serde(default)]
    pub grid: Option<i32>,
    /// The day on which codes and names of communes are read.
    pub units_as_of: NaiveDate,
    /// The day from which the data of the file holds.
    pub effective_on: NaiveDate,
    /// What the sender said about columns.
    #[serde(default)]
    pub mapping: Value,
    /// Values for what the rows leave open.
    #[serde(default)]
    pub defaults: Value,
    /// What texts of cells mean, by field.
    #[serde(default)]
    pub values: Value,
    /// Which of these three the sender sent as null: what was said for earlier files no longer holds.
    #[serde(default)]
    pub forget: Vec<String>,
    /// What holds besides, because it was said for an earlier file of the collection.
    #[serde(default)]
    pub remembered: Value,
}

/// What happens to records that are missing from the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: rows are only added and changed.
    Upsert,
    /// They are decommissioned: the list is complete for its source.
    Snapshot,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Upsert => "upsert",
            Mode::Snapshot => "snapshot",
        }
    }

    pub fn of_name(name: &str) -> Option<Mode> {
        [Mode::Upsert, Mode::Snapshot].into_iter().find(|mode| mode.name() == name)
    }
}

/// Stores a file, to be planned on the same connection. Takes the lock of the planner before there is anything to plan.
/// It is held until [`plan`] ends, or the server does.
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    sent: &Sent,
) -> QueryResult<Uuid> {
    let id = Uuid::new_v4();
    lock("select pg_advisory_lock", id).execute(conn).await?;
    diesel::insert_into(imports::table)
        .values((
            imports::id.eq(id),
            imports::collection.eq(layer.collection),
            imports::mode.eq(sent.mode.name()),
            imports::account_id.eq(account_id(caller)),
            imports::sent_by.eq(caller.name()),
            imports::rights.eq(caller.rights()),
            imports::source_org.eq(&sent.source_org),
            imports::file_name.eq(&sent.file_name),
            imports::file.eq(&*sent.file),
            imports::file_hash.eq(hash(&sent.file)),
            imports::options.eq(serde_json::to_value(&sent.options).unwrap_or_default()),
        ))
        .returning(imports::id)
        .get_result(conn)
        .await
}

/// One import. `None` unless it is the caller's own, or the caller is an administrator.
pub async fn find(conn: &mut AsyncPgConnection, caller: &Caller, id: Uuid) -> QueryResult<Option<Import>> {
    fail_abandoned(conn).await?;
    let import = imports::table.find(id).select(Import::as_select()).first(conn).await.optional()?;
    let everything = crate::access::may_administer(caller).is_ok();
    let own = |import: &Import| caller.account().is_some() && import.account_id == account_id(caller);
    Ok(import.filter(|import| everything || (own(import) && may_see(caller, import.rights.as_ref()))))
}

/// Whether the caller, who sent an import, may still see what the sender saw: a token may be narrower, a grant may have
/// ended.
fn may_see(caller: &Caller, rights: Option<&Value>) -> bool {
    let is_token = caller.account().is_some_and(|account| matches!(account.credential, Credential::Token { .. }));
    rights.map_or(!is_token, |rights| caller.includes(rights))
}

/// The caller's own imports, or everybody's for administrators: at most `limit` older than `before`, newest first.
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Import>> {
    fail_abandoned(conn).await?;
    let mut query = imports::table.select(Import::as_select()).into_boxed();
    if crate::access::may_administer(caller).is_err() {
        let own = imports::account_id.eq(account_id(caller));
        let rights = imports::table.filter(own).select(imports::rights).distinct().load::<Option<Value>>(conn).await?;
        let (none, some): (Vec<_>, Vec<_>) =
            rights.into_iter().filter(|rights| may_see(caller, rights.as_ref())).partition(Option::is_none);
        let of_rights = imports::rights.eq_any(some).assume_not_null();
        query = match none.is_empty() {
            true => query.filter(own.and(of_rights)),
            false => query.filter(own.and(of_rights.or(imports::rights.is_null()))),
        };
    }
    if let Some(before) = before {
        let at =
            imports::table.find(before).select(imports::created_at).first::<DateTime<Utc>>(conn).await.optional()?;
        let Some(at) = at else { return Ok(Vec::new()) };
        let earlier = imports::created_at.lt(at).or(imports::created_at.eq(at).and(imports::id.lt(before)));
        query = query.filter(earlier);
    }
    query.order((imports::created_at.desc(), imports::id.desc())).limit(limit).load(conn).await
}

/// A statement about the lock of an import.
fn lock(act: &'static str, id: Uuid) -> Sql {
    Sql::new(act).text("(hashtextextended('import ' || ").bind(Bind::Text(id.to_string())).text(", 0))")
}

/// Marks planning that a killed server left behind as failed. Nobody holds its lock.
async fn fail_abandoned(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    // Mostly there is none, and reading must not need a write.
    let planning = imports::table.filter(imports::status.eq("planning"));
    if !diesel::select(diesel::dsl::exists(planning)).get_result::<bool>(conn).await? {
        return Ok(());
    }
    Sql::new(
        "update imports set status = 'failed', failure = 'interrupted' where status = 'planning' and pg_try_advisory_xact_lock(hashtextextended('import ' || id, 0))",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The file as it was sent; `None` when it has been deleted because of its age.
pub async fn file(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<Vec<u8>>> {
    imports::table.find(id).select(imports::file).first(conn).await
}

/// Deletes files older than this many days, with their rows and findings. What they changed stays known. A plan not
/// committed by then counts as failed.
pub async fn forget(conn: &mut AsyncPgConnection, days: u32) -> QueryResult<()> {
    Sql::new(
        "with old as (update imports i set file = null, findings = '[]', corrections = '[]', \
         status = case when status in ('planning', 'planned') then 'failed' else status end, \
         failure = case when status in ('planning', 'planned') then 'expired' else failure end \
         where (file is not null or exists (select from import_rows r where r.import_id = i.id)) and created_at < now() - make_interval(days => ",
    )
    .bind(Bind::Integer(days.into()))
    .text("::int) returning id) delete from import_rows where import_id in (select id from old)")
    .execute(conn)
    .await?;
    Ok(())
}

/// What the sender said about earlier files of a collection.
pub async fn remembered(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
) -> QueryResult<Instructions> {
    let Some(account) = account_id(caller) else { return Ok(Instructions::default()) };
    let known: Option<(Value, Value, Value)> = import_mappings::table
        .find((account, layer.collection))
        .select((import_mappings::overrides, import_mappings::defaults, import_mappings::answers))
        .first(conn)
        .await
        .optional()?;
    Ok(known
        .map(|(mapping, defaults, values)| Instructions::known(layer, [&mapping, &defaults, &values], today()))
        .unwrap_or_default())
}

/// Stores what the sender says about files of a collection.
pub async fn remember(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    instructions: &Instructions,
) -> QueryResult<()> {
    let Some(account) = account_id(caller) else { return Ok(()) };
    let values = (
        import_mappings::overrides.eq(instructions.overrides.to_json(false)),
        import_mappings::defaults.eq(instructions.defaults.to_json(false)),
        import_mappings::answers.eq(instructions.answers.to_json(false)),
    );
    let key = (import_mappings::account_id.eq(account), import_mappings::collection.eq(layer.collection));
    diesel::insert_into(import_mappings::table)
        .values((key, values.clone()))
        .on_conflict((import_mappings::account_id, import_mappings::collection))
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

/// The console has no account.
fn account_id(caller: &Caller) -> Option<i64> {
    caller.account().map(|account| account.id).filter(|id| *id > 0)
}

fn hash(file: &[u8]) -> String {
    crate::accounts::secrets::hex(&Sha256::digest(file))
}
