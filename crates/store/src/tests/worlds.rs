//! Three Boards at work at once, each compared with a model of its own: whatever the others do,
//! its world is what its own people made of it.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tenancy::{Demand, Operator, Permitted, Role, Worker, demand};

use super::{House, MINUTE};
use crate::{
    CheckOutcome, Decision, EditionValue, Found, JobKind, NewAgreement, NewDispute, NewRun,
    NewScenario, NewSubmission, Page, RunId, RunOutcome, RunState, ScenarioId, StoreError,
    StoredTable, SubmissionId, SubmissionState, Verdict,
};

/// Installations, sequences in one by all its Boards together, and steps in a sequence.
const ROUNDS: usize = 10;
const TOGETHER: usize = 100;
const STEPS: usize = 12;
const BOARDS: [&str; 3] = ["QJ2", "QWO", "QT1"];
const OWNERS: [&str; 3] = ["", "RTG", "RFS"];
const TABLES: [&str; 2] = ["costs", "ledger"];
const ALL: Page = Page { after: None, size: Some(100) };

#[derive(Clone, Debug, PartialEq)]
struct Handed {
    owner: &'static str,
    table: &'static str,
    version: u64,
    state: SubmissionState,
    signed: Option<u64>,
}

/// What one Board's people have made.
#[derive(Default)]
struct Model {
    handed: BTreeMap<SubmissionId, Handed>,
    jobs: VecDeque<JobKind>,
    editions: Vec<BTreeMap<(String, String), String>>,
    valued: BTreeSet<u64>,
    scenarios: BTreeMap<ScenarioId, String>,
    runs: BTreeMap<RunId, (ScenarioId, u64, RunState)>,
    disputes: BTreeMap<crate::DisputeId, Option<Verdict>>,
    purpose: Option<String>,
    changes: u64,
    made: u64,
}

/// One Board, its people and what they should find.
struct World<'a> {
    house: &'a House,
    code: &'static str,
    model: Model,
    random: ChaCha8Rng,
    foreign: &'a Mutex<Vec<(&'static str, SubmissionId, Option<RunId>)>>,
    /// How often another Board's things were asked for.
    refused: usize,
}

