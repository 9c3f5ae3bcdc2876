use super::House;
use crate::{
    AnswerText, AskedQuery, Found, NewAnswer, Query, StoreError, SubmissionId, SubmissionState,
};
use diesel::connection::SimpleConnection;

fn query(rule: &str, row: Option<u64>, key: Option<&str>) -> Query {
    Query {
        table: "costs".to_owned(),
        rule: rule.to_owned(),
        row,
        column: row.map(|_| "cost_gbp".to_owned()),
        key: key.map(str::to_owned),
        message: format!("look at {rule}"),
        occurrences: 1,
    }
}

fn answer(rule: &str, row: Option<u64>, text: AnswerText) -> NewAnswer {
    let (table, rule) = ("costs".to_owned(), rule.to_owned());
    NewAnswer { table, rule, row, column: row.map(|_| "cost_gbp".to_owned()), text }
}

fn written(text: &str) -> AnswerText {
    AnswerText::Written(text.to_owned())
}

impl House {
    /// Hands in costs in which the check asks this.
    fn asked(&self, content: &str, queries: Vec<Query>) -> SubmissionId {
        let id = self.receive("RTG", "costs", content).submission.id;
        let found = Found { report: "{}".to_owned(), queries, bad_rows: Vec::new() };
        self.check_finding(true, found);
        id
    }

    fn queries_of(&self, id: &SubmissionId) -> Vec<AskedQuery> {
        self.store.queries(&self.director("RTG"), id).expect("visible")
    }

    fn give(&self, id: &SubmissionId, new: &[NewAnswer]) -> Result<(), StoreError> {
        self.store.answer(&self.director("RTG"), id, new)
    }
}

fn texts(asked: &[AskedQuery]) -> Vec<Option<&str>> {
    asked.iter().map(|it| it.answer.as_ref().map(|answer| answer.text.as_str())).collect()
}

#[test]
fn nothing_is_signed_off_before_every_query_has_an_answer() {
    let house = House::new();
    let mut beyond = query("costs.jump", None, None);
    beyond.occurrences = 40;
    let id = house.asked(
        "a",
        vec![
            query("costs.negative", Some(4), None),
            query("costs.negative", Some(9), None),
            beyond,
        ],
    );
    let sign = || house.store.sign_off(&house.director("RTG"), &id);
    assert!(matches!(sign(), Err(StoreError::Unanswered(42))));
    house.give(&id, &[answer("costs.negative", Some(9), written(" A refund. "))]).expect("kept");
    house.give(&id, &[answer("costs.jump", None, written("A new ward."))]).expect("kept");
    assert_eq!(texts(&house.queries_of(&id)), [None, Some("A refund."), Some("A new ward.")]);
    assert!(matches!(sign(), Err(StoreError::Unanswered(1))));
    assert!(sign().expect_err("open").to_string().starts_with("queries without an answer: 1;"));

    // One answer for the rule; what was said of one row stays.
    house.give(&id, &[answer("costs.negative", None, written("Refunds."))]).expect("kept");
    assert_eq!(texts(&house.queries_of(&id))[..2], [Some("Refunds."), Some("A refund.")]);
    house.give(&id, &[answer("costs.negative", Some(9), written("Mended."))]).expect("kept");
    assert_eq!(texts(&house.queries_of(&id))[1], Some("Mended."), "the newest stands");
    assert_eq!(sign().expect("signed off").state, SubmissionState::SignedOff);
    let late = house.give(&id, &[answer("costs.negative", None, written("Late"))]);
    assert!(matches!(late, Err(StoreError::Conflict(_))));
}

#[test]
fn an_answer_is_to_a_query_and_in_plain_words() {
    let house = House::new();
    let id = house.asked("a", vec![query("costs.negative", Some(4), None)]);
    let long = "x".repeat(2_001);
    let cases = [
        answer("costs.negativ", None, written("x")),
        answer("costs.negative", Some(5), written("x")),
        answer("costs.negative", Some(4), written("  ")),
        answer("costs.negative", Some(4), written(&long)),
        answer("costs.negative", Some(4), written("a\u{0}b")),
        answer("costs.negative", Some(4), AnswerText::AsBefore),
    ];
    for case in cases {
        let good = answer("costs.negative", None, written("good"));
        let refused = house.give(&id, &[good, case.clone()]);
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{case:?}");
        assert_eq!(texts(&house.queries_of(&id)), [None], "all or none");
    }
    assert!(matches!(house.give(&id, &[]), Err(StoreError::Invalid(_))));
    house
        .give(&id, &[answer("costs.negative", Some(4), written(&"é".repeat(2_000)))])
        .expect("fits");

    let refused = house.receive("RTG", "costs", "bad").submission.id;
    let waiting = house.give(&refused, &[answer("costs.negative", None, written("x"))]);
    assert!(matches!(waiting, Err(StoreError::Conflict(_))), "not checked yet");
    house.check(false);
    let waiting = house.give(&refused, &[answer("costs.negative", None, written("x"))]);
    assert!(matches!(waiting, Err(StoreError::Conflict(_))), "not accepted");
}

