//! A small installation to try things on: two Boards, a clock moved by hand.

mod agreements;
mod answers;
mod api_tokens;
mod attempts;
mod audit;
mod backup;
mod disputes;
mod editions;
mod invitations;
mod jobs;
mod logins;
mod people;
mod releases;
mod runs;
mod second_factor;
mod sessions;
mod submissions;
mod walls;
mod workbooks;
mod worlds;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tenancy::{
    Demand, InPerson, Operator, PasswordHash, Permitted, PersonId, Role, SessionFacts,
    SessionToken, SignIn, Verified, Worker,
};
use tests::postgres::Database;

use crate::time::{Clock, micros};
use crate::{
    Begun, CheckOutcome, Found, JobKind, NewPerson, NewSubmission, Place, Received, Session, Store,
    StoredTable, SubmissionId, WORKBOOK,
};

pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct House {
    pub(super) store: Store,
    clock: Arc<AtomicI64>,
    pub(super) folder: TempDir,
    pub(super) database: Option<Database>,
}

fn place(folder: &TempDir, database: Option<&Database>) -> Place {
    Place { database_url: database.map(Database::url), ..Place::folder(folder.path()) }
}

impl House {
    /// On files, or on PostgreSQL where the tests are told so.
    pub(super) fn new() -> Self {
        Self::on(Database::where_told())
    }

    pub(super) fn on(database: Option<Database>) -> Self {
        let folder = TempDir::new().expect("a folder");
        let clock = Arc::new(AtomicI64::new(1_700_000_000_000_000));
        let place = place(&folder, database.as_ref());
        let store = Store::open_with(&place, Clock::ByHand(clock.clone())).expect("opens");
        for code in ["QJ2", "QWO"] {
            let code = code.parse().expect("a code");
            store.create_tenant(&Operator::from_command_line(), &code, "A Board").expect("made");
        }
        Self { store, clock, folder, database }
    }

    /// Where it is, to be opened once more.
    pub(super) fn place(&self) -> Place {
        place(&self.folder, self.database.as_ref())
    }

    pub(super) fn later(&self, by: Duration) {
        self.clock.fetch_add(micros(by), Ordering::SeqCst);
    }

    /// Someone with a role, permitted to do `P`.
    pub(super) fn who<P: Demand>(&self, tenant: &str, role: Role, provider: &str) -> Permitted<P> {
        let facts = SessionFacts {
            tenant: tenant.parse().expect("a code"),
            person: PersonId::new(format!("{tenant}-{role}-{provider}")),
            display_name: "Jo".to_owned(),
            role,
            provider: (!provider.is_empty()).then(|| provider.parse().expect("a code")),
        };
        let scope = Operator::from_command_line().act_as(facts).expect("a scope");
        scope.permit().expect("permitted")
    }

    pub(super) fn director<P: Demand>(&self, provider: &str) -> Permitted<P> {
        self.who("QJ2", Role::ProviderDirector, provider)
    }

    pub(super) fn finance<P: Demand>(&self) -> Permitted<P> {
        self.who("QJ2", Role::IcbFinance, "")
    }

    pub(super) fn worker(&self) -> Worker {
        Worker::for_tenant("QJ2".parse().expect("a code"))
    }

    /// Hands in a file, without checking it.
    pub(super) fn receive(&self, provider: &str, table: &str, content: &str) -> Received {
        let who = if provider.is_empty() { self.finance() } else { self.director(provider) };
        let file = self.store.arriving_file(&who).expect("a place");
        std::fs::write(&file, content).expect("written");
        let new = NewSubmission {
            table: table.to_owned(),
            file_name: format!("{table}.csv"),
            sha256: content.to_owned(),
            bytes: 3,
        };
        let received = self.store.receive(&who, &new, &file).expect("received");
        assert!(!file.exists());
        received
    }

