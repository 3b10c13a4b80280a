//! The cookies: the session, how pages look, and what the last action did.
//!
//! Only the session is a secret. The others hold words of fixed sets; whatever else is found in
//! them is ignored.

use axum::http::{HeaderMap, HeaderValue, header};

/// The session: 256 random bits.
pub(crate) const SESSION: &str = "watchbell";
pub(crate) const THEME: &str = "theme";
pub(crate) const DENSITY: &str = "density";
pub(crate) const KEYS: &str = "keys";
pub(crate) const FLASH: &str = "flash";

/// How long a display choice is remembered, in seconds: as long as browsers keep any cookie.
pub(crate) const DISPLAY_SECONDS: u32 = 400 * 86_400;
/// How long what an action did waits to be read, in seconds.
pub(crate) const FLASH_SECONDS: u32 = 60;

/// How long a cookie is kept.
#[derive(Clone, Copy)]
pub(crate) enum Keep {
    /// Until the browser closes; the server ends a session by itself.
    Session,
    Seconds(u32),
    /// Not at all.
    Forget,
}

/// Which addresses the pages are reached by.
#[derive(Clone, Copy)]
pub(crate) enum Transport {
    Http,
    Https,
}

/// The value of the cookie `name` that the browser sent.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The header that sets a cookie; `value` is one of ours: hexadecimal digits or a word.
pub(crate) fn set(name: &str, value: &str, keep: Keep, transport: Transport) -> HeaderValue {
    let mut text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
    match keep {
        Keep::Session => {}
        Keep::Seconds(seconds) => text += &format!("; Max-Age={seconds}"),
        Keep::Forget => text += "; Max-Age=0",
    }
    if matches!(transport, Transport::Https) {
        text += "; Secure";
    }
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        let sent = "xwatchbell=1; watchbell=abc; theme=dark";
        headers.insert(header::COOKIE, HeaderValue::from_static(sent));
        assert_eq!(read(&headers, SESSION), Some("abc"));
        assert_eq!(read(&headers, THEME), Some("dark"));
        assert_eq!(read(&headers, FLASH), None);
    }

    #[test]
    fn over_https_a_cookie_never_travels_in_the_clear() {
        let header = set(SESSION, "abc", Keep::Session, Transport::Https);
        let text = header.to_str().expect("text");
        assert_eq!(text, "watchbell=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        let header = set(SESSION, "abc", Keep::Forget, Transport::Http);
        assert_eq!(header, "watchbell=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
