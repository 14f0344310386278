//! Decodes Mapbox Vector Tiles 2.1. The clients' tests read them with libraries too.

use std::collections::BTreeMap;

use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Feature {
    pub id: Option<u64>,
    pub properties: BTreeMap<String, Value>,
    /// 1 for points, 2 for lines, 3 for areas.
    pub kind: u64,
    /// Where the pen went, in units of the tile.
    pub points: Vec<[i64; 2]>,
}

/// The features of a tile, each with its layer.
pub fn decode(tile: &[u8]) -> Vec<(String, Feature)> {
    let mut features = Vec::new();
    for (tag, layer) in fields(tile) {
        assert_eq!(tag, 3);
        let layer = fields(layer.bytes());
        let of_tag = |tag: u64| layer.iter().filter(move |(own, _)| *own == tag).map(|(_, part)| part);
        let [version, extent] = [15, 5].map(|tag| of_tag(tag).next().unwrap().number());
        assert_eq!((version, extent), (2, 4096));
        let name = of_tag(1).next().unwrap().text();
        let keys: Vec<_> = of_tag(3).map(Part::text).collect();
        let values: Vec<_> = of_tag(4).map(|part| value(part.bytes())).collect();
        features.extend(of_tag(2).map(|part| (name.clone(), feature(part.bytes(), &keys, &values))));
    }
    features
}

fn feature(bytes: &[u8], keys: &[String], values: &[Value]) -> Feature {
    let mut feature = Feature { id: None, properties: BTreeMap::new(), kind: 0, points: Vec::new() };
    for (tag, part) in fields(bytes) {
        match tag {
            1 => feature.id = Some(part.number()),
            2 => {
                let tags = numbers(part.bytes());
                let pairs =
                    tags.chunks(2).map(|pair| (keys[pair[0] as usize].clone(), values[pair[1] as usize].clone()));
                feature.properties = pairs.collect();
            }
            3 => feature.kind = part.number(),
            4 => feature.points = points(&numbers(part.bytes())),
            other => panic!("a feature has no field {other}"),
        }
    }
    feature
}

fn points(commands: &[u64]) -> Vec<[i64; 2]> {
    let (mut at, mut points, mut rest) = ([0, 0], Vec::new(), commands);
    while let [command, tail @ ..] = rest {
        rest = tail;
        if command & 7 != 7 {
            for _ in 0..command >> 3 {
                at = [at[0] + zigzag(rest[0]), at[1] + zigzag(rest[1])];
                points.push(at);
                rest = &rest[2..];
            }
        }
    }
    points
}

fn value(bytes: &[u8]) -> Value {
    let [(tag, part)] = &fields(bytes)[..] else { panic!("a value is one field") };
    match tag {
        1 => json!(part.text()),
        2 => json!(f32::from_le_bytes(part.bytes().try_into().unwrap())),
        3 => json!(f64::from_le_bytes(part.bytes().try_into().unwrap())),
        4 => json!(part.number() as i64),
        5 => json!(part.number()),
        6 => json!(zigzag(part.number())),
        7 => json!(part.number() == 1),
        other => panic!("no value is of type {other}"),
    }
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// A field of a protobuf message.
#[derive(Debug)]
enum Part<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl Part<'_> {
    fn number(&self) -> u64 {
        if let Part::Number(number) = self { *number } else { panic!("{self:?}") }
    }

    fn bytes(&self) -> &[u8] {
        if let Part::Bytes(bytes) = self { bytes } else { panic!("{self:?}") }
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Part<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let length = match key & 7 {
            0 => {
                fields.push((key >> 3, Part::Number(varint(&mut bytes))));
                continue;
            }
            1 => 8,
            2 => varint(&mut bytes) as usize,
            5 => 4,
            other => panic!("no field is of type {other}"),
        };
        let (own, rest) = bytes.split_at(length);
        fields.push((key >> 3, Part::Bytes(own)));
        bytes = rest;
    }
    fields
}

fn numbers(mut bytes: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes));
    }
    numbers
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap();
    let (own, rest) = bytes.split_at(end + 1);
    *bytes = rest;
    own.iter().rev().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f))
}
