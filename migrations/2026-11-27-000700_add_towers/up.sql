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

alter table towers
  add constraint towers_pkey primary key (id),
  add constraint towers_commune_fkey foreign key (commune_id) references admin_units,
  add constraint towers_hamlet_fkey foreign key (hamlet_id) references admin_units;
create unique index towers_code_key on towers (coalesce(source_org, ''), code, public);
create unique index towers_external_id_key on towers (coalesce(source_org, ''), external_id, public) where external_id is not null;
create index towers_geom_idx on towers using gist (geom);
create index towers_public_geom_idx on towers using gist (public_geom);
create index towers_commune_idx on towers (commune_id);
create index towers_public_commune_idx on towers (public_commune_code, id);
create index towers_hamlet_idx on towers (hamlet_id);
create index towers_search_idx on towers using gin (search gin_trgm_ops);
create index towers_public_search_idx on towers using gin (public_search gin_trgm_ops);
create index towers_operator_idx on towers (operator);
create index towers_site_code_idx on towers (site_code);
