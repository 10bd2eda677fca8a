//! Makes cargo look at the migrations, which are compiled in.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
