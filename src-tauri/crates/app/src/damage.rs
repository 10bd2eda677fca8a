//! Damage of a workspace database.

use std::sync::{Arc, OnceLock};

use crate::error::WireError;

/// The first error that showed a damaged database. Shared by all parts that access the database.
pub(crate) type Damage = Arc<OnceLock<WireError>>;
