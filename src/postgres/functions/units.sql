-- Finds the units that a place, a code or another unit stands for on a day.
-- Everything here is read from admin_units and admin_changes. A unit is in force from valid_from to valid_to.

-- The units in force on a day that a unit became later, or came from; the unit itself while it is in force.
-- unit_id: a version of a unit. Returns ids.
create or replace function unit_on(unit_id bigint, on_day date) returns setof bigint
language sql
stable
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

-- The commune in force on on_day that declared_code meant on declared_on; null unless there is exactly one.
create or replace function declared_commune(declared_code text, declared_on date, on_day date) returns bigint
language sql
stable
as $$
  select case when count(*) = 1 then min(successor) end
  from admin_units u, unit_on(u.id, on_day) as successor
  where u.code = declared_code and u.level = 'commune' and in_force(u.valid_from, u.valid_to, declared_on)
$$;

-- The commune in force on a day that contains a place. On a shared boundary the lower code wins. A line or an area is
-- placed by one point on it.
create or replace function commune_at(place geometry, on_day date) returns bigint
language sql
stable
as $$
  select u.id
  from admin_units u
  where u.level = 'commune'
    and in_force(u.valid_from, u.valid_to, on_day)
    and st_covers(u.geom, case when st_dimension(place) = 0 then place else st_pointonsurface(place) end)
  order by u.code
  limit 1
$$;

-- The communes in force on a day that make up a unit: the unit itself, or those below it.
create or replace function communes_within(unit_code text, on_day date) returns setof admin_units
language sql
stable
as $$
  select c.*
  from admin_units c
  left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
  where c.level = 'commune'
    and in_force(c.valid_from, c.valid_to, on_day)
    and unit_code in (c.code, c.parent_code, d.parent_code)
$$;

-- The district and the province in force on a day that those of a commune became, or came from; null where there is not
-- exactly one. For communes that ended while nothing says what became of them.
create or replace function unit_home(unit_id bigint, on_day date, out district text, out province text)
language sql
stable
as $$
  with home as (
    select u.parent_code, case when on_day > u.valid_to then u.valid_to else u.valid_from end as day
    from admin_units u
    where u.id = unit_id
  ), above as (
    select d.id, d.level from home
    join admin_units d on d.level = 'district' and d.code = home.parent_code and in_force(d.valid_from, d.valid_to, home.day)
    union all
    select p.id, p.level from home
    left join admin_units d on d.level = 'district' and d.code = home.parent_code and in_force(d.valid_from, d.valid_to, home.day)
    join admin_units p on p.level = 'province' and p.code = coalesce(d.parent_code, home.parent_code)
      and in_force(p.valid_from, p.valid_to, home.day)
  ), later as (
    select n.level, n.code from above, unit_on(above.id, on_day) as found join admin_units n on n.id = found
    where n.level = above.level
  )
  select
    (select min(code) from later where level = 'district' having count(distinct code) = 1),
    (select min(code) from later where level = 'province' having count(distinct code) = 1)
$$;

-- The codes of the units in force on a day to which a record belongs; null on a level with no unit or with several.
-- A record with a place belongs to the units that contain it. One without a place belongs to what its declared commune
-- was or became.
create or replace function territory(place geometry, declared_code text, declared_on date, on_day date,
  out commune text, out district text, out province text)
language plpgsql
stable
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
    -- The province of the district, so that districts add up to it.
    select min(u.code) filter (where u.level = 'district'),
      (coalesce(
        min(array[u.code, u.parent_code]) filter (where u.level = 'district'),
        array[null, min(u.code) filter (where u.level = 'province')]))[2]
    into district, province
    from admin_units u
    where u.level in ('district', 'province')
      and in_force(u.valid_from, u.valid_to, on_day)
      and st_covers(u.geom, case when st_dimension(place) = 0 then place else st_pointonsurface(place) end);
  elsif declared_code is not null then
    -- The commune was split. Units that contain all its parts still hold.
    select
      case when count(distinct coalesce(d.code, '')) = 1 then min(d.code) end,
      case when count(distinct coalesce(d.parent_code, c.parent_code)) = 1 then min(coalesce(d.parent_code, c.parent_code)) end
    into district, province
    from admin_units u
    cross join lateral unit_on(u.id, on_day) as part
    join admin_units c on c.id = part
    left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
    where u.code = declared_code and u.level = 'commune' and in_force(u.valid_from, u.valid_to, declared_on);
    if province is null then
      select h.district, h.province into district, province
      from admin_units u, unit_home(u.id, on_day) h
      where u.code = declared_code and u.level = 'commune' and in_force(u.valid_from, u.valid_to, declared_on)
        and not exists (select from unit_on(u.id, on_day));
    end if;
  end if;
end
$$;
