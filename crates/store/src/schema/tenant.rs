// Generated from migrations/tenant/sqlite: see migrations/README.md.

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at -> BigInt,
        person -> Text,
        action -> Text,
        subject -> Text,
        details -> Text,
        prev_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    edition_parts (edition, owner, table_name) {
        edition -> BigInt,
        owner -> Text,
        table_name -> Text,
        submission_id -> Text,
    }
}

diesel::table! {
    edition_values (edition) {
        edition -> BigInt,
        book_sha256 -> Text,
        value_json -> Text,
        computed_at -> BigInt,
    }
}

diesel::table! {
    editions (number) {
        number -> BigInt,
        parameters_sha256 -> Text,
        created_at -> BigInt,
        created_by -> Text,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        subject -> Text,
        payload -> Text,
        state -> Text,
        attempts -> BigInt,
        fence -> BigInt,
        lease_until -> Nullable<BigInt>,
        progress -> Double,
        message -> Text,
        error -> Nullable<Text>,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    runs (id) {
        id -> Text,
        scenario_id -> Text,
        edition -> BigInt,
        draws -> Nullable<BigInt>,
        seed -> Nullable<BigInt>,
        state -> Text,
        outcome -> Nullable<Text>,
        certified -> Nullable<Bool>,
        result_json -> Nullable<Text>,
        error -> Nullable<Text>,
        idempotency_key -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Text,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    scenarios (id) {
        id -> Text,
        name -> Text,
        toml -> Text,
        created_at -> BigInt,
        created_by -> Text,
    }
}

diesel::table! {
    submission_tables (submission_id, table_name) {
        submission_id -> Text,
        table_name -> Text,
        csv -> Binary,
        sha256 -> Text,
        row_count -> BigInt,
        total_pence -> Nullable<BigInt>,
    }
}

diesel::table! {
    submissions (id) {
        id -> Text,
        owner -> Text,
        table_name -> Text,
        version -> BigInt,
        file_name -> Text,
        file_sha256 -> Text,
        file_bytes -> BigInt,
        state -> Text,
        report -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Text,
        checked_at -> Nullable<BigInt>,
        submitted_at -> Nullable<BigInt>,
        submitted_by -> Nullable<Text>,
        signed_off_at -> Nullable<BigInt>,
        signed_off_by -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query! {
    audit,
    edition_parts,
    edition_values,
    editions,
    jobs,
    runs,
    scenarios,
    submission_tables,
    submissions,
}
