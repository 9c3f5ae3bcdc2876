use super::{House, MINUTE};
use crate::{
    Beside, JobKind, NewRun, NewScenario, Page, RunOutcome, RunState, ScenarioId, StoreError,
};

fn scenario(house: &House) -> ScenarioId {
    let new = NewScenario { name: " Hold the total ".to_owned(), toml: "x".to_owned() };
    house.store.create_scenario(&house.finance(), &new).expect("kept")
}

fn run_of(scenario: ScenarioId) -> NewRun {
    NewRun {
        scenario,
        edition: None,
        draws: Some(0),
        seed: None,
        beside: Beside::default(),
        idempotency_key: None,
    }
}

#[test]
fn a_run_is_a_job_and_ends_in_a_result() {
    let house = House::new();
    let new = run_of(scenario(&house));
    let early = house.store.create_run(&house.finance(), &new);
    assert!(matches!(early, Err(StoreError::Conflict(_))), "there is no edition");

    house.signed_off("", "providers", "p1");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    let worker = house.worker();
    let valuing = house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
    house.store.fail_job(&worker, &valuing, "the book has no services").expect("given up");
    let status = house.store.value_status(&house.finance(), 1).expect("there");
    assert_eq!(status.error.as_deref(), Some("the book has no services"));

    let id = house.store.create_run(&house.finance(), &new).expect("asked");
    let reads = house.finance();
    assert_eq!(house.store.run(&reads, &id).expect("there").state, RunState::Waiting);
    assert_eq!(house.store.run_result(&reads, &id).expect("there"), None);
    let lease = house.store.lease_job(&worker, MINUTE).expect("asked").expect("a job");
    assert_eq!(lease.kind(), &JobKind::RunScenario(id.clone()));
    let (run, toml) = house.store.run_to_compute(&worker, &id).expect("there");
    assert_eq!((run.edition, run.draws, toml.as_str()), (1, Some(0), "x"));
    let outcome = RunOutcome {
        status: "optimal".to_owned(),
        certified: true,
        result_json: "{\"status\":\"optimal\"}".to_owned(),
        frontier_json: Some("{}".to_owned()),
    };
    house.store.finish_run(&worker, &lease, &outcome).expect("stored");
    let run = house.store.run(&reads, &id).expect("there");
    assert_eq!((run.state, run.certified), (RunState::Done, Some(true)));
    assert_eq!(run.scenario_name, "Hold the total");
    let result = house.store.run_result(&reads, &id).expect("there");
    assert_eq!(result.as_deref(), Some("{\"status\":\"optimal\"}"));
    assert_eq!(house.store.run_frontier(&reads, &id).expect("there").as_deref(), Some("{}"));
    assert_eq!(house.store.runs(&reads, &Page::default()).expect("a list").items, [run]);
}

#[test]
fn the_same_key_again_is_the_same_run() {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    let mut new = run_of(scenario(&house));
    new.idempotency_key = Some("k".to_owned());
    let first = house.store.create_run(&house.finance(), &new).expect("asked");
    assert_eq!(house.store.create_run(&house.finance(), &new).expect("asked"), first);
    new.beside.frontier = true;
    let other = house.store.create_run(&house.finance(), &new);
    assert!(matches!(other, Err(StoreError::Conflict(_))), "{other:?}");
    new.beside.frontier = false;
    new.draws = Some(5);
    let other = house.store.create_run(&house.finance(), &new);
    assert!(matches!(other, Err(StoreError::Conflict(_))));
    new.idempotency_key = None;
    assert_ne!(house.store.create_run(&house.finance(), &new).expect("asked"), first);
    new.edition = Some(7);
    assert!(matches!(house.store.create_run(&house.finance(), &new), Err(StoreError::NotFound)));
}
