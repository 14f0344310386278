, cell as materialized (
  select m.record_id, m.unit_id, m.units_from, m.units_to, d.day as from_day,
    lead(d.day, 1, m.to_day) over (partition by m.record_id, m.unit_id, m.units_from, m.from_day order by d.day) as to_day,
    m.state, m.works, m.key, m.counts, m.public
  from member m
  join cut d on d.key = m.key and d.day >= m.from_day and d.day < m.to_day
  where m.has_others
), fact as materialized (
  select m.record_id, m.unit_id, m.units_from, m.units_to, m.from_day, m.to_day, m.state, m.works, m.key,
    m.counts as is_first, false as is_shared
  from member m where not m.has_others
  union all
  -- A hidden record stands for its group only where no public one does, so that it changes nothing for those who do not
  -- know of it.
  select c.record_id, c.unit_id, c.units_from, c.units_to, c.from_day, c.to_day, c.state, c.works, c.key,
    c.counts and c.record_id = coalesce(min(c.record_id) filter (where c.counts and c.public) over in_group,
      min(c.record_id) filter (where c.counts) over in_group),
    false
  from cell c
  window in_group as (partition by c.key, c.from_day)
)
