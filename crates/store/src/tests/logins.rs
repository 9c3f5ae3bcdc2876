//! What somebody who can run any SQL on a Board's connection gets of another Board: nothing.

use tenancy::{Operator, Role};
use tests::postgres::Database;

use super::House;
use crate::{Place, Store, StoreError};

/// The address by which the login of a Board connects.
fn board(house: &House, database: &Database, code: &str) -> String {
    let login = format!("{}_icb_{code}", database.name());
    address(house, database, &login)
}

fn address(house: &House, database: &Database, login: &str) -> String {
    let password = house.store.key().password_of(login);
    let url = database.url();
    let (scheme, rest) = url.split_once("://").expect("an address");
    let (_, rest) = rest.split_once('@').expect("a login");
    format!("{scheme}://{login}:{password}@{rest}")
}

fn two_boards() -> Option<House> {
    let house = House::on(Some(Database::new()?));
    house.signed_off("", "providers", "the secret of QJ2");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    Some(house)
}

#[test]
fn an_attackers_sql_brings_nothing_of_another_board_back() {
    let Some(house) = two_boards() else { return };
    let database = house.database.as_ref().expect("a database");
    let (own, other) = (board(&house, database, "QJ2"), board(&house, database, "QWO"));
    let seen = |url: &str, sql: &str| database.psql(url, sql);
    let table = "submission_tables";
    let secret = format!("SELECT convert_from(csv, 'UTF8') FROM {table}");
    assert_eq!(seen(&own, &secret).expect("its own"), "the secret of QJ2\n");
    assert_eq!(seen(&other, &secret).expect("its own, which is empty"), "");

    let foreign = format!("\"icb_QJ2\".{table}");
    let owner = seen(&own, "SELECT tableowner FROM pg_tables WHERE tablename = 'jobs' LIMIT 1");
    let owner = owner.expect("a name").trim().to_owned();
    let login = format!("{}_icb_QJ2", database.name());
    for attack in [
        format!("SELECT convert_from(csv, 'UTF8') FROM {foreign}"),
        format!("SELECT table_name FROM {table} UNION ALL SELECT sha256 FROM {foreign}"),
        format!("SELECT query_to_xml('SELECT * FROM {foreign}', true, false, '')"),
        format!("SELECT table_to_xml('{foreign}', true, false, '')"),
        "SELECT schema_to_xml('icb_QJ2', true, false, '')".to_owned(),
        format!("SELECT set_config('search_path', '\"icb_QJ2\"', false); {secret}"),
        format!("SET search_path TO \"icb_QJ2\"; {secret}"),
        format!("SET ROLE \"{login}\"; {secret}"),
        format!("SET SESSION AUTHORIZATION \"{login}\"; {secret}"),
        format!("SELECT set_config('role', '{login}', false); {secret}"),
        format!("SET ROLE \"{owner}\"; {secret}"),
        format!("COPY {foreign} TO STDOUT"),
        "COPY (SELECT 1) TO PROGRAM 'cat'".to_owned(),
        "SELECT pg_read_file('postgresql.conf')".to_owned(),
        format!("LOCK TABLE {foreign}"),
        format!("INSERT INTO {foreign} SELECT * FROM {table}"),
        format!("DELETE FROM {foreign}"),
        format!("DROP TABLE {foreign}"),
        format!("GRANT SELECT ON {foreign} TO PUBLIC"),
        "CREATE FUNCTION public.trap() RETURNS int LANGUAGE sql AS 'SELECT 1'".to_owned(),
        "CREATE TABLE trap (id int)".to_owned(),
        "CREATE TEMP TABLE trap (id int)".to_owned(),
        "CREATE EXTENSION dblink".to_owned(),
        format!("ALTER ROLE \"{login}\" PASSWORD 'known'"),
        "SELECT * FROM control.people".to_owned(),
        "SELECT rolpassword FROM pg_authid".to_owned(),
        format!("CREATE VIEW v AS SELECT * FROM {foreign}"),
        format!("SELECT lo_import('{foreign}')"),
        "DO $$ BEGIN EXECUTE 'SELECT count(*) FROM \"icb_QJ2\".editions'; END $$".to_owned(),
    ] {
        match seen(&other, &attack) {
            Ok(brought) => panic!("{attack} brought back {brought}"),
            Err(refused) => assert!(!refused.contains("secret"), "{attack}: {refused}"),
        }
    }
    // What the catalogue tells of statistics, running statements and large objects.
    for look in [
        "SELECT query FROM pg_stat_activity WHERE usename <> current_user",
        "SELECT most_common_vals::text FROM pg_stats WHERE schemaname = 'icb_QJ2'",
        "SELECT oid::text FROM pg_largeobject_metadata",
    ] {
        let brought = seen(&other, look).expect("allowed");
        assert!(!brought.contains("secret") && !brought.contains("SELECT"), "{look}: {brought}");
    }
    assert_eq!(seen(&own, &secret).expect("still there"), "the secret of QJ2\n");
}

#[test]
fn a_boards_login_may_not_undo_its_own_record() {
    let Some(house) = two_boards() else { return };
    let database = house.database.as_ref().expect("a database");
    let own = board(&house, database, "QJ2");
    for attack in [
        "UPDATE audit SET person = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "DELETE FROM editions",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_is_for_good ON audit",
        "SET session_replication_role = replica; DELETE FROM audit",
        "ALTER TABLE audit RENAME TO gone",
        "DELETE FROM __diesel_schema_migrations",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN RETURN NEW; END'",
    ] {
        assert!(database.psql(&own, attack).is_err(), "{attack}");
    }
    let who = house.who("QJ2", Role::IcbAdministrator, "");
    assert_eq!(house.store.verify_audit(&who).expect("read").broken, None);
}

#[test]
fn without_the_owner_a_database_is_used_but_not_set_up() {
    let Some(house) = two_boards() else { return };
    let database = house.database.as_ref().expect("a database");
    let url = database.url();
    let (scheme, rest) = url.split_once("://").expect("an address");
    let (_, rest) = rest.split_once('@').expect("a login");
    let place = Place { database_url: Some(format!("{scheme}://{rest}")), ..house.place() };
    let served = Store::open_at(&place).expect("opens");
    assert_eq!(served.latest_edition(&house.finance()).expect("read"), Some(1));
    let code = "QZZ".parse().expect("a code");
    let made = served.create_tenant(&Operator::from_command_line(), &code, "New");
    assert!(matches!(made, Err(StoreError::Invalid(why)) if why.contains("owner")));
    assert_eq!(served.tenants(&Operator::from_command_line()).expect("read").len(), 2);

    database.sql("DELETE FROM \"icb_QWO\".__diesel_schema_migrations WHERE version = '0001'");
    let served = Store::open_at(&place).expect("the others go on");
    assert_eq!(served.latest_edition(&house.finance()).expect("read"), Some(1));
    let aside = served.latest_edition(&house.who("QWO", Role::IcbFinance, ""));
    assert!(matches!(aside, Err(StoreError::Quarantined(why)) if why.contains("migrate")));
    database.sql("DELETE FROM control.__diesel_schema_migrations WHERE version = '0001'");
    assert!(matches!(Store::open_at(&place), Err(StoreError::Migration(_))));
}

#[test]
fn another_master_key_does_not_open_the_database() {
    let Some(house) = two_boards() else { return };
    let key = tenancy::MasterKey::generate().expect("a key");
    let place = Place { master_key: Some(key), ..house.place() };
    assert!(matches!(Store::open_at(&place), Err(StoreError::Unavailable(_))));
    assert_eq!(house.store.latest_edition(&house.finance()).expect("read"), Some(1));
}
