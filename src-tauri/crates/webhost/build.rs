//! Tells cargo when the interface that a release build carries has changed.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let dist = Path::new("../../../ui/dist");
    if release {
        println!("cargo:rerun-if-changed={}", dist.display());
    }
}
