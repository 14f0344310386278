//! Where the contributions of a layer are read: from the kept ones, with those of records written since computed anew, or
//! all from the history.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::figures::Number;
use crate::figures::summaries::columns::{column_of, each};
use crate::figures::summaries::fresh::{Facts, On, Records, fresh, states};
use crate::layers::{Layer, WIFI_POINT};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::extent;

/// More records than this are not computed for an answer beside the kept ones: then all are.
const MOST_DIRTY: usize = 5_000;
/// The same of records written after `known_at`. Most of them were not there yet, which costs little to find out.
const MOST_LATER: usize = 50_000;

/// The contributions of a layer as a transaction sees them.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    pub view: View<'a>,
    pub kind: Kind,
    /// A kept sum: only contributions to it have sums.
    only: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Kept {
        /// The records whose kept contributions are not those of the answer, and the access points that may have changed
        /// them: what was written since they were kept, or after `known_at`.
        dirty: Vec<i64>,
        wifi: Vec<i64>,
        known_at: Option<DateTime<Utc>>,
        /// The last day of the marks.
        marked_until: Option<NaiveDate>,
    },
    Computed(Records),
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Nullable<BigInt>)]
    built_until: Option<i64>,
    #[diesel(sql_type = Nullable<Date>)]
    marked_until: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    units: i64,
    #[diesel(sql_type = Array<BigInt>)]
    queued: Vec<i64>,
    #[diesel(sql_type = Array<BigInt>)]
    wifi: Vec<i64>,
}

#[derive(QueryableByName)]
struct Ids {
    #[diesel(sql_type = Array<BigInt>)]
    ids: Vec<i64>,
}

impl<'a> Source<'a> {
    /// Reads what is kept of a layer. `known_at` leaves out later writes; `within`, a unit on a day, saves work where
    /// records are computed.
    pub async fn of(
        conn: &mut AsyncPgConnection,
        view: View<'a>,
        known_at: Option<DateTime<Utc>>,
        within: Option<(&str, NaiveDate)>,
    ) -> QueryResult<Source<'a>> {
        let layer = view.layer;
        if let Some(State { built_until: None, marked_until, units: 0, queued, wifi }) = state(conn, layer).await?
            && queued.len() + wifi.len() <= MOST_DIRTY
            && let Some((later, later_wifi)) = later(conn, layer, known_at, within).await?
        {
            let (queued, wifi) = ([queued, later].concat(), [wifi, later_wifi].concat());
            let dirty = if queued.is_empty() && wifi.is_empty() {
                Vec::new()
            } else {
                touched(conn, layer, queued, &wifi, known_at).await?
            };
            let wifi = if dirty.is_empty() { Vec::new() } else { access_points(conn, layer, &dirty, wifi).await? };
            return Ok(Source { view, kind: Kind::Kept { dirty, wifi, known_at, marked_until }, only: None });
        }
        let all = |layer: &Layer| Sql::new("array(select id from ").name(layer.table()).text(")");
        let ids = match within {
            None => all(layer),
            Some((code, day)) => candidates(layer, code, day),
        };
        let records = Records { ids, wifi: all(&WIFI_POINT), known_at };
        Ok(Source { view, kind: Kind::Computed(records), only: None })
    }

    /// The contributions, with sums only of the records that a number counts.
    pub fn of_number(&self, number: Number) -> Source<'a> {
        Source { only: column_of(self.view.layer, number), ..self.clone() }
    }

    /// Whether running sums, which are of all contributions, may be read.
    pub fn is_whole(&self) -> bool {
        self.only.is_none()
    }

    /// The contributions that hold on a day, in the units of a day, as far as the caller may know of their records. The
    /// kept columns are named `c`.
    pub fn rows_on(&self, day: NaiveDate, unit_date: NaiveDate) -> Sql {
        self.rows_where(day, unit_date, Sql::default())
    }

    /// The same; `narrowed` is a further condition, ` and …`, on the kept ones. It may leave out what the caller does
    /// not need.
    pub fn rows_where(&self, day: NaiveDate, unit_date: NaiveDate, narrowed: Sql) -> Sql {
        let holds = |rows: Sql| {
            Sql::new("select ")
                .sql(self.columns())
                .text(" from ")
                .sql(rows)
                .text(" c where c.from_day <= ")
                .bind(Bind::Date(day))
                .text(" and c.to_day > ")
                .bind(Bind::Date(day))
                .text(" and c.units_from <= ")
                .bind(Bind::Date(unit_date))
                .text(" and c.units_to >= ")
                .bind(Bind::Date(unit_date))
                .text(" and ")
                .sql(self.visible())
        };
        let fresh = || holds(Sql::new("(").sql(self.fresh_rows(On { day, unit_date })).text(")"));
        match &self.kind {
            Kind::Computed(_) => fresh(),
            Kind::Kept { dirty, .. } => {
                let kept = holds(Sql::new("").name(self.view.layer.kept("contributions"))).sql(narrowed);
                if dirty.is_empty() {
                    return kept;
                }
                kept.text(" and c.record_id <> all(")
                    .bind(Bind::Integers(dirty.clone()))
                    .text(") union all ")
                    .sql(fresh())
            }
        }
    }

    /// The columns of a contribution `c`. What does not count stays, with nothing in its sums: a station that gets a
    /// technology was there before.
    fn columns(&self) -> Sql {
        let Some(only) = self.only else { return Sql::new("c.*") };
        let sums = each(self.view.layer, ", ", |sum| {
            Sql::new("case when c.").name(only).text(" > 0 then c.").name(sum).text(" else 0 end as ").name(sum)
        });
        Sql::new("c.record_id, c.unit_id, c.units_from, c.units_to, c.from_day, c.to_day, c.is_public, c.works, c.status, c.installed_on, c.group_key, ").sql(sums)
    }

    /// The contributions of days, of the records written since, as they are.
    pub fn fresh_rows(&self, on: On) -> Sql {
        let layer = self.view.layer;
        match &self.kind {
            Kind::Computed(records) => fresh(layer, records, Some(on)),
            Kind::Kept { dirty, wifi, known_at, .. } => {
                fresh(layer, &Records::listed(dirty.clone(), wifi.clone(), *known_at), Some(on))
            }
        }
    }

    /// Whether the caller may know of the record of a contribution `c`.
    pub fn visible(&self) -> Sql {
        match (self.view.uniform().is_some(), self.view.counter()) {
            (true, Some("row_count")) => Sql::new("true"),
            (true, _) => Sql::new("c.is_public"),
            (false, Some("row_count")) => Sql::new("true"),
            (false, _) => Sql::new("(c.is_public or ").sql(self.hidden_visible()).text(")"),
        }
    }

    /// Whether the caller sees only some of the hidden records.
    pub fn sees_some_hidden(&self) -> bool {
        self.view.uniform().is_none() && self.view.counter() != Some("row_count")
    }

    pub fn sees_all_hidden(&self) -> bool {
        self.view.counter() == Some("row_count")
    }

    /// Whether the record of a contribution `c` lies within the caller's grants.
    pub fn hidden_visible(&self) -> Sql {
        Sql::new("exists (select from ")
            .name(self.view.layer.table())
            .text(" now where now.id = c.record_id and ")
            .sql(self.view.within_grants())
            .text(")")
    }
}