impl World<'_> {
    fn who<P: Demand>(&self, role: Role, provider: &str) -> Permitted<P> {
        self.house.who(self.code, role, provider)
    }

    fn owner<P: Demand>(&self, owner: &str) -> Permitted<P> {
        let role = if owner.is_empty() { Role::IcbFinance } else { Role::ProviderDirector };
        self.who(role, owner)
    }

    fn finance<P: Demand>(&self) -> Permitted<P> {
        self.owner("")
    }

    /// The number of the latest edition; 0 before the first.
    fn latest(&self) -> u64 {
        u64::try_from(self.model.editions.len()).expect("few")
    }

    fn name(&mut self) -> String {
        self.model.made += 1;
        format!("{} {}", self.code, self.model.made)
    }

    fn step(&mut self) {
        self.house.later(Duration::from_micros(1));
        match self.random.random_range(0..12) {
            0..=2 => self.hand_in(),
            3..=5 => self.work(),
            6 => self.sign(true),
            7 => self.sign(false),
            8 => self.publish(),
            9 => self.plan(),
            10 => self.argue(),
            _ => self.trespass(),
        }
    }

    fn hand_in(&mut self) {
        let owner = *OWNERS.choose(&mut self.random).expect("one");
        let table = *TABLES.choose(&mut self.random).expect("one");
        let who = self.owner(owner);
        let content = self.name();
        let store = &self.house.store;
        let file = store.arriving_file(&who).expect("a place");
        std::fs::write(&file, &content).expect("written");
        let new = NewSubmission {
            table: table.to_owned(),
            file_name: "x.csv".to_owned(),
            sha256: content.clone(),
            bytes: 3,
        };
        let received = store.receive(&who, &new, &file).expect("received").submission;
        let version =
            self.model.handed.values().filter(|it| it.owner == owner && it.table == table);
        let version = u64::try_from(version.count()).expect("few") + 1;
        let state = SubmissionState::Draft;
        let handed = Handed { owner, table, version, state, signed: None };
        self.model.jobs.push_back(JobKind::CheckSubmission(received.id.clone()));
        let run = self.model.runs.keys().next_back().cloned();
        let mut foreign = self.foreign.lock().unwrap_or_else(PoisonError::into_inner);
        foreign.push((self.code, received.id.clone(), run));
        self.model.handed.insert(received.id, handed);
        self.model.changes += 1;
    }

    fn work(&mut self) {
        let store = &self.house.store;
        let worker = Worker::for_tenant(self.code.parse().expect("a code"));
        let lease = store.lease_job(&worker, MINUTE).expect("asked");
        let expected = self.model.jobs.pop_front();
        assert_eq!(lease.as_ref().map(|it| it.kind()), expected.as_ref(), "{}", self.code);
        let Some(lease) = lease else { return };
        self.model.changes += 1;
        match lease.kind() {
            JobKind::CheckSubmission(id) => {
                let accepted = self.random.random_ratio(4, 5);
                let (submission, file) = store.submission_to_check(&worker, id).expect("there");
                let csv = std::fs::read(file).expect("the file waits");
                assert!(csv.starts_with(self.code.as_bytes()));
                let found = Found { report: "{}".to_owned(), ..Found::default() };
                let (table, sha256) = (submission.table, submission.file_sha256);
                let tables = vec![StoredTable { table, csv, sha256, rows: 1, total: None }];
                let outcome = match accepted {
                    true => CheckOutcome::Accepted { tables, found },
                    false => CheckOutcome::Refused { found },
                };
                store.finish_check(&worker, &lease, &outcome).expect("finished");
                let handed = self.model.handed.get_mut(id).expect("known");
                handed.state =
                    if accepted { SubmissionState::Checked } else { SubmissionState::Refused };
            }
            JobKind::ValueEdition(number) => {
                let value = EditionValue {
                    book_sha256: self.code.to_owned(),
                    value_json: format!("{} {number}", self.code),
                    evidence_json: None,
                };
                store.finish_value(&worker, &lease, &value).expect("finished");
                self.model.valued.insert(*number);
            }
            JobKind::RunScenario(id) => {
                let (_, toml) = store.run_to_compute(&worker, id).expect("there");
                let outcome = RunOutcome {
                    status: "optimal".to_owned(),
                    certified: true,
                    result_json: toml,
                    frontier_json: None,
                };
                store.finish_run(&worker, &lease, &outcome).expect("finished");
                self.model.runs.get_mut(id).expect("known").2 = RunState::Done;
            }
            JobKind::ValueDispute(_) => store.fail_job(&worker, &lease, "x").expect("given up"),
        }
    }

    fn sign(&mut self, off: bool) {
        let Some(id) = self.any_handed() else { return };
        let handed = self.model.handed.get_mut(&id).expect("known").clone();
        let store = &self.house.store;
        let done = match off {
            true => store.sign_off(&self.owner(handed.owner), &id),
            false => store.submit(&self.owner(handed.owner), &id),
        };
        use SubmissionState::{Checked, Draft, Refused, SignedOff, Submitted};
        let next = match (handed.state, off) {
            (Draft | Refused, _) => {
                assert!(matches!(done, Err(StoreError::Conflict(_))), "{done:?}");
                return;
            }
            (Checked | Submitted, true) => SignedOff,
            (Checked, false) => Submitted,
            (state, _) => state,
        };
        assert_eq!(done.expect("done").state, next);
        if next != handed.state {
            self.model.changes += 1;
            let now = self.model.changes;
            let handed = self.model.handed.get_mut(&id).expect("known");
            handed.state = next;
            handed.signed = (next == SignedOff).then_some(now);
        }
    }

    fn any_handed(&mut self) -> Option<SubmissionId> {
        let all: Vec<_> = self.model.handed.keys().cloned().collect();
        all.choose(&mut self.random).cloned()
    }

    fn publish(&mut self) {
        let mut signed: Vec<_> =
            self.model.handed.iter().filter(|(_, it)| it.signed.is_some()).collect();
        signed.sort_by_key(|(id, it)| (it.signed, (*id).clone()));
        let parts: BTreeMap<_, _> = signed
            .into_iter()
            .map(|(id, it)| ((it.owner.to_owned(), it.table.to_owned()), id.to_string()))
            .collect();
        let done = self.house.store.publish_edition(&self.finance(), "p");
        if parts.is_empty() || self.model.editions.last() == Some(&parts) {
            assert!(matches!(done, Err(StoreError::Conflict(_))), "{done:?}");
            return;
        }
        self.model.editions.push(parts);
        assert_eq!(done.expect("published"), self.latest());
        self.model.jobs.push_back(JobKind::ValueEdition(self.latest()));
        self.model.changes += 1;
    }

    fn plan(&mut self) {
        let store = &self.house.store;
        let name = self.name();
        let new = NewScenario { name: name.clone(), toml: name.clone() };
        let scenario = store.create_scenario(&self.finance(), &new).expect("kept");
        self.model.scenarios.insert(scenario.clone(), name);
        self.model.changes += 1;
        let new = NewRun {
            scenario: scenario.clone(),
            edition: None,
            draws: None,
            seed: None,
            beside: crate::Beside::default(),
            idempotency_key: None,
        };
        let run = store.create_run(&self.finance(), &new);
        let edition = self.latest();
        if edition == 0 {
            assert!(matches!(run, Err(StoreError::Conflict(_))));
            return;
        }
        let run = run.expect("asked");
        self.model.jobs.push_back(JobKind::RunScenario(run.clone()));
        self.model.runs.insert(run, (scenario, edition, RunState::Waiting));
        self.model.changes += 1;
    }

    fn argue(&mut self) {
        let store = &self.house.store;
        let purpose = self.name();
        let day = |text: &str| text.parse().expect("a day");
        let new = NewAgreement {
            purpose: purpose.clone(),
            from: day("2020-01-01"),
            until: day("2030-01-01"),
        };
        let administrator = self.who::<demand::RecordAgreement>(Role::IcbAdministrator, "");
        store.record_agreement(&administrator, &new).expect("recorded");
        self.model.purpose = Some(purpose.clone());
        self.model.changes += 1;
        let edition = self.latest();
        if edition == 0 {
            return;
        }
        let new = NewDispute {
            edition,
            service: "RTG/110".parse().expect("a service"),
            table: "costs".to_owned(),
            column: "cost_gbp".to_owned(),
            key: None,
            claim: purpose.clone(),
            proposed: None,
            evidence: purpose.clone(),
            scenario: None,
        };
        let id = store.raise_dispute(&self.owner("RTG"), &new).expect("raised");
        self.model.jobs.push_back(JobKind::ValueDispute(id.clone()));
        self.model.changes += 1;
        let ended = self.random.random_bool(0.5);
        if ended {
            let verdict = Verdict::Rejected;
            store.decide_dispute(&self.finance(), &id, verdict, "no").expect("decided");
            self.model.changes += 1;
        }
        self.model.disputes.insert(id, ended.then_some(Verdict::Rejected));
    }

    /// Asks for what is another Board's, by its id.
    fn trespass(&mut self) {
        let known = {
            let foreign = self.foreign.lock().unwrap_or_else(PoisonError::into_inner);
            foreign.iter().filter(|it| it.0 != self.code).cloned().collect::<Vec<_>>()
        };
        let Some((_, submission, run)) = known.choose(&mut self.random).cloned() else { return };
        self.refused += 1;
        let store = &self.house.store;
        for owner in OWNERS {
            let found = store.submission(&self.owner(owner), &submission);
            assert!(matches!(found, Err(StoreError::NotFound)), "{found:?}");
            let signed = store.sign_off(&self.owner(owner), &submission);
            assert!(matches!(signed, Err(StoreError::NotFound)), "{signed:?}");
        }
        if let Some(run) = run {
            assert!(matches!(store.run(&self.finance(), &run), Err(StoreError::NotFound)));
            assert!(matches!(store.run_result(&self.finance(), &run), Err(StoreError::NotFound)));
        }
    }

    /// Whether the Board's people find what they made, all of it and nothing else.
    fn compare(&self) {
        for owner in OWNERS {
            self.compare_submissions(owner);
        }
        self.compare_editions();
        self.compare_plans();
        let store = &self.house.store;
        let purpose = store.agreement(&self.finance()).expect("read").map(|it| it.purpose);
        assert_eq!(purpose, self.model.purpose);
        let found = all(|page| store.disputes(&self.finance(), page), |it| it.id.to_string());
        let found: BTreeMap<_, _> = found
            .into_iter()
            .map(|it| (it.id, it.decision.map(|Decision { verdict, .. }| verdict)))
            .collect();
        assert_eq!(found, self.model.disputes);
        let administrator = self.who(Role::IcbAdministrator, "");
        let report = store.verify_audit(&administrator).expect("read");
        assert_eq!((report.entries, report.broken), (self.model.changes, None));
    }

    /// Whether there was anything to compare.
    fn has_lived(&self) {
        let Model { handed, editions, runs, disputes, .. } = &self.model;
        let lived = [handed.len(), editions.len(), runs.len(), disputes.len(), self.refused];
        assert!(lived.into_iter().all(|count| count > 3), "{}: {lived:?}", self.code);
    }

    fn compare_submissions(&self, owner: &'static str) {
        let store = &self.house.store;
        let found = all(|page| store.submissions(&self.owner(owner), page), |it| it.id.to_string());
        let found: BTreeMap<_, _> = found
            .into_iter()
            .map(|it| {
                let of = it.owner.as_ref().map_or("", |code| code.as_str()).to_owned();
                (it.id, (of, it.table, it.version, it.state))
            })
            .collect();
        let shown = |it: &Handed| {
            let submitted =
                matches!(it.state, SubmissionState::Submitted | SubmissionState::SignedOff);
            it.owner == owner || (owner.is_empty() && submitted)
        };
        let expected: BTreeMap<_, _> = self
            .model
            .handed
            .iter()
            .filter(|(_, it)| shown(it))
            .map(|(id, it)| {
                (id.clone(), (it.owner.to_owned(), it.table.to_owned(), it.version, it.state))
            })
            .collect();
        assert_eq!(found, expected, "{} as {owner:?}", self.code);
    }

    fn compare_editions(&self) {
        let store = &self.house.store;
        let latest = store.latest_edition(&self.finance()).expect("read");
        assert_eq!(latest.unwrap_or(0), self.latest());
        for (number, expected) in (1..).zip(&self.model.editions) {
            let edition = store.edition(&self.finance(), number).expect("there");
            let parts = edition.parts.into_iter().map(|it| {
                let owner = it.owner.map_or(String::new(), |code| code.to_string());
                ((owner, it.table), it.submission.to_string())
            });
            assert_eq!(&parts.collect::<BTreeMap<_, _>>(), expected);
            let value = store.edition_value(&self.finance(), number).expect("there");
            let expected = self.model.valued.contains(&number);
            let expected = expected.then(|| format!("{} {number}", self.code));
            assert_eq!(value.map(|it| it.value_json), expected);
        }
    }

    fn compare_plans(&self) {
        let store = &self.house.store;
        let found = all(|page| store.scenarios(&self.finance(), page), |it| it.id.to_string());
        let found: BTreeMap<_, _> = found.into_iter().map(|it| (it.id, it.name)).collect();
        assert_eq!(found, self.model.scenarios);
        let found = all(|page| store.runs(&self.finance(), page), |it| it.id.to_string());
        let found: BTreeMap<_, _> =
            found.into_iter().map(|it| (it.id, (it.scenario, it.edition, it.state))).collect();
        assert_eq!(found, self.model.runs);
        if let Some((id, (scenario, _, state))) = self.model.runs.first_key_value() {
            let result = store.run_result(&self.finance(), id).expect("there");
            let expected = self.model.scenarios.get(scenario).cloned();
            assert_eq!(result, expected.filter(|_| *state == RunState::Done));
        }
    }
}

