-- The communes in force on a day that share the territory of a named group of units.
create or replace function group_communes(group_code text, on_day date) returns setof admin_units
language sql
stable
as $$
  select n.*
  from admin_units n
  where n.id in (
    select found
    from unit_groups g
    cross join unnest(g.members) as member (code)
    cross join lateral communes_within(member.code, g.units_on) c
    cross join lateral unit_on(c.id, on_day) as found
    where g.code = group_code)
$$;

-- The units in force on a day that lie in a named group, as units_on() has them: its communes, and the larger units that
-- it names, with those in them. The code of any other larger unit is null: the group may hold only a part of it.
create or replace function group_units(group_code text, on_day date)
returns table (id bigint, commune text, district text, province text)
language sql
stable
as $$
  select u.id, u.commune,
    case when u.district = any(g.members) or u.province = any(g.members) then u.district end,
    case when u.province = any(g.members) then u.province end
  from unit_groups g
  cross join units_on(on_day) u
  left join group_communes(g.code, on_day) c on c.id = u.id
  where g.code = group_code
    and (c.id is not null or u.commune is null and (u.district = any(g.members) or u.province = any(g.members)))
$$;
