create or replace function erase_fields(layer text, record bigint, fields jsonb, salt text, actor text, why text) returns jsonb
language plpgsql security definer
set search_path = public, pg_temp
set hatang.final = 'erasure'
as $$
declare
  erasable constant text[] := '{serial_number,owner_name,owner_phone,vms_ref,name,public_name,cell_ids,backhaul,backup_power_h}';
  layer_table constant text := (select replace(collection, '-', '_') from layers where collection = layer);
  columns constant text[] := array(select c.name from jsonb_each(fields) f, jsonb_array_elements_text(f.value) c (name));
  present jsonb;
  lost text[];
  hashes jsonb;
begin
  -- The service may call this, and must not be able to empty history by it.
  if layer_table is null or not columns <@ erasable then
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
  if hashes is null then
    return jsonb_build_object('hashes', '{}'::jsonb, 'reason', why);
  end if;

  update versions v
  set
    erased = coalesce(v.erased, '{}') || coalesce((
      select jsonb_object_agg(f.key, erasure_hash(salt, v.changes -> f.key))
      from jsonb_each(fields) f where jsonb_typeof(v.changes -> f.key) <> 'null'), '{}'),
    changes = v.changes || coalesce((select jsonb_object_agg(c, null) from unnest(columns) c where v.changes ? c), '{}'),
    reason = without_values(v.reason, lost)
  where v.collection = layer and v.record_id = record;
  update audit set detail = without_values(detail::text, lost)::jsonb where without_values(detail::text, lost) <> detail::text;
  update batches set reason = without_values(reason, lost) where without_values(reason, lost) <> reason;
  update idempotency_keys set body = without_values(body, lost) where without_values(body, lost) <> body;

  why := without_values(why, lost);
  perform set_config('hatang.reason', why, true);
  execute format('update %I set %s, updated_by = $2, effective_on = current_date where id = $1', layer_table,
    (select string_agg(format('%I = null', key), ', ') from jsonb_object_keys(fields) key)) using record, actor;
  return jsonb_build_object('hashes', hashes, 'reason', why);
end
$$;

drop function erase_from_imports(text, bigint, text[], text[]);
alter table imports drop erased_at;
