// Generated from migrations/tenant/sqlite: see migrations/README.md.

diesel::table! {
    agreements (number) {
        number -> BigInt,
        purpose -> Text,
        starts_on -> Text,
        ends_on -> Text,
        recorded_at -> BigInt,
        recorded_by -> Text,
    }
}

diesel::table! {
    answers (id) {
        id -> Text,
        submission_id -> Text,
        table_name -> Text,
        rule -> Text,
        row_number -> Nullable<BigInt>,
        column_name -> Nullable<Text>,
        text -> Text,
        confirms -> Nullable<Text>,
        answered_at -> BigInt,
        answered_by -> Text,
    }
}

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
    audit_head (id) {
        id -> BigInt,
        seq -> BigInt,
        hash -> Text,
        mark -> Text,
    }
}

diesel::table! {
    dispute_decisions (dispute_id) {
        dispute_id -> Text,
        state -> Text,
        reason -> Text,
        decided_at -> BigInt,
        decided_by -> Text,
    }
}

diesel::table! {
    dispute_files (dispute_id, sha256) {
        dispute_id -> Text,
        sha256 -> Text,
        file_name -> Text,
        media_type -> Text,
        file_bytes -> BigInt,
        added_at -> BigInt,
        added_by -> Text,
    }
}

diesel::table! {
    dispute_results (dispute_id) {
        dispute_id -> Text,
        result_json -> Nullable<Text>,
        error -> Nullable<Text>,
        computed_at -> BigInt,
    }
}

diesel::table! {
    disputes (id) {
        id -> Text,
        edition -> BigInt,
        provider -> Text,
        service -> Text,
        table_name -> Text,
        column_name -> Text,
        row_key -> Nullable<Text>,
        claim -> Text,
        proposed_value -> Nullable<Text>,
        evidence -> Text,
        scenario_id -> Nullable<Text>,
        raised_for -> Text,
        created_at -> BigInt,
        created_by -> Text,
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
        evidence_json -> Nullable<Text>,
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
    releases (id) {
        id -> Text,
        edition -> BigInt,
        purpose -> Text,
        content -> Binary,
        content_sha256 -> Text,
        cells -> Text,
        created_at -> BigInt,
        created_by -> Text,
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
        beside -> Nullable<Text>,
        frontier_json -> Nullable<Text>,
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
    submission_bad_rows (submission_id, table_name) {
        submission_id -> Text,
        table_name -> Text,
        csv -> Binary,
    }
}

diesel::table! {
    submission_queries (submission_id, number) {
        submission_id -> Text,
        number -> BigInt,
        table_name -> Text,
        rule -> Text,
        row_number -> Nullable<BigInt>,
        column_name -> Nullable<Text>,
        business_key -> Nullable<Text>,
        message -> Text,
        occurrences -> BigInt,
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
    agreements,
    answers,
    audit,
    audit_head,
    dispute_decisions,
    dispute_files,
    dispute_results,
    disputes,
    edition_parts,
    edition_values,
    editions,
    jobs,
    releases,
    runs,
    scenarios,
    submission_bad_rows,
    submission_queries,
    submission_tables,
    submissions,
}
