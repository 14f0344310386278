//! Tests of the HTTP API, one file a resource.

automod::dir!("tests/api");
