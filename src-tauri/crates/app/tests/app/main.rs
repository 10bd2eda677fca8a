//! Tests of the app against its own sandbox over real HTTP, with a desktop that records its calls.

#[cfg(test)]
mod absence;
#[cfg(test)]
mod acts;
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod bulk;
mod bulk_commands;
#[cfg(test)]
mod company;
#[cfg(test)]
mod company_export;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod data;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod files;
#[cfg(test)]
mod held;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod links;
#[cfg(test)]
mod local_data;
#[cfg(test)]
mod network;
#[cfg(test)]
mod preferences;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod records;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod switching;
#[cfg(test)]
mod sync_settings;
#[cfg(test)]
mod test_app;
#[cfg(test)]
mod transfers;
#[cfg(test)]
mod tray;
#[cfg(test)]
mod two;
#[cfg(test)]
mod views;
#[cfg(test)]
mod watching;
#[cfg(test)]
mod words;
#[cfg(test)]
mod workspaces;