#[test]
fn only_ones_own_organisation_answers_and_nobody_else_sees_a_draft() {
    let house = House::new();
    let id = house.asked("a", vec![query("costs.negative", Some(4), None)]);
    let new = [answer("costs.negative", None, written("x"))];
    let stranger = house.store.answer(&house.director("RFS"), &id, &new);
    assert!(matches!(stranger, Err(StoreError::NotFound)));
    assert!(matches!(house.store.queries(&house.director("RFS"), &id), Err(StoreError::NotFound)));
    assert!(matches!(house.store.queries(&house.finance(), &id), Err(StoreError::NotFound)));
    house.store.submit(&house.director("RTG"), &id).expect("shown");
    assert_eq!(house.store.queries(&house.finance(), &id).expect("submitted").len(), 1);
    let board = house.store.answer(&house.finance(), &id, &new);
    assert!(matches!(board, Err(StoreError::Forbidden(_))), "seen, but not the Board's to answer");
    house.give(&id, &new).expect("still before sign-off");
}

#[test]
fn the_same_query_of_a_later_version_is_offered_its_earlier_answer() {
    let house = House::new();
    let first = vec![
        query("costs.negative", Some(4), Some("RTG/110/2024-25")),
        query("costs.negative", Some(5), Some("RTG/320/2024-25")),
        query("costs.stale", None, None),
    ];
    let id = house.asked("a", first);
    let new = [
        answer("costs.negative", Some(4), written("A refund.")),
        answer("costs.negative", None, written("Corrections.")),
        answer("costs.stale", None, written("Year end.")),
    ];
    house.give(&id, &new).expect("kept");

    let later = vec![
        query("costs.negative", Some(77), Some("RTG/110/2024-25")),
        query("costs.negative", Some(4), Some("RTG/999/2024-25")),
        query("costs.negative", Some(5), Some("RTG/320/2024-25")),
        query("costs.stale", None, None),
    ];
    let id = house.asked("b", later.clone());
    let asked = house.queries_of(&id);
    let offered: Vec<_> = asked
        .iter()
        .map(|it| it.before.as_ref().map(|before| (before.version, before.answer.text.as_str())))
        .collect();
    let expected =
        [Some((1, "A refund.")), None, Some((1, "Corrections.")), Some((1, "Year end."))];
    assert_eq!(offered, expected, "by key where it is known, else by what is asked");
    assert_eq!(texts(&asked), [None; 4], "an offer is no answer");
    let open = house.store.sign_off(&house.director("RTG"), &id);
    assert!(matches!(open, Err(StoreError::Unanswered(4))));

    let confirm = [
        answer("costs.negative", Some(77), AnswerText::AsBefore),
        answer("costs.negative", Some(4), written("New.")),
        answer("costs.negative", Some(5), AnswerText::AsBefore),
        answer("costs.stale", None, AnswerText::AsBefore),
    ];
    house.give(&id, &confirm).expect("kept");
    let asked = house.queries_of(&id);
    let said = [Some("A refund."), Some("New."), Some("Corrections."), Some("Year end.")];
    assert_eq!(texts(&asked), said);
    let repeats = |it: &AskedQuery| it.answer.as_ref().is_some_and(|it| it.confirms.is_some());
    assert_eq!(asked.iter().map(repeats).collect::<Vec<_>>(), [true, false, true, true]);
    house.store.sign_off(&house.director("RTG"), &id).expect("signed off");

    // Another organisation is offered nothing of it.
    let theirs = house.receive("RFS", "costs", "c").submission.id;
    let found = Found { report: String::new(), queries: later, bad_rows: Vec::new() };
    house.check_finding(true, found);
    let asked = house.store.queries(&house.director("RFS"), &theirs).expect("visible");
    assert!(asked.iter().all(|it| it.before.is_none()));
}

#[test]
fn answers_and_findings_are_never_changed() {
    let house = House::new();
    let id = house.asked("a", vec![query("costs.negative", Some(4), None)]);
    house.give(&id, &[answer("costs.negative", None, written("x"))]).expect("kept");
    let code = "QJ2".parse().expect("a code");
    let mut db = house.store.tenant(&code).expect("a connection");
    for table in ["answers", "submission_queries"] {
        assert!(db.batch_execute(&format!("DELETE FROM {table}")).is_err(), "{table}");
        let change = format!("UPDATE {table} SET rule = 'x'");
        assert!(db.batch_execute(&change).is_err(), "{table}");
    }
}
