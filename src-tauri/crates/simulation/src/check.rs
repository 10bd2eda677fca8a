//! What must hold, held against what really happened.

mod agreement;
mod endings;
mod heard;
mod kept_alive;
mod schedules;
mod told;
mod traffic;

pub(crate) use agreement::{Companies, companies, disagreements};
pub(crate) use endings::{Endings, FORETOLD};
pub(crate) use heard::{Heard, name};
pub(crate) use kept_alive::saved;
pub(crate) use schedules::Met;
pub(crate) use told::Told;
pub(crate) use traffic::Traffic;
