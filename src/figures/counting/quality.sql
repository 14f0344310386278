-- Rows of a layer that need a check, by unit; the last part of a statement.
-- Before it: counted (id, installed_on, verified_at, created_at, declared_commune_code, declared_on, commune, unit,
-- place, same, azimuth), the rows that count. $1 date of the units; $2 date of the count; $3 distance that makes
-- duplicates likely, metres.
-- Returns unit, outside_declared_commune, stale, suspected_duplicates.
, clustered as (
  -- Clusters of rows at about that distance, so that pairs are looked for among few rows. Pairs lie in one commune, so
  -- that they do not depend on the unit asked for.
  select id, place, same, azimuth,
    commune, st_clusterdbscan(place, $3 / 100000, 2) over (partition by same, commune) as cluster
  from counted
  where place is not null and same is not null and $3 > 0
), cluster as materialized (
  -- As arrays: the planner expects one row, and would compare each row with each.
  select array_agg(id) as ids, array_agg(place) as places, array_agg(azimuth) as azimuths
  from clustered
  where cluster is not null
  group by same, commune, cluster
), suspected as (
  select a.id
  from cluster k
  cross join lateral unnest(k.ids, k.places, k.azimuths) a (id, place, azimuth)
  where exists (
    select from unnest(k.ids, k.places, k.azimuths) b (id, place, azimuth)
    where b.id <> a.id and st_dwithin(a.place::geography, b.place::geography, $3)
      -- Without a direction, two cameras on a pole and one camera entered twice look the same.
      and coalesce(180 - abs(abs(a.azimuth - b.azimuth) - 180) <= 30, true))
)
select
  c.unit,
  count(*) filter (where c.place is not null and declared.id <> inside.id) as outside_declared_commune,
  count(*) filter (where coalesce(c.verified_at, c.created_at) < $2::date - interval '12 months') as stale,
  count(*) filter (where c.id in (select id from suspected)) as suspected_duplicates
from counted c
-- As values, not joins: they are looked up only for rows that declare a commune.
cross join lateral (
  select case when c.declared_commune_code is not null
    then declared_commune(c.declared_commune_code, c.declared_on, $1) end as id
  offset 0
) declared
cross join lateral (
  select case when declared.id is not null then (
    select u.id
    from admin_units u
    where u.level = 'commune' and u.code = c.commune and in_force(u.valid_from, u.valid_to, $1)) end as id
) inside
group by c.unit
