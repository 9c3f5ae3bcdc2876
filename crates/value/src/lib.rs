#![doc = include_str!("../README.md")]

pub mod benchmark;
pub mod distributions;
pub mod draws;
pub mod elasticity;
pub mod equity;
pub mod flips;
pub mod information;
pub mod instruments;
pub mod method;
pub mod need;
pub mod outcome;
mod parallel;
pub mod parameters;
pub mod parity;
pub mod qaly;
pub mod review;
pub mod scale;
pub mod schemas;
pub mod sensitivity;
pub mod shrinkage;
pub mod table;
pub mod talking_therapies;
pub mod uncertainty;

pub use draws::Draws;
pub use elasticity::{Elasticity, ElasticitySource};
pub use instruments::Instruments;
pub use parameters::{Parameters, YearParameters};
pub use parity::{Parity, parity};
pub use review::{Review, review};
pub use table::{Interval, ServiceValue, ValueError, ValueOptions, ValueTable};
pub use uncertainty::{LineUncertainty, Uncertainty};
