-- Every version of every commune, with its district and province on its last day.
select c.id, c.code, c.name, d.name as district, p.name as province, c.valid_from, c.valid_to
from admin_units c
left join admin_units d on d.level = 'district' and d.code = c.parent_code
  and in_force(d.valid_from, d.valid_to, coalesce(c.valid_to, current_date))
left join admin_units p on p.level = 'province' and p.code = coalesce(d.parent_code, c.parent_code)
  and in_force(p.valid_from, p.valid_to, coalesce(c.valid_to, current_date))
where c.level = 'commune'
order by c.code, c.valid_from
