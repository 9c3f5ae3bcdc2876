#![doc = include_str!("../README.md")]

pub mod benchmark;
pub mod check;
pub mod dispute;
pub mod equity;
pub mod evidence;
pub mod export;
pub mod frontier;
pub mod method;
pub mod need;
pub mod result;
pub mod uncertainty;
pub mod value;
