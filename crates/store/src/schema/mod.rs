//! The tables as diesel sees them, generated from the migrations.

pub(crate) mod control;
pub(crate) mod tenant;

#[cfg(test)]
mod current;
