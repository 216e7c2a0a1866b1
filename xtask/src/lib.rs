//! Tidies and tests this repository: `cargo xtask tidy | test | look | evidence | vendor`.
//!
//! It depends on none of the crates it looks at, so that it still builds when they do not.

pub mod build;
pub mod closing;
pub mod database;
pub mod error;
pub mod evidence;
pub mod look;
pub mod packages;
pub mod stages;
pub mod tidy;
pub mod vendor;
pub mod workspace;
