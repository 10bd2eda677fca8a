//! Changes of companies and connections.

/// How the app learned of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A sweep over all companies.
    Sweep,
    /// A read of one company.
    Read,
    /// The response to an act of this app.
    Own,
}

impl Cause {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::Read => "look",
            Self::Own => "own",
        }
    }

    /// The cause with this name in the store.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Sweep, Self::Read, Self::Own].into_iter().find(|cause| cause.as_str() == name)
    }
}
