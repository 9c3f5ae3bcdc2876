//! Where the installation's one secret is kept.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tenancy::MasterKey;
use uuid::Uuid;

use crate::StoreError;

/// The name of the key's file in the data folder.
const FILE: &str = "master.key";

/// The master key in the data folder; made there, readable by its owner only, where there is none.
pub(crate) fn of_folder(folder: &Path) -> Result<MasterKey, StoreError> {
    let path = folder.join(FILE);
    if !path.exists() {
        make(folder, &path)?;
    }
    Ok(MasterKey::read(&std::fs::read_to_string(&path)?)?)
}

/// Written whole under another name first: another process never sees half a key, and the first
/// one to finish wins.
fn make(folder: &Path, path: &Path) -> Result<(), StoreError> {
    let unfinished = folder.join(format!("{FILE}.{}", Uuid::now_v7()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(format!("{}\n", MasterKey::generate()?.reveal()).as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&unfinished, path);
    std::fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let made = of_folder(folder.path()).expect("made");
        let read = of_folder(folder.path()).expect("read");
        assert_eq!(made.reveal(), read.reveal());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let kept = folder.path().join(FILE).metadata().expect("a file").permissions();
            assert_eq!(kept.mode() & 0o777, 0o600);
        }
        std::fs::write(folder.path().join(FILE), "rubbish").expect("written");
        assert!(matches!(of_folder(folder.path()), Err(StoreError::Key(_))));
    }
}
