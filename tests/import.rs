//! Published NHS files become tables of the book: every trap of each kind on small files of our
//! own, and the same on the real files where they lie beside the repository.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

#[path = "import/command.rs"]
mod command;
#[path = "import/kinds.rs"]
mod kinds;
#[path = "import/order.rs"]
mod order;
#[path = "import/real.rs"]
mod real;
#[path = "import/refusals.rs"]
mod refusals;
#[path = "import/support.rs"]
mod support;
