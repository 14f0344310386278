-- What every layer of assets shares: its common columns, its versions, its change feed, what strangers see of it.
-- A layer's own migration creates its table `like asset`, adds its columns, and calls register_layer.

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
comment on table asset is 'The columns that every layer has: a pattern for create table like, always empty.';
comment on column asset.effective_on is 'The day from which what this version says is true.';
comment on column asset.commune_id is 'The commune in force today: the one the place lies in, else the only successor of the declared one.';
comment on column asset.public is 'Whether strangers may know of the record at all.';
comment on column asset.public_version is 'Counts the versions that changed something strangers see.';
comment on column asset.public_commune_code is 'The commune of the public geometry: what strangers ask must not tell the exact place.';

create table layers (
  collection text constraint layers_pkey primary key,
  row_count bigint not null default 0,
  public_row_count bigint not null default 0,
  version bigint not null default 0,
  public_version bigint not null default 0
);
comment on table layers is 'Rows and last change number of each layer, for insiders and for strangers.';

-- Every version of every record, for ever: what it changed, who, when, why, and from which day it holds.
create table versions (
  collection text not null constraint versions_collection_fkey references layers,
  record_id bigint not null,
  version integer not null,
  op text not null,
  effective_on date not null,
  at timestamptz not null,
  by text not null,
  reason text,
  changes jsonb not null,
  constraint versions_pkey primary key (collection, record_id, version),
  constraint versions_op_check check (op in ('create', 'update', 'delete', 'restore'))
);
comment on column versions.changes is 'The columns this version changed, with their new values; all of them in the first.';
create index versions_effective_idx on versions (collection, effective_on, record_id) where version > 1;

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
  constraint changes_op_check check (op in ('create', 'update', 'delete')),
  constraint changes_public_op_check check (public_op in ('create', 'update', 'delete')),
  constraint changes_public_check check ((public_op is null) = (public_version is null) and (public_op is not null or public_seq is null))
);
comment on table changes is 'The change feed. seq is null until number_changes() gives it, after the commit.';
create unique index changes_seq_idx on changes (seq);
create unique index changes_public_seq_idx on changes (public_seq) where public_seq is not null;
create index changes_unnumbered_idx on changes (id) where seq is null;

create table feed (
  only_row boolean constraint feed_pkey primary key default true,
  last_seq bigint not null default 0,
  last_public_seq bigint not null default 0,
  constraint feed_only_row_check check (only_row)
);
comment on table feed is 'The last numbers that the change feed has given, for insiders and for strangers.';
insert into feed default values;

create table reference_state (
  only_row boolean constraint reference_state_pkey primary key default true,
  version bigint not null default 0,
  constraint reference_state_only_row_check check (only_row)
);
comment on table reference_state is 'Counts the writes of what is not an asset and yet shows: units, availability, baselines. Apart from feed, which a long import would else lock.';
insert into reference_state default values;

create function reference_written() returns trigger
language plpgsql
as $$
begin
  update reference_state set version = version + 1;
  return null;
end
$$;
create trigger admin_units_written after insert or update or delete on admin_units for each statement execute function reference_written();
create trigger admin_changes_written after insert or update or delete on admin_changes for each statement execute function reference_written();

-- Numbers the committed changes that have none. A number is given after the commit, under a lock, so that the feed is
-- dense and in an order in which nothing appears behind a reader; strangers have a sequence of their own.
create function number_changes() returns bigint
language plpgsql
as $$
declare
  numbered bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('hatang.number_changes', 0));
  with fresh as (
    select
      id,
      row_number() over (order by id) as nth,
      case when public_op is not null then count(public_op) over (order by id) end as public_nth
    from changes
    where seq is null
  ), given as (
    update changes c
    set seq = feed.last_seq + fresh.nth, public_seq = feed.last_public_seq + fresh.public_nth
    from fresh, feed
    where c.id = fresh.id
    returning c.collection, c.op, c.public_op, c.seq, c.public_seq
  ), counted as (
    update layers l
    set
      row_count = l.row_count + g.delta,
      public_row_count = l.public_row_count + g.public_delta,
      version = g.last_seq,
      public_version = coalesce(g.last_public_seq, l.public_version)
    from (
      select
        collection,
        count(*) filter (where op = 'create') - count(*) filter (where op = 'delete') as delta,
        count(*) filter (where public_op = 'create') - count(*) filter (where public_op = 'delete') as public_delta,
        max(seq) as last_seq,
        max(public_seq) as last_public_seq
      from given
      group by collection
    ) g
    where l.collection = g.collection
  )
  update feed
  set last_seq = last_seq + n.total, last_public_seq = last_public_seq + n.public_total
  from (select count(*) as total, count(public_seq) as public_total from given) n
  where n.total > 0
  returning n.total into numbered;
  return coalesce(numbered, 0);
