-- Personal data that is erased on request (Law 91/2025). Runs as the owner of the tables, who alone may change history.

create or replace function erasure_hash(salt text, value jsonb) returns text
language sql
immutable
as $$ select encode(sha256(convert_to(salt || (value #>> '{}'), 'UTF8')), 'hex') $$;

-- A text, or JSON as text, without the lost values. A short value is only removed as a whole string: "1" occurs
-- everywhere. A telephone number is removed however it is spaced, and with +84 for its 0; in JSON, no number begins so.
create or replace function without_values(said text, lost text[]) returns text
language plpgsql
immutable
as $$
declare
  value text;
  quoted text;
begin
  foreach value in array lost loop
    quoted := to_json(value)::text;
    said := replace(said, quoted, '"[erased]"');
    if length(value) >= 6 then
      said := replace(said, substr(quoted, 2, length(quoted) - 2), '[erased]');
    end if;
    if value ~ '^0[1-9][0-9]{7,10}$' then
      said := regexp_replace(said, '(?<![0-9.])(\+84[ .()-]*|\(?0)'
        || array_to_string(regexp_split_to_array(substr(value, 2), ''), '[ .()-]*'), '[erased]', 'g');
    end if;
  end loop;
  return said;
end
$$;

-- Removes the given columns of a record, and the lost values, from every import that may hold them. A file cannot be
-- searched (a workbook is compressed), so it is deleted if one of its rows is the record, holds a lost value, or could
-- not be read. It is also deleted during planning: nobody knows what its next rows hold. A plan that is not committed
-- fails, because it would write the erased values again. Only rows that hold them are updated, usually one of 100,000.
create or replace function erase_from_imports(layer text, record bigint, columns text[], lost text[]) returns void
language plpgsql
as $$
declare
  concerned constant uuid[] := array(
    select i.id
    from imports i
    where i.collection = layer and (
      i.status = 'planning'
      or not exists (select from import_rows r where r.import_id = i.id)
      or exists (select from import_rows r where r.import_id = i.id and (r.record_id = record or r.op = 'error'
        or without_values(concat_ws(' ', r.changes, r.before, r.said, r.compared), lost) <> concat_ws(' ', r.changes, r.before, r.said, r.compared)))
      or without_values(i.findings::text, lost) <> i.findings::text
      or without_values(i.file_name, lost) <> i.file_name));
begin
  update import_rows r
  set
    changes = without_values((case when r.record_id = record then r.changes - columns else r.changes end)::text, lost)::jsonb,
    before = without_values((case when r.record_id = record then r.before - columns else r.before end)::text, lost)::jsonb,
    said = without_values((case when r.record_id = record then r.said - columns else r.said end)::text, lost)::jsonb,
    compared = without_values((case when r.record_id = record then r.compared - columns else r.compared end)::text, lost)::jsonb
  where r.import_id = any(concerned) and (r.record_id = record
    or without_values(concat_ws(' ', r.changes, r.before, r.said, r.compared), lost) <> concat_ws(' ', r.changes, r.before, r.said, r.compared));
  update imports i
  set
    erased_at = now(),
    file = null,
    file_name = without_values(i.file_name, lost),
    options = without_values(i.options::text, lost)::jsonb,
    corrections = '[]',
    mappings = without_values(i.mappings::text, lost)::jsonb,
    -- Findings on these fields lose everything that a cell held, in any spelling.
    findings = (
      select coalesce(jsonb_agg(case when f.finding ->> 'field' = any(columns)
        then f.finding || '{"value": null, "suggestion": null, "message": {"vi": "[đã xóa]", "en": "[erased]"}}'
        else f.finding end order by f.nth), '[]')
      from jsonb_array_elements(without_values(i.findings::text, lost)::jsonb) with ordinality f (finding, nth)),
    status = case when i.status in ('planning', 'planned') then 'failed' else i.status end,
    failure = case when i.status in ('planning', 'planned') then 'erased' else i.failure end
  where i.id = any(concerned);
end
$$;

-- Removes every value that the given fields of a record ever had: from the row, its versions, their reasons, the audit
-- trail, imports and stored responses. Two things stay: in each version the hash of salt and value, and the erasure
-- itself as a version with its reason.
-- fields: field to the columns that hold it. Returns hashes, field to hashes, and the reason without the values; null
-- if there is no such record.
create or replace function erase_fields(layer text, record bigint, fields jsonb, salt text, actor text, why text) returns jsonb
language plpgsql
security definer
set search_path = public, pg_temp
as $$
declare
  erasable constant text[] := (select erasable_columns from layers where collection = layer);
  layer_table constant text := (select replace(collection, '-', '_') from layers where collection = layer);
  columns constant text[] := array(select c.name from jsonb_each(fields) f, jsonb_array_elements_text(f.value) c (name));
  present jsonb;
  lost text[];
  hashes jsonb;
begin
  -- The service may call this function, but must not be able to empty history with it.
  if erasable is null or not columns <@ erasable then
    raise exception 'these columns are not erased' using errcode = 'insufficient_privilege';
  end if;
  execute format('select to_jsonb(t) from %I t where t.id = $1 for update', layer_table) into present using record;
  if present is null then
    return null;
  end if;

  with held as (
    select distinct f.key as field, s.record -> c.name as was
    from jsonb_each(fields) f
    cross join lateral jsonb_array_elements_text(f.value) c (name)
    cross join (
      select present as record
      union all
      select v.changes from versions v where v.collection = layer and v.record_id = erase_fields.record
    ) s
    where jsonb_typeof(s.record -> c.name) <> 'null'
  )
  select
    (select jsonb_object_agg(field, of_field) from (
      select field, jsonb_agg(distinct erasure_hash(salt, was)) as of_field from held group by field) h),
    array(
      select was #>> '{}' from held where jsonb_typeof(was) = 'string'
      union
      select e.element from held, jsonb_array_elements_text(was) e (element) where jsonb_typeof(was) = 'array')
  into hashes, lost;
  perform erase_from_imports(layer, record, columns, lost);
  if hashes is null then
    return jsonb_build_object('hashes', '{}'::jsonb, 'reason', why);
  end if;

  perform set_config('hatang.final', 'erasure', true);
  update versions v
  set
    erased = coalesce(v.erased, '{}') || coalesce((
      select jsonb_object_agg(f.key, erasure_hash(salt, v.changes -> f.key))
      from jsonb_each(fields) f where jsonb_typeof(v.changes -> f.key) <> 'null'), '{}'),
    changes = v.changes || coalesce((select jsonb_object_agg(c, null) from unnest(columns) c where v.changes ? c), '{}'),
    reason = without_values(v.reason, lost)
  where v.collection = layer and v.record_id = record;
  with emptied as (
    update audit set detail = without_values(detail::text, lost)::jsonb where without_values(detail::text, lost) <> detail::text
    returning id
  )
  update audit_seals set erased_at = now() where audit_id in (select id from emptied);
  -- The file of an import may be named after a person. Its name is the reason of all versions that it wrote.
  update versions v set reason = without_values(v.reason, lost)
  where v.batch_id in (select id from batches where without_values(reason, lost) <> reason);
  perform set_config('hatang.final', '', true);
  update batches set reason = without_values(reason, lost) where without_values(reason, lost) <> reason;
  -- Numbers and short values cannot be searched for. So a stored response that contains the record is emptied; its key
  -- stays taken.
  update idempotency_keys set body = json_build_object('id', record, 'erased', true)::text
  where body like '%"properties"%' and body ~ ('"id":\s*' || record || '\M');
  update idempotency_keys set body = without_values(body, lost) where without_values(body, lost) <> body;

  why := without_values(why, lost);
  perform set_config('hatang.reason', why, true);
  execute format('update %I set %s, updated_by = $2, effective_on = current_date where id = $1', layer_table,
    (select string_agg(format('%I = null', key), ', ') from jsonb_object_keys(fields) key)) using record, actor;
  return jsonb_build_object('hashes', hashes, 'reason', why);
end
$$;
