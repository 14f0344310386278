//! What no field may store: stream addresses, private addresses, credentials.

use std::sync::LazyLock;

use regex::RegexSet;

/// Whether a text holds something that gives access: a stream address, a private IP, `user:password@`, a password.
pub fn is_in(text: &str) -> bool {
    SECRETS.is_match(text)
}

static SECRETS: LazyLock<RegexSet> = LazyLock::new(|| {
    // The word boundaries are ASCII. Unicode ones send every text with a Vietnamese letter through the slowest engine.
    RegexSet::new([
        r"(?i)(?-u:\b)(rtsp[su]?|rtmp[set]{0,2}|rtp|srt|mms|onvif)://",
        // Private, loopback and link-local IPv4 (RFC 1918, 5735, 3927).
        r"(?-u:\b)(10|127)(\.\d{1,3}){3}(?-u:\b)|(?-u:\b)(192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))(\.\d{1,3}){2}(?-u:\b)",
        // Unique local and link-local IPv6 (RFC 4193, 4291).
        r"(?i)(?-u:\b)(f[cd][0-9a-f]{2}|fe80):[0-9a-f:]*:[0-9a-f]",
        r"[^\s:/@]+:[^\s/@]+@[\w\[]",
        r"(?i)(mật\s*khẩu|mat\s*khau|password|passwd|passphrase|(?-u:\b)pass|(?-u:\b)pwd|(?-u:\b)mk)\s*(wi-?fi\s*)?(là\s*)?[:=]\s*\S",
    ])
    .expect("the patterns are valid")
});

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn finds_what_lets_one_in() {
        for text in [
            "rtsp://cam.example/1",
            "xem RTSP://a",
            "camera 192.168.1.20",
            "10.0.0.1:8080",
            "http://admin:12345@cam.example",
            "admin:12345@cam",
            "Mật khẩu: abc123",
            "password=abc",
            "mk: 12345678",
            "fd00::1",
        ] {
            assert!(is_in(text), "{text}");
        }
    }

    #[test]
    fn leaves_ordinary_text_alone() {
        for text in [
            "Ngã ba chợ Rừng Thông - trụ 1",
            "Quốc lộ 47, km 10.5",
            "lúc 08:30, ngày 20/9/2023",
            "https://example.vn/di-tich/le-hy",
            "lien.he@example.vn",
            "TCVN 10.2.1",
            "hỏi mật khẩu tại quầy",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
