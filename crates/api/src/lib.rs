#![doc = include_str!("../README.md")]

pub mod check;
pub mod result;
pub mod value;
