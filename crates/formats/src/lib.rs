//! Foreign documents into our words and back: bytes in, values out.
//!
//! One rule to remember: nothing here opens a file, a socket or a clock. What comes from outside
//! is text everywhere, never markup, and it never panics.

pub mod reports;
