//! The binary as people and programs use it: started, spoken to, stopped.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod commands;
mod demo;
mod doctor;
mod program;
mod shop;
mod verify;
