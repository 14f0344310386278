//! Reads the layers once, and then what the change feed reports.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::TryStreamExt;
use tokio::task::JoinHandle;

use crate::access::{Caller, Feed, View};
use crate::conditions::{Condition, Days, Interval};
use crate::error::Error;
use crate::files::export::{Columns, write_feature};
use crate::layers::{ID, Layer};
use crate::live::drawing::Marks;
use crate::live::rows::{Packer, Place, Record};
use crate::live::tiles::Changed;
use crate::live::{Live, Rows, State, Version};
use crate::postgres::Store;
use crate::postgres::sql::Sql;
use crate::register::changes;
use crate::register::items::{self, Question, Shape};

/// How many changes are read at once.
const CHANGES: usize = 10_000;

/// The rows of layers that are being packed, as they were before.
pub type Packing = HashMap<&'static str, (Rows, JoinHandle<Rows>)>;

impl Live {
    /// Reads everything, or what was written since. `wrote` says that this node has just written: then what it wrote is
    /// there afterwards, or SQL answers.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn catch_up(&self, store: &Store, today: NaiveDate, wrote: bool) -> Result<(), Error> {
        let is_loaded = || self.now.read().unwrap_or_else(PoisonError::into_inner).state.is_some();
        // A write does not wait until everything is read; what it wrote is read after that.
        if self.layers.is_empty() || wrote && !is_loaded() {
            return Ok(());
        }
        let mut packing = self.turn.lock().await;
        let caught_up = self.step(store, today, wrote, &mut packing).await;
        if caught_up.is_err() && wrote {
            self.now.write().unwrap_or_else(PoisonError::into_inner).read_at = None;
        }
        caught_up
    }

    async fn step(&self, store: &Store, today: NaiveDate, wrote: bool, packing: &mut Packing) -> Result<(), Error> {
        let began = Instant::now();
        let state = self.now.read().unwrap_or_else(PoisonError::into_inner).state.clone();
        let Some(state) = state else {
            let mut export = store.export_connection().await?;
            if let Some(conn) = export.get() {
                let state = self.read(conn, today).await?;
                self.now.write().unwrap_or_else(PoisonError::into_inner).state = Some(Arc::new(state));
            }
            export.done();
            return Ok(());
        };
        let mut conn = store.own_connection().await?;
        if wrote && changes::are_waiting(&mut conn).await? {
            changes::number(&mut conn).await?;
            if changes::are_waiting(&mut conn).await? {
                self.now.write().unwrap_or_else(PoisonError::into_inner).read_at = None;
                return Ok(());
            }
        }
        let changes::State { public_seq: seq, reference, .. } = changes::state(&mut conn).await?;
        let version = Version { seq, reference, today };
        if version == state.version && packing.is_empty() {
            self.now.write().unwrap_or_else(PoisonError::into_inner).read_at = Some(began);
            return Ok(());
        }
        let mut next = (*state).clone();
        let mut changed = Changed::new();
        if seq > state.version.seq {
            next.take_changes(&mut conn, version, &mut changed).await?;
        }
        if (reference, today) != (state.version.reference, state.version.today) {
            for layer in self.layers.iter().filter(|layer| !layer.is_writable()) {
                let rows = read_layer(&mut conn, layer, today).await?;
                next.layers.insert(layer.collection, rows);
                changed.insert(layer.collection, None);
            }
        }
        next.version = version;
        next.pack(packing).await;
        let publish = || {
            let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
            now.state = Some(Arc::new(next));
            now.read_at = Some(began);
        };
        if changed.is_empty() {
            publish()
        } else {
            self.tiles.change(changed, publish)
        }
        Ok(())
    }

    async fn read(&self, conn: &mut AsyncPgConnection, today: NaiveDate) -> QueryResult<State> {
        let began = Instant::now();
        let changes::State { public_seq: seq, reference, .. } = changes::state(conn).await?;
        let version = Version { seq, reference, today };
        let mut layers = HashMap::new();
        for layer in &self.layers {
            layers.insert(layer.collection, read_layer(conn, layer, today).await?);
        }
        let rows: usize = layers.values().map(Rows::count).sum();
        tracing::info!(rows, seconds = began.elapsed().as_secs_f32(), "the layers are in memory");
        Ok(State { version, layers })
    }
}

