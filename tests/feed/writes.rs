//! Random writes of every layer that move records between scopes.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::common::{Caller, Server, feature};

pub const LAYERS: [&str; 3] = ["cameras", "towers", "fiber-areas"];

/// West and east of the boundary in `communes.sql`. The two places on each side are on the same node of the grid.
const PLACES: [[f64; 2]; 4] = [[105.7, 19.81], [105.70002, 19.81], [105.8, 19.81], [105.80003, 19.81]];
const OPERATORS: [&str; 3] = ["viettel", "vnpt", "mobifone"];

pub struct Writes<'a> {
    server: &'a Server,
    chance: StdRng,
    hamlet: Value,
    living: Vec<(&'static str, i64)>,
    deleted: Vec<(&'static str, i64)>,
    /// The layers written so far.
    pub done: BTreeSet<String>,
}

impl<'a> Writes<'a> {
    pub async fn new(server: &'a Server, seed: u64) -> Writes<'a> {
        let chance = StdRng::seed_from_u64(seed);
        let hamlet = server.query("select id from hamlets").await;
        Writes { server, chance, hamlet, living: Vec::new(), deleted: Vec::new(), done: BTreeSet::new() }
    }

    /// One write by the administrator.
    pub async fn next(&mut self) {
        let admin = self.server.administrator();
        match self.chance.random_range(0..10) {
            _ if self.living.len() < 6 => self.create(admin).await,
            0 | 1 => self.create(admin).await,
            2 => {
                let (collection, id) = self.living.swap_remove(self.chance.random_range(0..self.living.len()));
                admin.delete(&format!("/collections/{collection}/items/{id}"), "*").await.ok();
                self.deleted.push((collection, id));
                self.done.insert("delete".into());
            }
            3 if !self.deleted.is_empty() => {
                let (collection, id) = self.deleted.swap_remove(self.chance.random_range(0..self.deleted.len()));
                let path = format!("/collections/{collection}/items/{id}/restore");
                admin.post_json(&path, json!({"confirm": ["dup.near"]})).await.ok();
                self.living.push((collection, id));
                self.done.insert("restore".into());
            }
            _ => self.update(admin).await,
        }
    }

    async fn create(&mut self, admin: Caller<'_>) {
        let collection = *self.pick(&LAYERS);
        let (properties, place) = (self.properties(collection), *self.pick(&PLACES));
        let mut body = feature(place, properties, json!({}));
        if collection == "fiber-areas" {
            body["geometry"] = square(place);
        }
        let made = admin.post(&format!("/collections/{collection}/items"), body).await.ok();
        self.living.push((collection, made["id"].as_i64().unwrap()));
        self.done.insert("create".into());
    }

    /// Changes one thing.
    async fn update(&mut self, admin: Caller<'_>) {
        let living = self.living.clone();
        let (collection, id) = *self.pick(&living);
        let properties = self.properties(collection);
        let names: Vec<_> = properties.as_object().unwrap().keys().cloned().collect();
        let name = self.pick(&names).clone();
        let mut body = json!({"confirm": ["dup.near"], "properties": {name.as_str(): properties[&name]}});
        let moves = self.chance.random_range(0..3) == 0;
        if moves {
            let place = *self.pick(&PLACES);
            let point = json!({"type": "Point", "coordinates": place});
            body["geometry"] = if collection == "fiber-areas" { square(place) } else { point };
        }
        admin.patch(&format!("/collections/{collection}/items/{id}"), "*", body).await.ok();
        self.done.insert(if moves { "move".into() } else { name });
    }

    fn properties(&mut self, collection: &str) -> Value {
        let hamlet = self.pick(&[self.hamlet.clone(), Value::Null]).clone();
        let note = self.chance.random_range(0..1000).to_string();
        let operator = *self.pick(&OPERATORS);
        match collection {
            "cameras" => json!({
                "name": format!("Cổng {note}"), "note": note, "hamlet_id": hamlet,
                "legal_class": *self.pick(&["public_security", "operational_police", "traffic"]),
                "managing_level": *self.pick(&["commune_police", "household"]),
            }),
            "towers" => {
                json!({"name": format!("Trạm {note}"), "note": note, "hamlet_id": hamlet, "operator": operator})
            }
            _ => json!({"name": "Vùng", "note": note, "operator": operator}),
        }
    }

    fn pick<'t, T>(&mut self, values: &'t [T]) -> &'t T {
        &values[self.chance.random_range(0..values.len())]
    }
}

fn square([x, y]: [f64; 2]) -> Value {
    let (e, n) = (x + 0.002, y + 0.002);
    json!({"type": "MultiPolygon", "coordinates": [[[[x, y], [e, y], [e, n], [x, n], [x, y]]]]})
}