/// Every page of a list.
fn all<T>(
    list: impl Fn(&Page) -> Result<crate::Listing<T>, StoreError>,
    id: impl Fn(&T) -> String,
) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    let mut page = ALL;
    loop {
        let part = list(&page).expect("a list");
        found.extend(part.items);
        if part.next.is_none() {
            return found;
        }
        page.after = found.last().map(&id);
    }
}

#[test]
fn a_thousand_sequences_of_three_boards_leave_each_its_own_world() {
    let seed = 20_261_124;
    println!("seed {seed}");
    for round in 0..ROUNDS {
        let house = House::new();
        let operator = Operator::from_command_line();
        let third = BOARDS[2].parse().expect("a code");
        house.store.create_tenant(&operator, &third, "A third Board").expect("made");
        let foreign = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for (number, code) in BOARDS.into_iter().enumerate() {
                let (house, foreign) = (&house, &foreign);
                let random = ChaCha8Rng::seed_from_u64(
                    u64::try_from(seed + 100 * round + number).expect("a seed"),
                );
                let model = Model::default();
                let mut world = World { house, code, model, random, foreign, refused: 0 };
                scope.spawn(move || {
                    for sequence in 0..TOGETHER {
                        // The first Board has the odd one, so that all have a thousand together.
                        if sequence % BOARDS.len() == number {
                            for _ in 0..STEPS {
                                world.step();
                            }
                            world.compare();
                        }
                    }
                    world.has_lived();
                });
            }
        });
    }
}
