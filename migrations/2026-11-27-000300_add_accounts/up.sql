-- Who may do what: accounts, their grants, their credentials, and the audit trail.

create table accounts (
  id bigint generated always as identity constraint accounts_pkey primary key,
  username text not null,
  display_name text,
  organisation text,
  password_hash text,
  password_changed_at timestamptz,
  failed_logins integer not null default 0,
  locked_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint accounts_username_key unique (username),
  constraint accounts_username_check check (username ~ '^[a-z0-9][a-z0-9._@-]{1,59}$'),
  constraint accounts_display_name_check check (length(display_name) between 1 and 200),
  constraint accounts_organisation_check check (length(organisation) between 1 and 200),
  constraint accounts_password_hash_check check (password_hash like '$argon2id$%'),
  constraint accounts_password_changed_check check (password_hash is null or password_changed_at is not null),
  constraint accounts_failed_logins_check check (failed_logins >= 0)
);
comment on table accounts is 'People and programs that may sign in; never removed, so that history keeps its names.';
comment on column accounts.organisation is 'The source_org of the records that the account registers, unless a record names another.';
comment on column accounts.password_hash is 'argon2id as a PHC string; null while the account has no password.';
comment on column accounts.failed_logins is 'Failures in a row; each doubles the time until locked_until.';

create table grants (
  id bigint generated always as identity constraint grants_pkey primary key,
  account_id bigint not null constraint grants_account_fkey references accounts,
  role text not null,
  unit_code text,
  unit_on date,
  operators text[],
  collections text[],
  starts_on date not null default current_date,
  expires_on date,
  note text,
  communes bigint[],
  hamlets bigint[],
  needs_review boolean not null default false,
  created_at timestamptz not null default now(),
  created_by text not null,
  revoked_at timestamptz,
  revoked_by text,
  constraint grants_role_check check (role in ('viewer', 'editor', 'administrator')),
  constraint grants_unit_check check ((unit_code is null) = (unit_on is null)),
  constraint grants_operators_check check (cardinality(operators) > 0),
  constraint grants_collections_check check (cardinality(collections) > 0),
  constraint grants_expiry_check check (expires_on > starts_on),
  constraint grants_scope_check check ((unit_code is null) = (communes is null) and (unit_code is null) = (hamlets is null)),
  constraint grants_revoked_check check ((revoked_at is null) = (revoked_by is null))
);
comment on table grants is 'What an account may do, and where. A null unit, list of operators or list of collections means all of them.';
comment on column grants.unit_on is 'The day on which unit_code is read.';
comment on column grants.expires_on is 'The first day on which the grant no longer holds.';
comment on column grants.communes is 'The communes of today that the unit stands for, or its successors once it ended; kept by refresh_grants().';
comment on column grants.hamlets is 'The same for a grant on a hamlet; communes is then empty.';
comment on column grants.needs_review is 'The unit ended and the grant passed to its successors: an administrator should look at it.';
create index grants_account_idx on grants (account_id);

create table sessions (
  id bigint generated always as identity constraint sessions_pkey primary key,
  account_id bigint not null constraint sessions_account_fkey references accounts,
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  address text,
  user_agent text,
  constraint sessions_secret_hash_key unique (secret_hash),
  constraint sessions_secret_hash_check check (octet_length(secret_hash) = 32),
  constraint sessions_user_agent_check check (length(user_agent) <= 300)
);
comment on table sessions is 'Browser sessions.';
comment on column sessions.secret_hash is 'SHA-256 of the 256 random bits in the cookie.';
comment on column sessions.expires_at is 'The absolute end; a session also ends when it is idle for too long after last_seen_at.';
create index sessions_account_idx on sessions (account_id);

create table password_links (
  secret_hash bytea constraint password_links_pkey primary key,
  account_id bigint not null constraint password_links_account_fkey references accounts,
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint password_links_secret_hash_check check (octet_length(secret_hash) = 32)
);
comment on table password_links is 'One-time links by which a person sets a password: the first one, or another after a reset.';
create index password_links_account_idx on password_links (account_id);

create table tokens (
  id bigint generated always as identity constraint tokens_pkey primary key,
  account_id bigint not null constraint tokens_account_fkey references accounts,
  name text not null,
  secret_hash bytea not null,
  role text,
  sees_restricted boolean not null default true,
  collections text[],
  operators text[],
  unit_code text,
  unit_on date,
  communes bigint[],
  hamlets bigint[],
  addresses text[],
  unconditional_writes boolean not null default false,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint tokens_name_key unique (account_id, name),
  constraint tokens_secret_hash_key unique (secret_hash),
  constraint tokens_name_check check (name ~ '^[[:alnum:]_.@ -]{1,60}$'),
  constraint tokens_secret_hash_check check (octet_length(secret_hash) = 32),
  constraint tokens_role_check check (role in ('viewer', 'editor', 'administrator')),
  constraint tokens_unit_check check ((unit_code is null) = (unit_on is null)),
  constraint tokens_scope_check check ((unit_code is null) = (communes is null) and (unit_code is null) = (hamlets is null)),
  constraint tokens_operators_check check (cardinality(operators) > 0),
  constraint tokens_collections_check check (cardinality(collections) > 0),
  constraint tokens_addresses_check check (cardinality(addresses) > 0)
);
comment on table tokens is 'Bearer tokens. A token belongs to an account and only narrows what the account may do.';
comment on column tokens.secret_hash is 'SHA-256 of the secret: 256 random bits, so it needs no salt.';
comment on column tokens.role is 'The highest role of the token; null for the role of each grant. The other limits work in the same way.';
comment on column tokens.addresses is 'The networks (CIDR) from which it may be used; null for any.';
comment on column tokens.unconditional_writes is 'For clients that cannot send If-Match, such as QGIS.';

create table audit (
  id bigint generated always as identity constraint audit_pkey primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  collection text,
  detail jsonb not null default '{}',
  request_id text,
  address text,
  constraint audit_action_check check (action ~ '^[a-z]+\.[a-z_]+$')
);
comment on table audit is 'Log-ins and failures, accounts, grants, tokens, reads of restricted fields, exports, erasures. Rows are only added.';
create index audit_at_idx on audit (at);
create index audit_actor_idx on audit (actor, id);
create index audit_action_idx on audit (action, id);

-- The account of the server's command line: it owns the tokens that are made there without another account.
insert into accounts (username, display_name, created_by) values ('console', 'Bảng điều khiển máy chủ', 'migration');
insert into grants (account_id, role, created_by) select id, 'administrator', 'migration' from accounts where username = 'console';
