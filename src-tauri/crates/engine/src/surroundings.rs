//! What slows sweeps down: the window, the power supply and the network.

use domain::PowerSource;
use jiff::SignedDuration;

use crate::sweep::SweepCost;

/// The longest interval due to the surroundings, in seconds. The quota may require a longer one.
const MAX_SLOWED_INTERVAL_SECS: i64 = 1_800;
/// The weight of a byte on a metered network.
const METERED_WEIGHT: u64 = 10;

/// The visibility of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// It has the focus.
    Focused,
    /// It is visible without the focus.
    Shown,
    /// It is not visible.
    Hidden,
}

/// What the system reports about the surroundings. Unknown values have no effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The visibility of the window.
    pub window: Option<Window>,
    /// The power supply.
    pub power: Option<PowerSource>,
    /// Whether the network is metered.
    pub metered: Option<bool>,
}

impl Surroundings {
    /// The factor for the interval between sweeps.
    fn slowdown(self) -> i64 {
        let window = match self.window {
            None | Some(Window::Focused) => 1,
            Some(Window::Shown) => 2,
            Some(Window::Hidden) => 3,
        };
        let power = match self.power {
            None | Some(PowerSource::Mains) => 1,
            Some(PowerSource::Battery) => 2,
            Some(PowerSource::LowBattery) => 4,
        };
        let network = if self.metered == Some(true) { 4 } else { 1 };
        window * power * network
    }

    pub(crate) fn min_interval(self, floor_secs: i64) -> SignedDuration {
        let secs = (floor_secs * self.slowdown()).min(MAX_SLOWED_INTERVAL_SECS.max(floor_secs));
        SignedDuration::from_secs(secs)
    }

    pub(crate) fn weighted(self, cost: SweepCost) -> SweepCost {
        let weight = if self.metered == Some(true) { METERED_WEIGHT } else { 1 };
        SweepCost { bytes: cost.bytes.saturating_mul(weight), ..cost }
    }
}
