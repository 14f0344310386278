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