    /// Checks whatever is waiting.
    pub(super) fn check(&self, accept: bool) {
        let found = if accept { "{}" } else { "{\"accepted\":false}" };
        let found = Found { report: found.to_owned(), ..Found::default() };
        self.check_finding(accept, found);
    }

    /// Checks whatever is waiting, and finds this. Of a workbook, the content names the tables
    /// up to a colon.
    pub(super) fn check_finding(&self, accept: bool, found: Found) {
        let worker = self.worker();
        let next = || self.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
        let mut lease = next();
        while !matches!(lease.kind(), JobKind::CheckSubmission(_)) {
            self.store.fail_job(&worker, &lease, "not tried here").expect("given up");
            lease = next();
        }
        let JobKind::CheckSubmission(id) = lease.kind() else {
            return;
        };
        let (submission, file) = self.store.submission_to_check(&worker, id).expect("found");
        let csv = std::fs::read(&file).expect("the file waits");
        let outcome = if accept {
            let sha256 = submission.file_sha256.clone();
            let content = String::from_utf8_lossy(&csv).into_owned();
            let names = if submission.table == WORKBOOK {
                content.split(':').next().expect("names").split(',').map(str::to_owned).collect()
            } else {
                vec![submission.table]
            };
            let tables = names.into_iter().map(|table| {
                let (csv, sha256) = (csv.clone(), sha256.clone());
                StoredTable { table, csv, sha256, rows: 1, total: None }
            });
            CheckOutcome::Accepted { tables: tables.collect(), found }
        } else {
            CheckOutcome::Refused { found }
        };
        self.store.finish_check(&worker, &lease, &outcome).expect("finished");
        assert!(!file.exists(), "the file is dropped");
    }

    /// Hands in, checks and signs off.
    pub(super) fn signed_off(&self, provider: &str, table: &str, content: &str) -> SubmissionId {
        let id = self.receive(provider, table, content).submission.id;
        self.check(true);
        let who = if provider.is_empty() { self.finance() } else { self.director(provider) };
        self.store.sign_off(&who, &id).expect("signed off");
        id
    }

    /// Microseconds since 1970 by the clock that is moved by hand.
    pub(super) fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Someone who gave the right password.
    pub(super) fn verified(&self, email: &str) -> Verified {
        let door = SignIn::begin();
        let email = email.parse().expect("an address");
        let known = self.store.known_person(&door, &email).expect("asked");
        door.verify(PASSWORD, known).expect("the right password")
    }

    /// Tries to sign in with the right password.
    pub(super) fn try_sign_in(&self, email: &str, code: Option<&str>) -> Begun {
        let verified = self.verified(email);
        let device = "Firefox on Linux";
        let begun = self.store.begin_session(&SignIn::begin(), &verified, None, device, code);
        begun.expect("a known person")
    }

    /// Signs in with the right password and no code.
    pub(super) fn sign_in(&self, email: &str) -> (SessionToken, Session, InPerson) {
        match self.try_sign_in(email, None) {
            Begun::Session(token, session) => {
                let who = session.who.in_person().expect("in person");
                (token, session, who)
            }
            other => panic!("no session: {other:?}"),
        }
    }

    /// Whether a session is alive.
    pub(super) fn alive(&self, token: &SessionToken) -> bool {
        self.store.session(&SignIn::begin(), &token.hash()).is_ok()
    }

    /// A person who can sign in.
    pub(super) fn person(&self, tenant: &str, email: &str, role: Role, provider: Option<&str>) {
        let person = NewPerson {
            email: email.parse().expect("an address"),
            display_name: "Jo Bloggs".to_owned(),
            password: PasswordHash::of(PASSWORD).expect("a hash"),
            role,
            provider: provider.map(|code| code.parse().expect("a code")),
        };
        let tenant = tenant.parse().expect("a code");
        let operator = Operator::from_command_line();
        self.store.create_person(&operator, &tenant, &person).expect("a person");
    }
}
