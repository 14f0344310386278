, member as materialized (
  select p.*, (p.state).lifecycle_status = 'operational' and p.works as counts,
    p.key is not null and min(p.record_id) over (partition by p.key) <> max(p.record_id) over (partition by p.key) as has_others
  from placed p
), cut as materialized (
  select distinct m.key, d.day from member m cross join lateral (values (m.from_day), (m.to_day)) d (day) where m.has_others
), fact as materialized (
  select m.*, m.counts as is_first, false as is_shared from member m where not m.has_others
  union all
  select cell.*,
    cell.counts and cell.record_id = min(cell.record_id) filter (where cell.counts) over (partition by cell.key, cell.from_day) as is_first,
    false
  from (
    select m.record_id, m.unit_id, m.units_from, m.units_to, d.day as from_day,
      lead(d.day, 1, m.to_day) over (partition by m.record_id, m.unit_id, m.units_from, m.from_day order by d.day) as to_day,
      m.state, m.works, m.key, m.counts, m.has_others
    from member m
    join cut d on d.key = m.key and d.day >= m.from_day and d.day < m.to_day
    where m.has_others
  ) cell
)
