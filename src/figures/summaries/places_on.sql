(
  select c.id
  from (select 1) one
  left join lateral (
    select u.id
    from (
      select c.id, c.code, c.valid_from, c.valid_to
      from admin_units c
      where c.level = 'commune' and st_covers(c.geom, case when st_dimension(t.geom) = 0 then t.geom else st_pointonsurface(t.geom) end)
      offset 0
    ) u
    where in_force(u.valid_from, u.valid_to, $1)
    order by u.code
    limit 1
  ) c on true
) c
cross join lateral (
  select c.id as unit_id, $1 as units_from, $1 as units_to where c.id is not null
  union all
  select elsewhere.* from places_of(t.geom, t.declared_commune_code, t.declared_on) elsewhere
  where c.id is null and $1 between elsewhere.units_from and elsewhere.units_to
) p
