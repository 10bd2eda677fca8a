//! What must hold, held against what really happened.

mod agreement;
mod heard;
mod told;
mod traffic;

pub(crate) use agreement::disagreements;
pub(crate) use heard::Heard;
pub(crate) use told::Told;
pub(crate) use traffic::Traffic;
