-- The boundaries of the demo's districts: the union of their communes in the demo on the first day. Provinces get none,
-- since the demo has only a few of their hundreds of communes.
update admin_units d
set geom = united.geom, geom_source = 'demo'
from (
  select d.id, st_multi(st_union(c.geom)) as geom
  from admin_units d
  join admin_units c on c.level = 'commune' and c.parent_code = d.code and in_force(c.valid_from, c.valid_to, d.valid_from)
  where d.level = 'district' and d.source = 'demo' and d.geom is null
  group by d.id
  having bool_and(c.geom is not null)
) united
where d.id = united.id
