//! What a request is for: who waits for it, and whose budget it spends.

use serde::{Deserialize, Serialize};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// A person clicked, and waits.
    Click,
    /// A screen that a person watches is kept true.
    Screen,
    /// A run over many companies that a person asked for.
    Run,
    /// Confirming what a sweep found.
    Look,
    /// Reading the portfolio.
    Sweep,
    /// Queueing a read so that a platform does not withdraw access.
    KeepAlive,
    /// A schedule of this app.
    Schedule,
}

impl Class {
    /// All of them, in the order in which their requests go: a person's before background work, and of that
    /// what is short before what is long.
    pub const ALL: [Self; 7] =
        [Self::Click, Self::Screen, Self::Run, Self::Look, Self::Sweep, Self::KeepAlive, Self::Schedule];

    /// Whether a person asked for it. The rest is background work, which may be paused.
    pub fn is_persons(self) -> bool {
        match self {
            Self::Click | Self::Screen | Self::Run => true,
            Self::Look | Self::Sweep | Self::KeepAlive | Self::Schedule => false,
        }
    }

    /// Whether somebody sits before it. Only this part of a person's work is refused where it cannot go in
    /// good time; the rest waits.
    pub(crate) fn is_awaited(self) -> bool {
        match self {
            Self::Click | Self::Screen => true,
            Self::Run | Self::Look | Self::Sweep | Self::KeepAlive | Self::Schedule => false,
        }
    }
}
