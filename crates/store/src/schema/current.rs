//! Proves the generated files current, or writes them anew with `UPDATE_SCHEMA=1`.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use std::fmt::Write;

use crate::connection::{CONTROL, Db, TENANT};

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct ColumnInfo {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
    #[diesel(sql_type = BigInt)]
    key: i64,
}

fn rust_type(kind: &str) -> &'static str {
    match kind {
        "TEXT" => "Text",
        "BIGINT" => "BigInt",
        "BLOB" => "Binary",
        "DOUBLE" => "Double",
        "BOOLEAN" => "Bool",
        other => panic!("no diesel type is chosen for {other}: add it here"),
    }
}

fn migrated(migrations: EmbeddedMigrations) -> Db {
    let mut db = Db::establish(":memory:").expect("a database");
    db.run_pending_migrations(migrations).expect("migrations run");
    db
}

fn tables(db: &mut Db) -> Vec<String> {
    let rows: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT LIKE '__diesel%' ORDER BY name",
    )
    .load(db)
    .expect("tables");
    rows.into_iter().map(|row| row.name).collect()
}

fn generated(folder: &str, migrations: EmbeddedMigrations) -> String {
    let mut db = migrated(migrations);
    let tables = tables(&mut db);
    let mut text = format!("// Generated from migrations/{folder}: see migrations/README.md.\n");
    for table in &tables {
        let columns: Vec<ColumnInfo> = diesel::sql_query(format!(
            "SELECT name, type AS kind, \"notnull\" AS required, pk AS key \
             FROM pragma_table_info('{table}') ORDER BY cid"
        ))
        .load(&mut db)
        .expect("columns");
        let mut keys: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
        keys.sort_by_key(|column| column.key);
        let keys: Vec<_> = keys.iter().map(|column| column.name.as_str()).collect();
        writeln!(text, "\ndiesel::table! {{\n    {table} ({}) {{", keys.join(", ")).expect("text");
        for column in &columns {
            let kind = rust_type(&column.kind);
            let kind = if column.required { kind.to_owned() } else { format!("Nullable<{kind}>") };
            writeln!(text, "        {} -> {kind},", column.name).expect("text");
        }
        text.push_str("    }\n}\n");
    }
    let all = tables.iter().fold(String::new(), |all, table| all + "    " + table + ",\n");
    write!(text, "\ndiesel::allow_tables_to_appear_in_same_query! {{\n{all}}}\n").expect("text");
    text
}

fn check(file: &str, stored: &str, now: &str) {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let path = format!("{}/src/schema/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, now).expect("the schema is written");
    } else {
        assert!(stored == now, "{file} is not what the migrations make: see migrations/README.md");
    }
}

#[test]
fn schema_is_current() {
    check("control.rs", include_str!("control.rs"), &generated("control/sqlite", CONTROL));
    check("tenant.rs", include_str!("tenant.rs"), &generated("tenant/sqlite", TENANT));
}

#[test]
fn migrations_can_be_undone_and_done_again() {
    for migrations in [CONTROL, TENANT] {
        let mut db = migrated(migrations);
        let before = tables(&mut db);
        assert!(before.len() > 3);
        db.revert_all_migrations(migrations_again(&before)).expect("down");
        assert_eq!(tables(&mut db), Vec::<String>::new());
        db.run_pending_migrations(migrations_again(&before)).expect("up again");
        assert_eq!(tables(&mut db), before);
    }
}

/// The migrations that made these tables.
fn migrations_again(tables: &[String]) -> EmbeddedMigrations {
    if tables.iter().any(|table| table == "people") { CONTROL } else { TENANT }
}
