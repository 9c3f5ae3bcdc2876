//! Proves the generated files current, or writes them anew with `UPDATE_SCHEMA=1`; and that both
//! kinds of database have the same tables.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_migrations::MigrationHarness;
use std::collections::BTreeSet;
use std::fmt::Write;
use tests::postgres::Database;

use crate::backup::LEFT_OUT;
use crate::connection::{Kind, Side};

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName, Debug, PartialEq)]
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
        "TEXT" | "text" => "Text",
        "BIGINT" | "bigint" => "BigInt",
        "BLOB" | "bytea" => "Binary",
        "DOUBLE" | "double precision" => "Double",
        "BOOLEAN" | "boolean" => "Bool",
        other => panic!("no diesel type is chosen for {other}: add it here"),
    }
}

fn file(side: Side) -> SqliteConnection {
    let mut db = SqliteConnection::establish(":memory:").expect("a database");
    db.run_pending_migrations(side.migrations(Kind::Sqlite)).expect("migrations run");
    db
}

fn tables(db: &mut SqliteConnection) -> Vec<String> {
    let rows: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT LIKE '__diesel%' ORDER BY name",
    )
    .load(db)
    .expect("tables");
    rows.into_iter().map(|row| row.name).collect()
}

fn columns(db: &mut SqliteConnection, table: &str) -> Vec<ColumnInfo> {
    diesel::sql_query(format!(
        "SELECT name, type AS kind, \"notnull\" AS required, pk AS key \
         FROM pragma_table_info('{table}') ORDER BY cid"
    ))
    .load(db)
    .expect("columns")
}

/// The tables as diesel is told of them.
fn written(tables: &[(String, Vec<ColumnInfo>)]) -> String {
    let mut text = String::new();
    for (table, columns) in tables {
        let mut keys: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
        keys.sort_by_key(|column| column.key);
        let keys: Vec<_> = keys.iter().map(|column| column.name.as_str()).collect();
        writeln!(text, "\ndiesel::table! {{\n    {table} ({}) {{", keys.join(", ")).expect("text");
        for column in columns {
            let kind = rust_type(&column.kind);
            let kind = if column.required { kind.to_owned() } else { format!("Nullable<{kind}>") };
            writeln!(text, "        {} -> {kind},", column.name).expect("text");
        }
        text.push_str("    }\n}\n");
    }
    let all = tables.iter().fold(String::new(), |all, (table, _)| all + "    " + table + ",\n");
    write!(text, "\ndiesel::allow_tables_to_appear_in_same_query! {{\n{all}}}\n").expect("text");
    text
}

fn of_file(side: Side) -> String {
    let mut db = file(side);
    let names = tables(&mut db);
    let all: Vec<_> =
        names.into_iter().map(|name| (name.clone(), columns(&mut db, &name))).collect();
    written(&all)
}

fn generated(folder: &str, side: Side) -> String {
    format!("// Generated from migrations/{folder}: see migrations/README.md.\n{}", of_file(side))
}

/// Each table's rows as a backup keeps them.
fn rows(folder: &str, side: Side) -> String {
    let mut db = file(side);
    let module = match side {
        Side::Control => "control",
        Side::Tenant => "tenant",
    };
    let mut text = format!(
        "// Generated from migrations/{folder}: see migrations/README.md.\n\n\
         use diesel::prelude::*;\nuse serde::{{Deserialize, Serialize}};\n\n\
         use super::{module};\nuse crate::backup::row;\nuse crate::connection::Backend;\n"
    );
    for table in tables(&mut db).into_iter().filter(|it| !LEFT_OUT.contains(&it.as_str())) {
        let columns = columns(&mut db, &table);
        let name: String = table.split('_').map(capital).collect();
        write!(
            text,
            "\n#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]\n\
             #[diesel(table_name = {module}::{table}, check_for_backend(Backend))]\n\
             pub(crate) struct {name} {{\n"
        )
        .expect("text");
        for column in &columns {
            let (attribute, kind) = match rust_type(&column.kind) {
                "Text" => ("", "String"),
                "BigInt" => ("", "i64"),
                "Binary" => ("    #[serde(with = \"serde_bytes\")]\n", "Vec<u8>"),
                "Double" => ("", "f64"),
                _ => ("", "bool"),
            };
            let kind = if column.required { kind.to_owned() } else { format!("Option<{kind}>") };
            writeln!(text, "{attribute}    {}: {kind},", column.name).expect("text");
        }
        let mut keys: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
        keys.sort_by_key(|column| column.key);
        let keys = keys.iter().map(|column| format!("{module}::{table}::{}", column.name));
        let keys: Vec<_> = keys.collect();
        let keys = keys.join(", ");
        let keys = if keys.contains(", ") { format!("({keys})") } else { keys };
        write!(text, "}}\n\nrow! {{ {name}, {module}::{table}, {keys} }}\n").expect("text");
    }
    text
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
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
    check("control.rs", include_str!("control.rs"), &generated("control/sqlite", Side::Control));
    check("tenant.rs", include_str!("tenant.rs"), &generated("tenant/sqlite", Side::Tenant));
    let (control, tenant) = ("control_rows.rs", "tenant_rows.rs");
    check(control, include_str!("control_rows.rs"), &rows("control/sqlite", Side::Control));
    check(tenant, include_str!("tenant_rows.rs"), &rows("tenant/sqlite", Side::Tenant));
}

