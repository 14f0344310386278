//! Counts the numbers of units on a day, and their changes since another day.

mod areas;
mod baselines;
mod by_hamlet;
mod census;
pub mod checks;
pub mod facts;
mod hamlet_state;
mod hamlets;
mod quality;
mod rows;
mod select;
mod stated;

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::{Caller, View};
use crate::conditions::Days;
use crate::figures::counting::hamlet_state::Source;
use crate::figures::{
    BY_TECHNOLOGY, Baseline, Baselines, Counted, FiguresByUnit, Indicator, Number, Question, Slot, Was, assemble,
    of_layer, summaries,
};
use crate::layers::{ALL, HAMLET, Layer};
use crate::time::end_of;
use crate::units::territory::Level;

pub use by_hamlet::ask_of_hamlets;
pub use facts::place;
pub use rows::of_joined;
pub use stated::stated;

/// Counts the figures of a question. All queries share one snapshot, so that the parts of a change add up while others
/// write.
pub async fn figures(conn: &mut AsyncPgConnection, caller: &Caller, question: &Question) -> QueryResult<FiguresByUnit> {
    if question.indicators.iter().any(|indicator| indicator.is_estimate()) {
        // What cannot be kept, because another request keeps it, is computed in the snapshot.
        let mut snapshot = conn.build_transaction().repeatable_read();
        snapshot.run(async |conn| areas::keep(conn, question).await).await.ok();
    }
    conn.build_transaction().read_only().repeatable_read().run(async |conn| count(conn, caller, question).await).await
}

async fn count(conn: &mut AsyncPgConnection, caller: &Caller, asked: &Question) -> QueryResult<FiguresByUnit> {
    let mut question = asked.clone();
    let of_parts = match asked.scope.level {
        Level::Country => Some(Level::Province),
        Level::Group => Some(Level::Commune),
        _ => None,
    };
    if let Some(level) = of_parts {
        question.scope.level = level;
    }
    let question = &question;
    let indicators = question.counted();
    // Their ids are those of units.
    let units = if asked.scope.level == Level::Hamlet { &[] } else { &question.units[..] };
    let baselines = Baselines {
        now: baselines::published(conn, question.days, question.days.as_of, units).await?,
        was: match question.compare {
            Some(day) => baselines::published(conn, question.days, day, units).await?,
            None => Vec::new(),
        },
    };
    let mut counted = Vec::new();
    let mut quality = Vec::new();
    let counted_by_rows = |layer: &&Layer| layer.is_writable() && layer.collection != HAMLET.collection;
    for layer in ALL.iter().copied().filter(counted_by_rows) {
        if indicators.iter().any(|indicator| indicator.is_of_rows(layer)) {
            let view = View::new(caller, layer);
            let within = question.scope.unit(question.days.unit_date);
            let source = summaries::Source::of(conn, view, question.days.known_at, within).await?;
            let narrowed = question.statements.generation();
            let is_narrowed = |indicator: &&Indicator| narrowed.is_some() && indicator.is_of_generations();
            let needed = of_layer(layer).filter(|indicator| indicators.contains(indicator));
            let (of_one, of_all): (Vec<_>, Vec<_>) = needed.partition(is_narrowed);
            counted.push(count_assets(conn, caller, &source, of_all, question, &baselines.now).await?);
            if let Some(generation) = narrowed.filter(|_| !of_one.is_empty()) {
                let source = source.of_number(Number::Of(BY_TECHNOLOGY, Slot::Value(generation)));
                counted.push(count_assets(conn, caller, &source, of_one, question, &[]).await?);
            }
            if question.quality {
                quality.push(quality::of_assets(conn, &source, &question.scope, question.days).await?);
            }
        }
    }
    for source in [Source::Statements, Source::Cameras, Source::Loudspeakers] {
        if indicators.iter().any(|indicator| indicator.subject().map(Source::of) == Some(source)) {
            counted.push(count_hamlets(conn, &View::new(caller, &HAMLET), source, question).await?);
        }
    }
    let estimates: Vec<_> = indicators.iter().copied().filter(|indicator| indicator.is_estimate()).collect();
    if !estimates.is_empty() {
        let now = areas::numbers(conn, question, question.days).await?;
        let was = match question.base() {
            None => None,
            Some(base) => Some(Was { numbers: areas::numbers(conn, question, base).await?, changes: None }),
        };
        counted.push(Counted { indicators: estimates, now, known: None, was });
    }
    let census = match indicators.iter().any(|indicator| indicator.is_of_census()) {
        true => census::of_units(conn, &question.units, question.days).await?,
        false => HashMap::new(),
    };
    if of_parts.is_some() {
        let whole = asked.units.first().map(|unit| unit.code.clone());
        counted = counted.into_iter().map(|group| group.whole(&whole)).collect();
        quality = quality.iter().map(|numbers| numbers.whole(&whole)).collect();
    }
    Ok(assemble(asked, &counted, &quality, &baselines, &census))
}

async fn count_assets(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    source: &summaries::Source<'_>,
    indicators: Vec<&'static Indicator>,
    question: &Question,
    published: &[Baseline],
) -> QueryResult<Counted> {
    let Question { scope, days, .. } = question;
    let now = match scope.level {
        Level::Hamlet => by_hamlet::numbers(conn, caller, source, question).await?,
        _ if source.is_whole() => summaries::numbers(conn, source, scope, *days).await?,
        _ => summaries::numbers(conn, source, scope, *days).await?.without_quality(),
    };
    let was = match question.base() {
        None => None,
        Some(base) => {
            let changes = summaries::changes(conn, source, scope, *days, base).await?;
            Some(Was { numbers: now.before(&changes), changes: Some(changes) })
        }
    };
    let known = match known_then(*days).filter(|_| are_of(published, &indicators)) {
        Some(known) => {
            let within = scope.unit(days.unit_date);
            let source = summaries::Source::of(conn, source.view, known.known_at, within).await?;
            Some(summaries::numbers(conn, &source, scope, known).await?)
        }
        None => None,
    };
    Ok(Counted { indicators, now, known, was })
}

/// The day as the register knew it when the day ended; `None` if it asks for no more than that.
fn known_then(days: Days) -> Option<Days> {
    let end = end_of(days.as_of)?;
    let asks_later = days.as_of < days.today && days.known_at.is_none_or(|known_at| known_at > end);
    asks_later.then_some(Days { known_at: Some(end), ..days })
}

fn are_of(published: &[Baseline], indicators: &[&Indicator]) -> bool {
    published.iter().any(|baseline| indicators.iter().any(|indicator| indicator.code == baseline.indicator))
}

async fn count_hamlets(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    source: Source,
    question: &Question,
) -> QueryResult<Counted> {
    let now = hamlets::numbers(conn, view, source, question, question.days).await?;
    let was = match question.base() {
        None => None,
        Some(base) => Some(Was { numbers: hamlets::numbers(conn, view, source, question, base).await?, changes: None }),
    };
    Ok(Counted { indicators: hamlets::of_source(source).collect(), now, known: None, was })
}
