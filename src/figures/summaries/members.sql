, member as materialized (
  select p.*, (p.state).lifecycle_status = 'operational' and p.works as counts, (p.state).public as public,
    p.key is not null and min(p.record_id) over (partition by p.key) <> max(p.record_id) over (partition by p.key) as has_others
  from placed p
), cut as materialized (
  select distinct m.key, d.day from member m cross join lateral (values (m.from_day), (m.to_day)) d (day) where m.has_others
)