#[test]
fn migrations_can_be_undone_and_done_again() {
    for side in [Side::Control, Side::Tenant] {
        let mut db = file(side);
        let before = tables(&mut db);
        assert!(before.len() > 3);
        db.revert_all_migrations(side.migrations(Kind::Sqlite)).expect("down");
        assert_eq!(tables(&mut db), Vec::<String>::new());
        db.run_pending_migrations(side.migrations(Kind::Sqlite)).expect("up again");
        assert_eq!(tables(&mut db), before);
    }
}

fn of_server(db: &mut PgConnection, schema: &str) -> Vec<(String, Vec<ColumnInfo>)> {
    let names: Vec<Name> = diesel::sql_query(format!(
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = '{schema}' \
         AND tablename <> 'gate' AND tablename NOT LIKE '\\_\\_diesel%' \
         ORDER BY tablename COLLATE \"C\""
    ))
    .load(db)
    .expect("tables");
    let columns = |db: &mut PgConnection, table: &str| -> Vec<ColumnInfo> {
        diesel::sql_query(format!(
            "SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS kind, \
                 a.attnotnull AS required, \
                 coalesce(array_position(i.indkey::smallint[], a.attnum) + 1, 0)::bigint AS key \
             FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary \
             WHERE a.attrelid = '{schema}.{table}'::regclass AND a.attnum > 0 \
                 AND NOT a.attisdropped ORDER BY a.attnum"
        ))
        .load(db)
        .expect("columns")
    };
    names.into_iter().map(|row| (row.name.clone(), columns(db, &row.name))).collect()
}

#[test]
fn both_kinds_of_database_have_the_same_tables() {
    let Some(database) = Database::new() else { return };
    let mut db = PgConnection::establish(&database.url()).expect("a connection");
    for (side, schema) in [(Side::Control, "a"), (Side::Tenant, "b")] {
        db.batch_execute(&format!("CREATE SCHEMA {schema}; SET search_path TO {schema}"))
            .expect("a schema");
        let migrations = || side.migrations(Kind::Postgres);
        db.run_pending_migrations(migrations()).expect("up");
        assert_eq!(written(&of_server(&mut db, schema)), of_file(side));
        db.revert_all_migrations(migrations()).expect("down");
        assert_eq!(of_server(&mut db, schema), Vec::new());
        db.run_pending_migrations(migrations()).expect("up again");
        assert_eq!(written(&of_server(&mut db, schema)), of_file(side));
        let texts: Vec<Name> = diesel::sql_query(format!(
            "SELECT table_name || '.' || column_name AS name FROM information_schema.columns \
             WHERE table_schema = '{schema}' AND data_type = 'text' \
             AND collation_name IS DISTINCT FROM 'C'"
        ))
        .load(&mut db)
        .expect("columns");
        let texts: Vec<_> = texts.into_iter().map(|row| row.name).collect();
        assert_eq!(texts, Vec::<String>::new(), "text is ordered as files order it: by its bytes");
    }
}

#[test]
fn both_kinds_of_database_have_migrations_of_the_same_names() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    for side in ["control", "tenant"] {
        let names = |kind: &str| -> BTreeSet<_> {
            let folders = std::fs::read_dir(format!("{root}/{side}/{kind}")).expect("a folder");
            folders.map(|entry| entry.expect("an entry").file_name()).collect()
        };
        assert!(names("sqlite").len() > 3);
        assert_eq!(names("postgres"), names("sqlite"), "{side}");
    }
}

/// What may not be changed: the tables and the sentence that says so.
fn kept(sql: &str) -> Vec<(String, String)> {
    let statements = sql.split("CREATE TRIGGER ").skip(1);
    let mut kept: Vec<(String, String)> = statements
        .map(|statement| {
            let table = statement.split(" ON ").nth(1).expect("a table");
            let table = table.split_whitespace().next().expect("a table");
            let sentence = statement.split('\'').nth(1).expect("a sentence");
            (table.to_owned(), sentence.to_owned())
        })
        .collect();
    kept.sort();
    kept.dedup_by(|one, other| one.0 == other.0);
    kept
}

#[test]
fn both_kinds_of_database_keep_the_same_tables_for_good() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    for side in ["control", "tenant"] {
        let of = |kind: &str| {
            let folder = format!("{root}/{side}/{kind}");
            let mut names: Vec<_> = std::fs::read_dir(folder)
                .expect("a folder")
                .map(|entry| entry.expect("an entry").path().join("up.sql"))
                .collect();
            names.sort();
            let read = |path| std::fs::read_to_string(path).expect("a migration");
            kept(&names.into_iter().map(read).collect::<String>())
        };
        let names =
            |kept: Vec<(String, String)>| kept.into_iter().map(|it| it.0).collect::<Vec<_>>();
        let on_files = names(of("sqlite"));
        assert!(!on_files.is_empty());
        assert_eq!(names(of("postgres")), on_files);
    }
}
