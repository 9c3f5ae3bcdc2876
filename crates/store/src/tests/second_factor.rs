use super::{House, MINUTE};
use crate::{Begun, PENDING_LIMIT, Session, StoreError};
use std::time::Duration;
use tenancy::{InPerson, Operator, RecoveryCode, Role, SessionToken, SignIn, TotpSecret};

const STEP: Duration = Duration::from_secs(30);

/// The code that a phone with this secret shows by the house's clock.
fn code(house: &House, secret: &TotpSecret) -> String {
    secret.code_at(house.now().div_euclid(1_000_000))
}

/// Sets a second factor up: who, their session, the secret and the recovery codes.
fn enrolled(house: &House) -> (InPerson, Session, TotpSecret, Vec<RecoveryCode>) {
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    let (_, session, who) = house.sign_in("jo@example.org");
    house.store.begin_second_factor(&who).expect("begun");
    let secret = house.store.unconfirmed_secret(&who).expect("asked").expect("waits");
    let code = code(house, &secret);
    let codes = house.store.confirm_second_factor(&who, &session.id, &code).expect("asked");
    (who, session, secret, codes.expect("the right code"))
}

fn begins(house: &House, code: &str) -> bool {
    match house.try_sign_in("jo@example.org", Some(code)) {
        Begun::Session(..) => true,
        Begun::CodeWrong => false,
        Begun::CodeNeeded => panic!("a code was given"),
    }
}

#[test]
fn a_factor_is_asked_for_once_it_is_confirmed() {
    let house = House::new();
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    let (elsewhere, ..) = house.sign_in("jo@example.org");
    let (here, session, who) = house.sign_in("jo@example.org");
    assert_eq!(house.store.second_factor(&who).expect("asked"), Default::default());
    let none = house.store.confirm_second_factor(&who, &session.id, "123456");
    assert!(matches!(none, Err(StoreError::Conflict(_))), "nothing to confirm");

    house.store.begin_second_factor(&who).expect("begun");
    house.sign_in("jo@example.org");
    let wrong = house.store.confirm_second_factor(&who, &session.id, "12345").expect("asked");
    assert!(wrong.is_none());
    let first = house.store.unconfirmed_secret(&who).expect("asked").expect("waits");
    house.store.begin_second_factor(&who).expect("begun anew");
    let secret = house.store.unconfirmed_secret(&who).expect("asked").expect("waits");
    assert_ne!(first, secret);
    let right = code(&house, &secret);
    let codes = house.store.confirm_second_factor(&who, &session.id, &right).expect("asked");
    assert_eq!(codes.expect("right").len(), 10);

    assert!(house.alive(&here) && !house.alive(&elsewhere), "other sessions end");
    assert!(house.store.unconfirmed_secret(&who).expect("asked").is_none(), "never shown again");
    let again = house.store.begin_second_factor(&who);
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    let set = house.store.second_factor(&who).expect("asked");
    assert!(set.since.is_some() && set.recovery_codes == 10);
    assert!(matches!(house.try_sign_in("jo@example.org", None), Begun::CodeNeeded));
    assert!(matches!(house.try_sign_in("jo@example.org", Some(" ")), Begun::CodeNeeded));
}

#[test]
fn a_code_is_taken_once_and_never_out_of_order() {
    let house = House::new();
    let (_, _, secret, _) = enrolled(&house);
    let used = code(&house, &secret);
    assert!(!begins(&house, &used), "the code that confirmed it");
    house.later(STEP);
    let next = code(&house, &secret);
    assert!(begins(&house, &next));
    assert!(!begins(&house, &next), "a second time");
    assert!(!begins(&house, &used), "an earlier one");
    house.later(STEP);
    let late = code(&house, &secret);
    house.later(STEP);
    assert!(begins(&house, &late), "half a minute late");
    let missed = code(&house, &secret);
    house.later(2 * STEP);
    assert!(!begins(&house, &missed), "a minute late");
    assert!(!begins(&house, "rubbish"));
}

#[test]
fn a_recovery_code_lets_in_once_and_a_new_set_replaces_the_old() {
    let house = House::new();
    let (who, _, secret, old) = enrolled(&house);
    assert!(begins(&house, &old[0].reveal()));
    assert!(!begins(&house, &old[0].reveal()), "a second time");
    assert!(begins(&house, &old[1].reveal().to_lowercase().replace('-', " ")));
    assert_eq!(house.store.second_factor(&who).expect("asked").recovery_codes, 8);

    assert!(house.store.replace_recovery_codes(&who, "000").expect("asked").is_none());
    house.later(STEP);
    let right = code(&house, &secret);
    let new = house.store.replace_recovery_codes(&who, &right).expect("asked").expect("right");
    assert_eq!(new.len(), 10);
    assert!(!begins(&house, &old[2].reveal()), "of the old set");
    assert!(begins(&house, &new[0].reveal()));

    house.person("QJ2", "al@example.org", Role::IcbFinance, None);
    let (_, _, al) = house.sign_in("al@example.org");
    let none = house.store.replace_recovery_codes(&al, &new[1].reveal());
    assert!(matches!(none, Err(StoreError::Conflict(_))), "another's is of no use");
}

