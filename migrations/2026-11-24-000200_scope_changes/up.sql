-- Whose a record was and is, in every change of it, so that each reader of the feed is told of what enters and leaves
-- their scope; and which bulk write a version belongs to.

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
comment on table batches is 'Writes of many records at once, which can be undone as one.';

alter table versions
  add batch_id bigint constraint versions_batch_fkey references batches,
  add confirmed text[];
comment on column versions.confirmed is 'The warnings that the writer saw and confirmed.';
create index versions_batch_idx on versions (batch_id) where batch_id is not null;

alter table changes
  add was_commune_id bigint,
  add is_commune_id bigint,
  add was_hamlet_id bigint,
  add is_hamlet_id bigint,
  add was_operator text,
  add is_operator text,
  add was_public boolean not null default false,
  add is_public boolean not null default false,
  drop constraint changes_public_check,
  add constraint changes_public_check check (public_op is null or public_version is not null),
  add constraint changes_public_seq_check check (public_op is not null or public_seq is null);
comment on column changes.was_public is 'Whether strangers knew of the record before.';
comment on column changes.public_version is 'What strangers are told; null only where they never knew of the record.';

-- Of what was written before: as the record is now.
do $$
declare
  layer record;
begin
  for layer in select collection, replace(collection, '-', '_') as name from layers loop
    execute format($sql$
      update changes c
      set was_commune_id = t.commune_id, is_commune_id = t.commune_id, was_hamlet_id = t.hamlet_id, is_hamlet_id = t.hamlet_id,
        was_operator = to_jsonb(t) ->> 'operator', is_operator = to_jsonb(t) ->> 'operator',
        was_public = t.public and c.op <> 'create', is_public = t.public and c.op <> 'delete',
        public_version = coalesce(c.public_version, t.public_version)
      from %I t
      where c.collection = %L and c.record_id = t.id
    $sql$, layer.name, layer.collection);
  end loop;
end
$$;

create or replace function asset_after_insert() returns trigger
language plpgsql
as $$
begin
  insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes)
  select collection_of(tg_table_name), n.id, n.version, 'create', n.effective_on, n.created_at, n.created_by,
    nullif(current_setting('hatang.reason', true), ''),
    nullif(current_setting('hatang.batch', true), '')::bigint,
    nullif(current_setting('hatang.confirmed', true), '')::text[],
    jsonb_strip_nulls(to_jsonb(n)) - '{search,public_search}'::text[]
  from new_rows n;
  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    is_commune_id, is_hamlet_id, is_operator, is_public)
  select collection_of(tg_table_name), n.id, 'create', n.version, case when n.public then 'create' end, n.public_version,
    n.created_at, n.commune_id, n.hamlet_id, to_jsonb(n) ->> 'operator', n.public
  from new_rows n;
  return null;
end
$$;

create or replace function asset_after_update() returns trigger
language plpgsql
as $$
begin
  insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes)
  select collection_of(tg_table_name), n.id, n.version,
    case when o.deleted_at is null and n.deleted_at is not null then 'delete'
      when o.deleted_at is not null and n.deleted_at is null then 'restore' else 'update' end,
    n.effective_on, n.updated_at, n.updated_by,
    nullif(current_setting('hatang.reason', true), ''),
    nullif(current_setting('hatang.batch', true), '')::bigint,
    nullif(current_setting('hatang.confirmed', true), '')::text[],
    (
      select coalesce(jsonb_object_agg(c.key, c.value), '{}')
      from jsonb_each(to_jsonb(n) - '{search,public_search}'::text[]) c
      where c.value is distinct from to_jsonb(o) -> c.key
    )
  from new_rows n
  join old_rows o on o.id = n.id;

  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    was_commune_id, is_commune_id, was_hamlet_id, is_hamlet_id, was_operator, is_operator, was_public, is_public)
  select collection_of(tg_table_name), s.id, s.op, s.version,
    feed_op(s.was_public, s.is_public, s.changed_in_public), s.public_version, s.updated_at,
    s.was_commune_id, s.commune_id, s.was_hamlet_id, s.hamlet_id, s.was_operator, s.operator, s.was_public, s.is_public
  from (
    select n.id, n.version, n.public_version, n.updated_at, n.commune_id, n.hamlet_id,
      o.commune_id as was_commune_id, o.hamlet_id as was_hamlet_id,
      to_jsonb(o) ->> 'operator' as was_operator, to_jsonb(n) ->> 'operator' as operator,
      feed_op(o.deleted_at is null, n.deleted_at is null, true) as op,
      o.public and o.deleted_at is null as was_public,
      n.public and n.deleted_at is null as is_public,
      n.public_version <> o.public_version as changed_in_public
    from new_rows n
    join old_rows o on o.id = n.id
  ) s
  where s.op is not null;
  return null;
end
$$;
