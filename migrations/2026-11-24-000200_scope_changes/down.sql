create or replace function asset_after_insert() returns trigger
language plpgsql
as $$
begin
  insert into versions (collection, record_id, version, op, effective_on, at, by, reason, changes)
  select collection_of(tg_table_name), n.id, n.version, 'create', n.effective_on, n.created_at, n.created_by,
    nullif(current_setting('hatang.reason', true), ''),
    jsonb_strip_nulls(to_jsonb(n)) - '{search,public_search}'::text[]
  from new_rows n;
  insert into changes (collection, record_id, op, version, public_op, public_version, at)
  select collection_of(tg_table_name), n.id, 'create', n.version,
    case when n.public then 'create' end, case when n.public then n.public_version end, n.created_at
  from new_rows n;
  return null;
end
$$;

create or replace function asset_after_update() returns trigger
language plpgsql
as $$
begin
  insert into versions (collection, record_id, version, op, effective_on, at, by, reason, changes)
  select collection_of(tg_table_name), n.id, n.version,
    case when o.deleted_at is null and n.deleted_at is not null then 'delete'
      when o.deleted_at is not null and n.deleted_at is null then 'restore' else 'update' end,
    n.effective_on, n.updated_at, n.updated_by,
    nullif(current_setting('hatang.reason', true), ''),
    (
      select coalesce(jsonb_object_agg(c.key, c.value), '{}')
      from jsonb_each(to_jsonb(n) - '{search,public_search}'::text[]) c
      where c.value is distinct from to_jsonb(o) -> c.key
    )
  from new_rows n
  join old_rows o on o.id = n.id;

  insert into changes (collection, record_id, op, version, public_op, public_version, at)
  select collection_of(tg_table_name), s.id, s.op, s.version, s.public_op,
    case when s.public_op is not null then s.public_version end, s.updated_at
  from (
    select n.id, n.version, n.public_version, n.updated_at,
      feed_op(o.deleted_at is null, n.deleted_at is null, true) as op,
      feed_op(o.public and o.deleted_at is null, n.public and n.deleted_at is null,
        n.public_version <> o.public_version) as public_op
    from new_rows n
    join old_rows o on o.id = n.id
  ) s
  where s.op is not null;
  return null;
end
$$;

alter table changes
  drop constraint changes_public_seq_check,
  drop constraint changes_public_check;
update changes set public_version = null where public_op is null;
alter table changes
  drop column was_commune_id,
  drop column is_commune_id,
  drop column was_hamlet_id,
  drop column is_hamlet_id,
  drop column was_operator,
  drop column is_operator,
  drop column was_public,
  drop column is_public,
  add constraint changes_public_check check ((public_op is null) = (public_version is null) and (public_op is not null or public_seq is null));

alter table versions drop column batch_id, drop column confirmed;
drop table batches;
