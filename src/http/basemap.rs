//! `GET /basemap.pmtiles`: the local base map, read in pieces.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use actix_web::http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_RANGE, ETAG, RANGE};
use actix_web::{HttpRequest, HttpResponse, web};
use anyhow::Context;

use crate::error::Error;
use crate::http::state::App;

pub const BASEMAP: &str = "/basemap.pmtiles";

/// The most that one answer holds, bytes. A map asks for some hundred kilobytes at a time.
const MOST: u64 = 16 * 1024 * 1024;

/// One range of bytes (RFC 9110); the first `MOST` bytes without one.
pub async fn show_range(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let path = app.page.basemap.clone().ok_or(Error::NotFound)?;
    let asked = request.headers().get(RANGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let piece = web::block(move || read(&path, asked.as_deref())).await.map_err(anyhow::Error::new);
    let Piece { length, tag, first, bytes } = piece.and_then(|read| read).map_err(Error::Internal)?;
    let Some(bytes) = bytes else {
        let range = (CONTENT_RANGE, format!("bytes */{length}"));
        return Ok(HttpResponse::RangeNotSatisfiable().insert_header(range).finish());
    };
    let last = first + bytes.len() as u64;
    let whole = last - first == length;
    let mut response = if whole { HttpResponse::Ok() } else { HttpResponse::PartialContent() };
    if !whole {
        response.insert_header((CONTENT_RANGE, format!("bytes {first}-{}/{length}", last.saturating_sub(1))));
    }
    Ok(response
        .content_type("application/vnd.pmtiles")
        // The tiles are packed already; ranges count the bytes of the file.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, tag))
        .body(bytes))
}

/// A part of the file, which begins at byte `first`; no bytes when the range lies outside.
struct Piece {
    /// Of the whole file, bytes.
    length: u64,
    tag: String,
    first: u64,
    bytes: Option<Vec<u8>>,
}

fn read(path: &Path, asked: Option<&str>) -> anyhow::Result<Piece> {
    let mut file = File::open(path).with_context(|| format!("HATANG_BASEMAP {}", path.display()))?;
    let state = file.metadata()?;
    let length = state.len();
    let changed = state.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let tag = format!("\"{length:x}-{changed:x}\"");
    let Some((first, last)) = bounds(asked, length) else { return Ok(Piece { length, tag, first: 0, bytes: None }) };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(first))?;
    file.take((last - first + 1).min(MOST)).read_to_end(&mut bytes)?;
    Ok(Piece { length, tag, first, bytes: Some(bytes) })
}

/// First and last byte, inclusive.
fn bounds(asked: Option<&str>, length: u64) -> Option<(u64, u64)> {
    let end = length.checked_sub(1)?;
    let Some((first, last)) = asked.and_then(|text| text.strip_prefix("bytes=")).and_then(|text| text.split_once('-'))
    else {
        return Some((0, end));
    };
    if first.is_empty() {
        let count = last.parse::<u64>().ok().filter(|count| *count > 0)?;
        return Some((length.saturating_sub(count), end));
    }
    let first = first.parse().ok()?;
    let last = if last.is_empty() { end } else { last.parse::<u64>().ok()?.min(end) };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn ranges_are_inclusive_and_end_with_the_file() {
        assert_eq!(bounds(None, 10), Some((0, 9)));
        assert_eq!(bounds(Some("bytes=2-4"), 10), Some((2, 4)));
        assert_eq!(bounds(Some("bytes=2-"), 10), Some((2, 9)));
        assert_eq!(bounds(Some("bytes=-3"), 10), Some((7, 9)));
        assert_eq!(bounds(Some("bytes=8-99"), 10), Some((8, 9)));
        assert_eq!(bounds(Some("bytes=10-"), 10), None);
        assert_eq!(bounds(Some("bytes=4-2"), 10), None);
    }
}
