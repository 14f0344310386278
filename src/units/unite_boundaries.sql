-- Sets the boundaries of districts and provinces to the union of their communes on a day, where all of them have one.
-- $1 bigint[]: communes whose boundary changed; $2 date: the day.
-- An imported boundary stays. A union of earlier communes never replaces one of later communes.
with below as (
  select c.id, c.geom, c.valid_to, c.parent_code as parent, d.parent_code as grandparent
  from admin_units c
  left join admin_units d on d.level = 'district' and d.code = c.parent_code and in_force(d.valid_from, d.valid_to, $2)
  where c.level = 'commune' and in_force(c.valid_from, c.valid_to, $2)
), touched as (
  select p.id, p.code
  from admin_units p
  where p.level in ('district', 'province')
    and in_force(p.valid_from, p.valid_to, $2)
    and p.geom_source is distinct from 'import'
    and p.code in (
      select unnest(array[b.parent, b.grandparent]) from below b where b.id = any($1))
    and not exists (
      select from below b
      where p.code in (b.parent, b.grandparent)
        and (b.geom is null
          or (p.geom_source = 'children' and b.valid_to < coalesce(p.valid_to, 'infinity'))))
), united as (
  select t.id, st_multi(st_union(b.geom)) as geom
  from touched t
  join below b on t.code in (b.parent, b.grandparent)
  group by t.id
)
update admin_units p
set geom = united.geom, geom_source = 'children'
from united
where p.id = united.id and (p.geom is distinct from united.geom or p.geom_source <> 'children')
