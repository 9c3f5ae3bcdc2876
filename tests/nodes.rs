//! Several nodes on one PostgreSQL database: one is killed at work, all are restarted in turn.
#![expect(clippy::expect_used, reason = "a test that cannot run its nodes has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::postgres::Database;
use tests::{binary, valuebook};

/// Nothing here takes longer, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// One process that serves.
struct Node {
    child: Child,
    address: SocketAddr,
}

impl Node {
    fn start(folder: &Path, url: &str) -> Self {
        let config = folder.join("valuebook.toml");
        std::fs::write(&config, "drain_seconds = 1\nlisten = \"127.0.0.1:0\"\n").expect("written");
        let mut child = Command::new(binary().expect("the program is built"))
            .args(["serve", "--config"])
            .arg(&config)
            .arg("--data-dir")
            .arg(folder)
            .args(["--database-url", url])
            .env("VALUEBOOK_LOG", "off")
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
        let said = lines.find_map(|line| {
            line.expect("text").split_once("http://").map(|(_, address)| address.to_owned())
        });
        let address = said.expect("it serves").parse().expect("an address");
        // Whatever else it says is not waited for.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn kill(self) {
        drop(self);
    }

    /// Tells it to stop, and waits until it has.
    fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.expect("kill runs").success());
        assert!(self.child.wait().expect("it ends").success(), "it ends well");
    }
}

