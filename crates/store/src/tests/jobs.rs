use quantities::Share;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use super::{House, MINUTE};
use crate::{CheckOutcome, Found, JobState, Progress, StoreError, SubmissionState};

fn half() -> Progress {
    Progress { share: Share::new(0.5).expect("a share"), message: "reading".to_owned() }
}

#[test]
fn whoever_lost_the_lease_can_no_longer_write() {
    let house = House::new();
    let id = house.receive("RTG", "costs", "abc").submission.id;
    let worker = house.worker();
    let slow = house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
    assert!(house.store.lease_job(&worker, MINUTE).expect("asked").is_none(), "taken");
    house.store.heartbeat(&worker, &slow, &half(), MINUTE).expect("kept");
    let status = house.store.submission_status(&house.director("RTG"), &id).expect("visible");
    assert_eq!((status.state, status.progress.get()), (JobState::Working, 0.5));

    house.later(MINUTE * 2);
    assert_eq!(house.store.recover_jobs(&worker).expect("recovered"), 1);
    let quick = house.store.lease_job(&worker, MINUTE).expect("asked").expect("again");
    let outcome = CheckOutcome::Refused { found: Found::default() };
    let lost = |result| matches!(result, Err(StoreError::LeaseLost));
    assert!(lost(house.store.heartbeat(&worker, &slow, &half(), MINUTE)));
    assert!(lost(house.store.finish_check(&worker, &slow, &outcome)));
    assert!(lost(house.store.fail_job(&worker, &slow, "no")));
    house.store.finish_check(&worker, &quick, &outcome).expect("the holder writes");
    assert!(lost(house.store.finish_check(&worker, &quick, &outcome)), "once");
}

#[test]
fn a_heartbeat_keeps_the_lease() {
    let house = House::new();
    house.receive("RTG", "costs", "abc");
    let worker = house.worker();
    let lease = house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
    house.later(MINUTE / 2);
    house.store.heartbeat(&worker, &lease, &half(), MINUTE).expect("kept");
    house.later(MINUTE * 3 / 4);
    assert_eq!(house.store.recover_jobs(&worker).expect("asked"), 0);
    house.later(MINUTE);
    assert_eq!(house.store.recover_jobs(&worker).expect("asked"), 1);
}

#[test]
fn a_job_that_kills_its_worker_is_given_up() {
    let house = House::new();
    let id = house.receive("RTG", "costs", "abc").submission.id;
    let worker = house.worker();
    for _ in 0..3 {
        house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
        house.later(MINUTE * 2);
        assert_eq!(house.store.recover_jobs(&worker).expect("recovered"), 1);
    }
    assert!(house.store.lease_job(&worker, MINUTE).expect("asked").is_none());
    assert_eq!(house.store.queue_length(&worker).expect("counted").failed, 1);
    let director = house.director("RTG");
    let submission = house.store.submission(&director, &id).expect("visible");
    assert_eq!(submission.state, SubmissionState::Refused);
    let status = house.store.submission_status(&director, &id).expect("visible");
    assert_eq!(status.state, JobState::Failed);
    assert!(status.error.is_some_and(|error| error.contains("three times")));
}

#[test]
fn four_workers_do_every_job_once() {
    let house = House::new();
    let jobs = 40;
    for number in 0..jobs {
        house.receive("RTG", "costs", &number.to_string());
    }
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let worker = house.worker();
                while let Some(lease) = house.store.lease_job(&worker, MINUTE).expect("asked") {
                    let outcome = CheckOutcome::Refused { found: Found::default() };
                    house.store.finish_check(&worker, &lease, &outcome).expect("finished");
                    done.lock().expect("a lock").push(lease.job().clone());
                }
            });
        }
    });
    let done = done.into_inner().expect("a lock");
    assert_eq!(done.len(), jobs);
    assert_eq!(done.iter().collect::<BTreeSet<_>>().len(), jobs);
}
