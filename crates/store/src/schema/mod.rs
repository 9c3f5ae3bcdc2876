//! The tables as diesel sees them, generated from the migrations.

pub(crate) mod control;
pub(crate) mod control_rows;
pub(crate) mod tenant;
pub(crate) mod tenant_rows;

#[cfg(test)]
mod current;
