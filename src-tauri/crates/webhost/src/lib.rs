//! The application in a browser page.
//!
//! The same commands as in the window, over HTTP on the loopback address: a route for commands, a stream of
//! events, and the files of the interface. Every request must carry the random token of the printed address
//! and have that address as its host; all others get 403.

#![forbid(unsafe_code)]

mod application;
mod calls;
mod commands;
mod desktop;
mod downloads;
mod events;
mod gate;
mod pages;
mod server;
mod token;
mod uploads;

pub use commands::{Archive, Commands, Refusal};
pub use desktop::BrowserDesktop;
pub use pages::Pages;
pub use server::{BindError, Server};
pub use token::Token;
