-- A second factor of accounts, when a session last proved who it is, and where notices go.

alter table accounts
  add column mail text,
  add column second_factor_required boolean not null default false,
  add constraint accounts_mail_check check (length(mail) between 3 and 200);
comment on column accounts.mail is 'Where notices of new sign-ins and tokens go; null for none.';
comment on column accounts.second_factor_required is 'Without a second factor, its sessions may only set one up.';

alter table sessions add column confirmed_at timestamptz not null default now();
update sessions set confirmed_at = created_at;
comment on column sessions.confirmed_at is 'When the password, and the code, were last given in it.';

create table second_factors (
  account_id bigint constraint second_factors_pkey primary key constraint second_factors_account_fkey references accounts,
  secret bytea not null,
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  constraint second_factors_secret_check check (octet_length(secret) = 20)
);
comment on table second_factors is 'Authenticators (RFC 6238: SHA-1, six digits, 30 seconds).';
comment on column second_factors.confirmed_at is 'When the first code was given; null while that is awaited, and then it does not count.';
comment on column second_factors.last_step is 'The time of the last code that was taken, in steps of 30 seconds: no code works twice.';

create table recovery_codes (
  secret_hash bytea constraint recovery_codes_pkey primary key,
  account_id bigint not null constraint recovery_codes_account_fkey references accounts,
  used_at timestamptz,
  constraint recovery_codes_secret_hash_check check (octet_length(secret_hash) = 32)
);
create index recovery_codes_account_idx on recovery_codes (account_id);
comment on table recovery_codes is 'Codes that stand in for an authenticator, each once.';
comment on column recovery_codes.secret_hash is 'SHA-256 of 80 random bits.';
