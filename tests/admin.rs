//! Setting up, backing up and restoring an installation from the command line, as a person does.
#![expect(clippy::expect_used, reason = "a test that cannot run its command has failed")]

use std::path::Path;
use tempfile::TempDir;
use tests::postgres::Database;
use tests::{Ended, valuebook};

fn admin(folder: &Path, arguments: &[&str]) -> Ended {
    let folder = folder.to_str().expect("a UTF-8 path");
    let all: Vec<&str> =
        ["admin", "--data-dir", folder].into_iter().chain(arguments.iter().copied()).collect();
    valuebook(&all).expect("the command runs")
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let ended = admin(folder, arguments);
    assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
    ended.out
}

fn set_up(folder: &Path) {
    done(folder, &["create-tenant", "QJ2", "NHS Derby and Derbyshire"]);
    done(folder, &["create-tenant", "QWO", "NHS Elsewhere"]);
    let person = ["--email", "jo@qj2.example", "--name", "Jo", "--role", "icb_finance"];
    let all: Vec<&str> = ["create-user", "--tenant", "QJ2"].into_iter().chain(person).collect();
    let made = done(folder, &all);
    assert!(made.contains("shown once"), "{made}");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

#[test]
fn an_installation_is_backed_up_and_restored() {
    let (from, into) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (from, into) = (from.path(), into.path());
    set_up(from);
    let (file, key) = (from.join("all.zip"), from.join("master.key"));
    let (file, key) = (text(&file), text(&key));
    assert!(done(from, &["backup", file]).contains("2 boards (QJ2, QWO)"));
    assert_eq!(admin(from, &["backup", file]).code, 2, "no backup is overwritten");

    let foreign = admin(into, &["restore", file]);
    assert_eq!(foreign.code, 1, "{}", foreign.out);
    assert!(foreign.err.contains("master key"), "{}", foreign.err);
    std::fs::copy(key, into.join("master.key")).expect("the key comes along");
    assert!(done(into, &["restore", file]).contains("2 boards (QJ2, QWO)"));
    let again = admin(into, &["restore", file]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("empty system"), "{}", again.err);
    assert!(done(into, &["verify-audit", "--tenant", "QJ2"]).contains("whole"));
    assert_eq!(admin(into, &["create-tenant", "QWO", "Again"]).code, 1, "the Boards are there");
}

#[test]
fn an_installation_moves_from_files_to_a_server() {
    let Some(database) = Database::new() else { return };
    let url = database.url();
    let (from, into) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    set_up(from.path());
    let (key, file) = (from.path().join("master.key"), from.path().join("all.zip"));
    let file = text(&file);
    done(from.path(), &["backup", file]);
    let server = ["--database-url", &url, "--master-key-file", text(&key)];
    let all: Vec<&str> = server.iter().copied().chain(["restore", file]).collect();
    let restored = done(into.path(), &all);
    assert!(restored.contains("2 boards (QJ2, QWO)"), "{restored}");
    let all: Vec<&str> =
        server.iter().copied().chain(["verify-audit", "--tenant", "QJ2"]).collect();
    assert!(done(into.path(), &all).contains("whole"));
    let all: Vec<&str> = server.iter().copied().chain(["migrate"]).collect();
    assert!(done(into.path(), &all).contains("up to date"));
    // Another key than the one that the database was set up with does not open it.
    let other = ["--database-url", &url, "migrate"];
    let refused = admin(into.path(), &other);
    assert_eq!(refused.code, 2, "{}", refused.out);
}

#[test]
fn databases_go_back_and_forward() {
    let folder = TempDir::new().expect("a folder");
    set_up(folder.path());
    assert!(done(folder.path(), &["migrate"]).contains("up to date"));
    let back = done(folder.path(), &["migrate", "--boards-to", "0003"]);
    assert!(back.contains("migrations undone"), "{back}");
    assert!(done(folder.path(), &["migrate"]).contains("up to date"));
    std::fs::write(folder.path().join("tenants/QWO.sqlite"), "rubbish").expect("written");
    let aside = admin(folder.path(), &["migrate"]);
    assert_eq!(aside.code, 1);
    assert!(aside.out.contains("QWO was put aside"), "{}", aside.out);
}
