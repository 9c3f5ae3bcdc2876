#![doc = include_str!("../README.md")]

mod activity;
mod identifiers;
mod money;
mod units;
pub mod words;

pub use activity::{Activity, ActivityError};
pub use identifiers::{
    FinYear, IdentifierError, PlaceCode, PoolId, ProviderCode, ServiceKey, TenantCode,
};
pub use money::{MoneyError, Pence};
pub use units::{Millions, PoundsPerQaly, Qaly, QalyPerMillion, Share, Wte, WtePerMillion};
