//! A new file under `models/` is embedded without touching any Rust file.

fn main() {
    println!("cargo:rerun-if-changed=../../models");
}
