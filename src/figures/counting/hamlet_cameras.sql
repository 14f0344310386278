-- Which hamlets have cameras, as further expressions of a `with`.
-- Before it: hamlet, as for hamlet_availability.sql; camera (id, hamlet_id, connected_center, place,
-- commune), the cameras that count.
-- Returns state: the hamlet's columns, and camera, connected_camera (true, false, null = unknown). Each step is
-- materialised: the planner expects one hamlet and would repeat the steps for each.
, stands as materialized (
  -- A boundary decides where there is one; otherwise the hamlet that the camera names.
  select h.id as hamlet, c.id as camera, c.connected_center
  from camera c
  join hamlet h on geometrytype(h.geom) = 'MULTIPOLYGON' and st_covers(h.geom, c.place)
  union
  select h.id, c.id, c.connected_center
  from camera c
  join hamlet h on h.id = c.hamlet_id
  where c.place is null or h.geom is null or geometrytype(h.geom) <> 'MULTIPOLYGON'
), homeless as materialized (
  -- Cameras in an unknown hamlet of a commune: each may be in one more hamlet.
  select c.commune, count(*) as cameras, count(*) filter (where c.connected_center is distinct from 'none') as connected
  from camera c
  where c.hamlet_id is null and not exists (select from stands s where s.camera = c.id)
  group by c.commune
), told as materialized (
  select
    hamlet,
    case when bool_or(connected_center <> 'none') then true
      when bool_or(connected_center is null) then null else false end as connected
  from stands
  group by hamlet
), state as materialized (
  -- Of the hamlets without a camera, as many are unknown as there are such cameras. Which ones does not affect the
  -- numbers.
  select
    h.id, h.households, h.population, h.commune, h.district, h.province,
    case when t.hamlet is not null then true
      when row_number() over (partition by h.commune, t.hamlet is null order by h.geom is not null, h.code) <= w.cameras then null
      else false end as camera,
    case when t.hamlet is not null and t.connected is null then null
      when t.connected then true
      when row_number() over (partition by h.commune, t.hamlet is not null and t.connected is null, coalesce(t.connected, false)
        order by h.geom is not null, h.code) <= w.connected then null
      else false end as connected_camera
  from hamlet h
  left join told t on t.hamlet = h.id
  left join homeless w on w.commune = h.commune
)
