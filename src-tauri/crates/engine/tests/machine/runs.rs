//! Runs against a store and a server of paper.

mod ends;
mod pace;
mod steering;
mod trouble;
mod world;
