//! `GET /quality`: the rows of a unit that somebody should check, those first that move the figures most.

use actix_web::http::header::CONTENT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::Caller;
use crate::conditions::named;
use crate::error::Error;
use crate::figures::checks::{Checked, Failed, failed};
use crate::figures::{Question, Scope, of_layer, operators, unit_label};
use crate::http::caching::{not_modified, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::language::{self, wants_vietnamese};
use crate::http::links::base;
use crate::http::state::App;
use crate::http::stats::{question, words};
use crate::http::units::unit_json;
use crate::input::Params;
use crate::postgres::Connection;
use crate::texts::text;
use crate::units::territory::{self, Level, Unit};

/// `GET /api/v1/quality`: of all records of a unit, or of those of some operators.
pub async fn show_quality(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let clock = Clock::of(&request);
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let Some(unit) = params.take("unit")? else {
        let text = text!("parameter.invalid", name = "unit", expected = text!("expected.unit"));
        return Err(Error::of_parameter("unit", text));
    };
    let as_of = params.take("as_of")?;
    let all: Vec<_> = operators().iter().map(|choice| choice.value).collect();
    let operators = params.read("operator", text!("expected.one_of", known = all.clone()), |text| {
        let named = text.split(',').map(|name| all.iter().copied().find(|known| *known == name.trim()));
        named.collect::<Option<Vec<_>>>()
    })?;
    params.finish()?;
    let day = form_urlencoded::Serializer::new(String::new()).extend_pairs(as_of.map(|day| ("as_of", day))).finish();
    let asked = question::of_unit(&unit, Params::parse(&day), clock)?;

    let mut conn = app.store.connection().await?;
    let vietnamese = wants_vietnamese(&request);
    let base = base(&app, &request);
    let tag = tag_of_register(&mut conn, &caller, clock.today(), &[language::code(vietnamese)]).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let question = asked.resolve(&mut conn).await?;
    let Some(unit) = question.units.first().cloned() else { return Err(Error::NotFound) };
    let question = by_part(&mut conn, &unit, question).await?;
    let (failed, checked) = failed(&mut conn, &caller, &question, operators.as_deref()).await?;
    let answer = Answer {
        base: &base,
        question: &question,
        vietnamese,
        failed: &failed,
        checked: &checked,
        operators: operators.as_deref(),
    };
    let parts = question.units.iter().filter(|part| part.code != unit.code);
    let parts = parts.map(|part| {
        let of_part = |checked: &&Checked| checked.unit.as_deref() == Some(&part.code);
        json!({"unit": unit_json(part), "problems": answer.of_part(part), "checked": answer.checked(of_part)})
    });
    let body = json!({
        "unit": unit_json(&unit),
        "as_of": question.days.as_of,
        "units_on": question.days.unit_date,
        "problems": answer.of_whole(&unit),
        "checked": answer.checked(|_| true),
        "parts": parts.collect::<Vec<_>>(),
    });
    let response = HttpResponse::Ok().insert_header((CONTENT_LANGUAGE, language::code(vietnamese))).json(body);
    Ok(with_tag(response, tag))
}

/// The question by the units right below a unit; of a commune, by itself.
async fn by_part(conn: &mut Connection, unit: &Unit, question: Question) -> Result<Question, Error> {
    for level in [Level::District, Level::Commune].into_iter().filter(|level| *level > unit.level) {
        let units = territory::units(conn, level, Some(unit), question.days.unit_date).await?;
        if !units.is_empty() {
            let scope = Scope { level, ..question.scope };
            return Ok(Question { scope, units, ..question });
        }
    }
    Ok(question)
}

struct Answer<'a> {
    base: &'a str,
    question: &'a Question,
    vietnamese: bool,
    failed: &'a [Failed],
    checked: &'a [Checked],
    operators: Option<&'a [&'static str]>,
}

impl Answer<'_> {
    /// The rows of all parts and of no part together.
    fn of_whole(&self, unit: &Unit) -> Vec<Value> {
        let mut sums: Vec<Failed> = Vec::new();
        for Failed { layer, check, count, effect, .. } in self.failed {
            match sums.iter_mut().find(|sum| sum.check == *check && sum.layer.collection == layer.collection) {
                Some(sum) => {
                    sum.count += count;
                    sum.effect += effect;
                }
                None => sums.push(Failed { layer, check, unit: None, count: *count, effect: *effect }),
            }
        }
        self.problems(sums.iter(), unit)
    }

    fn of_part(&self, unit: &Unit) -> Vec<Value> {
        self.problems(self.failed.iter().filter(|failed| failed.unit.as_deref() == Some(&unit.code)), unit)
    }

    /// How many rows of each layer were looked at, and how many of them have no problem.
    fn checked(&self, is_asked: impl Fn(&&Checked) -> bool) -> Vec<Value> {
        let mut layers: Vec<(&str, i64, i64)> = Vec::new();
        for Checked { layer, count, sound, .. } in self.checked.iter().filter(is_asked) {
            match layers.iter_mut().find(|(collection, ..)| *collection == layer.collection) {
                Some(sum) => (sum.1, sum.2) = (sum.1 + count, sum.2 + sound),
                None => layers.push((layer.collection, *count, *sound)),
            }
        }
        let json = |(collection, count, sound)| json!({"collection": collection, "count": count, "sound": sound});
        layers.into_iter().map(json).collect()
    }

    fn problems<'a>(&self, failed: impl Iterator<Item = &'a Failed>, unit: &Unit) -> Vec<Value> {
        let mut ordered: Vec<_> = failed.collect();
        ordered.sort_by_key(|failed| std::cmp::Reverse((failed.effect, failed.count)));
        ordered.into_iter().map(|failed| self.problem(failed, unit)).collect()
    }

    fn problem(&self, Failed { layer, check, count, effect, .. }: &Failed, unit: &Unit) -> Value {
        let [problem, todo] = words::quality(check).map(|text| text.say(self.vietnamese));
        let measured = of_layer(layer).next().map_or("", |indicator| indicator.unit);
        let days = self.question.days;
        let of_operators = self.operators.map_or_else(String::new, |all| format!("&operator={}", all.join(",")));
        json!({
            "check": check,
            "collection": layer.collection,
            "problem": problem,
            "todo": todo,
            "count": count,
            "effect": {"value": effect, "unit": measured, "label": unit_label(measured).say(self.vietnamese)},
            "rows": format!(
                "{}/collections/{}/items?within={}&as_of={}&quality={check}{of_operators}",
                self.base, layer.collection, named(&unit.code, days.unit_date), days.as_of
            ),
        })
    }
}
