//! Computes contributions from the history of records.

use chrono::{DateTime, NaiveDate, Utc};

use crate::figures::summaries::columns::columns;
use crate::layers::Layer;
use crate::postgres::sql::{Bind, Sql};

/// What the facts about a state need from other records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facts {
    None,
    /// One record stands for all that share a key: the first of a site, the first at a position. Within a province, if
    /// keys are given by provinces.
    Group {
        key: &'static str,
        by_province: bool,
    },
    /// The free Wi-Fi of a facility comes from its access points.
    Wifi,
}

impl Facts {
    pub fn of(layer: &Layer) -> Facts {
        match layer.collection {
            "towers" => Facts::Group { key: "t.site_code", by_province: true },
            // About a metre: cameras on one pole.
            "cameras" => Facts::Group { key: "st_astext(st_snaptogrid(t.geom, 0.00001), 5)", by_province: false },
            "facilities" => Facts::Wifi,
            _ => Facts::None,
        }
    }

    /// The key by which other records find those that they change; null where a record changes none.
    pub fn key(layer: &Layer) -> Sql {
        match Facts::of(layer) {
            Facts::Group { key, .. } => Sql::new(key),
            _ if layer.collection == "wifi-points" => Sql::new("t.facility_id::text"),
            _ => Sql::new("null::text"),
        }
    }
}

/// Which records to compute, from what was written by an instant. With a group, all records of each group must be among
/// them.
#[derive(Debug, Clone)]
pub struct Records {
    /// An array of ids.
    pub ids: Sql,
    /// The access points of the facilities among them, as an array of ids.
    pub wifi: Sql,
    pub known_at: Option<DateTime<Utc>>,
}

impl Records {
    pub fn listed(ids: Vec<i64>, wifi: Vec<i64>, known_at: Option<DateTime<Utc>>) -> Records {
        let list = |ids| Sql::default().bind(Bind::Integers(ids));
        Records { ids: list(ids), wifi: list(wifi), known_at }
    }

    fn states(&self, layer: &Layer, ids: &Sql) -> Sql {
        states(layer, ids.clone(), self.known_at)
    }
}

/// The states of records, from what was written by an instant.
pub fn states(layer: &Layer, ids: Sql, known_at: Option<DateTime<Utc>>) -> Sql {
    let states = Sql::new("").name(layer.states_function()).text("(").sql(ids);
    match known_at {
        Some(known_at) => states.text(", ").bind(Bind::Moment(known_at)).text(")"),
        None => states.text(")"),
    }
}

/// The day of the figures and the day of the units: contributions of other days need not be computed.
#[derive(Debug, Clone, Copy)]
pub struct On {
    pub day: NaiveDate,
    pub unit_date: NaiveDate,
}

