//! `GET /api/v1/glyphs/{fontstack}/{range}.pbf`: the letters of a font as distance fields, as MapLibre draws them. The
//! font is Noto Sans (SIL Open Font License 1.1, from the crate `notosans`), which has the letters of Vietnamese.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use ab_glyph::{Font, FontRef, ScaleFont};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use sdf_glyph_renderer::{BitmapGlyph, clamp_to_u8};

use crate::error::Error;
use crate::files::protobuf::{put_bytes, put_number, zigzag};
use crate::http::as_of::Back;

pub const REGULAR: &str = "Noto Sans Regular";
const FONTS: [(&str, &[u8]); 2] = [(REGULAR, notosans::REGULAR_TTF), ("Noto Sans Bold", notosans::BOLD_TTF)];

/// What MapLibre expects: letters of 24 pixels with 3 pixels around them; distances up to 8 pixels, a quarter of them
/// inside.
const SIZE_PT: f32 = 18.0;
const BUFFER: usize = 3;
const RADIUS: usize = 8;
const CUTOFF: f64 = 0.25;

/// How many letters an answer has.
const RANGE: u32 = 256;

/// A letter, and its field if it has anything to draw.
struct Glyph {
    id: u32,
    field: Option<Vec<u8>>,
    width: u32,
    height: u32,
    left: i32,
    top: i32,
    advance: u32,
}

/// Of the fonts that the client names, the first that is here answers.
pub async fn show_glyphs(request: HttpRequest) -> Result<HttpResponse, Error> {
    Back::only(&request)?;
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let font = part("fontstack").split(',').find_map(|name| FONTS.iter().find(|(known, _)| *known == name.trim()));
    let (name, font) = *font.ok_or(Error::NotFound)?;
    let first = first_of(part("range")).ok_or(Error::NotFound)?;
    // Drawn once: a range takes some milliseconds.
    static DRAWN: LazyLock<Mutex<HashMap<(&str, u32), web::Bytes>>> = LazyLock::new(Mutex::default);
    let known = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).get(&(name, first)).cloned();
    let body = match known {
        Some(body) => body,
        None => {
            let drawn = web::block(move || draw(font, first)).await.map_err(anyhow::Error::new)??;
            let body = web::Bytes::from(encode(name, first, &drawn));
            DRAWN.lock().unwrap_or_else(PoisonError::into_inner).insert((name, first), body.clone());
            body
        }
    };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "public, max-age=604800"));
    Ok(answer.content_type("application/x-protobuf").body(body))
}

/// The first character of a range such as `256-511`.
fn first_of(range: &str) -> Option<u32> {
    let (first, last) = range.split_once('-')?;
    let first: u32 = first.parse().ok()?;
    let is_range = first.is_multiple_of(RANGE) && first <= 0xff00 && last == (first + RANGE - 1).to_string();
    is_range.then_some(first)
}

/// The letters of a font from `first` on.
fn draw(font: &'static [u8], first: u32) -> anyhow::Result<Vec<Glyph>> {
    let font = FontRef::try_from_slice(font)?;
    let scale = font.pt_to_px_scale(SIZE_PT).ok_or_else(|| anyhow::anyhow!("the font has no size"))?;
    let scaled = font.as_scaled(scale);
    let ascent = scaled.ascent().round() as i32;
    let mut glyphs = Vec::new();
    for id in first..first + RANGE {
        let Some(glyph) = char::from_u32(id).map(|letter| font.glyph_id(letter)).filter(|glyph| glyph.0 != 0) else {
            continue;
        };
        let advance = scaled.h_advance(glyph).round() as u32;
        let mut drawn = Glyph { id, field: None, width: 0, height: 0, left: 0, top: 0, advance };
        if let Some(outline) = font.outline_glyph(glyph.with_scale(scale)) {
            let bounds = outline.px_bounds();
            let (width, height) = (bounds.width() as usize, bounds.height() as usize);
            let mut alpha = vec![0; width * height];
            outline.draw(|x, y, covered| {
                if let Some(pixel) = alpha.get_mut(y as usize * width + x as usize) {
                    *pixel = (covered.clamp(0.0, 1.0) * 255.0) as u8;
                }
            });
            let field = BitmapGlyph::from_unbuffered(&alpha, width, height, BUFFER)?.render_sdf(RADIUS);
            drawn.field = Some(clamp_to_u8(&field, CUTOFF)?);
            (drawn.width, drawn.height) = (width as u32, height as u32);
            (drawn.left, drawn.top) = (bounds.min.x as i32, -bounds.min.y as i32 - ascent);
        }
        glyphs.push(drawn);
    }
    Ok(glyphs)
}

/// The message `glyphs` of `glyphs.proto` (github.com/mapbox/node-fontnik), with one font.
fn encode(name: &str, first: u32, glyphs: &[Glyph]) -> Vec<u8> {
    let mut stack = Vec::new();
    put_bytes(&mut stack, 1, name.as_bytes());
    put_bytes(&mut stack, 2, format!("{first}-{}", first + RANGE - 1).as_bytes());
    for glyph in glyphs {
        let mut letter = Vec::new();
        put_number(&mut letter, 1, glyph.id.into());
        if let Some(field) = &glyph.field {
            put_bytes(&mut letter, 2, field);
        }
        put_number(&mut letter, 3, glyph.width.into());
        put_number(&mut letter, 4, glyph.height.into());
        put_number(&mut letter, 5, zigzag(glyph.left).into());
        put_number(&mut letter, 6, zigzag(glyph.top).into());
        put_number(&mut letter, 7, glyph.advance.into());
        put_bytes(&mut stack, 3, &letter);
    }
    let mut message = Vec::new();
    put_bytes(&mut message, 1, &stack);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_vietnamese_are_drawn() {
        let of_ranges = [0, 256, 0x1e00].map(|first| draw(notosans::REGULAR_TTF, first).unwrap());
        let drawn: HashMap<_, _> = of_ranges.into_iter().flatten().map(|glyph| (glyph.id, glyph)).collect();
        for letter in "ĐôngSơn,ửựẵễộ".chars() {
            let glyph = &drawn[&u32::from(letter)];
            let field = glyph.field.as_ref().unwrap();
            assert_eq!(
                field.len(),
                (glyph.width as usize + 2 * BUFFER) * (glyph.height as usize + 2 * BUFFER),
                "{letter}"
            );
            // The middle of a stroke is inside, the edge of the picture is outside.
            assert!(field.iter().any(|distance| *distance > 191) && field[0] < 128, "{letter}");
        }
        assert!(drawn[&32].field.is_none() && drawn[&32].advance > 0);
    }

    #[test]
    fn letters_are_encoded_as_maplibre_reads_them() {
        let glyph = Glyph { id: 300, field: Some(vec![7]), width: 1, height: 2, left: -1, top: 1, advance: 9 };
        let letter = [8, 0xac, 2, 18, 1, 7, 24, 1, 32, 2, 40, 1, 48, 2, 56, 9];
        let stack = [&[10, 1, b'A', 18, 7][..], b"256-511", &[26, 16], &letter].concat();
        assert_eq!(encode("A", 256, &[glyph]), [&[10, stack.len() as u8][..], &stack].concat());
    }

    #[test]
    fn ranges_are_whole() {
        assert_eq!(first_of("256-511"), Some(256));
        for wrong in ["", "0", "1-256", "0-511", "65536-65791", "-256--1"] {
            assert_eq!(first_of(wrong), None, "{wrong}");
        }
    }
}
