//! Tests of the HTTP API, one file a resource.

automod::dir!(pub(crate) "tests/api");
