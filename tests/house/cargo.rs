//! What cargo says of the workspace.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

/// The repository's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The workspace and all it depends on, resolved for this machine's platform.
pub fn metadata() -> Result<Metadata, Box<dyn Error>> {
    let rustc = Command::new("rustc").arg("-vV").output()?;
    let version = String::from_utf8(rustc.stdout)?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc -vV names no host")?;
    Ok(MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), host.to_owned()])
        .exec()?)
}

/// Every package that gets into a build of `start`: itself, and what it names for building or
/// running (not what only its tests use), and so on from there.
pub fn reached<'a>(metadata: &'a Metadata, start: &PackageId) -> Vec<&'a Package> {
    let nodes = metadata.resolve.iter().flat_map(|graph| &graph.nodes);
    let mut seen = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(id) = waiting.pop() {
        for node in nodes.clone().filter(|node| node.id == *id) {
            for dependency in &node.deps {
                let only_tests =
                    dependency.dep_kinds.iter().all(|how| how.kind == DependencyKind::Development);
                if !only_tests && seen.insert(&dependency.pkg) {
                    waiting.push(&dependency.pkg);
                }
            }
        }
    }
    let packages = metadata.packages.iter();
    packages.filter(|it| seen.contains(&it.id)).collect()
}
