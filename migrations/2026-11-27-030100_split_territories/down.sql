update admin_units set geom = null, geom_source = null where geom_source = 'lineage';
alter table admin_units drop column geom_key;
alter table admin_units drop constraint admin_units_geom_source_check;
alter table admin_units add constraint admin_units_geom_source_check check (geom_source in ('demo', 'import', 'children'));
comment on column admin_units.geom_source is 'children: the union of the boundaries of its communes.';
