-- Removes the demo's boundary of a district that has communes without a boundary: the demo did not know these communes.
update admin_units d
set geom = null, geom_source = null
where d.level = 'district'
  and d.geom_source = 'demo'
  and exists (
    select from admin_units c
    where c.parent_code = d.code
      and c.level = 'commune'
      and c.geom is null
      and daterange(c.valid_from, c.valid_to, '[]') && daterange(d.valid_from, d.valid_to, '[]'))
