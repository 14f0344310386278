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
    -- As two parts, so that each finds its changes by an index.
    cross join lateral (
      select c.to_id as id from admin_changes c where w.forward and c.from_id = w.id
      union all
      select c.from_id from admin_changes c where not w.forward and c.to_id = w.id
    ) step
    join admin_units n on n.id = step.id
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
language plpgsql
stable
set plan_cache_mode = force_generic_plan
as $$
-- One plan for all places: to plan for each takes four times as long as to find the commune. By the place first: with the
-- days beside it, the planner reads all communes of a day.
begin
  return (
    select u.id
    from (
      select c.id, c.code, c.valid_from, c.valid_to
      from admin_units c
      where c.level = 'commune' and st_covers(c.geom, case when st_dimension(place) = 0 then place else st_pointonsurface(place) end)
      offset 0
    ) u
    where in_force(u.valid_from, u.valid_to, on_day)
    order by u.code
    limit 1
  );
end
$$;

-- The communes in force on a day that make up a unit: the unit itself, or those below it.
create or replace function communes_within(unit_code text, on_day date) returns setof admin_units
language sql
stable
as $$
  -- The district's code as an array: with a join, the planner reads all communes.
  select c.*
  from admin_units c
  where c.level = 'commune' and in_force(c.valid_from, c.valid_to, on_day)
    and (c.code = unit_code or c.parent_code = any(array(
      select unit_code
      union all
      select d.code from admin_units d
      where d.parent_code = unit_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day))))
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

-- The province in force on a day that a unit belonged to, or what that province became or came from; null unless there
-- is exactly one.
create or replace function province_on(unit_id bigint, on_day date) returns bigint
language sql
stable
as $$
  select case when count(distinct lasting.id) = 1 then min(lasting.id) end
  from admin_units u
  left join admin_units d on d.level = 'district' and d.code = u.parent_code
    and in_force(d.valid_from, d.valid_to, coalesce(u.valid_to, greatest(u.valid_from, on_day)))
  join admin_units p on p.level = 'province' and p.code = coalesce(d.parent_code, u.parent_code)
    and in_force(p.valid_from, p.valid_to, coalesce(u.valid_to, greatest(u.valid_from, on_day)))
  cross join lateral unit_on(p.id, on_day) as lasting (id)
  where u.id = province_on.unit_id
$$;

-- The units in which a record is counted, and the days of the unit lists for which each holds: every day is in exactly one
-- row. A place belongs to the commune that contains it; on a shared boundary the lower code wins. Where no commune does,
-- it belongs to the district or the province that contains it, else to the province of the commune that contains it on
-- other days. Without a place, a record belongs to what its declared commune was or became; where that is not one
-- commune, to the district or province that contains all its parts. Unit 0 is no unit. A line or an area is placed by
-- one point on it.
create or replace function places_of(place geometry, declared_code text, declared_on date)
returns table (unit_id bigint, units_from date, units_to date)
language plpgsql
stable
rows 3
set plan_cache_mode = force_generic_plan
as $$
declare
  point constant geometry := case when st_dimension(place) = 0 then place else st_pointonsurface(place) end;
  ids bigint[];
  firsts date[];
  lasts date[];
  around bigint[];
  days date[];
  last_day date := '-infinity';
  is_whole boolean := true;
  origin bigint;
  found bigint;
  previous bigint;
  begun date := '-infinity';
  first_list constant date := (select min(u.valid_from) from admin_units u where u.level = 'province');
