-- The hamlets whose statements apply to each hamlet of a day, as further expressions of a `with recursive`.
-- Before it: hamlet (id). Returns origin (hamlet, origin): the hamlet itself, the hamlets that wholly became it or that
-- it wholly became, and other versions of its code with the same name. The code alone is not enough, since codes are
-- reused.
, lineage (hamlet, origin, earlier) as (
  select h.id, h.id, earlier
  from hamlet h, (values (true), (false)) as direction (earlier)
  union
  select l.hamlet, next.id, l.earlier
  from lineage l
  cross join lateral (
    select c.from_id as id from admin_changes c where l.earlier and c.to_id = l.origin and c.part = 'full'
    union all
    select c.to_id from admin_changes c where not l.earlier and c.from_id = l.origin and c.part = 'full'
  ) next
), origin as materialized (
  select hamlet, origin from lineage
  union
  select h.id, other.id
  from hamlet h
  join admin_units other on other.code = h.code and other.name = h.name and other.level = 'hamlet'
)
