//! Figures as people read them: see [`quantities::words`].
pub use quantities::words::*;
