create or replace procedure register_layer(layer_table text, public_columns text[], public_function text default 'asset_all_public')
language plpgsql
as $procedure$
begin
  execute format($sql$
    alter table %1$I
      add constraint %2$I primary key (id),
      add constraint %3$I foreign key (commune_id) references admin_units (id),
      add constraint %4$I foreign key (hamlet_id) references admin_units (id)
    $sql$, layer_table, layer_table || '_pkey', layer_table || '_commune_fkey', layer_table || '_hamlet_fkey');
  -- Unique together with the organisation, so that nobody meets another's hidden record.
  execute format('create unique index %I on %I (coalesce(source_org, %L), code)', layer_table || '_code_key', layer_table, '');
  execute format('create unique index %I on %I (coalesce(source_org, %L), external_id) where external_id is not null',
    layer_table || '_external_id_key', layer_table, '');
  execute format('create index %I on %I using gist (geom)', layer_table || '_geom_idx', layer_table);
  execute format('create index %I on %I using gist (public_geom)', layer_table || '_public_geom_idx', layer_table);
  execute format('create index %I on %I (commune_id)', layer_table || '_commune_idx', layer_table);
  execute format('create index %I on %I (public_commune_code, id)', layer_table || '_public_commune_idx', layer_table);
  execute format('create index %I on %I (hamlet_id)', layer_table || '_hamlet_idx', layer_table);
  execute format('create index %I on %I using gin (search gin_trgm_ops)', layer_table || '_search_idx', layer_table);
  execute format('create index %I on %I using gin (public_search gin_trgm_ops)', layer_table || '_public_search_idx', layer_table);

  execute format('insert into layers (collection) values (%L)', collection_of(layer_table));
  -- Triggers of one kind run in the order of their names.
  execute format('create trigger a_public before insert or update on %I for each row execute function %I()',
    layer_table, public_function);
  execute format('create trigger b_derive before insert or update on %I for each row execute function asset_before_write(%L)',
    layer_table, public_columns);
  execute format('create trigger no_delete before delete or truncate on %I for each statement execute function asset_no_delete()', layer_table);
  execute format('create trigger record_insert after insert on %I referencing new table as new_rows for each statement execute function asset_after_insert()', layer_table);
  execute format('create trigger record_update after update on %I referencing old table as old_rows new table as new_rows for each statement execute function asset_after_update()', layer_table);

  -- A day's record is its first version with every later one effective by then laid over it in the order written: a
  -- correction of an old date so reaches only the fields it names. The first version reaches back to the day of
  -- installation; without one, a record is known from the first day that a version of it says. What is deleted or hidden
  -- today is so on every day.
  execute format($sql$
    create function %2$I(on_day date) returns setof %1$I
    language sql stable
    as $function$
      select t.*
      from %1$I t
      where not exists (
        select from versions v
        where v.collection = %3$L and v.record_id = t.id and v.version > 1 and v.effective_on > on_day)
        and (t.version > 1 or t.effective_on <= on_day or t.installed_on <= on_day)
      union all
      select was.*
      from (
        select v.record_id, jsonb_merge(v.changes order by v.version) as record, min(v.effective_on) as known_from
        from versions v
        where v.collection = %3$L
          and (v.version = 1 or v.effective_on <= on_day)
          and v.record_id in (
            select later.record_id from versions later
            where later.collection = %3$L and later.version > 1 and later.effective_on > on_day)
        group by v.record_id
      ) folded
      join %1$I t on t.id = folded.record_id
      cross join lateral jsonb_populate_record(null::%1$I, folded.record || jsonb_build_object(
        'deleted_at', t.deleted_at,
        'public', t.public and (folded.record ->> 'public')::boolean,
        'search', t.search,
        'public_search', t.public_search)) was
      where folded.known_from <= on_day or was.installed_on <= on_day
    $function$
    $sql$, layer_table, layer_table || '_as_of', collection_of(layer_table));
end
$procedure$;

create or replace procedure unregister_layer(layer_table text)
language plpgsql
set hatang.final = 'layer'
as $procedure$
begin
  execute format('drop function %I(date)', layer_table || '_as_of');
  execute format('drop table %I', layer_table);
  delete from changes where collection = collection_of(layer_table);
  delete from versions where collection = collection_of(layer_table);
  delete from layers where collection = collection_of(layer_table);
end
$procedure$;

do $down$
declare
  layer_table text;
begin
  for layer_table in select replace(collection, '-', '_') from layers loop
    execute format('drop function %I(date, timestamptz)', layer_table || '_as_of');
    execute format('drop index %I, %I', layer_table || '_code_key', layer_table || '_external_id_key');
    execute format('create unique index %I on %I (coalesce(source_org, %L), code)', layer_table || '_code_key', layer_table, '');
    execute format('create unique index %I on %I (coalesce(source_org, %L), external_id) where external_id is not null',
      layer_table || '_external_id_key', layer_table, '');
    execute format($sql$
      create function %2$I(on_day date) returns setof %1$I
      language sql stable
      as $function$
        select t.*
        from %1$I t
        where not exists (
          select from versions v
          where v.collection = %3$L and v.record_id = t.id and v.version > 1 and v.effective_on > on_day)
          and (t.version > 1 or t.effective_on <= on_day or t.installed_on <= on_day)
        union all
        select was.*
        from (
          select v.record_id, jsonb_merge(v.changes order by v.version) as record, min(v.effective_on) as known_from
          from versions v
          where v.collection = %3$L
            and (v.version = 1 or v.effective_on <= on_day)
            and v.record_id in (
              select later.record_id from versions later
              where later.collection = %3$L and later.version > 1 and later.effective_on > on_day)
          group by v.record_id
        ) folded
        join %1$I t on t.id = folded.record_id
        cross join lateral jsonb_populate_record(null::%1$I, folded.record || jsonb_build_object(
          'deleted_at', t.deleted_at,
          'public', t.public and (folded.record ->> 'public')::boolean,
          'search', t.search,
          'public_search', t.public_search)) was
        where folded.known_from <= on_day or was.installed_on <= on_day
      $function$
      $sql$, layer_table, layer_table || '_as_of', collection_of(layer_table));
  end loop;
end
$down$;

drop procedure add_layer_keys(text);
drop procedure add_layer_past(text);
