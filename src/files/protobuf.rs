//! Writes messages in the wire format of Protocol Buffers. Two of them are written, both with texts and numbers only:
//! `prost` would rebuild every macro of the program.

/// Appends a field of bytes, a text, or a message.
pub fn put_bytes(out: &mut Vec<u8>, tag: u32, bytes: &[u8]) {
    put_varint(out, u64::from(tag << 3 | 2));
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a field that is a number without sign, or a truth value.
pub fn put_number(out: &mut Vec<u8>, tag: u32, number: u64) {
    put_varint(out, u64::from(tag << 3));
    put_varint(out, number);
}

/// Appends a field that is a number of 64 bits with a fraction.
pub fn put_double(out: &mut Vec<u8>, tag: u32, number: f64) {
    put_varint(out, u64::from(tag << 3 | 1));
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends a field of many numbers.
pub fn put_numbers(out: &mut Vec<u8>, tag: u32, numbers: impl IntoIterator<Item = u32>) {
    let mut packed = Vec::new();
    numbers.into_iter().for_each(|number| put_varint(&mut packed, number.into()));
    put_bytes(out, tag, &packed);
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Small numbers of either sign as small ones without.
pub fn zigzag(number: i32) -> u32 {
    (number << 1 ^ number >> 31) as u32
}
