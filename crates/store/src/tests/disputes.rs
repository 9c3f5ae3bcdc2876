use super::{House, MINUTE};
use crate::{
    Dispute, DisputeId, JobKind, JobState, NewDispute, NewEvidence, NewScenario, Page, StoreError,
    Verdict,
};
use diesel::connection::SimpleConnection;

fn figure(service: &str) -> NewDispute {
    NewDispute {
        edition: 1,
        service: service.parse().expect("a service"),
        table: "costs".to_owned(),
        column: "cost_gbp".to_owned(),
        key: None,
        claim: "It counts a ward twice.".to_owned(),
        proposed: Some("100.00".to_owned()),
        evidence: "Page 3 of the accounts.".to_owned(),
        scenario: None,
    }
}

/// A house with an edition whose values nobody computes.
fn published() -> House {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    let worker = house.worker();
    let lease = house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
    house.store.fail_job(&worker, &lease, "not tried here").expect("given up");
    house
}

impl House {
    fn dispute_of(&self, provider: &str, id: &DisputeId) -> Result<Dispute, StoreError> {
        self.store.dispute(&self.director(provider), id)
    }
}

#[test]
fn a_dispute_is_seen_by_who_raised_it_whom_it_concerns_and_the_board() {
    let house = published();
    let id = house.store.raise_dispute(&house.director("RFS"), &figure("RTG/110")).expect("raised");
    let dispute = house.dispute_of("RFS", &id).expect("raised it");
    assert_eq!((dispute.state(), dispute.figure), ("open", figure("RTG/110")));
    assert_eq!(dispute.raised_for.map(String::from).as_deref(), Some("RFS"));
    house.dispute_of("RTG", &id).expect("its own service");
    house.store.dispute(&house.finance(), &id).expect("the Board");
    assert!(matches!(house.dispute_of("RT_", &id), Err(StoreError::NotFound)));
    assert!(matches!(house.dispute_of("RXM", &id), Err(StoreError::NotFound)));
    let listed = |provider| {
        let found = house.store.disputes(&house.director(provider), &Page::default());
        found.expect("a list").items.len()
    };
    assert_eq!([listed("RFS"), listed("RTG"), listed("RXM")], [1, 1, 0]);

    let elsewhere = house.who("QWO", tenancy::Role::IcbFinance, "");
    assert!(matches!(house.store.dispute(&elsewhere, &id), Err(StoreError::NotFound)));
    for wrong in [
        NewDispute { edition: 2, ..figure("RTG/110") },
        NewDispute { scenario: Some(NOBODYS.parse().expect("an id")), ..figure("RTG/110") },
    ] {
        let missing = house.store.raise_dispute(&house.director("RFS"), &wrong);
        assert!(matches!(missing, Err(StoreError::NotFound)), "{wrong:?}");
    }
    let silent = NewDispute { claim: " ".to_owned(), ..figure("RTG/110") };
    let silent = house.store.raise_dispute(&house.director("RFS"), &silent);
    assert!(matches!(silent, Err(StoreError::Invalid(_))));
}

const NOBODYS: &str = "018f2b6e-0000-7000-8000-000000000000";

#[test]
fn a_dispute_ends_once_with_a_reason() {
    let house = published();
    let raise = || house.store.raise_dispute(&house.director("RFS"), &figure("RTG/110"));
    let id = raise().expect("raised");
    let reasonless = house.store.decide_dispute(&house.finance(), &id, Verdict::Accepted, " ");
    assert!(matches!(reasonless, Err(StoreError::Invalid(_))));
    let foreign = house.store.withdraw_dispute(&house.director("RTG"), &id, "no");
    assert!(matches!(foreign, Err(StoreError::Forbidden(_))), "another raised it");
    let decided = house.store.decide_dispute(&house.finance(), &id, Verdict::Accepted, "It does.");
    decided.expect("decided");
    let dispute = house.dispute_of("RFS", &id).expect("visible");
    assert_eq!(dispute.state(), "accepted");
    assert_eq!(dispute.decision.map(|it| it.reason).as_deref(), Some("It does."));
    let again = house.store.decide_dispute(&house.finance(), &id, Verdict::Rejected, "No.");
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    let again = house.store.withdraw_dispute(&house.director("RFS"), &id, "No.");
    assert!(matches!(again, Err(StoreError::Conflict(_))));

    let other = raise().expect("raised");
    house.store.withdraw_dispute(&house.director("RFS"), &other, "Mended.").expect("withdrawn");
    assert_eq!(house.dispute_of("RFS", &other).expect("visible").state(), "withdrawn");
}

