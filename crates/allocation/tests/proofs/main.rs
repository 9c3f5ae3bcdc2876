//! What must hold of every answer, checked on random models and books.
//!
//! `random` makes numbers from printed seeds; `models` and `books` make models and books of them;
//! `best` is our answer, `independent` that of a second solver. The proofs: `agreement` (two solvers
//! say the same).
#![expect(clippy::expect_used, reason = "a proof that cannot be set up stops")]

mod agreement;
mod best;
mod books;
mod faults;
mod frontier;
mod independent;
mod invariances;
mod models;
mod prices;
mod random;
mod sketches;
mod sorting;
