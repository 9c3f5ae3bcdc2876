#![doc = include_str!("../README.md")]

pub mod draws;
pub mod elasticity;
pub mod instruments;
pub mod outcome;
pub mod parameters;
pub mod qaly;
pub mod table;
pub mod unit_cost;

pub use draws::Draws;
pub use elasticity::{Elasticity, ElasticitySource};
pub use instruments::Instruments;
pub use parameters::{Parameters, YearParameters};
pub use table::{Interval, ServiceValue, ValueError, ValueOptions, ValueTable};
