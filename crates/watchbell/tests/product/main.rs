//! The whole product from outside: the real binary, a real browser.

mod browser;
mod command_line;
mod disk_full;
mod dojo;
mod moving;
mod program;
mod restart;
