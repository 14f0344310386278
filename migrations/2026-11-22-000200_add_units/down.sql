drop function territory(geometry, text, date, date);
drop function communes_within(text, date);
drop function commune_at(geometry, date);
drop function declared_commune(text, date, date);
drop function unit_on(bigint, date);
drop function in_force(date, date, date);
drop table unit_lists;
drop table admin_changes;
drop table admin_units;
