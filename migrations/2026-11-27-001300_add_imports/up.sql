-- Imports: the files that were sent, what they would change, and what they changed. The plan is stored row by row, so
-- that the commit does exactly what its sender saw. Also the stored responses to writes that clients may repeat.

create table imports (
  id uuid constraint imports_pkey primary key default gen_random_uuid(),
  collection text not null constraint imports_collection_fkey references layers,
  mode text not null,
  status text not null default 'planning',
  account_id bigint constraint imports_account_fkey references accounts,
  sent_by text not null,
  source_org text,
  file_name text,
  format text,
  file bytea,
  file_hash text not null,
  options jsonb not null,
  mappings jsonb not null default '[]',
  counts jsonb not null default '{}',
  findings jsonb not null default '[]',
  plan text,
  done integer not null default 0,
  total integer,
  failure text,
  batch_id bigint constraint imports_batch_fkey references batches,
  undone jsonb,
  created_at timestamptz not null default now(),
  alive_at timestamptz not null default now(),
  planned_at timestamptz,
  committed_at timestamptz,
  undone_at timestamptz,
  erased_at timestamptz,
  constraint imports_mode_check check (mode in ('upsert', 'snapshot')),
  constraint imports_status_check check (status in ('planning', 'planned', 'committed', 'undone', 'failed')),
  constraint imports_plan_check check (status in ('planning', 'failed') or plan is not null),
  constraint imports_batch_check check ((status in ('committed', 'undone')) = (committed_at is not null)),
  constraint imports_failure_check check ((status = 'failed') = (failure is not null))
);
comment on table imports is 'One row for each file that was sent.';
comment on column imports.file is 'As it was sent; null once the time for which files are kept has passed.';
comment on column imports.options is 'Days, CRS, and what the sender said about columns.';
comment on column imports.plan is 'The hash of what its rows would change: a commit must name it.';
comment on column imports.done is 'Rows planned so far, of total.';
comment on column imports.erased_at is 'When personal data was last erased from it: its file is then gone.';
comment on column imports.alive_at is 'When planning last made progress: it stands still after a server was killed.';
create index imports_created_idx on imports (created_at) where file is not null;
create index imports_account_idx on imports (account_id, created_at);

create table import_rows (
  import_id uuid not null constraint import_rows_import_fkey references imports on delete cascade,
  nth integer not null,
  sheet text not null,
  row integer,
  op text not null,
  record_id bigint,
  version integer,
  changes jsonb,
  before jsonb,
  compared jsonb,
  moved boolean not null default false,
  place geometry(Geometry, 4326),
  declared_code text,
  declared_on date,
  commune_id bigint,
  hamlet_id bigint,
  operator text,
  constraint import_rows_pkey primary key (import_id, nth),
  constraint import_rows_op_check check (op in ('create', 'update', 'unchanged', 'missing', 'error')),
  constraint import_rows_version_check check ((op in ('update', 'unchanged', 'missing')) <= (version is not null)),
  constraint import_rows_changes_check check ((op in ('create', 'update', 'missing')) <= (changes is not null))
);
comment on table import_rows is 'What each row of a file would change.';
comment on column import_rows.row is 'The row of the sheet; null for a record that is missing from a complete list.';
comment on column import_rows.version is 'The version of the record when the plan was made.';
comment on column import_rows.changes is 'The columns to write; for a new record all of them, with its id.';
comment on column import_rows.before is 'The same columns of the record as it is.';
comment on column import_rows.compared is 'The fields that show whether two records are duplicates.';
comment on column import_rows.moved is 'Whether the place is new and must be checked.';
create index import_rows_place_idx on import_rows using gist (place) where moved;

create table import_mappings (
  account_id bigint not null constraint import_mappings_account_fkey references accounts,
  collection text not null constraint import_mappings_collection_fkey references layers,
  overrides jsonb not null,
  constraint import_mappings_pkey primary key (account_id, collection)
);
comment on table import_mappings is 'What a sender last said about the columns of their files.';

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
comment on table idempotency_keys is 'Answers to writes that a client may send again without writing twice; kept for a day.';
comment on column idempotency_keys.account is 'The name of the caller: two callers may use the same key.';
comment on column idempotency_keys.status is 'Null only inside the transaction of the write itself.';
comment on column idempotency_keys.request_hash is 'SHA-256 of method, path and body.';
create index idempotency_keys_at_idx on idempotency_keys (at);
