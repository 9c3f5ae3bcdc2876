//! A new file under `models/` or newly built web assets are embedded without touching any Rust
//! file.

fn main() {
    println!("cargo:rerun-if-changed=../../models");
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=../../web/templates");
}
