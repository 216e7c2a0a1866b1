//! Speaks HTML to people: the hosted checkout, the payer app, the example shops, and what their pages load.

pub mod assets;
