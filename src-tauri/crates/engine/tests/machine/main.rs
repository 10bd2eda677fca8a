//! Tests of the engine: events in, effects out, with a given time.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod clock;
mod company;
#[cfg(test)]
mod connectivity;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod losses;
mod quota;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod safe_mode;
mod schedules;
#[cfg(test)]
mod sweeps;
#[cfg(test)]
mod trays;
