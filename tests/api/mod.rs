//! By URL.

automod::dir!("tests/api");
