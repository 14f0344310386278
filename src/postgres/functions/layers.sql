-- Turns a table into a layer: its row in layers, its triggers, and <table>_as_of(on_day, known_at). The program calls
-- it for each layer whenever it creates the functions anew.
-- public_columns: the columns that anonymous callers see. erasable_columns: those that erase_fields() may erase.
-- public_function: the trigger function that sets the stored columns for anonymous callers.

create or replace procedure register_layer(layer_table text, public_columns text[], erasable_columns text[], public_function text)
language plpgsql
as $procedure$
begin
  insert into layers (collection, erasable_columns)
  values (collection_of(layer_table), register_layer.erasable_columns)
  on conflict (collection) do update set erasable_columns = excluded.erasable_columns;

  -- Triggers of the same event run in the order of their names.
  execute format($sql$
    create or replace trigger a_public
    before insert or update on %1$I
    for each row execute function %2$I()
    $sql$, layer_table, public_function);
  execute format($sql$
    create or replace trigger b_derive
    before insert or update on %1$I
    for each row execute function asset_before_write(%2$L)
    $sql$, layer_table, public_columns);
  execute format($sql$
    create or replace trigger no_delete
    before delete or truncate on %1$I
    for each statement execute function asset_no_delete()
    $sql$, layer_table);
  execute format($sql$
    create or replace trigger record_insert
    after insert on %1$I
    referencing new table as new_rows
    for each statement execute function asset_after_insert()
    $sql$, layer_table);
  execute format($sql$
    create or replace trigger record_update
    after update on %1$I
    referencing old table as old_rows new table as new_rows
    for each statement execute function asset_after_update()
    $sql$, layer_table);

  -- The records as they were on a day (valid time), from what was written by an instant (record time).
  -- A record of a day is its first version, with every later version effective by then applied in the order of writing:
  -- a correction of an old date changes only the fields that it names. The first version reaches back to the day of
  -- installation; without one, the record begins on the first day that a version names. Without a day the result is
  -- what the table held at the instant. Only versions written by known_at are read. A record deleted by then is deleted
  -- on every day.
  -- Of the past, anonymous callers see only what was public then and is public now: nothing that is hidden or deleted
  -- today.
  execute format($sql$
    create or replace function %2$I(on_day date, known_at timestamptz default 'infinity') returns setof %1$I
    language sql
    stable
    as $function$
      select t.*
      from %1$I t
      where t.updated_at <= known_at
        and not exists (
          select from versions v
          where v.collection = %3$L and v.record_id = t.id and v.version > 1 and v.effective_on > on_day)
        and (on_day is null or t.version > 1 or t.effective_on <= on_day or t.installed_on <= on_day)
      union all
      select was.*
      from (
        select v.record_id, min(v.effective_on) as known_from,
          jsonb_merge(v.changes order by v.version)
            filter (where v.version = 1 or on_day is null or v.effective_on <= on_day) as record,
          jsonb_merge(v.changes order by v.version) filter (where v.changes ? 'deleted_at') -> 'deleted_at' as deleted_at
        from versions v
        where v.collection = %3$L
          and v.at <= known_at
          and v.record_id in (
            select later.record_id from versions later
            where later.collection = %3$L and later.version > 1 and later.effective_on > on_day
            union
            select now.id from %1$I now where now.updated_at > known_at)
        group by v.record_id
      ) folded
      join %1$I t on t.id = folded.record_id
      cross join lateral jsonb_populate_record(null::%1$I, folded.record || jsonb_build_object(
        'deleted_at', folded.deleted_at,
        'public', t.public and t.deleted_at is null and (folded.record ->> 'public')::boolean,
        'search', t.search,
        'public_search', t.public_search)) was
      where on_day is null or folded.known_from <= on_day or was.installed_on <= on_day
    $function$
    $sql$, layer_table, layer_table || '_as_of', collection_of(layer_table));
end
$procedure$;
