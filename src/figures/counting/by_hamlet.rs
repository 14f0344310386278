//! Figures of single hamlets: which there are, and what cannot be counted for them.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::{Caller, View};
use crate::figures::counting::hamlet_state::{Places, hamlets};
use crate::figures::summaries::{Source, numbers_of_hamlets};
use crate::figures::{Indicator, LeftOut, Measure, Numbers, Question};
use crate::layers::HAMLET;
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;
use crate::texts::{Text, text};
use crate::units::territory::Unit;

/// Makes a question one about the hamlets of its scope: finds them, and leaves out what cannot be counted for them.
pub async fn ask_of_hamlets(conn: &mut AsyncPgConnection, caller: &Caller, question: &mut Question) -> QueryResult<()> {
    for (indicator, reason) in question.indicators.iter().filter_map(|it| Some((*it, reason(caller, it)?))) {
        match question.left_out.iter_mut().find(|left_out| left_out.reason == reason) {
            Some(left_out) => left_out.indicators.push(indicator),
            None => question.left_out.push(LeftOut { reason, indicators: vec![indicator] }),
        }
    }
    question.indicators.retain(|indicator| reason(caller, indicator).is_none());
    let listed = Sql::new("with ").sql(listed(conn, caller, question).await?).text(
        " select h.id, h.code, h.name, 'hamlet'::text, h.valid_from, h.valid_to from hamlet h order by h.commune, length(h.code), h.code",
    );
    let rows: Vec<Row> = listed.load(conn).await?;
    question.units = rows.iter().filter_map(Unit::of_row).collect();
    Ok(())
}

/// The numbers of the records of a layer, by hamlet.
pub async fn numbers(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    source: &Source<'_>,
    question: &Question,
) -> QueryResult<Numbers> {
    let hamlets = listed(conn, caller, question).await?;
    numbers_of_hamlets(conn, source, hamlets, question.days).await
}

async fn listed(conn: &mut AsyncPgConnection, caller: &Caller, question: &Question) -> QueryResult<Sql> {
    let (days, scope) = (question.days, &question.scope);
    let view = View::new(caller, &HAMLET);
    let placed = Source::of(conn, view, days.known_at, scope.unit(days.unit_date)).await?;
    let placed = placed.rows_on(days.as_of, days.unit_date);
    let places = Places { hamlets: &placed, assets: None, of_each: true };
    Ok(hamlets(&View::new(caller, &HAMLET), places, days, scope.within.as_deref()))
}

/// Why an indicator cannot be counted for a hamlet.
fn reason(caller: &Caller, indicator: &Indicator) -> Option<Text> {
    let layer = indicator.layer;
    // Who sees only generalised places would count other records than those who see the true ones.
    let is_generalised = || layer.hides_place() && View::new(caller, layer).field("declared_commune_code").is_none();
    match indicator.measure {
        Measure::Area { .. } => Some(text!("figures.left_out/area")),
        Measure::SecurityLevel => Some(text!("figures.left_out/level")),
        Measure::Hamlets { .. } | Measure::HamletsBy { .. } => None,
        _ if indicator.is_of_census() => Some(text!("figures.left_out/census")),
        _ if !layer.lies_in_one_commune() => Some(text!("figures.left_out/line")),
        _ if is_generalised() => Some(text!("figures.left_out/place")),
        _ => None,
    }
}
