//! What a page loads besides itself: one stylesheet, one small script, one mark.
//!
//! The rule to remember: an asset's address carries a hash of its content, so it may be
//! cached for ever and is never stale. [`ALL`] is the table a router serves from.

use super::words::fnv1a_hex;

/// The one stylesheet of all pages.
pub const STYLESHEET: &str = include_str!("../../assets/watchbell.css");
/// The one script; every page works without it.
pub const SCRIPT: &str = include_str!("../../assets/watchbell.js");
/// The mark in the browser's tab.
pub const BELL: &str = include_str!("../../assets/bell.svg");

const STYLESHEET_HASH: [u8; 16] = fnv1a_hex(STYLESHEET.as_bytes());
const SCRIPT_HASH: [u8; 16] = fnv1a_hex(SCRIPT.as_bytes());
const BELL_HASH: [u8; 16] = fnv1a_hex(BELL.as_bytes());

/// The header every page must be sent with: nothing inline, nothing from another host.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
     script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The header assets may be sent with: their address changes with their content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// One file served below `/assets/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The name without its hash: `watchbell.css`.
    pub name: &'static str,
    hash: [u8; 16],
    /// The value of the `Content-Type` header.
    pub content_type: &'static str,
    /// The bytes, as text.
    pub content: &'static str,
}

impl Asset {
    /// The 16 hexadecimal digits of the content's FNV-1a hash.
    pub fn hash(&self) -> &str {
        str::from_utf8(&self.hash).unwrap_or_default()
    }

    /// The address in pages: `/assets/0123456789abcdef/watchbell.css`.
    pub fn path(&self) -> String {
        format!("/assets/{}/{}", self.hash(), self.name)
    }
}

/// Every asset, in the order the pages ask for them.
pub const ALL: [Asset; 3] = [
    Asset {
        name: "watchbell.css",
        hash: STYLESHEET_HASH,
        content_type: "text/css; charset=utf-8",
        content: STYLESHEET,
    },
    Asset {
        name: "watchbell.js",
        hash: SCRIPT_HASH,
        content_type: "text/javascript; charset=utf-8",
        content: SCRIPT,
    },
    Asset { name: "bell.svg", hash: BELL_HASH, content_type: "image/svg+xml", content: BELL },
];

/// The stylesheet's address.
pub fn stylesheet_path() -> String {
    ALL[0].path()
}

/// The script's address.
pub fn script_path() -> String {
    ALL[1].path()
}

/// The mark's address.
pub fn bell_path() -> String {
    ALL[2].path()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_s_address_names_its_content() {
        let path = stylesheet_path();
        assert!(path.starts_with("/assets/") && path.ends_with("/watchbell.css"), "{path}");
        assert_eq!(ALL[0].hash().len(), 16);
        assert_ne!(ALL[0].hash(), ALL[1].hash());
    }

    #[test]
    fn the_stylesheet_and_script_ask_no_other_host() {
        for asset in ALL {
            let without_namespace = asset.content.replace("http://www.w3.org/2000/svg", "");
            assert!(!without_namespace.contains("://"), "{} names a host", asset.name);
            assert!(!asset.content.contains("@import"), "{} imports", asset.name);
        }
    }
}
