//! The doors as a browser and a client meet them: the real router on a product in memory.

mod access;
mod api;
mod browser;
mod crawler;
mod dojo;
mod exceptions;
mod forms;
mod track;
