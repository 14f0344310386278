//! Reads the place in a link of a map: Google Maps, OpenStreetMap, `geo:`.

use std::sync::LazyLock;

use regex::Regex;

/// Latitude and longitude as they stand in the link. `None` for a text that is no such link.
pub fn read(text: &str) -> Option<(&str, &str)> {
    // The pin of a place is more exact than the middle of the view, which comes last.
    static PLACES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let number = r"(-?\d+\.\d+)";
        let comma = r"(?:,|%2C)(?:\+|%20| )?";
        let all = [
            format!("^geo:{number},{number}(?:[,;?].*)?$"),
            format!("^https?://.*!3d{number}!4d{number}"),
            format!(r"^https?://.*[?&](?:q|query|ll|destination|daddr|center)=(?:loc:)?{number}{comma}{number}(?:&|$)"),
            format!(r"^https?://.*[?&]mlat={number}&mlon={number}"),
            format!(r"^https?://.*/maps/(?:place|search)/{number}{comma}{number}(?:[/?]|$)"),
            format!(r"^https?://.*@{number},{number},"),
            format!(r"^https?://.*#map=\d+/{number}/{number}"),
        ];
        all.iter().map(|place| Regex::new(place).expect("the pattern is valid")).collect()
    });
    // A route has two places; its destination is named, or the link is no place.
    let is_route = text.contains("/maps/dir/") && !text.contains("destination=");
    if is_route {
        return None;
    }
    let found = PLACES.iter().find_map(|place| place.captures(text.trim()))?;
    Some((found.get(1)?.as_str(), found.get(2)?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn pin_of_a_link_is_read_and_other_texts_are_not() {
        for link in [
            "https://www.google.com/maps/@19.817,105.733,17z",
            "https://www.google.com/maps?q=19.817,105.733",
            "https://maps.google.com/?q=loc:19.817,105.733&z=17",
            "https://www.google.com/maps/place/Ch%E1%BB%A3/@19.9,105.8,15z/data=!3m1!8m2!3d19.817!4d105.733",
            "https://www.openstreetmap.org/?mlat=19.817&mlon=105.733#map=17/19.9/105.8",
            "geo:19.817,105.733",
            "geo:19.817,105.733;u=35",
        ] {
            assert_eq!(read(link), Some(("19.817", "105.733")), "{link}");
        }
        for text in [
            "https://maps.app.goo.gl/abc",
            "https://www.google.com/maps/dir/19.9,105.8/19.8,105.7/@19.85,105.75,12z",
            "7P28RP8M+RX",
            "19.817, 105.733",
            "geo:19.817",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
