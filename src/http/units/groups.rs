//! `/unit-groups`: named groups of units. Administrators write them.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Value, json};

use crate::access::{Caller, may_administer};
use crate::accounts::audit;
use crate::error::Error;
use crate::http::caching::{not_modified, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::extract::WriteRequest;
use crate::http::links::base;
use crate::http::state::App;
use crate::http::units::unit_json;
use crate::input::{Members, Params};
use crate::layers::Problem;
use crate::texts::text;
use crate::units::groups::{self, Group};

/// `GET /api/v1/unit-groups`
pub async fn list_unit_groups(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let base = base(&app, &request);
    let tag = tag_of_register(&mut conn, &caller, Clock::of(&request).today(), &[]).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let groups: Vec<_> = groups::list(&mut conn).await?.iter().map(|group| brief(&base, group)).collect();
    Ok(with_tag(HttpResponse::Ok().json(json!({"unit_groups": groups})), tag))
}

/// `GET /api/v1/unit-groups/{code}`
pub async fn find_unit_group(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let base = base(&app, &request);
    let tag = tag_of_register(&mut conn, &caller, Clock::of(&request).today(), &[]).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let group = groups::find(&mut conn, &path).await?.ok_or(Error::NotFound)?;
    let answer = whole(&mut conn, &base, &group).await?;
    Ok(with_tag(HttpResponse::Ok().json(answer), tag))
}

/// `PUT /api/v1/unit-groups/{code}`: adds or replaces a group.
pub async fn replace_unit_group(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    let group = read(&path, write.caller.name(), write.members()?)?;
    let mut conn = write.connection().await?;
    let known = groups::members(&mut conn, &group.members, group.units_on).await?;
    let unknown = |code: &&String| !known.iter().any(|unit| unit.code == **code);
    let problems: Vec<_> = (0..)
        .zip(&group.members)
        .filter(|(_, code)| unknown(code))
        .map(|(nth, code): (usize, _)| {
            Problem::in_body(format!("/members/{nth}"), text!("unit.not_valid/none", code, on = group.units_on))
        })
        .collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let is_new = groups::find(&mut conn, &group.code).await?.is_none();
    let by = write.by();
    conn.transaction(async |conn| {
        groups::save(conn, &group).await?;
        let detail = json!({"code": group.code, "units_on": group.units_on, "members": group.members});
        audit::add(conn, &by, "group.replace", detail).await
    })
    .await?;
    let answer = whole(&mut conn, &write.url(format_args!("")), &group).await?;
    Ok(if is_new { HttpResponse::Created().json(answer) } else { HttpResponse::Ok().json(answer) })
}

/// `DELETE /api/v1/unit-groups/{code}`
pub async fn delete_unit_group(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    let mut conn = write.connection().await?;
    let (by, code) = (write.by(), path.into_inner());
    let was_known = conn
        .transaction(async |conn| {
            let was_known = groups::delete(conn, &code).await?;
            if was_known {
                audit::add(conn, &by, "group.delete", json!({"code": code})).await?;
            }
            diesel::QueryResult::Ok(was_known)
        })
        .await?;
    if was_known { Ok(HttpResponse::NoContent().finish()) } else { Err(Error::NotFound) }
}

fn read(code: &str, author: &str, mut members: Members) -> Result<Group, Error> {
    let is_code = (1..=50).contains(&code.len())
        && !code.starts_with('-')
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_code {
        return Err(Error::of_parameter("group", text!("parameter.invalid/group", given = code)));
    }
    let name_vi = members.text("name_vi", 200);
    let name_vi = members.required("name_vi", name_vi);
    let name_en = members.text("name_en", 200);
    let source = members.text("source", 500);
    let source = members.required("source", source);
    let units_on = members.date("units_on");
    let units_on = members.required("units_on", units_on);
    let listed = members.read("members", text!("expected.texts"), |value| {
        let codes: Option<Vec<_>> = value.as_array()?.iter().map(|code| code.as_str().map(str::to_owned)).collect();
        codes.filter(|codes| (1..=1000).contains(&codes.len()))
    });
    let listed = members.required("members", listed);
    members.finish()?;
    let mut listed = listed.unwrap_or_default();
    listed.sort();
    listed.dedup();
    Ok(Group {
        code: code.to_owned(),
        name_vi: name_vi.unwrap_or_default(),
        name_en,
        source: source.unwrap_or_default(),
        units_on: units_on.unwrap_or(NaiveDate::MIN),
        members: listed,
        updated_by: author.to_owned(),
    })
}

fn brief(base: &str, group: &Group) -> Value {
    json!({
        "code": group.code,
        "name": {"vi": group.name_vi, "en": group.name_en},
        "source": group.source,
        "units_on": group.units_on,
        "members": group.members,
        "href": format!("{base}/unit-groups/{}", group.code),
    })
}

/// The group with the names of its members and its communes.
async fn whole(conn: &mut AsyncPgConnection, base: &str, group: &Group) -> Result<Value, Error> {
    let mut answer = brief(base, group);
    let units = groups::members(conn, &group.members, group.units_on).await?;
    answer["members"] = units.iter().map(unit_json).collect();
    let communes = groups::communes(conn, &group.code, group.units_on).await?;
    answer["communes"] = communes.iter().map(unit_json).collect();
    Ok(answer)
}
