-- Who may do what: accounts, their grants, how they prove who they are.

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
comment on column accounts.organisation is 'The source_org of what the account registers, unless the record says another.';
comment on column accounts.password_hash is 'argon2id, PHC string; null: no password yet, or none at all.';
comment on column accounts.failed_logins is 'In a row; each doubles the time until locked_until.';

-- Tokens made at the console before there were accounts go on as this one's.
insert into accounts (username, display_name, created_by) values ('console', 'Bảng điều khiển máy chủ', 'migration');

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
comment on table grants is 'What an account may do, and where. A null unit, list of operators or of collections is all of them.';
comment on column grants.unit_on is 'The day on which unit_code is read.';
comment on column grants.expires_on is 'The first day on which it no longer holds.';
comment on column grants.communes is 'The communes of today that the unit stands for; kept by refresh_grants(). With an ended unit, its successors.';
comment on column grants.hamlets is 'The same for a grant on a hamlet, whose communes are then empty.';
comment on column grants.needs_review is 'The unit ended: the grant was carried to its successors, and an administrator should look.';
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
comment on table sessions is 'Browser sessions: SHA-256 of 256 random bits in a cookie.';
comment on column sessions.expires_at is 'Absolute; a session also ends when it is idle for too long after last_seen_at.';
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
comment on table password_links is 'One-time links by which a person sets a password: the first of all, or after a reset.';
create index password_links_account_idx on password_links (account_id);

-- The communes and hamlets in force on a day that a unit, read on another day, stands for: its own while it is in force,
-- else what its communes have become. `carried` when it is not in force.
create function unit_scope(unit_code text, unit_on date, on_day date, out communes bigint[], out hamlets bigint[], out carried boolean)
language sql stable
as $$
  with unit as materialized (
    select u.id, u.level, in_force(u.valid_from, u.valid_to, on_day) as stands, least(coalesce(u.valid_to, on_day), on_day) as last_day
    from admin_units u
    where u.code = unit_code and in_force(u.valid_from, u.valid_to, unit_on)
  ), commune as (
    select c.id
    from unit, communes_within(unit_code, on_day) c
    where unit.level <> 'hamlet' and unit.stands
    union
    select successor
    from unit
    cross join lateral communes_within(unit_code, greatest(unit.last_day, unit_on)) c
    cross join lateral unit_on(c.id, on_day) as successor
    where unit.level <> 'hamlet' and not unit.stands
  )
  select
    coalesce((select array_agg(id order by id) from commune), '{}'),
    coalesce((select array_agg(h order by h) from unit, unit_on(unit.id, on_day) as h where unit.level = 'hamlet'), '{}'),
    coalesce((select not stands from unit), true)
$$;

create function scope_of_unit() returns trigger
language plpgsql
as $$
begin
  select s.communes, s.hamlets into new.communes, new.hamlets
  from unit_scope(new.unit_code, new.unit_on, current_date) s
  where new.unit_code is not null;
  return new;
end
$$;
create trigger grants_scope before insert or update of unit_code, unit_on on grants for each row execute function scope_of_unit();

-- Bearer tokens belong to an account, and only ever narrow what it may.
alter table tokens
  add account_id bigint constraint tokens_account_fkey references accounts,
  add role text,
  add sees_restricted boolean not null default true,
  add collections text[],
  add operators text[],
  add unit_code text,
  add unit_on date,
  add communes bigint[],
  add hamlets bigint[],
  add addresses text[],
  add unconditional_writes boolean not null default false,
  add last_used_at timestamptz;
update tokens set account_id = (select id from accounts where username = 'console');
alter table tokens
  alter account_id set not null,
  drop constraint tokens_name_key,
  drop constraint tokens_name_check,
  add constraint tokens_name_key unique (account_id, name),
  add constraint tokens_name_check check (name ~ '^[[:alnum:]_.@ -]{1,60}$'),
  add constraint tokens_role_check check (role in ('viewer', 'editor', 'administrator')),
  add constraint tokens_unit_check check ((unit_code is null) = (unit_on is null)),
  add constraint tokens_scope_check check ((unit_code is null) = (communes is null) and (unit_code is null) = (hamlets is null)),
  add constraint tokens_operators_check check (cardinality(operators) > 0),
  add constraint tokens_collections_check check (cardinality(collections) > 0),
  add constraint tokens_addresses_check check (cardinality(addresses) > 0);
comment on column tokens.role is 'At most this role; null: that of each grant of the account. So with the other limits.';
comment on column tokens.addresses is 'Networks (CIDR) from which it may be used; null: any.';
comment on column tokens.unconditional_writes is 'For clients that cannot send If-Match, such as QGIS.';
create trigger tokens_scope before insert or update of unit_code, unit_on on tokens for each row execute function scope_of_unit();

insert into grants (account_id, role, created_by) select id, 'administrator', 'migration' from accounts where username = 'console';

-- What grants and tokens on units stand for, found again where the units have changed. Returns how many changed.
create function refresh_grants() returns bigint
language plpgsql
as $$
declare
  in_grants bigint;
  in_tokens bigint;
begin
  update grants g
  set communes = s.communes, hamlets = s.hamlets, needs_review = g.needs_review or s.carried
  from grants old, unit_scope(old.unit_code, old.unit_on, current_date) s
  where g.id = old.id and old.unit_code is not null and old.revoked_at is null
    and (old.communes, old.hamlets) is distinct from (s.communes, s.hamlets);
  get diagnostics in_grants = row_count;
  update tokens t
  set communes = s.communes, hamlets = s.hamlets
  from tokens old, unit_scope(old.unit_code, old.unit_on, current_date) s
  where t.id = old.id and old.unit_code is not null
    and (old.communes, old.hamlets) is distinct from (s.communes, s.hamlets);
  get diagnostics in_tokens = row_count;
  return in_grants + in_tokens;
end
$$;

-- The audit trail: more kinds of events, from where, and nothing ever changed in it.
alter table audit
  drop constraint audit_action_check,
  add constraint audit_action_check check (action ~ '^[a-z]+\.[a-z_]+$'),
  add address text;
comment on table audit is 'Log-ins and failures, accounts, grants, tokens, reads of restricted fields, exports, erasures. Only ever added to.';
create index audit_actor_idx on audit (actor, id);

create function audit_is_final() returns trigger
language plpgsql
as $$
begin
  raise exception 'the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_final before update or delete or truncate on audit for each statement execute function audit_is_final();

-- The grants of an account that hold on a day, as the policy reads them.
create function grants_of(account bigint, on_day date) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'role', g.role,
    'communes', g.communes,
    'hamlets', g.hamlets,
    'operators', g.operators,
    'collections', g.collections) order by g.id), '[]')
  from grants g
  where g.account_id = account and g.revoked_at is null
    and g.starts_on <= on_day and (g.expires_on is null or g.expires_on > on_day)
$$;
