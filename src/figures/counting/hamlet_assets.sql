-- Which hamlets have an asset such as a camera, as further expressions of a `with`.
-- Before it: hamlet, as for hamlet_availability.sql; every (id, geom), all hamlets that count, wherever they are;
-- asset (id, hamlet_id, connected_center, place, commune), the assets that count and may stand in one of `hamlet`.
-- Returns state: the hamlet's columns, and camera, loudspeaker, connected_camera (true, false, null = unknown). Each step
-- is materialised: the planner expects one hamlet and would repeat the steps for each.
, stands as materialized (
  -- A boundary decides where there is one; otherwise the hamlet that the record names.
  select h.id as hamlet, c.id as asset, c.connected_center
  from asset c
  join every h on geometrytype(h.geom) in ('POLYGON', 'MULTIPOLYGON') and st_covers(h.geom, c.place)
  union
  select h.id, c.id, c.connected_center
  from asset c
  join every h on h.id = c.hamlet_id
  where c.place is null or h.geom is null or geometrytype(h.geom) not in ('POLYGON', 'MULTIPOLYGON')
), homeless as materialized (
  -- Assets in an unknown hamlet of a commune: each may be in one more hamlet. That they stand in none is asked of every
  -- hamlet, so that a commune has the same figure alone and within its province.
  select c.commune, count(*) as assets, count(*) filter (where c.connected_center is distinct from 'none') as connected
  from asset c
  where not exists (select from stands s where s.asset = c.id)
  group by c.commune
), told as materialized (
  select
    hamlet,
    case when bool_or(connected_center <> 'none') then true
      when bool_or(connected_center is null) then null else false end as connected
  from stands
  group by hamlet
), state as materialized (
  -- Of the hamlets of a commune without an asset, as many are unknown as there are such assets; which ones does not
  -- affect the numbers of the commune. Where each hamlet is its own part, all of them are unknown.
  select
    h.id, h.code as hamlet, h.households, h.population, h.difficulty, h.grid_power, h.commune, h.district, h.province,
    case when t.hamlet is not null then true
      when row_number() over (partition by h.part, t.hamlet is null order by h.code, h.id) <= w.assets then null
      else false end as camera,
    case when t.hamlet is not null then true
      when row_number() over (partition by h.part, t.hamlet is null order by h.code, h.id) <= w.assets then null
      else false end as loudspeaker,
    case when t.hamlet is not null and t.connected is null then null
      when t.connected then true
      when row_number() over (
          partition by h.part, t.hamlet is not null and t.connected is null, coalesce(t.connected, false)
          order by h.code, h.id) <= w.connected then null
      else false end as connected_camera
  from hamlet h
  left join told t on t.hamlet = h.id
  left join homeless w on w.commune = h.commune
)
