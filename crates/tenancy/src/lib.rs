#![doc = include_str!("../README.md")]

mod guessable;
mod invitation;
mod keys;
mod password;
mod permit;
mod person;
mod role;
mod token;
mod totp;
mod witness;

pub use invitation::InvitationToken;
pub use keys::{KeyError, MasterKey, Sealer, Signer};
pub use password::{PasswordError, PasswordHash};
pub use permit::{Demand, Forbidden, Permitted, demand};
pub use person::{Email, EmailError, PersonId};
pub use role::{Permission, Role, RoleError};
pub use token::{ApiToken, RecoveryCode, SessionToken, TokenError, TokenHash};
pub use totp::{TotpError, TotpSecret, TotpStep};
pub use witness::{
    AdmissionError, Admitted, InPerson, KnownPerson, NotInPerson, Operator, Scope, SessionFacts,
    SignIn, Verified, Worker,
};
