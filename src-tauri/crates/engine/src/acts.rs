//! Acts of a user, and their results.
//!
//! An act that changes something at the server is one file, with its [`Definition`], and one line in the table below.

mod add_connection;
mod create_company;
mod definition;
mod delete_company;
mod delete_connection;
mod read_act;
mod refresh_company;
mod refresh_data_type;
mod set_sync_settings;
mod unlink_connection;
mod update_company;

use codat::{CompanyId, ConnectionId, Failure};
use domain::{PendingDelete, SafeMode, ScheduleId};
use jiff::Timestamp;

pub(crate) use definition::{CreatedSince, Definition, Success};
pub use read_act::ReadAct;

/// The table of acts: their enum and what follows from it.
macro_rules! write_acts {
    ($($file:ident::$act:ident,)*) => {
        $(pub use $file::$act;)*

        /// An act that changes something at the server.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is the act it names")]
        pub enum WriteAct {
            $($act($act),)*
        }

        impl WriteAct {
            /// What the act defines.
            pub(crate) fn definition(&self) -> &dyn Definition {
                match self {
                    $(Self::$act(act) => act,)*
                }
            }
        }

        $(impl From<$act> for WriteAct {
            fn from(act: $act) -> Self {
                Self::$act(act)
            }
        }

        impl From<$act> for Act {
            fn from(act: $act) -> Self {
                Self::Write(act.into())
            }
        })*
    };
}

write_acts! {
    create_company::CreateCompany,
    update_company::UpdateCompany,
    delete_company::DeleteCompany,
    refresh_company::RefreshCompany,
    refresh_data_type::RefreshDataType,
    add_connection::AddConnection,
    unlink_connection::UnlinkConnection,
    delete_connection::DeleteConnection,
    set_sync_settings::SetSyncSettings,
}

/// A user's request to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Changes something at the server.
    Write(WriteAct),
    /// Reads something that a user or a screen waits for.
    Read(ReadAct),
    /// Cancels a delete that is not sent yet.
    Undo(CompanyId),
    /// A sweep now.
    Sweep,
    /// Runs a schedule now, even if its data is up to date.
    RunSchedule(ScheduleId),
    /// Reserves quota for one request that the caller sends itself (streamed files), in this safe mode. Its
    /// result comes back as [`Event::DirectAnswer`](crate::Event::DirectAnswer).
    ReserveRequest(SafeMode),
}

impl From<ReadAct> for Act {
    fn from(act: ReadAct) -> Self {
        Self::Read(act)
    }
}

/// The result of a completed act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The store has the current company.
    Company(CompanyId),
    /// The delete is sent later, unless it is undone.
    Pending(PendingDelete),
    /// Whether a delete was undone.
    Undone(bool),
    /// The store has the new connection and its company.
    Connection(ConnectionId),
    /// The same refresh runs already. Nothing was sent.
    Running,
    /// The server accepted it. There is nothing to show.
    Accepted,
    /// The server completed it, but the store failed for this reason. The next sweep shows the result.
    Unrecorded(String),
}

/// Why an act failed, or why its result is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The call failed; `kind` says whether the request may have arrived.
    #[error("{0}")]
    Failed(Failure),
    /// The user's limit for the day is reached. The user can raise it.
    #[error("the day’s share of requests is used up")]
    UserQuotaReached {
        /// When the day's quota resets.
        resets: Timestamp,
    },
    /// The server accepts no more requests today.
    #[error("the day’s requests are used up")]
    QuotaExhausted {
        /// When the day's quota resets.
        resets: Timestamp,
    },
    /// The store could not save the response.
    #[error("{0}")]
    Store(String),
    /// The schedule no longer exists.
    #[error("the schedule no longer exists")]
    NoSchedule,
    /// The safe mode of the workspace forbids it. Nothing was sent.
    #[error("not allowed in this safe mode")]
    SafeMode,
}
