//! escalations
