//! The user's pause of background work in a workspace.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Store, setting_keys::PAUSED};
use ts_rs::TS;

use crate::{clock, error::WireError};

/// When a pause ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PauseEnd {
    /// In an hour.
    Hour,
    /// Tomorrow morning.
    Tomorrow,
    /// When the user resumes.
    #[default]
    Resumed,
}

/// Whether background work is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    Off,
    /// Until the user resumes.
    On,
    Until(Timestamp),
}

impl Pause {
    /// A pause that begins now.
    ///
    /// # Errors
    /// If the clock has no tomorrow.
    pub(crate) fn begin(end: PauseEnd, now: Timestamp) -> Result<Self, WireError> {
        Ok(match end {
            PauseEnd::Hour => Self::Until(now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now)),
            PauseEnd::Tomorrow => Self::Until(clock::tomorrow_morning(now)?),
            PauseEnd::Resumed => Self::On,
        })
    }

    pub(crate) fn is_on(self, now: Timestamp) -> bool {
        match self {
            Self::Off => false,
            Self::On => true,
            Self::Until(end) => end > now,
        }
    }

    /// When it ends, if the time is known.
    pub(crate) fn end(self) -> Option<Timestamp> {
        match self {
            Self::Until(end) => Some(end),
            Self::Off | Self::On => None,
        }
    }

    /// The stored pause of a workspace. If this cannot be read, it is not paused.
    pub(crate) async fn load(store: &Store) -> Self {
        let stored = store.load(PAUSED).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether background work is paused is not known");
            None
        });
        match stored.as_deref() {
            Some("on") => Self::On,
            Some(text) => Self::parse_end(text).map_or(Self::Off, Self::Until),
            None => Self::Off,
        }
    }

    fn parse_end(text: &str) -> Option<Timestamp> {
        Timestamp::from_millisecond(text.parse().ok()?).ok()
    }

    /// Stores the pause. If this fails, it applies until the app ends.
    pub(crate) async fn save(self, store: &Store) {
        let text = match self {
            Self::Off => "off".to_owned(),
            Self::On => "on".to_owned(),
            Self::Until(end) => end.as_millisecond().to_string(),
        };
        if let Err(error) = store.save(PAUSED, &text).await {
            tracing::warn!(%error, "that background work is paused could not be stored");
        }
    }
}
