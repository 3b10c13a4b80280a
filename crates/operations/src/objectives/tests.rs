//! Objectives on a whole product.