begin
  if point is not null then
    select array_agg(c.id order by c.valid_from, c.code), array_agg(c.valid_from order by c.valid_from, c.code),
      array_agg(coalesce(c.valid_to, 'infinity') order by c.valid_from, c.code)
    into ids, firsts, lasts
    from admin_units c
    where c.level = 'commune' and st_covers(c.geom, point);
    if ids is not null then
      -- The usual case: one commune after the other, without a gap, from the first list on.
      is_whole := firsts[1] <= first_list and lasts[cardinality(lasts)] = 'infinity';
      for nth in 2 .. cardinality(ids) loop
        is_whole := is_whole and firsts[nth] = lasts[nth - 1] + 1;
      end loop;
      if is_whole then
        return query values (0::bigint, '-infinity'::date, firsts[1] - 1);
        return query select * from unnest(ids, firsts, lasts);
        return;
      end if;
    end if;
    -- The districts and provinces that contain it, but for those in whose days one of these communes holds throughout.
    around := array(
      select u.id
      from admin_units u
      where u.level in ('district', 'province') and st_covers(u.geom, point)
        and not exists (
          select from unnest(firsts, lasts) c (first, last)
          where c.first <= u.valid_from and c.last >= coalesce(u.valid_to, 'infinity')));
    select array_agg(distinct d.day order by d.day) into days
    from (
      select u.valid_from, u.valid_to from admin_units u where u.id = any(ids || around)
      union all
      select u.valid_from, u.valid_to from admin_units u where u.level = 'province' and ids is not null
    ) u
    cross join lateral (values (u.valid_from), (u.valid_to + 1)) d (day)
    where d.day is not null;
    for nth in 1 .. coalesce(cardinality(days), 0) loop
      select u.id into found
      from admin_units u
      where u.id = any(ids || around) and in_force(u.valid_from, u.valid_to, days[nth])
      order by u.level = 'commune' desc, u.level = 'district' desc, u.code
      limit 1;
      if found is null and ids is not null then
        -- The commune of the nearest earlier list, else of the nearest later one.
        select u.id into origin
        from unnest(ids, firsts) u (id, first)
        order by u.first > days[nth], case when u.first > days[nth] then u.first - days[nth] else days[nth] - u.first end
        limit 1;
        found := province_on(origin, days[nth]);
      end if;
      if nth = 1 or found is distinct from previous then
        if days[nth] > begun or begun = '-infinity' then
          return query values (coalesce(previous, 0), begun, days[nth] - 1);
        end if;
        begun := days[nth];
        previous := found;
      end if;
    end loop;
    return query values (coalesce(previous, 0), begun, 'infinity'::date);
    return;
  end if;

  select u.id into origin
  from admin_units u
  where u.level = 'commune' and u.code = declared_code and in_force(u.valid_from, u.valid_to, declared_on);
  if origin is null then
    return query values (0::bigint, '-infinity'::date, 'infinity'::date);
    return;
  end if;
  -- The days on which the commune, what it came from or became, or a district or province could change.
  with recursive walk (id, forward) as (
    values (origin, true), (origin, false)
    union
    select step.id, w.forward
    from walk w
    cross join lateral (
      select c.to_id as id from admin_changes c where w.forward and c.from_id = w.id
      union all
      select c.from_id from admin_changes c where not w.forward and c.to_id = w.id
    ) step
  )
  select array_agg(distinct d.day order by d.day) into days
  from admin_units u
  cross join lateral (values (u.valid_from), (u.valid_to + 1)) d (day)
  where d.day is not null and (u.id in (select w.id from walk w) or u.level = 'province'
    or u.level = 'district' and u.code in (select p.parent_code from admin_units p join walk w on w.id = p.id));
  foreach last_day in array days loop
    found := declared_commune(declared_code, declared_on, last_day);
    if found is null then
      select coalesce(d.id, p.id) into found
      from territory(null, declared_code, declared_on, last_day) t
      left join admin_units d on d.level = 'district' and d.code = t.district and in_force(d.valid_from, d.valid_to, last_day)
      left join admin_units p on p.level = 'province' and p.code = t.province and in_force(p.valid_from, p.valid_to, last_day);
      found := coalesce(found, province_on(origin, last_day));
    end if;
    if found is distinct from previous then
      return query values (coalesce(previous, 0), begun, last_day - 1);
      begun := last_day;
      previous := found;
    end if;
  end loop;
  return query values (coalesce(previous, 0), begun, 'infinity'::date);
