//! A check that does not end keeps nobody waiting.

use crate::support::{House, PROVIDERS};
use actix_web::rt::time::sleep;
use server::worker::round;
use std::fs;
use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

#[actix_web::test]
async fn others_are_answered_while_a_file_is_checked() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let answer = house.upload(&finance, "providers", PROVIDERS).await.expect(202);
    let place = answer.header("location").expect("a place").to_owned();

    // In place of the file stands a pipe: its check goes on until the last byte is written.
    let uploads = house.folder.path().join("uploads/QJ2");
    let mut waiting = uploads.read_dir().expect("a folder").map(|it| it.expect("a file").path());
    let file = waiting.next().expect("the file waits");
    fs::remove_file(&file).expect("removed");
    if !Command::new("mkfifo").arg(&file).status().is_ok_and(|status| status.success()) {
        println!("skipped: this machine makes no pipes");
        return;
    }
    let state = Arc::clone(&house.state);
    let worker = thread::spawn(move || round(&state, true));
    // Opening a pipe waits for its reader: the check has begun.
    let pipe = fs::File::options().write(true).open(&file);
    let mut pipe = pipe.expect("the check reads");
    let (first, rest) = PROVIDERS.split_at(20);
    pipe.write_all(first.as_bytes()).expect("written");

    house.get("", "/readyz").await.expect(200);
    house.get(&finance, "/submissions").await.expect(200);
    house.get(&finance, "/api/v1/editions").await.expect(200);
    house.upload(&finance, "funds", "fund,fin_year,amount_gbp,source\n").await.expect(202);
    let found = house.get(&finance, &place).await.expect(200).json();
    assert_eq!(
        (found["state"].as_str(), found["check"]["state"].as_str()),
        (Some("draft"), Some("working"))
    );
    let began = Instant::now();
    while !worker.is_finished() && began.elapsed() < Duration::from_millis(50) {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(!worker.is_finished(), "the check still waits for the rest");

    pipe.write_all(rest.as_bytes()).expect("written");
    drop(pipe);
    assert!(worker.join().expect("no panic").expect("a round"));
    assert_eq!(house.get(&finance, &place).await.expect(200).json()["state"], "checked");
}
