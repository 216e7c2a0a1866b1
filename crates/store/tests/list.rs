//! Lists, their sums and the search behind them, on SQLite and on PostgreSQL, against plain filters in memory.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "list/ask.rs"]
mod ask;
#[path = "list/dice.rs"]
mod dice;
#[path = "list/filters.rs"]
mod filters;
#[path = "list/large.rs"]
mod large;
#[path = "list/model.rs"]
mod model;
#[path = "list/paging.rs"]
mod paging;
#[path = "list/search.rs"]
mod search;
#[path = "list/sums.rs"]
mod sums;
#[path = "list/world.rs"]
mod world;
