//! Lets Tauri read its configuration, which stands at the root of the repository.

fn main() {
    tauri_build::build();
}
