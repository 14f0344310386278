-- Administrative units as versions, keyed by (code, valid_from). A code without a date does not identify a unit.
create table admin_units (
  id bigint generated always as identity constraint admin_units_pkey primary key,
  level text not null,
  code text not null,
  name text not null,
  kind text,
  parent_code text,
  valid_from date not null,
  valid_to date,
  area_km2 double precision,
  area_source text,
  population integer,
  households integer,
  counted_on date,
  counted_source text,
  decree text,
  source text not null,
  geom geometry(Geometry, 4326),
  geom_source text,
  search text not null generated always as (fold(name)) stored,
  constraint admin_units_code_key unique (code, valid_from),
  constraint admin_units_level_check check (level in ('province', 'district', 'commune', 'hamlet')),
  constraint admin_units_code_check check (code ~ case level
    when 'province' then '^[0-9]{2}$' when 'district' then '^[0-9]{3}$'
    when 'commune' then '^[0-9]{5}$' else '^[0-9]{5}-[0-9]{1,4}$' end),
  constraint admin_units_parent_check check (case level
    when 'province' then parent_code is null
    when 'district' then parent_code ~ '^[0-9]{2}$'
    when 'commune' then parent_code ~ '^[0-9]{2,3}$'
    else parent_code = left(code, 5) end),
  constraint admin_units_name_check check (name <> '' and name = normalize(btrim(name), nfc)),
  constraint admin_units_validity_check check (valid_to >= valid_from),
  constraint admin_units_no_overlap exclude using gist (code with =, daterange(valid_from, valid_to, '[]') with &&),
  constraint admin_units_area_check check (area_km2 > 0),
  constraint admin_units_population_check check (population >= 0),
  constraint admin_units_households_check check (households >= 0),
  constraint admin_units_counted_check check (counted_on is not null or (population is null and households is null)),
  constraint admin_units_source_check check (source in ('demo', 'import')),
  constraint admin_units_geom_check check (
    (geom is null) = (geom_source is null)
    and (level = 'hamlet' or geometrytype(geom) = 'MULTIPOLYGON')
    and geometrytype(geom) in ('POINT', 'MULTIPOLYGON') and not st_isempty(geom)),
  constraint admin_units_geom_source_check check (geom_source in ('demo', 'import', 'children'))
);
comment on table admin_units is 'Provinces, districts, communes and hamlets, a row a version.';
comment on column admin_units.valid_to is 'Last day of the version; null while it is in force.';
comment on column admin_units.counted_on is 'The day on which population and households were counted.';
comment on column admin_units.source is 'Imported units replace those of the demo.';
comment on column admin_units.geom_source is 'children: the union of the boundaries of its communes.';

create index admin_units_geom_idx on admin_units using gist (geom);
-- Without this index the planner combines the one above with the one on levels: finding the commune of a point took 0.5
-- ms instead of 0.08 ms.
create index admin_units_commune_geom_idx on admin_units using gist (geom) where level = 'commune';
create index admin_units_parent_idx on admin_units (parent_code, valid_from);
create index admin_units_level_idx on admin_units (level, valid_from, valid_to);
create index admin_units_search_idx on admin_units using gin (search gin_trgm_ops);

create table admin_changes (
  id bigint generated always as identity constraint admin_changes_pkey primary key,
  from_id bigint not null constraint admin_changes_from_fkey references admin_units on delete cascade,
  to_id bigint not null constraint admin_changes_to_fkey references admin_units on delete cascade,
  part text not null,
  kind text not null,
  constraint admin_changes_key unique (from_id, to_id),
  constraint admin_changes_loop_check check (from_id <> to_id),
  constraint admin_changes_part_check check (part in ('full', 'partial')),
  constraint admin_changes_kind_check check (kind in ('renamed', 'moved', 'merged', 'split', 'recoded'))
);
comment on table admin_changes is 'What became of a unit: from an old version to a new one, all of it or a part.';
create index admin_changes_to_idx on admin_changes (to_id);

create table unit_lists (
  as_of date constraint unit_lists_pkey primary key,
  provinces text[],
  constraint unit_lists_provinces_check check (cardinality(provinces) > 0)
);
comment on table unit_lists is 'The days of the imported lists of units. No list changes what another list says of its own day.';
comment on column unit_lists.provinces is 'The provinces that the list covers; null for the whole country.';

-- Views use this function, so it is created here.
create function in_force(valid_from date, valid_to date, on_day date) returns boolean
language sql
immutable parallel safe
as $$ select valid_from <= on_day and (valid_to is null or valid_to >= on_day) $$;
comment on function in_force(date, date, date) is 'Whether a version of a unit is in force on a day.';