end
$$;

-- The units in force on a day with the codes of the units that contain them, as figures group by them. With a code only
-- that unit and those in it. In PL/pgSQL, so that a statement computes them once: as a part of it, the planner expects few
-- and computes them again for each row that it joins to them.
create or replace function units_on(on_day date, within text default null)
returns table (id bigint, commune text, district text, province text)
language plpgsql
stable
as $$
declare
  parents text[];
begin
  if length(within) = 5 then
    return query
    select c.id, c.code, d.code, coalesce(d.parent_code, c.parent_code)
    from admin_units c
    left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
    where c.code = within and c.level = 'commune' and in_force(c.valid_from, c.valid_to, on_day);
    return;
  end if;
  if within is not null then
    parents := array(
      select within
      union all
      select d.code from admin_units d
      where d.parent_code = within and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day));
    return query
    select c.id, c.code, d.code, coalesce(d.parent_code, c.parent_code)
    from admin_units c
    left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
    where c.parent_code = any(parents) and c.level = 'commune' and in_force(c.valid_from, c.valid_to, on_day)
    union all
    select u.id, null, case u.level when 'district' then u.code end, case u.level when 'district' then u.parent_code else u.code end
    from admin_units u
    where u.code = any(parents) and u.level in ('district', 'province') and in_force(u.valid_from, u.valid_to, on_day);
    return;
  end if;
  return query
  select c.id, c.code, d.code, coalesce(d.parent_code, c.parent_code)
  from admin_units c
  left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, on_day)
  where c.level = 'commune' and in_force(c.valid_from, c.valid_to, on_day)
  union all
  select u.id, null, case u.level when 'district' then u.code end, case u.level when 'district' then u.parent_code else u.code end
  from admin_units u
  where u.level in ('district', 'province') and in_force(u.valid_from, u.valid_to, on_day);
end
$$;

-- How many metres of a line lie in which units, and for which unit lists; see places_of(). What lies in no commune belongs
-- to the province that contains a point on the line, or to no unit.
create or replace function lengths_of(line geometry, declared_code text, declared_on date)
returns table (unit_id bigint, units_from date, units_to date, length_m integer)
language plpgsql
stable
rows 3
as $$
declare
  whole_m constant integer := round(st_length(line::geography));
begin
  if line is null then
    return query select p.unit_id, p.units_from, p.units_to, 0 from places_of(line, declared_code, declared_on) p;
    return;
  end if;
  return query
  with piece as materialized (
    select c.id, c.valid_from, coalesce(c.valid_to, 'infinity') as valid_to,
      round(st_length(st_intersection(line, c.geom)::geography))::integer as length_m
    from admin_units c
    where c.level = 'commune' and st_intersects(c.geom, line)
  ), era as (
    select d.day as begins, lead(d.day - 1, 1, 'infinity') over (order by d.day) as ends
    from (
      select '-infinity'::date as day
      union select piece.valid_from from piece
      union select piece.valid_to + 1 from piece where piece.valid_to < 'infinity'
    ) d
  ), rest as (
    select era.begins, era.ends,
      whole_m - coalesce((select sum(piece.length_m) from piece where piece.valid_from <= era.begins and piece.valid_to >= era.begins), 0) as length_m
    from era
  )
  select piece.id, piece.valid_from, piece.valid_to, piece.length_m from piece where piece.length_m > 0
  union all
  select coalesce(p.id, 0), rest.begins, rest.ends, greatest(rest.length_m, 0)::integer
  from rest
  left join lateral (
    select u.id from admin_units u
    where u.level = 'province' and u.geom && line and in_force(u.valid_from, u.valid_to, rest.begins) and st_covers(u.geom, st_pointonsurface(line))
    limit 1
  ) p on true
  where rest.length_m > 0 or rest.length_m = whole_m;
end
$$;
