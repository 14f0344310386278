, unit_cut as materialized (
  select distinct m.key, d.day from member m
  cross join lateral (values (m.units_from), (case when m.units_to < 'infinity' then m.units_to + 1 end)) d (day)
  where m.has_others and d.day is not null
), cell as materialized (
  select m.record_id, m.unit_id, u.day as units_from,
    least(m.units_to, lead(u.day) over (partition by m.record_id, m.unit_id, m.units_from, m.from_day, d.day order by u.day) - 1) as units_to,
    d.day as from_day,
    lead(d.day, 1, m.to_day) over (partition by m.record_id, m.unit_id, m.units_from, m.from_day, u.day order by d.day) as to_day,
    m.state, m.works, m.key, m.counts, (m.state).operator as operator
  from member m
  join cut d on d.key = m.key and d.day >= m.from_day and d.day < m.to_day
  join unit_cut u on u.key = m.key and u.day >= m.units_from and u.day <= m.units_to
  where m.has_others
), fact as materialized (
  select m.record_id, m.unit_id, m.units_from, m.units_to, m.from_day, m.to_day, m.state, m.works, m.key,
    m.counts as is_first, false as is_shared
  from member m where not m.has_others
  union all
  select c.record_id, c.unit_id, c.units_from, c.units_to, c.from_day, c.to_day, c.state, c.works, c.key,
    c.counts and c.record_id = min(c.record_id) filter (where c.counts) over in_site,
    min(c.operator) filter (where c.counts) over in_site <> max(c.operator) filter (where c.counts) over in_site
  from cell c
  left join lateral (
    select coalesce(d.parent_code, u.parent_code, case when u.level = 'province' then u.code end) as province
    from admin_units u
    left join admin_units d on d.level = 'district' and d.code = u.parent_code
      and in_force(d.valid_from, d.valid_to, greatest(c.units_from, u.valid_from))
    where u.id = c.unit_id
  ) place on true
  window in_site as (partition by c.key, place.province, c.from_day, c.units_from)
)
