//! Speaks HTML to people.
