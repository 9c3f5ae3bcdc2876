use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::StoreError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            pub(crate) fn new() -> Self {
                Self(Uuid::now_v7().to_string())
            }

            pub(crate) fn stored(text: String) -> Self {
                Self(text)
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = StoreError;
            /// What is not an id names nothing.
            fn from_str(text: &str) -> Result<Self, StoreError> {
                let id = Uuid::try_parse(text).map_err(|_| StoreError::NotFound)?;
                Ok(Self(id.to_string()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// One file handed in.
    SubmissionId
}
id! {
    /// One scenario.
    ScenarioId
}
id! {
    /// One run of a scenario.
    RunId
}
id! {
    /// One job.
    JobId
}
id! {
    /// One answer to a query.
    AnswerId
}
id! {
    /// One dispute.
    DisputeId
}
id! {
    /// One release.
    ReleaseId
}
id! {
    /// One invitation of a person to a Board.
    InvitationId
}
id! {
    /// One session, by a name that is no secret.
    SessionId
}
id! {
    /// One API token, by a name that is no secret.
    ApiTokenId
}
