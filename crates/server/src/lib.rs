#![doc = include_str!("../README.md")]

pub mod actions;
mod body;
pub mod charts;
mod client;
mod config;
pub mod cookie;
mod device;
pub mod engine;
pub mod extract;
mod guard;
mod headers;
mod limits;
mod metrics;
pub mod models;
mod observe;
pub mod openapi;
mod origin;
pub mod pages;
pub mod problem;
mod routes;
pub mod rules;
mod serve;
pub mod shapes;
mod state;
pub mod upload;
pub mod worker;

pub use config::{Config, ConfigError, Site};
pub use guard::{Guard, MetricsToken, MetricsTokenError};
pub use limits::{Limits, Rate};
pub use models::{Catalogue, CatalogueError};
pub use observe::{is_safe, observe, observe_quietly};
pub use serve::{ServeError, app, prepare, serve, serve_state};
pub use state::{AppState, blocking};
