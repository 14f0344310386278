create table towers (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  operator text not null,
  site_code text,
  station_code text,
  technologies text[],
  cell_class text not null default 'macro',
  structure text,
  height_m double precision,
  radius_m double precision,
  on_air_on date,
  infra_owner text,
  permit_no text,
  cell_ids text,
  backhaul text,
  backup_power_h double precision,
  constraint towers_name_check check (name <> ''),
  constraint towers_place_check check (geom is not null or declared_commune_code is not null),
  constraint towers_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  constraint towers_technologies_check check (technologies <@ '{2G,3G,4G,5G}' and cardinality(technologies) > 0),
  constraint towers_cell_class_check check (cell_class in ('macro', 'small')),
  constraint towers_structure_check check (structure in ('mast', 'tower', 'rooftop', 'pole', 'building')),
  constraint towers_height_check check (height_m >= 0),
  constraint towers_radius_check check (radius_m > 0),
  constraint towers_backup_power_check check (backup_power_h >= 0)
);
alter table towers alter column name set not null;
comment on table towers is 'BTS stations: one operator''s installation at a site; operators share sites by site_code.';
comment on column towers.radius_m is 'Nominal coverage radius, always an estimate.';

call register_layer('towers', '{code,name,operator,site_code,station_code,technologies,cell_class,structure,height_m,radius_m,on_air_on,infra_owner,permit_no,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}');
create index towers_operator_idx on towers (operator);
create index towers_site_code_idx on towers (site_code);
