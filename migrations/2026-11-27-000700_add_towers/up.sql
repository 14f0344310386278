-- Printed by `hatang layer sql towers`.

create table towers (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  operator text not null
    constraint towers_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  site_code text
    constraint towers_site_code_check check (length(site_code) between 1 and 60),
  station_code text
    constraint towers_station_code_check check (length(station_code) between 1 and 60),
  technologies text[]
    constraint towers_technologies_check check (cardinality(technologies) > 0 and technologies <@ array['2G', '3G', '4G', '5G']),
  cell_class text not null default 'macro'
    constraint towers_cell_class_check check (cell_class in ('macro', 'small')),
  structure text
    constraint towers_structure_check check (structure in ('mast', 'tower', 'rooftop', 'pole', 'building')),
  height_m double precision
    constraint towers_height_m_check check (height_m between 0 and 500),
  radius_m double precision
    constraint towers_radius_m_check check (radius_m between 1 and 50000),
  on_air_on date,
  infra_owner text
    constraint towers_infra_owner_check check (length(infra_owner) between 1 and 200),
  permit_no text
    constraint towers_permit_no_check check (length(permit_no) between 1 and 100),
  cell_ids text
    constraint towers_cell_ids_check check (length(cell_ids) between 1 and 500),
  backhaul text
    constraint towers_backhaul_check check (length(backhaul) between 1 and 100),
  backup_power_h double precision
    constraint towers_backup_power_h_check check (backup_power_h between 0 and 1000),
  constraint towers_pkey primary key (id),
  constraint towers_commune_fkey foreign key (commune_id) references admin_units,
  constraint towers_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint towers_place_check check (geom is not null or declared_commune_code is not null),
  constraint towers_name_check check (length(name) between 1 and 200)
);
alter table towers alter column name set not null;

create unique index towers_code_key on towers (coalesce(source_org, ''), code, public);
create unique index towers_external_id_key on towers (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index towers_geom_idx on towers using gist (geom);
create index towers_public_geom_idx on towers using gist (public_geom);
create index towers_commune_idx on towers (commune_id);
create index towers_public_commune_idx on towers (public_commune_code, id);
create index towers_hamlet_idx on towers (hamlet_id);
create index towers_search_idx on towers using gin (search gin_trgm_ops);
create index towers_public_search_idx on towers using gin (public_search gin_trgm_ops);
create index towers_operator_idx on towers (operator);
create index towers_site_code_idx on towers (site_code);
