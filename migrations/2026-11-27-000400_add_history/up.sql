-- What all layers share: their common columns, the register of layers, the versions of every record and the change feed.
-- The migration of a layer creates its table `like asset` and adds its own columns. The program then registers the layer
-- (src/postgres/functions/layers.sql): its row in layers, its triggers, and the function <table>_as_of(day, known_at).

create table asset (
  id bigint not null,
  code text not null,
  external_id text,
  source_org text,
  name text,
  location_accuracy_m double precision,
  declared_commune_code text,
  declared_on date,
  commune_id bigint,
  commune_code text,
  hamlet_id bigint,
  address text,
  lifecycle_status text not null default 'operational',
  operational_state text not null default 'unknown',
  installed_on date,
  decommissioned_on date,
  managing_org text,
  source text not null default 'manual',
  note text,
  effective_on date not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by text not null default current_user,
  updated_at timestamptz not null default now(),
  updated_by text not null default current_user,
  verified_at timestamptz,
  verified_by text,
  deleted_at timestamptz,
  public boolean not null default true,
  public_version integer not null default 1,
  public_commune_code text,
  search text not null default '',
  public_search text,
  constraint asset_id_check check (id between 1 and 4503599627370495),
  constraint asset_code_check check (code <> ''),
  constraint asset_accuracy_check check (location_accuracy_m >= 0),
  constraint asset_declared_code_check check (declared_commune_code ~ '^[0-9]{5}$'),
  constraint asset_declared_on_check check ((declared_commune_code is null) = (declared_on is null)),
  constraint asset_lifecycle_check check (lifecycle_status in
    ('proposed', 'planned', 'under_construction', 'operational', 'inactive', 'decommissioned')),
  constraint asset_state_check check (operational_state in ('enabled', 'disabled', 'degraded', 'unknown')),
  constraint asset_dates_check check (decommissioned_on >= installed_on),
  constraint asset_source_check check (source in ('manual', 'import', 'operator_feed')),
  constraint asset_version_check check (version >= 1 and public_version between 1 and version),
  constraint asset_verified_check check ((verified_at is null) = (verified_by is null))
);
comment on table asset is 'The columns of every layer: a pattern for create table like, always empty.';
comment on column asset.effective_on is 'The day from which the statements of this version are true.';
comment on column asset.commune_id is 'The commune in force today that contains the place; without a place, the only successor of the declared commune.';
comment on column asset.public is 'Whether anonymous callers may know of the record at all.';
comment on column asset.public_version is 'Counts the versions that changed something that anonymous callers see.';
comment on column asset.public_commune_code is 'The commune of the public geometry, so that questions of anonymous callers do not reveal the exact place.';

create table layers (
  collection text constraint layers_pkey primary key,
  row_count bigint not null default 0,
  public_row_count bigint not null default 0,
  version bigint not null default 0,
  public_version bigint not null default 0,
  erasable_columns text[] not null default '{}'
);
comment on table layers is 'For each layer the number of rows and the last change number: all of them, and those for anonymous callers.';
comment on column layers.erasable_columns is 'The columns whose values erase_fields() may erase.';

create table batches (
  id bigint generated always as identity constraint batches_pkey primary key,
  collection text not null constraint batches_collection_fkey references layers,
  op text not null,
  at timestamptz not null default now(),
  by text not null,
  account_id bigint constraint batches_account_fkey references accounts,
  reason text,
  undoes bigint constraint batches_undoes_fkey references batches,
  constraint batches_op_check check (op in ('create', 'update', 'delete', 'verify', 'reclassify', 'import', 'undo')),
  constraint batches_undoes_key unique (undoes),
  constraint batches_undoes_check check ((op = 'undo') = (undoes is not null))
);
comment on table batches is 'Writes of many records at once, which can be undone together.';

create table versions (
  collection text not null constraint versions_collection_fkey references layers,
  record_id bigint not null,
  version integer not null,
  op text not null,
  effective_on date not null,
  at timestamptz not null,
  by text not null,
  reason text,
  batch_id bigint constraint versions_batch_fkey references batches,
  confirmed text[],
  changes jsonb not null,
  erased jsonb,
  constraint versions_pkey primary key (collection, record_id, version),
  constraint versions_op_check check (op in ('create', 'update', 'delete', 'restore'))
);
comment on table versions is 'Every version of every record: what it changed, who wrote it, when, why, and from which day it holds. Rows are only added.';
comment on column versions.confirmed is 'The warnings that the writer saw and confirmed.';
comment on column versions.changes is 'The columns that this version changed, with their new values; in the first version all columns.';
comment on column versions.erased is 'For each erased field the SHA-256 of salt and value; changes then holds null.';
create index versions_effective_idx on versions (collection, effective_on, record_id) where version > 1;
create index versions_batch_idx on versions (batch_id) where batch_id is not null;

create table changes (
  id bigint generated always as identity constraint changes_pkey primary key,
  collection text not null constraint changes_collection_fkey references layers,
  record_id bigint not null,
  op text not null,
  version integer not null,
  public_op text,
  public_version integer,
  at timestamptz not null,
  seq bigint,
  public_seq bigint,
  was_commune_id bigint,
  is_commune_id bigint,
  was_hamlet_id bigint,
  is_hamlet_id bigint,
  was_operator text,
  is_operator text,
  was_public boolean not null default false,
  is_public boolean not null default false,
  constraint changes_op_check check (op in ('create', 'update', 'delete')),
  constraint changes_public_op_check check (public_op in ('create', 'update', 'delete')),
  constraint changes_public_check check (public_op is null or public_version is not null),
  constraint changes_public_seq_check check (public_op is not null or public_seq is null)
);
comment on table changes is 'The change feed. The columns was_ and is_ say whose a record was before the change and is after it, so that each reader learns what enters and leaves their scope.';
comment on column changes.seq is 'Null until number_changes() sets it, after the commit.';
comment on column changes.public_version is 'The version for anonymous callers; null only where they never knew of the record.';
comment on column changes.was_public is 'Whether anonymous callers knew of the record before.';
create unique index changes_seq_idx on changes (seq);
create unique index changes_public_seq_idx on changes (public_seq) where public_seq is not null;
create index changes_unnumbered_idx on changes (id) where seq is null;

create table feed (
  only_row boolean constraint feed_pkey primary key default true,
  last_seq bigint not null default 0,
  last_public_seq bigint not null default 0,
  constraint feed_only_row_check check (only_row)
);
comment on table feed is 'The last numbers that the change feed used: of all changes, and of those for anonymous callers.';
insert into feed default values;

create table reference_state (
  only_row boolean constraint reference_state_pkey primary key default true,
  version bigint not null default 0,
  constraint reference_state_only_row_check check (only_row)
);
comment on table reference_state is 'Counts the writes of units, availability and baselines: no assets, and yet answers depend on them. Apart from feed, which a long import would lock.';
insert into reference_state default values;
