-- What the units say about the places of planned rows; see check_place.sql, which asks the same of one record.
-- $1 import; $2 today. One row for each that there is something to say about: nth, the declared code, and the columns of
-- check_place.sql.
with given as materialized (
  select r.nth, r.place, r.declared_code as code, coalesce(r.declared_on, $2) as read_on, r.commune_id
  from import_rows r
  where r.import_id = $1::uuid and r.moved
), judged as (
  select
    given.*,
    declared.id as declared_id,
    declared.name as declared_name,
    case
      when declared.geom is null or given.place is null then null
      when st_covers(declared.geom, given.place) then 0
      else st_distance(declared.geom::geography, given.place::geography)
    end as distance_m,
    given.place is not null and given.commune_id is null and exists (
      select from admin_units u
      where u.level = 'commune' and in_force(u.valid_from, u.valid_to, $2) and u.geom && given.place) as outside_any
  from given
  left join admin_units declared on declared.level = 'commune' and declared.code = given.code
    and in_force(declared.valid_from, declared.valid_to, given.read_on)
)
select
  judged.nth::bigint,
  judged.code,
  judged.code is not null and judged.declared_id is null,
  case when other_day.id is not null then
    format('%s (%s – %s)', other_day.name, other_day.valid_from, coalesce(other_day.valid_to::text, '…')) end,
  (
    select string_agg(format('%s %s', u.code, u.name), ', ' order by u.code)
    from unit_on(other_day.id, judged.read_on) as successor
    join admin_units u on u.id = successor
  ),
  judged.distance_m,
  judged.declared_name,
  (select format('%s %s', u.code, u.name) from admin_units u where judged.distance_m > 0 and u.id = commune_at(judged.place, judged.read_on)),
  judged.outside_any
from judged
left join lateral (
  select u.id, u.name, u.valid_from, u.valid_to
  from admin_units u
  where judged.code is not null and judged.declared_id is null and u.level = 'commune' and u.code = judged.code
  order by abs(u.valid_from - judged.read_on)
  limit 1
) other_day on true
where (judged.code is not null and judged.declared_id is null) or judged.distance_m > 0 or judged.outside_any
order by judged.nth
