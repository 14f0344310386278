-- Browsers in which an account has signed in. Their failed sign-ins are counted apart, so that guesses from elsewhere
-- do not lock the owner out.

create table devices (
  secret_hash bytea constraint devices_pkey primary key,
  account_id bigint not null constraint devices_account_fkey references accounts,
  failed_logins integer not null default 0,
  locked_until timestamptz,
  used_at timestamptz not null default now(),
  constraint devices_secret_hash_check check (octet_length(secret_hash) = 32),
  constraint devices_failed_logins_check check (failed_logins >= 0)
);
create index devices_account_idx on devices (account_id);
comment on table devices is 'Browsers in which an account has signed in; forgotten a year after their last use.';
comment on column devices.secret_hash is 'SHA-256 of the cookie. It opens nothing without the password.';
