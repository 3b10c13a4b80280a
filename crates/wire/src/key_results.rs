//! key_results
