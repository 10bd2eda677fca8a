//! What must be true of the store as a whole.

mod alerts;
mod apply;
mod backups;
mod completion;
mod copies;
mod disk;
mod expiry;
mod files;
mod fingerprints;
mod in_full;
mod journal;
mod lists;
mod local_files;
mod making;
mod many;
mod model;
mod one_time;
mod plans;
mod rebuild_index;
mod registry;
mod run_acts;
mod run_changes;
mod runs;
mod schedules;
mod unreadable;
mod versions;
