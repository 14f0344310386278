//! Lists in pages: at most so many after a cursor, with links to this page and the next.

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

/// The page of a list that a request asks for.
pub struct Paging<C> {
    limit: usize,
    /// The last item of the page before, as a `next` link told it.
    pub cursor: Option<C>,
}

impl<C> Paging<C> {
    /// Takes `cursor` and `limit` from the parameters.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn read(
        params: &mut Params,
        default: usize,
        parse: impl FnOnce(&str) -> Option<C>,
    ) -> Result<Paging<C>, Error> {
        let cursor = params.read("cursor", text!("expected.cursor"), parse)?;
        Ok(Paging { limit: limit(params, default, MAX_LIMIT)?, cursor })
    }

    /// How many items to look for: one more than the page holds tells whether another page follows.
    pub fn sought(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// Cuts what was found to the page, and returns its links. `cursor` tells where an item is in the list.
    pub fn links<T>(
        &self,
        app: &App,
        request: &HttpRequest,
        found: &mut Vec<T>,
        cursor: impl Fn(&T) -> String,
    ) -> Vec<Value> {
        let goes_on = found.len() > self.limit;
        found.truncate(self.limit);
        links(app, request, "cursor", found.last().filter(|_| goes_on).map(cursor))
    }
}

/// The links of a page: itself, and the next one if there is one, which begins after a value of a parameter.
pub fn links(app: &App, request: &HttpRequest, parameter: &str, next: Option<String>) -> Vec<Value> {
    let base = base(app, request);
    let mut links = vec![link("self", &own(&base, request), "application/json", "This page")];
    links.extend(next.map(|after| {
        link("next", &with_parameter(&base, request, parameter, &after), "application/json", "The next page")
    }));
    links
}

/// Takes `limit` from the parameters; more than `max` is `max`.
///
/// # Errors
/// When it is no number from 1.
pub fn limit(params: &mut Params, default: usize, max: usize) -> Result<usize, Error> {
    let limit = params.read("limit", text!("expected.positive"), |text| limit_of(text, max))?;
    Ok(limit.unwrap_or(default))
}

/// A cursor that is the id of an item.
pub fn id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| *id > 0)
}
