//! `GET /basemap.pmtiles`: the local base map, which clients read in ranges of bytes.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use actix_web::body::SizedStream;
use actix_web::error::ParseError;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, ContentRange, ContentRangeSpec, ETag, EntityTag, Header, IF_RANGE, IfRange, RANGE,
    Range,
};
use actix_web::{HttpRequest, HttpResponse, web};
use anyhow::Context;

use crate::error::Error;
use crate::http::caching::not_modified;
use crate::http::download::contents;
use crate::http::state::App;

pub const BASEMAP: &str = "/basemap.pmtiles";

/// Sends the whole file or a range of its bytes (RFC 9110). Of several ranges it sends only the first valid one.
pub async fn show_range(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let path = app.page.basemap.clone().ok_or(Error::NotFound)?;
    let opened = web::block(move || open(&path)).await.map_err(anyhow::Error::new)?;
    let (mut file, length, tag) = opened?;
    if let Some(unchanged) = not_modified(&request, &tag) {
        return Ok(unchanged);
    }
    let asked = request.headers().contains_key(RANGE).then(|| Range::parse(&request));
    // `If-Range` names another version of the file: its bytes would not fit, so the client gets the whole file.
    let asked = asked.filter(|_| is_same(&request, &tag));
    let content_range = |range| ContentRange(ContentRangeSpec::Bytes { range, instance_length: Some(length) });
    let Some((first, last)) = bounds(asked, length) else {
        return Ok(HttpResponse::RangeNotSatisfiable().insert_header(content_range(None)).finish());
    };
    let count = last + 1 - first;
    let mut response = HttpResponse::Ok();
    if count < length {
        response = HttpResponse::PartialContent();
        response.insert_header(content_range(Some((first, last))));
    }
    // `HEAD` announces the length but reads nothing.
    let sent = if request.method() == Method::HEAD { 0 } else { count };
    file.seek(SeekFrom::Start(first)).map_err(anyhow::Error::new)?;
    Ok(response
        .content_type("application/vnd.pmtiles")
        // The tiles are compressed already, and ranges count the bytes of the file.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header(ETag(tag))
        .body(SizedStream::new(count, contents(file.take(sent)))))
}

/// The file, its length in bytes, and its tag.
fn open(path: &Path) -> anyhow::Result<(File, u64, EntityTag)> {
    let file = File::open(path).with_context(|| format!("HATANG_BASEMAP {}", path.display()))?;
    let state = file.metadata()?;
    let changed = state.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok((file, state.len(), EntityTag::new_strong(format!("{:x}-{changed:x}", state.len()))))
}

/// Whether `If-Range` names this version of the file, or is absent.
fn is_same(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfRange::parse(request) {
        Ok(IfRange::EntityTag(known)) => known.strong_eq(tag),
        Ok(IfRange::Date(_)) => false,
        Err(_) => !request.headers().contains_key(IF_RANGE),
    }
}

/// The first and last byte to send, inclusive. `None` if no range that was asked for lies in the file.
fn bounds(asked: Option<Result<Range, ParseError>>, length: u64) -> Option<(u64, u64)> {
    match asked {
        None | Some(Ok(Range::Unregistered(..))) => Some((0, length.checked_sub(1)?)),
        Some(Ok(Range::Bytes(ranges))) => ranges.iter().find_map(|range| range.to_satisfiable_range(length)),
        Some(Err(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    fn bounds(asked: Option<&str>, length: u64) -> Option<(u64, u64)> {
        super::bounds(asked.map(str::parse), length)
    }

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

    #[test]
    fn only_the_first_valid_range_is_answered() {
        assert_eq!(bounds(Some("bytes=2-4, 6-8"), 10), Some((2, 4)));
        assert_eq!(bounds(Some("bytes=20-24, 6-8"), 10), Some((6, 8)));
        assert_eq!(bounds(Some("items=2-4"), 10), Some((0, 9)));
        assert_eq!(bounds(Some("nonsense"), 10), None);
    }
}
