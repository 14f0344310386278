//! Pages of a list: at most `limit` items after a cursor, with links to this page and the next.

use actix_web::HttpRequest;
use serde_json::Value;

use crate::conditions::limit_of;
use crate::error::Error;
use crate::http::links::{base, link, own, with_parameter};
use crate::http::state::App;
use crate::input::Params;
use crate::texts::text;

pub const DEFAULT_LIMIT: usize = 100;
pub const MAX_LIMIT: usize = 1000;

/// Which page of a list a request asks for.
pub struct Paging<C> {
    limit: usize,
    /// Identifies the last item of the previous page, taken from its `next` link.
    pub cursor: Option<C>,
}

impl<C> Paging<C> {
    /// Takes `cursor` and `limit` from the parameters.
    ///
    /// # Errors
    /// When one of them cannot be parsed.
    pub fn read(
        params: &mut Params,
        default: usize,
        parse: impl FnOnce(&str) -> Option<C>,
    ) -> Result<Paging<C>, Error> {
        let cursor = params.read("cursor", text!("expected.cursor"), parse)?;
        Ok(Paging { limit: limit(params, default, MAX_LIMIT)?, cursor })
    }

    /// How many items to read: one more than the page holds, which shows whether another page follows.
    pub fn sought(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// Cuts the items to one page and returns its links. `cursor` identifies an item in the list.
    pub fn links<T>(
        &self,
        app: &App,
        request: &HttpRequest,
        found: &mut Vec<T>,
        cursor: impl Fn(&T) -> String,
    ) -> Vec<Value> {
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        links(app, request, "cursor", found.last().filter(|_| has_more).map(cursor))
    }
}

/// The links of a page: to itself and, if `next` is given, to the page after the item that it identifies.
pub fn links(app: &App, request: &HttpRequest, parameter: &str, next: Option<String>) -> Vec<Value> {
    let base = base(app, request);
    let mut links = vec![link("self", &own(&base, request), "application/json", "This page")];
    links.extend(next.map(|after| {
        link("next", &with_parameter(&base, request, parameter, &after), "application/json", "The next page")
    }));
    links
}

/// Takes `limit` from the parameters. A greater number than `max` becomes `max`.
///
/// # Errors
/// When it is not a positive number.
pub fn limit(params: &mut Params, default: usize, max: usize) -> Result<usize, Error> {
    let limit = params.read("limit", text!("expected.positive"), |text| limit_of(text, max))?;
    Ok(limit.unwrap_or(default))
}

/// Parses a cursor that is the id of an item.
pub fn id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| *id > 0)
}