end
$$;

-- Before each row: what the database alone decides. Runs after the layer's own trigger, which has set what
-- strangers see (public, public_geom, public_search); its argument is the array of columns that strangers see.
create function asset_before_write() returns trigger
language plpgsql
as $$
declare
  today constant date := current_date;
  public_columns constant text[] := tg_argv[0]::text[];
  was jsonb;
begin
  if tg_op = 'UPDATE' then
    if new.id <> old.id then
      raise exception 'the id of a record never changes' using errcode = 'check_violation', constraint = 'asset_id_is_final';
    end if;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
    new.updated_at := now();
  end if;
  if new.hamlet_id is not null
    and not exists (select from admin_units u where u.id = new.hamlet_id and u.level = 'hamlet') then
    raise exception 'unit % is no hamlet', new.hamlet_id
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_hamlet_fkey';
  end if;
  new.search := fold(concat_ws(' ', new.code, new.name, new.address));
  new.public_search := coalesce(new.public_search, new.search);

  new.commune_id := coalesce(commune_at(new.geom, today),
    case when new.geom is null then declared_commune(new.declared_commune_code, new.declared_on, today) end);
  new.commune_code := (select u.code from admin_units u where u.id = new.commune_id);
  new.public_commune_code := case
    when new.public_geom is null or new.public_geom = new.geom then new.commune_code
    else (select u.code from admin_units u where u.id = commune_at(new.public_geom, today)) end;

  if tg_op = 'UPDATE' then
    was := to_jsonb(old);
    new.public_version := old.public_version + case
      -- Hidden until now: to strangers this is the first version.
      when not old.public and old.public_version = 1 then 0
      when (new.public or old.public) and exists (
        select 1
        from unnest(public_columns || '{public,public_geom,public_commune_code,deleted_at,decommissioned_on}') as c (name)
        where was -> c.name is distinct from to_jsonb(new) -> c.name
      ) then 1 else 0 end;
  end if;
  return new;
end
$$;

-- What strangers see of a layer that has nothing to hide.
create function asset_all_public() returns trigger
language plpgsql
as $$
begin
  new.public := true;
  new.public_geom := new.geom;
  return new;
end
$$;

create function asset_no_delete() returns trigger
language plpgsql
as $$
begin
  raise exception 'records are never removed: set deleted_at' using errcode = 'check_violation', constraint = 'asset_delete_is_soft';
end
$$;

create function collection_of(table_name text) returns text
language sql immutable parallel safe
as $$ select replace(table_name, '_', '-') $$;

create function asset_after_insert() returns trigger
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

create function asset_after_update() returns trigger
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

-- What a reader who sees a record only while it is visible is told of a write; null when there is nothing to tell.
create function feed_op(was_visible boolean, is_visible boolean, changed boolean) returns text
language sql immutable parallel safe
as $$
  select case
    when is_visible and not was_visible then 'create'
    when was_visible and not is_visible then 'delete'
    when is_visible and changed then 'update' end
$$;

-- Makes a table a layer: keys, indexes, triggers, and <table>_as_of(day), its records as they were on a day.
-- public_columns are the columns that strangers see; public_function is the trigger function that fills the stored
-- ones (public, public_geom, public_search and the layer's own).
create procedure register_layer(layer_table text, public_columns text[], public_function text default 'asset_all_public')
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

create procedure unregister_layer(layer_table text)
language plpgsql
as $procedure$
begin
  execute format('drop function %I(date)', layer_table || '_as_of');
  execute format('drop table %I', layer_table);
  delete from changes where collection = collection_of(layer_table);
  delete from versions where collection = collection_of(layer_table);
  delete from layers where collection = collection_of(layer_table);
end
$procedure$;

-- The commune that each asset lies in today, found again where the units have changed. Returns the records corrected.
create function refresh_communes(actor text) returns bigint
language plpgsql
as $$
declare
  layer record;
  corrected bigint;
  total bigint := 0;
begin
  for layer in select replace(collection, '-', '_') as name from layers loop
    execute format($sql$
      update %1$I t
      set updated_by = $1, effective_on = current_date
      where t.commune_id is distinct from coalesce(commune_at(t.geom, current_date),
          case when t.geom is null then declared_commune(t.declared_commune_code, t.declared_on, current_date) end)
        or t.commune_code is distinct from (select u.code from admin_units u where u.id = t.commune_id)
        or (t.public_geom is not null and t.public_geom is distinct from t.geom and t.public_commune_code is distinct from
          (select u.code from admin_units u where u.id = commune_at(t.public_geom, current_date)))
    $sql$, layer.name) using actor;
    get diagnostics corrected = row_count;
    total := total + corrected;
  end loop;
  return total;
end
$$;
