-- Areas of communes within the nominal radius of operational stations of at least a generation, square metres, on the
-- ellipsoid. Overlaps count once, stations of neighbouring communes too; those without a radius or a place do not.
-- $1 bigint[]: ids of communes; $2 date: the day of the stations; $3 timestamptz: the last write that counts.
-- Returns id, area_m2, and the covered part by generation, area_2g … area_5g. None for communes without a boundary.
-- A circle of 96 corners is 0.07% smaller than a round one.
with commune as materialized (
  select id, geom from admin_units where id = any($1) and geom is not null
), station as materialized (
  select t.technologies, st_buffer(t.geom::geography, t.radius_m, 24)::geometry as reach
  from towers_as_of($2, $3::timestamptz) t
  where t.deleted_at is null
    and t.lifecycle_status = 'operational'
    and (t.installed_on is null or t.installed_on <= $2)
    and (t.decommissioned_on is null or t.decommissioned_on > $2)
    and t.radius_m is not null
    -- No radius is greater than 50 km.
    and t.geom && (select st_expand(st_setsrid(st_extent(geom)::geometry, 4326), 0.6) from commune)
), reached as materialized (
  select c.id, c.geom, s.reach,
    case when '5G' = any(s.technologies) then 5 when '4G' = any(s.technologies) then 4
      when '3G' = any(s.technologies) then 3 when '2G' = any(s.technologies) then 2 end as generation
  from commune c
  join station s on st_intersects(s.reach, c.geom)
), least as (
  -- Where no station is of exactly a generation, it covers what the next one covers.
  select c.id, c.geom, g.generation,
    coalesce((select min(r.generation) from reached r where r.id = c.id and r.generation >= g.generation), 9) as same_as
  from commune c
  cross join generate_series(2, 5) as g (generation)
), covered as materialized (
  select l.id, l.same_as,
    st_area(st_intersection((select c.geom from commune c where c.id = l.id),
      (select st_union(r.reach) from reached r where r.id = l.id and r.generation >= l.same_as))::geography) as area_m2
  from least l
  where l.same_as < 9
  group by l.id, l.same_as
)
select
  c.id,
  st_area(c.geom::geography) as area_m2,
  coalesce(max(a.area_m2) filter (where l.generation = 2), 0) as area_2g,
  coalesce(max(a.area_m2) filter (where l.generation = 3), 0) as area_3g,
  coalesce(max(a.area_m2) filter (where l.generation = 4), 0) as area_4g,
  coalesce(max(a.area_m2) filter (where l.generation = 5), 0) as area_5g
from commune c
join least l on l.id = c.id
left join covered a on a.id = l.id and a.same_as = l.same_as
group by c.id, c.geom
