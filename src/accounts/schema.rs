//! The tables of accounts and of the audit trail.

diesel::table! {
    accounts (id) {
        id -> BigInt,
        username -> Text,
        display_name -> Nullable<Text>,
        organisation -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Timestamptz>,
        failed_logins -> Integer,
        locked_until -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        mail -> Nullable<Text>,
        second_factor_required -> Bool,
        created_at -> Timestamptz,
        created_by -> Text,
    }
}

diesel::table! {
    grants (id) {
        id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        unit_code -> Nullable<Text>,
        unit_on -> Nullable<Date>,
        operators -> Nullable<Array<Text>>,
        collections -> Nullable<Array<Text>>,
        starts_on -> Date,
        expires_on -> Nullable<Date>,
        note -> Nullable<Text>,
        communes -> Nullable<Array<BigInt>>,
        hamlets -> Nullable<Array<BigInt>>,
        needs_review -> Bool,
        created_at -> Timestamptz,
        created_by -> Text,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Text>,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        account_id -> BigInt,
        name -> Text,
        secret_hash -> Binary,
        role -> Nullable<Text>,
        unit_code -> Nullable<Text>,
        unit_on -> Nullable<Date>,
        communes -> Nullable<Array<BigInt>>,
        hamlets -> Nullable<Array<BigInt>>,
        operators -> Nullable<Array<Text>>,
        collections -> Nullable<Array<Text>>,
        sees_restricted -> Bool,
        addresses -> Nullable<Array<Text>>,
        unconditional_writes -> Bool,
        old_secret_hash -> Nullable<Binary>,
        old_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        account_id -> BigInt,
        secret_hash -> Binary,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        confirmed_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
    }
}

diesel::table! {
    second_factors (account_id) {
        account_id -> BigInt,
        secret -> Binary,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_codes (secret_hash) {
        secret_hash -> Binary,
        account_id -> BigInt,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    devices (secret_hash) {
        secret_hash -> Binary,
        account_id -> BigInt,
        failed_logins -> Integer,
        locked_until -> Nullable<Timestamptz>,
        used_at -> Timestamptz,
    }
}

diesel::table! {
    password_links (secret_hash) {
        secret_hash -> Binary,
        account_id -> BigInt,
        created_by -> Text,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        at -> Timestamptz,
        actor -> Text,
        action -> Text,
        collection -> Nullable<Text>,
        detail -> Jsonb,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::joinable!(grants -> accounts (account_id));
diesel::joinable!(tokens -> accounts (account_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(password_links -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(accounts, grants, tokens, sessions, password_links);

/// A timestamp that is null.
pub const NEVER: Option<chrono::DateTime<chrono::Utc>> = None;
