//! Foreign documents into our words and back: reports, SBOMs, advisories, channel messages.
//!
//! Bytes come in, values go out; nothing here opens a file, knows the time or keeps anything. What
//! comes from outside is text everywhere, never markup, and it never panics.

pub mod dojo;
pub mod exploited;
pub mod exports;
pub mod notices;
pub mod organisation;
pub mod reports;
pub mod sboms;
