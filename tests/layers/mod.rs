//! What is particular to a layer: one file a layer, found by its name.

automod::dir!("tests/layers");