/// A node does not outlive a test that failed.
impl Drop for Node {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// An answer: its status, its head and its body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// Sends one request; nothing where no whole answer came.
fn send(node: SocketAddr, head: &str, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect_timeout(&node, Duration::from_secs(5)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {node}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

fn get(node: SocketAddr, path: &str, cookie: &str) -> Option<Answer> {
    send(node, &format!("GET {path} HTTP/1.1\r\nCookie: {cookie}"), "")
}

struct Installation {
    database: Database,
    folder: TempDir,
    password: String,
}

impl Installation {
    fn new() -> Option<Self> {
        let (database, folder) = (Database::new()?, TempDir::new().expect("a folder"));
        let mut made = Self { database, folder, password: String::new() };
        made.admin(&["create-tenant", "QJ2", "NHS Derby and Derbyshire"]);
        let person = ["--email", "jo@qj2.example", "--name", "Jo", "--role", "icb_finance"];
        let said = made.admin(&[&["create-user", "--tenant", "QJ2"][..], &person].concat());
        made.password = said.trim().rsplit(' ').next().expect("a password").to_owned();
        Some(made)
    }

    fn admin(&self, arguments: &[&str]) -> String {
        let (folder, url) = (self.folder.path().to_str().expect("a path"), self.database.url());
        let place = ["admin", "--data-dir", folder, "--database-url", &url];
        let ended = valuebook([&place[..], arguments].concat()).expect("it runs");
        assert_eq!(ended.code, 0, "{}", ended.err);
        ended.out
    }

    fn node(&self) -> Node {
        Node::start(self.folder.path(), &self.database.url())
    }

    fn sign_in(&self, node: &Node) -> String {
        let body = format!("{{\"email\":\"jo@qj2.example\",\"password\":\"{}\"}}", self.password);
        let head = "POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json";
        let answer = send(node.address, head, &body).expect("an answer");
        assert_eq!(answer.status, 201, "{}", answer.body);
        let lines = answer.head.lines();
        let cookie = lines.filter_map(|line| line.strip_prefix("set-cookie: ")).next();
        cookie.expect("a cookie").split(';').next().expect("a value").to_owned()
    }

    /// The first column of the first row.
    fn one(&self, sql: &str) -> String {
        self.database.sql(sql).trim().to_owned()
    }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A table with so many rows that its check takes a while.
fn many_rows(rows: u32) -> String {
    let mut csv = "provider_code,provider_name,sector,place_code\n".to_owned();
    for row in 0..rows {
        csv.push_str(&format!("P{row},Provider {row},acute,DERBY\n"));
    }
    csv
}

#[test]
fn a_node_killed_at_work_loses_nothing() {
    let Some(installation) = Installation::new() else { return };
    let state = "SELECT state FROM \"icb_QJ2\".jobs";
    let mut first = installation.node();
    let cookie = installation.sign_in(&first);
    let mut rows = 100_000;
    // A check that was over before the node could be killed is tried again with more rows.
    loop {
        let head = format!(
            "POST /api/v1/submissions?table=providers HTTP/1.1\r\nContent-Type: text/csv\r\n\
             Cookie: {cookie}"
        );
        let taken = send(first.address, &head, &many_rows(rows)).expect("an answer");
        assert_eq!(taken.status, 202, "{}", taken.body);
        until("the check begins", || installation.one(state).lines().any(|it| it != "waiting"));
        first.kill();
        if installation.one(state).lines().all(|it| it == "leased") {
            break;
        }
        rows *= 4;
        assert!(rows < 10_000_000, "no check is this fast");
        installation.database.sql("DELETE FROM \"icb_QJ2\".jobs");
        first = installation.node();
    }
    // Another node, which knows the session of the one that is gone.
    let second = installation.node();
    let me = get(second.address, "/api/v1/me", &cookie).expect("an answer");
    assert_eq!(me.status, 200, "{}", me.body);
    until("the other node finishes it", || installation.one(state) == "done");
    assert_eq!(installation.one("SELECT attempts FROM \"icb_QJ2\".jobs"), "2");
    let checks = "SELECT count(*) FROM \"icb_QJ2\".audit WHERE action = 'submission.check'";
    assert_eq!(installation.one(checks), "1", "checked once, however often it was begun");
    let kept = "SELECT row_count FROM \"icb_QJ2\".submission_tables";
    assert_eq!(installation.one(kept), rows.to_string());
    assert!(installation.admin(&["verify-audit"]).contains("whole"));
    second.kill();
}

#[test]
fn nodes_are_restarted_in_turn_without_a_failed_request() {
    let Some(installation) = Installation::new() else { return };
    let mut nodes = [installation.node(), installation.node()];
    let cookie = installation.sign_in(&nodes[0]);
    let addresses = Mutex::new(nodes.each_ref().map(|node| node.address));
    let (over, answered) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        // What a proxy does: where a node is gone or not ready, the next one is asked.
        let browser = scope.spawn(|| {
            let mut failures = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let nodes = *addresses.lock().expect("a lock");
                let mut tried = Vec::new();
                for node in nodes {
                    tried.extend(get(node, "/api/v1/me", &cookie).map(|answer| answer.status));
                    if tried.last().is_some_and(|status| *status != 503) {
                        break;
                    }
                }
                if tried.last() != Some(&200) {
                    failures.push(tried);
                }
                // Slower than what one account may ask for.
                thread::sleep(Duration::from_millis(60));
                answered.fetch_add(1, Ordering::SeqCst);
            }
            failures
        });
        for number in 0..2 {
            let before = answered.load(Ordering::SeqCst);
            until("requests go on", || answered.load(Ordering::SeqCst) > before + 10);
            let spare = installation.node();
            let old = std::mem::replace(&mut nodes[number], spare);
            // The proxy learns of the new one before the old one goes, and of its end from
            // /readyz.
            let gone = old.address;
            let leaving = scope.spawn(move || old.stop());
            until("it says that it leaves", || {
                get(gone, "/readyz", "").is_none_or(|answer| {
                    answer.status == 503 && answer.head.to_lowercase().contains("retry-after")
                })
            });
            *addresses.lock().expect("a lock") = nodes.each_ref().map(|node| node.address);
            leaving.join().expect("it left");
        }
        over.store(true, Ordering::SeqCst);
        assert_eq!(browser.join().expect("it ended"), Vec::<Vec<u16>>::new());
    });
    assert!(answered.into_inner() > 20);
    for node in nodes {
        node.kill();
    }
}
