#![doc = include_str!("../README.md")]

pub mod alternatives;
pub mod case;
pub mod certificate;
pub mod efficiency;
pub mod families;
pub mod frontier;
pub mod label;
pub mod model;
pub mod plan;
mod price;
pub mod ranges;
mod relax;
pub mod run;
pub mod scenario;
pub mod sensitivity;
mod sentence;
mod solve;
pub mod solver;
pub mod uncertainty;
mod warm;

pub use case::{Case, Origins};
pub use certificate::Certificate;
pub use plan::Plan;
pub use run::{Run, RunStatus};
pub use scenario::{Scenario, ScenarioError};
pub use sentence::objective_unit;
pub use solve::{Outcome, Solution, solve};
