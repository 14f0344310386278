-- Administrative units as versions keyed by (code, valid_from): a code without a date means nothing.
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
comment on column admin_units.counted_on is 'The day of the count that population and households are of.';
comment on column admin_units.source is 'demo units give way to imported ones.';
comment on column admin_units.geom_source is 'children: the union of the boundaries of its communes.';

create index admin_units_geom_idx on admin_units using gist (geom);
-- Without it the planner joins the index above with that of the levels: 0.5 ms to find the commune of a point, against 0.08.
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
comment on table unit_lists is 'The days whose list of units was imported: what a list shows on its day, another one does not undo.';
comment on column unit_lists.provinces is 'The provinces that the list covers; null: the whole country.';

create function in_force(valid_from date, valid_to date, on_day date) returns boolean
language sql immutable parallel safe
as $$ select valid_from <= on_day and (valid_to is null or valid_to >= on_day) $$;

-- The units in force on a day that a unit has become by then, or had been: itself while it is in force.
create function unit_on(unit_id bigint, on_day date) returns setof bigint
language sql stable
as $$
  with recursive walk as (
    select u.id, u.valid_from, u.valid_to, on_day >= u.valid_from as forward
    from admin_units u
    where u.id = unit_id
    union
    select n.id, n.valid_from, n.valid_to, w.forward
    from walk w
    join admin_changes c on case when w.forward then c.from_id else c.to_id end = w.id
    join admin_units n on n.id = case when w.forward then c.to_id else c.from_id end
    where not in_force(w.valid_from, w.valid_to, on_day)
  )
  select id from walk where in_force(valid_from, valid_to, on_day)
$$;

-- The commune in force on a day that a code, read on another day, stands for: null unless there is exactly one.
create function declared_commune(declared_code text, declared_on date, on_day date) returns bigint
language sql stable
as $$
  select case when count(*) = 1 then min(successor) end
  from admin_units u, unit_on(u.id, on_day) as successor
  where u.code = declared_code and u.level = 'commune' and in_force(u.valid_from, u.valid_to, declared_on)
$$;

-- The commune in force on a day that a place lies in; a place on a shared boundary belongs to the lower code.
-- A line or an area is placed by a point on it.
create function commune_at(place geometry, on_day date) returns bigint
language sql stable
as $$
  select u.id
  from admin_units u
  where u.level = 'commune'
    and in_force(u.valid_from, u.valid_to, on_day)
    and st_covers(u.geom, case when st_dimension(place) = 0 then place else st_pointonsurface(place) end)
  order by u.code
  limit 1
$$;

-- The communes in force on a day that make up a unit: itself, or those below it.
create function communes_within(unit_code text, on_day date) returns setof admin_units
language sql stable
as $$
  select c.*
  from admin_units c
  left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
  where c.level = 'commune'
    and in_force(c.valid_from, c.valid_to, on_day)
    and unit_code in (c.code, c.parent_code, d.parent_code)
$$;

-- The units in force on a day that a record belongs to, as codes; null on a level where there is none, or not just one.
-- A place belongs to the units it lies in, a record without one to what its declared commune was or has become.
create function territory(place geometry, declared_code text, declared_on date, on_day date,
  out commune text, out district text, out province text)
language plpgsql stable
as $$
declare
  found bigint := case when place is null
    then declared_commune(declared_code, declared_on, on_day) else commune_at(place, on_day) end;
  parent text;
begin
  if found is not null then
    select u.code, u.parent_code into commune, parent from admin_units u where u.id = found;
    if length(parent) = 2 then
      province := parent;
    else
      district := parent;
      select u.parent_code into province
      from admin_units u
      where u.code = parent and u.level = 'district' and in_force(u.valid_from, u.valid_to, on_day);
    end if;
  elsif place is not null then
    select min(u.code) filter (where u.level = 'district'),
      coalesce(min(u.code) filter (where u.level = 'province'), min(u.parent_code) filter (where u.level = 'district'))
    into district, province
    from admin_units u
    where u.level in ('district', 'province')
      and in_force(u.valid_from, u.valid_to, on_day)
      and st_covers(u.geom, case when st_dimension(place) = 0 then place else st_pointonsurface(place) end);
  elsif declared_code is not null then
    -- A commune that was split: what its parts have in common still holds.
    select
      case when count(distinct coalesce(d.code, '')) = 1 then min(d.code) end,
      case when count(distinct coalesce(d.parent_code, c.parent_code)) = 1 then min(coalesce(d.parent_code, c.parent_code)) end
    into district, province
    from admin_units u
    cross join lateral unit_on(u.id, on_day) as part
    join admin_units c on c.id = part
    left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
    where u.code = declared_code and u.level = 'commune' and in_force(u.valid_from, u.valid_to, declared_on);
  end if;
end
$$;
