-- Answers to writes that a client may send again without writing twice; kept for a day.
create table idempotency_keys (
  account text not null,
  key text not null,
  request_hash text not null,
  status integer,
  headers jsonb,
  body text,
  at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (account, key),
  constraint idempotency_keys_key_check check (length(key) between 1 and 200)
);
comment on table idempotency_keys is 'Written in the transaction of the write itself; status is null only inside it.';
comment on column idempotency_keys.account is 'The name of the caller: keys of different callers do not meet.';
comment on column idempotency_keys.request_hash is 'SHA-256 of method, path and body.';
create index idempotency_keys_at_idx on idempotency_keys (at);
