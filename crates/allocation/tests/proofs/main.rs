//! What must hold of every answer, proven on random models and random books from printed seeds.
//!
//! The means: `random` makes numbers of a seed; `models` makes bare linear models of them, `sketches`
//! books and scenarios with what `changes` may change in them, which `books` writes as tables and reads as the product does; `best` is our
//! solver's answer with our own proof, `independent` that of a second solver.
//!
//! The proofs: `agreement` (two solvers say the same), `sorting` (one budget alone is a sort),
//! `prices` (a price is what moving the limit brings), `frontier` (health against money),
//! `impact` (what providers are told adds up), `efficiency` (targets against the limits),
//! `invariances` (what must change nothing), `worth` (what knowing more is worth), `faults` (those of
//! other programs, one by one) and `mps` (the model as text).
#![expect(clippy::expect_used, reason = "a proof that cannot be set up stops")]

mod agreement;
mod best;
mod books;
mod changes;
mod efficiency;
mod faults;
mod frontier;
mod impact;
mod independent;
mod invariances;
mod large;
mod models;
mod mps;
mod prices;
mod random;
mod sketches;
mod sorting;
mod worth;
