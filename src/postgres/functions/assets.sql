-- The columns of a record that the database sets: version, units, search text, and what anonymous callers see.

-- Before each row: the columns that only the database sets. It runs after the trigger that sets what anonymous callers see
-- (public, public_geom, public_search); its argument is the array of columns that they see. A deleted record keeps its
-- units and its search text.
create or replace function asset_before_write() returns trigger
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
  -- The day of the request that writes, which may have begun before midnight.
  today constant date := coalesce(nullif(current_setting('hatang.today', true), '')::date, current_date);
  -- Never before what was written last, even if the clock was set back: known_at would otherwise show what nobody saw. A
  -- clock that was more than a day ahead is not followed, except by the records that were written then.
  written_at constant timestamptz := greatest(now(), (select f.last_at from feed f where f.last_at < now() + interval '1 day'));
  public_columns constant text[] := tg_argv[0]::text[];
  bare record;
  was jsonb;
  is_now jsonb;
begin
  if tg_op = 'UPDATE' then
    if new.id <> old.id then
      raise exception 'the id of a record never changes' using errcode = 'check_violation', constraint = 'asset_id_is_final';
    end if;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
    new.updated_at := greatest(written_at, old.updated_at);
    if old.deleted_at is null and new.deleted_at is not null
      and (new.geom, new.declared_commune_code, new.declared_on, new.hamlet_id, new.code, new.name, new.address)
        is not distinct from (old.geom, old.declared_commune_code, old.declared_on, old.hamlet_id, old.code, old.name, old.address) then
      -- Units and search text stay as they were. They are computed again when the record is restored.
      new.public_version := old.public_version + case
        when not old.public and old.public_version = 1 then 0
        when new.public or old.public then 1 else 0 end;
      return new;
    end if;
  elsif new.created_at = now() then
    new.created_at := written_at;
    new.updated_at := written_at;
  end if;
  new.search := fold(concat_ws(' ', new.code, new.name, new.address));
  new.public_search := coalesce(new.public_search, new.search);

  new.commune_id := coalesce(commune_at(new.geom, today),
    case when new.geom is null then declared_commune(new.declared_commune_code, new.declared_on, today) end);
  new.commune_code := (select u.code from admin_units u where u.id = new.commune_id);
  -- The commune of a public record is the true one for every reader; only the place is generalised.
  new.public_commune_code := new.commune_code;

  if tg_op = 'UPDATE' then
    bare := old;
    bare.geom := null;
    bare.public_geom := null;
    was := to_jsonb(bare);
    bare := new;
    bare.geom := null;
    bare.public_geom := null;
    is_now := to_jsonb(bare);
    new.public_version := old.public_version + case
      -- The record was hidden until now: for anonymous callers this is its first version.
      when not old.public and old.public_version = 1 then 0
      when (new.public or old.public) and (new.public_geom is distinct from old.public_geom or exists (
        select 1
        from unnest(public_columns || '{public,public_commune_code,deleted_at,decommissioned_on}') as c (name)
        where was -> c.name is distinct from is_now -> c.name
      )) then 1 else 0 end;
  end if;
  return new;
end
$$;

-- Says that all records have the communes of a day. The service writes nothing else to reference_state.
create or replace function note_communes(on_day date) returns void
language sql
security definer
set search_path = public, pg_temp
as $$ update reference_state set communes_on = on_day where communes_on is distinct from on_day $$;

-- Whether records may have communes of another day, or of units that were written since.
create or replace function communes_are_behind() returns boolean
language sql
stable
as $$ select communes_on is distinct from current_date from reference_state $$;

-- Finds the commune of each record again, after units were written or others came into force. Returns how many records
-- were corrected.
create or replace function refresh_communes(actor text) returns bigint
language plpgsql
as $$
declare
  known constant date := (select communes_on from reference_state);
  layer record;
  corrected bigint;
  total bigint := 0;
begin
  if known is null or exists (
    select from admin_units u
    where u.level = 'commune' and known <> current_date
      and (u.valid_from between least(known, current_date) and greatest(known, current_date)
        or u.valid_to between least(known, current_date) - 1 and greatest(known, current_date)))
  then
    for layer in select replace(collection, '-', '_') as name from layers loop
      execute format($sql$
        update %1$I t
        set updated_by = $1, effective_on = current_date
        where t.commune_id is distinct from coalesce(commune_at(t.geom, current_date),
            case when t.geom is null then declared_commune(t.declared_commune_code, t.declared_on, current_date) end)
          or t.commune_code is distinct from (select u.code from admin_units u where u.id = t.commune_id)
      $sql$, layer.name) using actor;
      get diagnostics corrected = row_count;
      total := total + corrected;
    end loop;
  end if;
  perform note_communes(current_date);
  return total;
end
$$;
