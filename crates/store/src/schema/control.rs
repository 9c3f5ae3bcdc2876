// Generated from migrations/control/sqlite: see migrations/README.md.

diesel::table! {
    api_tokens (token_hash) {
        token_hash -> Text,
        id -> Text,
        person_id -> Text,
        tenant -> Text,
        name -> Text,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_on -> Nullable<BigInt>,
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
    invitations (id) {
        id -> Text,
        tenant -> Text,
        token_hash -> Text,
        email -> Text,
        role -> Text,
        provider -> Nullable<Text>,
        invited_by -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        accepted_by -> Nullable<Text>,
        withdrawn_at -> Nullable<BigInt>,
        withdrawn_by -> Nullable<Text>,
    }
}

diesel::table! {
    memberships (person_id, tenant) {
        person_id -> Text,
        tenant -> Text,
        role -> Text,
        provider -> Nullable<Text>,
        created_at -> BigInt,
        last_signed_in_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    pending_sign_ins (token_hash) {
        token_hash -> Text,
        person_id -> Text,
        tenant -> Nullable<Text>,
        address_mark -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    people (id) {
        id -> Text,
        email -> Text,
        display_name -> Text,
        password_hash -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    platform_operators (person_id) {
        person_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    recovery_codes (code_hash) {
        code_hash -> Text,
        person_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    second_factors (person_id) {
        person_id -> Text,
        sealed_secret -> Text,
        last_step -> Nullable<BigInt>,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        id -> Text,
        person_id -> Text,
        tenant -> Nullable<Text>,
        device -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sign_in_attempts (address_mark) {
        address_mark -> Text,
        wrong -> BigInt,
        last_at -> BigInt,
        wait_until -> BigInt,
    }
}

diesel::table! {
    tenants (code) {
        code -> Text,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query! {
    api_tokens,
    audit,
    audit_head,
    invitations,
    memberships,
    pending_sign_ins,
    people,
    platform_operators,
    recovery_codes,
    second_factors,
    sessions,
    sign_in_attempts,
    tenants,
}
