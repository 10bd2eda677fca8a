//! What this crate promises, tried from outside.

#[cfg(test)]
mod data;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod files;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod history;
#[cfg(test)]
mod models;
#[cfg(test)]
mod order_by;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod query;
#[cfg(test)]
mod query_properties;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod statement_properties;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod status;
#[cfg(test)]
mod summary;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod unreadable;