async fn state(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<Option<State>> {
    let collection = || Bind::Text(layer.collection.into());
    let found: Vec<State> = Sql::new(
        "select s.built_until, s.marked_until, (select count(*) from summary_queue q where q.collection = 'units') as units, \
         array(select distinct q.record_id from summary_queue q where q.collection = s.collection limit ",
    )
    .bind(Bind::Integer(MOST_DIRTY as i64 + 1))
    .text(
        ") as queued, \
         array(select distinct q.record_id from summary_queue q where q.collection = 'wifi-points' and s.collection = 'facilities' limit ",
    )
    .bind(Bind::Integer(MOST_DIRTY as i64 + 1))
    .text(") as wifi from summaries s where s.collection = ")
    .bind(collection())
    .load(conn)
    .await?;
    Ok(found.into_iter().next())
}

/// The records written after `known_at`, and the access points if the layer depends on them; `None` if there are too many
/// to compute each. `within` leaves out those that were never near a unit.
async fn later(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    known_at: Option<DateTime<Utc>>,
    within: Option<(&str, NaiveDate)>,
) -> QueryResult<Option<(Vec<i64>, Vec<i64>)>> {
    let Some(known_at) = known_at else { return Ok(Some((Vec::new(), Vec::new()))) };
    let written = |layer: &Layer, near: Option<Sql>| {
        let sql = Sql::new("select array(select distinct v.record_id from versions v where v.collection = ")
            .bind(Bind::Text(layer.collection.into()))
            .text(" and v.at > ")
            .bind(Bind::Moment(known_at));
        let sql = match near {
            Some(near) => sql.text(" and v.record_id = any(").sql(near).text(")"),
            None => sql,
        };
        sql.text(" limit ").bind(Bind::Integer(MOST_LATER as i64 + 1)).text(") as ids")
    };
    let mut found: Ids = written(layer, None).get_result(conn).await?;
    if let Some((code, day)) = within.filter(|_| !found.ids.is_empty()) {
        found = written(layer, Some(candidates(layer, code, day))).get_result(conn).await?;
    }
    let mut wifi = Ids { ids: Vec::new() };
    if Facts::of(layer) == Facts::Wifi {
        wifi = written(&WIFI_POINT, None).get_result(conn).await?;
    }
    let are_few = found.ids.len().max(wifi.ids.len()) <= MOST_LATER;
    Ok(are_few.then_some((found.ids, wifi.ids)))
}

/// The records whose contributions the given ones, or the given access points, may change: themselves, and those that
/// share or shared a group with them, or with those. With `known_at` also as was known then.
pub async fn touched(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    ids: Vec<i64>,
    wifi: &[i64],
    known_at: Option<DateTime<Utc>>,
) -> QueryResult<Vec<i64>> {
    // Of today first; what was known earlier may differ from every state of today.
    let known = |layer: &Layer, ids: &dyn Fn() -> Sql| {
        let now = Sql::new("(select * from ").sql(states(layer, ids(), None));
        match known_at {
            Some(_) => now.text(" union all select * from ").sql(states(layer, ids(), known_at)).text(")"),
            None => now.text(")"),
        }
    };
    let list = || Bind::Integers(ids.clone());
    let sql = match Facts::of(layer) {
        Facts::None => return Ok(ids),
        Facts::Wifi => Sql::new("select array(select unnest(")
            .bind(list())
            .text(") union select group_key::bigint from ")
            .name(WIFI_POINT.kept("contributions"))
            .text(" where group_key is not null and record_id = any(")
            .bind(Bind::Integers(wifi.to_vec()))
            .text(") union select (s.state).facility_id from ")
            .sql(known(&WIFI_POINT, &|| Sql::default().bind(Bind::Integers(wifi.to_vec()))))
            .text(" s where (s.state).facility_id is not null) as ids"),
        // All groups of all their members: a record is computed with all its groups, and each group needs all members.
        Facts::Group { .. } => Sql::new("with recursive own (key) as (select ")
            .sql(Facts::key(layer))
            .text(" from ")
            .sql(known(layer, &|| Sql::default().bind(list())))
            .text(" s cross join lateral (select (s.state).*) t), reached (record_id) as ((select unnest(")
            .bind(list())
            .text(") union select c.record_id from ")
            .name(layer.kept("contributions"))
            .text(" c join own on own.key = c.group_key) union select b.record_id from reached r join ")
            .name(layer.kept("contributions"))
            .text(" a on a.record_id = r.record_id join ")
            .name(layer.kept("contributions"))
            .text(" b on b.group_key = a.group_key) select array(select record_id from reached) as ids"),
    };
    let found: Ids = sql.get_result(conn).await?;
    Ok(found.ids)
}

/// The access points that are or were of the given facilities, and the given ones.
pub async fn access_points(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    facilities: &[i64],
    wifi: Vec<i64>,
) -> QueryResult<Vec<i64>> {
    if Facts::of(layer) != Facts::Wifi {
        return Ok(Vec::new());
    }
    let found: Ids = Sql::new("select array(select unnest(")
        .bind(Bind::Integers(wifi))
        .text(") union select c.record_id from ")
        .name(WIFI_POINT.kept("contributions"))
        .text(" c where c.group_key = any(array(select id::text from unnest(")
        .bind(Bind::Integers(facilities.to_vec()))
        .text(") id))) as ids")
        .get_result(conn)
        .await?;
    Ok(found.ids)
}

/// The records that may be in a unit on some day: those that are or were near it, those that have or had no place, and the
/// others of their groups.
fn candidates(layer: &'static Layer, code: &str, day: NaiveDate) -> Sql {
    let collection = || Bind::Text(layer.collection.into());
    let near = Sql::new("select t.id from ")
        .name(layer.table())
        .text(" t where t.geom is null or t.geom && ")
        .sql(extent(code, day))
        .text(" union select v.record_id from versions v where v.collection = ")
        .bind(collection())
        .text(" and v.changes ? 'geom' and st_geomfromgeojson(v.changes ->> 'geom') && ")
        .sql(extent(code, day))
        .text(" union select v.record_id from versions v where v.collection = ")
        .bind(collection())
        .text(" and v.changes ->> 'geom' is null and (v.version = 1 or v.changes ? 'geom')");
    match Facts::of(layer) {
        Facts::Group { by_province: true, .. } => Sql::new("array(with near (id) as materialized (")
            .sql(near)
            .text(") select id from near union select m.id from ")
            .name(layer.table())
            .text(" m where m.site_code in (select (s.state).site_code from ")
            .name(layer.states_function())
            .text("(array(select id from near)) s) union select v.record_id from versions v where v.collection = ")
            .bind(collection())
            .text(" and v.version > 1 and v.changes ? 'site_code')"),
        _ => Sql::new("array(").sql(near).text(")"),
    }
}
