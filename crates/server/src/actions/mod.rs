//! What a person can do: `(state, permitted person, input) → domain`. The JSON routes and the
//! pages both call these and add nothing of their own. All but `sign_in`, `accept` and those
//! that take files in block: call them through `state::blocking`.

pub mod account;
pub mod agreement;
pub mod answers;
pub mod audit;
pub mod disputes;
pub mod editions;
pub mod evidence;
pub mod figures;
pub mod invitations;
pub mod others;
pub mod people;
pub mod platform;
pub mod releases;
pub mod runs;
pub mod scenarios;
pub mod session;
pub mod standing;
pub mod submissions;
pub mod trace;