#[test]
fn a_factor_goes_with_the_password_and_a_code() {
    let house = House::new();
    let (who, session, secret, codes) = enrolled(&house);
    house.later(STEP);
    let Begun::Session(elsewhere, _) =
        house.try_sign_in("jo@example.org", Some(&code(&house, &secret)))
    else {
        panic!("no session")
    };
    let verified = house.verified("jo@example.org");
    let remove = |code: &str| {
        house.store.remove_second_factor(&who, &verified, &session.id, code).expect("asked")
    };
    assert!(!remove("") && !remove("123"));
    assert!(house.alive(&elsewhere));
    assert!(remove(&codes[0].reveal()));
    assert!(!house.alive(&elsewhere));
    assert_eq!(house.store.second_factor(&who).expect("asked"), Default::default());
    house.sign_in("jo@example.org");
}

#[test]
fn the_operator_helps_who_lost_the_phone() {
    let house = House::new();
    let (who, _, _, _) = enrolled(&house);
    let operator = Operator::from_command_line();
    let email = "jo@example.org".parse().expect("an address");
    house.store.reset_second_factor(&operator, &email).expect("reset");
    assert_eq!(house.store.own_sessions(&who).expect("listed"), []);
    house.sign_in("jo@example.org");
    let again = house.store.reset_second_factor(&operator, &email);
    assert!(matches!(again, Err(StoreError::Conflict(_))));
}

fn waits(house: &House) -> SessionToken {
    let door = SignIn::begin();
    let verified = house.verified("jo@example.org");
    let mark = house.store.address_mark(&door, "jo@example.org");
    house.store.wait_for_code(&door, &verified, None, &mark).expect("waits")
}

#[test]
fn a_right_password_waits_five_minutes_for_its_code_and_is_used_once() {
    let house = House::new();
    let (_, _, secret, codes) = enrolled(&house);
    let door = SignIn::begin();
    let give = |token: &SessionToken, code: &str| {
        house.store.give_code(&door, &token.hash(), "Firefox on Linux", code)
    };
    let token = waits(&house);
    let mark = house.store.waiting_for_code(&door, &token.hash()).expect("waits");
    assert_eq!(mark, house.store.address_mark(&door, " JO@example.org "));
    assert!(matches!(give(&token, "123").expect("asked"), Begun::CodeWrong));
    house.later(STEP);
    let right = code(&house, &secret);
    assert!(matches!(give(&token, &right).expect("asked"), Begun::Session(..)));
    let again = give(&token, &codes[0].reveal());
    assert!(matches!(again, Err(StoreError::NotFound)), "used");

    let late = waits(&house);
    house.later(PENDING_LIMIT);
    let over = give(&late, &codes[0].reveal());
    assert!(matches!(over, Err(StoreError::NotFound)), "too late");
    assert!(house.store.waiting_for_code(&door, &late.hash()).is_err());

    let changed = waits(&house);
    let operator = Operator::from_command_line();
    let email = "jo@example.org".parse().expect("an address");
    house.store.reset_second_factor(&operator, &email).expect("reset");
    let stale = give(&changed, &codes[1].reveal());
    assert!(matches!(stale, Err(StoreError::NotFound)), "what it waited for has changed");
    house.later(MINUTE);
}

#[test]
fn nothing_secret_is_kept_as_it_is() {
    let house = House::new();
    let (_, _, secret, codes) = enrolled(&house);
    let token = waits(&house);
    let mut all = Vec::new();
    for file in ["control.sqlite", "control.sqlite-wal"] {
        all.extend(std::fs::read(house.folder.path().join(file)).unwrap_or_default());
    }
    let tables = ["people", "second_factors", "recovery_codes", "pending_sign_ins", "audit"];
    for table in house.database.iter().flat_map(|_| tables) {
        let rows = format!("SELECT kept::text FROM control.{table} kept");
        all.extend(house.database.as_ref().expect("a database").sql(&rows).into_bytes());
    }
    let holds = |part: &[u8]| all.windows(part.len()).any(|window| window == part);
    assert!(holds(b"jo@example.org"), "the file is read");
    assert!(!holds(secret.bytes()) && !holds(secret.reveal().as_bytes()));
    assert!(!holds(token.reveal().as_bytes()));
    for code in codes {
        assert!(!holds(code.reveal().as_bytes()));
        assert!(!holds(code.reveal().replace('-', "").as_bytes()));
    }
}