#[test]
fn nobody_decides_a_dispute_of_their_own() {
    let house = published();
    let finance = house.finance();
    let id = house.store.raise_dispute(&house.finance(), &figure("RTG/110")).expect("raised");
    for verdict in [Verdict::Accepted, Verdict::Rejected] {
        let own = house.store.decide_dispute(&finance, &id, verdict, "I say so.");
        assert!(matches!(own, Err(StoreError::Forbidden(_))));
    }
    house.store.decide_dispute(&finance, &id, Verdict::Withdrawn, "Mended.").expect("withdrawn");
}

#[test]
fn a_worker_computes_the_result_or_says_why_not() {
    let house = published();
    let new = NewScenario { name: "Hold".to_owned(), toml: "x".to_owned() };
    let scenario = house.store.create_scenario(&house.finance(), &new).expect("kept");
    let new = NewDispute { scenario: Some(scenario), ..figure("RTG/110") };
    let first = house.store.raise_dispute(&house.director("RTG"), &new).expect("raised");
    let second =
        house.store.raise_dispute(&house.director("RTG"), &figure("RTG/110")).expect("raised");
    let worker = house.worker();
    let next = || house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
    let lease = next();
    assert_eq!(lease.kind(), &JobKind::ValueDispute(first.clone()));
    let (dispute, toml) = house.store.dispute_to_value(&worker, &first).expect("found");
    assert_eq!((dispute.id, toml.as_deref()), (first.clone(), Some("x")));
    house.store.finish_dispute(&worker, &lease, "{}").expect("stored");
    let twice = house.store.finish_dispute(&worker, &lease, "{}");
    assert!(matches!(twice, Err(StoreError::LeaseLost)));
    assert_eq!(house.dispute_of("RTG", &first).expect("visible").result.as_deref(), Some("{}"));
    let status = house.store.dispute_status(&house.director("RTG"), &first).expect("visible");
    assert_eq!(status.state, JobState::Done);

    house.store.fail_job(&worker, &next(), "no such row").expect("given up");
    let failed = house.dispute_of("RTG", &second).expect("visible");
    assert_eq!((failed.result, failed.error.as_deref()), (None, Some("no such row")));
}

#[test]
fn evidence_is_kept_by_its_hash_and_served_to_those_who_see_the_dispute() {
    let house = published();
    let id = house.store.raise_dispute(&house.director("RFS"), &figure("RTG/110")).expect("raised");
    let attach = |provider: &str, sha256: &str| {
        let who = house.director(provider);
        let arrived = house.store.arriving_file(&who).expect("a place");
        std::fs::write(&arrived, sha256).expect("written");
        let new = NewEvidence {
            file_name: "accounts.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            sha256: sha256.to_owned(),
            bytes: 3,
        };
        let kept = house.store.attach_evidence(&who, &id, &new, &arrived);
        assert!(!arrived.exists());
        kept
    };
    attach("RFS", "abc").expect("kept");
    attach("RFS", "abc").expect("the same again");
    attach("RTG", "def").expect("the other side's");
    assert!(matches!(attach("RXM", "abc"), Err(StoreError::NotFound)));
    let files = house.dispute_of("RFS", &id).expect("visible").files;
    let hashes: Vec<_> = files.iter().map(|it| it.file.sha256.as_str()).collect();
    assert_eq!(hashes, ["abc", "def"]);
    let (file, place) = house.store.evidence(&house.director("RTG"), &id, "abc").expect("there");
    assert_eq!(file.file.file_name, "accounts.pdf");
    assert_eq!(std::fs::read(place).expect("read"), b"abc");
    for (provider, hash) in [("RTG", "nothing"), ("RTG", "../QJ2/abc"), ("RXM", "abc")] {
        let none = house.store.evidence(&house.director(provider), &id, hash);
        assert!(matches!(none, Err(StoreError::NotFound)), "{provider} {hash}");
    }
    for number in 2..20 {
        attach("RFS", &format!("file{number}")).expect("kept");
    }
    assert!(matches!(attach("RFS", "one too many"), Err(StoreError::Invalid(_))));
    house.store.decide_dispute(&house.finance(), &id, Verdict::Rejected, "No.").expect("ended");
    assert!(matches!(attach("RFS", "late"), Err(StoreError::Conflict(_))));
}

#[test]
fn nothing_of_a_dispute_a_release_or_an_agreement_can_be_changed() {
    let house = published();
    let id = house.store.raise_dispute(&house.director("RFS"), &figure("RTG/110")).expect("raised");
    house.store.decide_dispute(&house.finance(), &id, Verdict::Rejected, "No.").expect("ended");
    let code = "QJ2".parse().expect("a code");
    let mut db = house.store.tenant(&code).expect("a connection");
    for (table, column) in [("disputes", "claim"), ("dispute_decisions", "reason")] {
        assert!(db.batch_execute(&format!("DELETE FROM {table}")).is_err(), "{table}");
        let change = format!("UPDATE {table} SET {column} = 'x'");
        assert!(db.batch_execute(&change).is_err(), "{table}");
    }
}
