create table tokens (
  id bigint generated always as identity constraint tokens_pkey primary key,
  name text not null,
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint tokens_name_key unique (name),
  constraint tokens_secret_hash_key unique (secret_hash),
  constraint tokens_name_check check (name ~ '^[[:alnum:]_.@-]{1,60}$'),
  constraint tokens_secret_hash_check check (octet_length(secret_hash) = 32)
);
comment on table tokens is 'Bearer tokens. Only the SHA-256 of the secret is kept: the secret is 256 random bits, so no salt is needed.';

create table audit (
  id bigint generated always as identity constraint audit_pkey primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  collection text,
  detail jsonb not null default '{}',
  request_id text,
  constraint audit_action_check check (action in ('token.create', 'restricted.read'))
);
comment on table audit is 'Who was given access, and who read restricted fields.';
create index audit_at_idx on audit (at);
