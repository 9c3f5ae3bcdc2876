//! A new migration folder is embedded without touching any Rust file.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
