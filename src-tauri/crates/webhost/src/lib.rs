//! The application in a browser page.
//!
//! The same commands as in the window, over HTTP on the loopback address: one route for calls,
//! one stream of events, and the interface's files. Every request must carry the random token of
//! the printed address and come from that address; everything else is answered with 403.

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
