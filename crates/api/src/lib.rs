#![doc = include_str!("../README.md")]

pub mod check;
pub mod dispute;
pub mod method;
pub mod result;
pub mod uncertainty;
pub mod value;
