//! The time of a request.

use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, NaiveDate, Utc};

use crate::time::day_of;

/// The moment at which a request first asks for the time. All its parts get the same one, so that a request around
/// midnight has one today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub now: DateTime<Utc>,
}

impl Clock {
    pub fn of(request: &HttpRequest) -> Clock {
        let known = request.extensions().get::<Clock>().copied();
        known.unwrap_or_else(|| {
            let clock = Clock { now: Utc::now() };
            request.extensions_mut().insert(clock);
            clock
        })
    }

    /// The day in Vietnam.
    pub fn today(self) -> NaiveDate {
        day_of(self.now)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_request_has_one_now() {
        let request = TestRequest::default().to_http_request();
        assert_eq!(Clock::of(&request), Clock::of(&request));
        let late = Clock { now: "2026-06-30T17:00:00Z".parse().unwrap() };
        request.extensions_mut().insert(late);
        assert_eq!((Clock::of(&request), late.today().to_string()), (late, "2026-07-01".to_owned()));
    }
}
