//! What is special about each layer: one file a layer, with its name.

automod::dir!("tests/layers");
