//! Runs, with a store and a server in memory.

mod changes;
mod clock;
mod ends;
mod pace;
mod steering;
mod trouble;
mod world;
