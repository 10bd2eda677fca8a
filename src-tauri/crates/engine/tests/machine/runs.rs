//! Runs against a store and a server of paper.

mod clock;
mod ends;
mod pace;
mod steering;
mod trouble;
mod world;
