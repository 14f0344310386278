-- The read-only layers of administrative units: one view for each level, read in the same way as the layers of assets.
create view unit_layer as
select
  u.id, u.code, u.name, u.kind, u.level, u.parent_code, parent.name as parent_name, u.valid_from, u.valid_to,
  u.area_km2, u.population, u.households, u.counted_on, u.counted_source, u.decree, u.search, u.geom
from admin_units u
left join lateral (
  -- The parent on the last day of the version, or today while the version is in force.
  select p.name
  from admin_units p
  where p.code = u.parent_code and in_force(p.valid_from, p.valid_to, least(coalesce(u.valid_to, current_date), current_date))
) parent on true;

create view provinces as select * from unit_layer where level = 'province';
create view districts as select * from unit_layer where level = 'district';
create view communes as select * from unit_layer where level = 'commune';
create view hamlets as select * from unit_layer where level = 'hamlet';
