//! Identifiers. Each has its own type, so that one cannot be passed for another. Codat's are UUIDs (§2.1).

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text.trim()).map(Self)
            }
        }
    };
}

id!(
    /// A company: one customer's business.
    CompanyId
);
id!(
    /// A connection: a company's link to one data source.
    ConnectionId
);
id!(
    /// A read of one data type on one connection. Codat also calls it a dataset or pull operation.
    DatasetId
);
id!(
    /// A write of one record. Codat also calls it a push operation.
    PushKey
);
