-- Turns a table into a layer: its row in layers, its triggers, <table>_states(ids, known_at) and <table>_as_of(on_day,
-- known_at). The program calls it for each layer whenever it creates the functions anew.
-- public_columns: the columns that anonymous callers see. erasable_columns: those that erase_fields() may erase.
-- public_function: the trigger function that sets the stored columns for anonymous callers.

create or replace procedure register_layer(layer_table text, public_columns text[], erasable_columns text[], public_function text)
language plpgsql
as $procedure$
declare
  of_some boolean;
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

  -- Every state of the given records, from what was written by an instant (record time): the days from from_day until
  -- before to_day, and the record as it was then. A field has the value of the statement with the latest effective_on
  -- up to that day; of equal days, the one written last. The first version reaches back to the day of installation;
  -- without one, the record begins on the first day that a version names. Two columns are not of a day: installed_on is
  -- what was written last, since its correction corrects the past, and a record deleted by then is deleted on every day.
  -- Of the past, anonymous callers see only what was public then and is public now: nothing that is hidden or deleted
  -- today.
  execute format($sql$
    create or replace function %2$I(ids bigint[], known_at timestamptz default 'infinity')
    returns table (record_id bigint, from_day date, to_day date, state %1$I)
    language plpgsql
    stable
    set plan_cache_mode = force_generic_plan
    as $function$
    #variable_conflict use_column
    begin
      return query
      select t.id, least(t.effective_on, t.installed_on), 'infinity'::date, t
      from %1$I t
      where t.id = any(ids) and t.version = 1 and t.updated_at <= known_at
      union all (
        with known as materialized (
          select v.*
          from versions v
          where v.collection = %3$L and v.at <= known_at
            and v.record_id = any(array(
              select t.id from %1$I t where t.id = any(ids) and not (t.version = 1 and t.updated_at <= known_at)))
        ), folded as materialized (
          -- In one pass: the planner expects one row of each part, and joins of them would compare each with each.
          select k.record_id, k.effective_on as from_day,
            lead(k.effective_on) over in_order as next_day,
            row_number() over in_order = 1 as is_first,
            jsonb_merge(stated_by(k)) over in_order as said,
            jsonb_merge(k.changes) filter (where k.version = 1) over whole as first,
            jsonb_merge(k.changes) over (partition by k.record_id order by k.version rows between unbounded preceding and unbounded following) as last,
            min(k.effective_on) over whole as known_from
          from known k
          window in_order as (partition by k.record_id order by k.effective_on, k.version), whole as (partition by k.record_id)
        ), span as (
          select f.record_id, f.from_day, coalesce(f.next_day, 'infinity') as to_day, f.said, f.first, f.last
          from folded f
          where f.next_day is distinct from f.from_day
          union all
          select f.record_id, (f.last ->> 'installed_on')::date, f.known_from, '{}', f.first, f.last
          from folded f
          where f.is_first and (f.last ->> 'installed_on')::date < f.known_from
        )
        select s.record_id, s.from_day, s.to_day, was
        from span s
        join %1$I t on t.id = s.record_id
        cross join lateral %4$I(jsonb_populate_record(null::%1$I, s.first || s.said || jsonb_build_object(
          'installed_on', s.last -> 'installed_on', 'deleted_at', s.last -> 'deleted_at'))) as shown
        cross join lateral (
          -- Most records stay where they are.
          select case
            when (shown.geom, shown.declared_commune_code, shown.declared_on) is not distinct from (t.geom, t.declared_commune_code, t.declared_on)
              then t.commune_id
            when shown.geom is not null then commune_at(shown.geom, current_date)
            else declared_commune(shown.declared_commune_code, shown.declared_on, current_date) end as id
          -- Computed once, not where it is used.
          offset 0
        ) commune
        cross join lateral jsonb_populate_record(shown, jsonb_build_object(
          'public', t.public and t.deleted_at is null and shown.public,
          'commune_id', commune.id,
          'commune_code', (select u.code from admin_units u where u.id = commune.id),
          'public_commune_code', (select u.code from admin_units u where u.id = commune.id),
          'search', t.search,
          'public_search', t.public_search)) as was
      );
    end
    $function$
    $sql$, layer_table, layer_table || '_states', collection_of(layer_table), layer_table || '_shown');

  -- The records as they were on a day; without a day, what the table held at the instant. Only those whose state differs
  -- from the table are folded. With ids only those records: what was written of others costs nothing; in PL/pgSQL, as
  -- above, which keeps its plan: to plan it took ten times as long as to read the records of a commune.
  foreach of_some in array array[false, true] loop
    execute format($sql$
      create or replace function %2$I(%5$s on_day date, known_at timestamptz default 'infinity') returns setof %1$I
      language %8$s
      as $function$
        %9$s
        select t.*
        from %1$I t
        where t.updated_at <= known_at %6$s
          and not exists (
            select from versions v
            where v.collection = %3$L and v.record_id = t.id and v.version > 1 and v.effective_on > on_day)
          and not (t.version > 1 and exists (
            select from versions v
            where v.collection = %3$L and v.record_id = t.id and v.version = 1 and v.effective_on > on_day))
          and (on_day is null or t.version > 1 or t.effective_on <= on_day or t.installed_on <= on_day)
        union all
        select (s.state).*
        from %4$I(array(
          select later.record_id from versions later
          where later.collection = %3$L and later.version > 1 and later.effective_on > on_day %7$s
          union
          select later.record_id from versions later
          join versions first on first.collection = %3$L and first.record_id = later.record_id and first.version = 1
          where later.collection = %3$L and later.version = 2 and first.effective_on > on_day %7$s
          union
          select t.id from %1$I t where t.updated_at > known_at %6$s), known_at) s
        where coalesce(on_day, 'infinity') >= s.from_day and (on_day < s.to_day or on_day is null and s.to_day = 'infinity')
        %10$s
      $function$
      $sql$, layer_table, layer_table || '_as_of', collection_of(layer_table), layer_table || '_states',
      case when of_some then 'ids bigint[],' else '' end,
      case when of_some then 'and t.id = any(ids)' else '' end,
      case when of_some then 'and later.record_id = any(ids)' else '' end,
      case when of_some then 'plpgsql stable set plan_cache_mode = force_generic_plan' else 'sql stable' end,
      case when of_some then 'begin return query' else '' end,
      case when of_some then '; end' else '' end);
  end loop;
end
$procedure$;
