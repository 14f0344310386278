-- Why each slot of a layer changed between two days; the last part of a statement.
-- Before it: now, was (id, lifecycle_status, installed_on, decommissioned_on, counted, unit, inside, amounts): the rows
-- of the two days near the asked unit. $1 date: the later day. $2 date: the earlier one.
-- Returns unit, slot (from 1), part, amount (signed). The amounts of a unit and slot add up to the change.
-- A row that is near the unit on one of the days only has moved, unless it was installed in between.
), pair as (
  select
    coalesce(now.inside, false) as is_in, coalesce(was.inside, false) as was_in,
    now.unit as now_unit, was.unit as was_unit, now.amounts as now_amounts, was.amounts as was_amounts,
    case
      when was.id is null then case when now.installed_on > $2 then 'new' else 'moved' end
      when was.counted then 'moved'
      when was.installed_on > $2 or was.lifecycle_status in ('proposed', 'planned', 'under_construction') then 'new'
      else 'reclassified' end as gained_as,
    case
      when now.id is null or now.counted then 'moved'
      when now.lifecycle_status = 'decommissioned' or now.decommissioned_on <= $1 then 'decommissioned'
      else 'reclassified' end as lost_as
  from now
  full join was on was.id = now.id
), flow (unit, part, now_amounts, was_amounts) as (
  select now_unit, gained_as, now_amounts, null::int[]
  from pair
  where is_in and not (was_in and was_unit is not distinct from now_unit)
  union all
  select was_unit, lost_as, null, was_amounts
  from pair
  where was_in and not (is_in and was_unit is not distinct from now_unit)
  union all
  select now_unit, null, now_amounts, was_amounts
  from pair
  where is_in and was_in and was_unit is not distinct from now_unit and now_amounts <> was_amounts
)
select
  f.unit,
  a.slot,
  coalesce(f.part, case when coalesce(a.now, 0) = 0 or coalesce(a.was, 0) = 0 then 'reclassified' else 'corrected' end) as part,
  sum(coalesce(a.now, 0) - coalesce(a.was, 0))::bigint as amount
from flow f
cross join lateral unnest(f.now_amounts, f.was_amounts) with ordinality a (now, was, slot)
where coalesce(a.now, 0) <> coalesce(a.was, 0)
group by 1, 2, 3
having sum(coalesce(a.now, 0) - coalesce(a.was, 0)) <> 0