impl State {
    /// Reads the records that the feed reports until `version`.
    async fn take_changes(
        &mut self,
        conn: &mut AsyncPgConnection,
        version: Version,
        changed: &mut Changed,
    ) -> QueryResult<()> {
        let mut after = self.version.seq;
        while after < version.seq {
            let page = changes::page(conn, &Feed::Public, after, &[], CHANGES).await?;
            let mut ids: HashMap<&str, Vec<i64>> = HashMap::new();
            for change in &page.changes {
                if let (Some(collection), Some(id)) = (change["collection"].as_str(), change["id"].as_i64()) {
                    ids.entry(collection).or_default().push(id);
                }
            }
            for (collection, mut ids) in ids {
                let Some(layer) = Layer::of_collection(collection) else { continue };
                let Some(rows) = self.layers.get_mut(collection) else { continue };
                ids.sort_unstable();
                ids.dedup();
                let mut now = HashMap::new();
                let of_ids = Condition::one_of(&ID, ids.iter().copied());
                read_rows(conn, layer, of_ids, version.today, |record| {
                    now.insert(record.id, record);
                })
                .await?;
                let places = changed.entry(layer.collection).or_insert_with(|| Some(Vec::new()));
                for id in ids {
                    let record = now.remove(&id);
                    let was = rows.find(id).and_then(|row| row.place.bounds());
                    let is = record.as_ref().and_then(|record| record.place.bounds());
                    places.iter_mut().for_each(|places| places.extend(was.into_iter().chain(is)));
                    rows.set(id, record);
                }
            }
            if page.next <= after {
                break;
            }
            after = page.next;
        }
        Ok(())
    }

    /// Takes what was packed meanwhile, and begins to pack what has become loose.
    async fn pack(&mut self, packing: &mut Packing) {
        for (collection, rows) in &mut self.layers {
            if let Some((before, job)) = packing.remove(collection) {
                match job.is_finished() {
                    true => {
                        if let Ok(packed) = job.await {
                            *rows = rows.rebased(&before, &packed);
                        }
                    }
                    false => {
                        packing.insert(collection, (before, job));
                    }
                }
            } else if rows.is_loose() {
                let (before, loose) = (rows.clone(), rows.clone());
                packing.insert(collection, (before, tokio::task::spawn_blocking(move || loose.packed())));
            }
        }
    }
}

/// The rows that anonymous callers see now.
async fn read_layer(conn: &mut AsyncPgConnection, layer: &'static Layer, today: NaiveDate) -> QueryResult<Rows> {
    let mut packer = Packer::default();
    read_rows(conn, layer, Condition::always(), today, |record| packer.add(record)).await?;
    Ok(packer.finish())
}

/// Hands over the rows that anonymous callers see now, by id.
async fn read_rows(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    condition: Condition,
    today: NaiveDate,
    mut take: impl FnMut(Record),
) -> QueryResult<()> {
    let view = View::new(&Caller::Anonymous, layer);
    let columns = Columns::new(layer, view.fields(), true);
    let marks = Marks::new(layer, &columns);
    let day = Some(today);
    let in_force = Condition::ValidDuring(layer.valid_time(), Interval { from: day, to: day });
    let all = [condition].into_iter().chain((!layer.is_writable()).then_some(in_force));
    let question = Question {
        condition: Condition::All(all.collect()),
        days: Days { as_of: today, unit_date: today, known_at: None, today },
        searched: None,
        order: Vec::new(),
        cursor: None,
        shape: Shape::default(),
        is_of_own_shape: false,
        derive: |_, _, _, _| Sql::new("null::boolean"),
        among: None,
        placed: None,
    };
    let mut rows = pin!(items::stream(conn, &view, &question, None).await?);
    while let Some(row) = rows.try_next().await? {
        let mut json = Vec::new();
        write_feature(&mut json, &columns, &row, &[]);
        let place = Place::of(row.cells[1].geometry());
        let mark = marks.of(&row, &place);
        take(Record { id: row.cells[0].as_integer().unwrap_or_default(), json, place, mark });
    }
    Ok(())
}
