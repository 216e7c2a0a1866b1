//! Pretends, for tests: databases on both engines, a clock that stands still, ids that repeat, and objects
//! that hold together.

pub mod clock;
pub mod cut;
pub mod database;
pub mod engines;
pub mod ids;
pub mod make;

pub use clock::Clock;
pub use database::Database;
pub use ids::Ids;
pub use make::Make;