/// A select of contributions, in the order of the table's columns; with days only those that hold on them.
pub fn fresh(layer: &'static Layer, records: &Records, on: Option<On>) -> Sql {
    let facts = Facts::of(layer);
    let mut sql = Sql::new("with state as materialized (select s.* from ")
        .sql(records.states(layer, &records.ids))
        .text(" s where (s.state).deleted_at is null");
    if let Some(On { day, .. }) = on {
        sql = sql.text(" and s.from_day <= ").bind(Bind::Date(day)).text(" and s.to_day > ").bind(Bind::Date(day));
    }
    sql = sql.text(")");
    if facts == Facts::Wifi {
        let wifi = &crate::layers::WIFI_POINT;
        sql = sql
            .text(", wifi as materialized (select t.facility_id, t.fee, greatest(s.from_day, t.installed_on) as from_day, least(s.to_day, t.decommissioned_on) as to_day from ")
            .sql(records.states(wifi, &records.wifi))
            .text(
                " s cross join lateral (select (s.state).*) t where t.deleted_at is null and t.facility_id is not null \
                 and t.lifecycle_status = 'operational' and s.to_day > coalesce(t.installed_on, s.from_day) \
                 and s.from_day < coalesce(t.decommissioned_on, s.to_day))",
            );
    }
    // A state is cut where it begins or ceases to count.
    sql = sql
        .sql(match on {
            Some(On { day, .. }) if facts != Facts::Wifi => piece_on(day),
            _ => pieces(facts),
        })
        .text(
            ", placed as materialized (select s.record_id, p.*, s.from_day, s.to_day, s.state, \
             coalesce((s.state).installed_on <= s.from_day, true) and coalesce((s.state).decommissioned_on > s.from_day, true) as works, ",
        )
        .sql(Facts::key(layer))
        .text(" as key from piece s cross join lateral (select (s.state).*) t cross join lateral ")
        .sql(places(layer, on))
        .text(")");
    if let Facts::Group { by_province, .. } = facts {
        sql = sql.text(MEMBERS).text(GROUPED[usize::from(by_province)]);
    }
    let kept = columns(layer).iter().map(|column| column.amount.clone().text(" as ").text(column.name));
    let amounts = Sql::join(kept, ", ");
    let sql = sql.text(
        " select p.record_id, p.unit_id, p.units_from, p.units_to, p.from_day, p.to_day, t.public as is_public, p.works, \
         t.lifecycle_status as status, t.installed_on, p.key as group_key",
    );
    let sql = if amounts.is_empty() { sql } else { sql.text(", ").sql(amounts) };
    let works = "(select (p.state).*, p.works) t";
    match facts {
        Facts::Group { .. } => sql
            .text(" from fact p cross join lateral ")
            .text(works)
            .text(" cross join lateral (select p.is_first as site, p.is_first and p.is_shared as shared_site, p.is_first as position) f"),
        Facts::Wifi => sql.text(" from placed p cross join lateral ").text(works).text(
            " cross join lateral (select coalesce(bool_or(w.fee = 'no'), false) as free, coalesce(bool_or(w.fee is null), false) as perhaps \
             from wifi w where w.facility_id = p.record_id and w.from_day <= p.from_day and w.to_day > p.from_day) w \
             cross join lateral (select w.free as free_wifi, w.perhaps and not w.free as perhaps_free_wifi) f",
        ),
        Facts::None => sql.text(" from placed p cross join lateral ").text(works),
    }
}

/// The pieces of each state.
fn pieces(facts: Facts) -> Sql {
    let cuts = match facts {
        Facts::Wifi => {
            "union select c.day from wifi w cross join lateral (values (w.from_day), (w.to_day)) c (day) \
             where w.facility_id = s.record_id and c.day > s.from_day and c.day < s.to_day) d)"
        }
        _ => "group by 1) d)",
    };
    Sql::new(
        ", piece as materialized (select s.record_id, d.day as from_day, \
         lead(d.day, 1, s.to_day) over (partition by s.record_id, s.from_day order by d.day) as to_day, s.state \
         from state s cross join lateral (select c.day from (values (s.from_day), ((s.state).installed_on), \
         ((s.state).decommissioned_on)) c (day) where c.day >= s.from_day and c.day < s.to_day ",
    )
    .text(cuts)
}

/// The piece of each state in which a day lies: of one day, without a list of cuts.
fn piece_on(day: NaiveDate) -> Sql {
    let of = |cut: &'static str, is: &'static str| {
        Sql::new("case when (s.state).")
            .name(cut)
            .text(is)
            .bind(Bind::Date(day))
            .text(" then (s.state).")
            .name(cut)
            .text(" end")
    };
    let bounds = |is: &'static str| of("installed_on", is).text(", ").sql(of("decommissioned_on", is));
    Sql::new(", piece as materialized (select s.record_id, greatest(s.from_day, ")
        .sql(bounds(" <= "))
        .text(") as from_day, least(s.to_day, ")
        .sql(bounds(" > "))
        .text(") as to_day, s.state from state s)")
}

/// Where the state `t` is, as rows `p`. On one day most places are found by the index, without a call for each.
fn places(layer: &Layer, on: Option<On>) -> Sql {
    match on {
        _ if layer.is_measured() => Sql::new("lengths_of(t.geom, t.declared_commune_code, t.declared_on) p"),
        None => Sql::new("places_of(t.geom, t.declared_commune_code, t.declared_on) p"),
        Some(On { unit_date, .. }) => {
            let values = [Bind::Date(unit_date)];
            Sql::file(include_str!("places_on.sql"), &values)
        }
    }
}

/// The records of groups with others, and the days on which any of a group changes.
const MEMBERS: &str = include_str!("members.sql");
/// Which record stands for its group. The rows of groups are cut at the days on which any of the group changes, and at the
/// unit lists in which one is placed otherwise; in each cell the lowest id that counts is the first.
const GROUPED: [&str; 2] = [include_str!("grouped.sql"), include_str!("grouped_by_province.sql")];
