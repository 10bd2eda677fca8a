//! Links that open something in the app.

use std::sync::PoisonError;

use serde::Serialize;
use ts_rs::TS;

use super::Nothing;
use crate::{app::App, deep_link, error::WireError, wire::Event};

/// What a link asked for while no window was there to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Wanted {
    /// The company; none where the link leads nowhere.
    pub company: Option<String>,
    /// Which part of it.
    pub part: Option<String>,
    /// What within that part, from the outside in.
    pub within: Vec<String>,
    /// What to say of it.
    pub message: Option<String>,
}

impl App {
    /// Takes a link that the desktop handed over; one that leads nowhere is told quietly. A window that is only
    /// being made asks for it as soon as it listens.
    pub fn open_link(&self, link: &str) {
        *self.wanted().lock().unwrap_or_else(PoisonError::into_inner) = Some(wanted(link));
        self.announce(Event::Link);
    }

    /// The last link that was handed over and not shown yet, once.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn take_wanted(&self, _: Nothing) -> Result<Option<Wanted>, WireError> {
        Ok(self.wanted().lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}

fn wanted(link: &str) -> Wanted {
    match deep_link::read(link) {
        Some(link) => Wanted {
            company: Some(link.company.to_string()),
            part: link.part.map(str::to_owned),
            within: link.within,
            message: None,
        },
        None => Wanted {
            company: None,
            part: None,
            within: Vec::new(),
            message: Some(
                "The link that was opened leads nowhere in this app. Nothing was changed.".to_owned(),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn a_link_that_leads_nowhere_is_told_and_opens_nothing() {
        let wanted = wanted("portal-desktop://delete/everything");
        assert!(wanted.company.is_none() && wanted.message.is_some());
    }
}
