//! Messages in the words of the channels that carry them.

pub mod slack;
