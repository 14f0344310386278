//! Answers that the client saves as a file.

use std::io::Read;

use actix_web::HttpResponse;
use actix_web::http::header::{Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::web::{Bytes, block};
use futures_util::{Stream, stream};

/// The size of a chunk of a file, bytes.
pub const CHUNK: usize = 64 * 1024;

/// A chunk of a file. An error closes the connection, so that the client sees that the file is incomplete.
pub type Chunk = std::io::Result<Bytes>;

/// Answers with a file that is in memory.
pub fn download(media_type: &str, name: &str, bytes: impl Into<Bytes>) -> HttpResponse {
    HttpResponse::Ok().content_type(media_type).insert_header(attachment(name)).body(bytes.into())
}

/// The `Content-Disposition` of a file to be saved under a name (RFC 6266).
pub fn attachment(name: &str) -> ContentDisposition {
    if name.is_ascii() {
        return ContentDisposition::attachment(name);
    }
    let value = name.as_bytes().to_vec();
    let extended = ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value };
    let parameters = vec![DispositionParam::FilenameExt(extended)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

/// Streams the contents of a file in chunks.
pub fn contents(file: impl Read + Send + 'static) -> impl Stream<Item = Chunk> {
    stream::unfold(Some(file), async |file| {
        let mut file = file?;
        let read = block(move || {
            let mut chunk = vec![0; CHUNK];
            let length = file.read(&mut chunk)?;
            chunk.truncate(length);
            Ok((chunk, file))
        });
        match read.await.unwrap_or_else(|_| Err(std::io::Error::other("no thread to read a file"))) {
            Ok((chunk, _)) if chunk.is_empty() => None,
            Ok((chunk, file)) => Some((Ok(Bytes::from(chunk)), Some(file))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_ascii_are_encoded() {
        for (name, header) in [
            ("cameras_2026-11-27.csv", "attachment; filename=\"cameras_2026-11-27.csv\""),
            ("a\"b.csv", "attachment; filename=\"a\\\"b.csv\""),
            ("Xã 1.xlsx", "attachment; filename*=UTF-8''X%C3%A3%201.xlsx"),
        ] {
            assert_eq!(attachment(name).to_string(), header);
        }
    }
}
