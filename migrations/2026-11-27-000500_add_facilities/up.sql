-- Printed by `hatang layer sql facilities`.

create table facilities (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  type text not null
    constraint facilities_type_check check (type in (
      'commune_office', 'agency_office', 'school', 'health_station', 'cultural_house',
      'post_office', 'market', 'bus_station', 'heritage_site', 'border_post', 'other')),
  data_line boolean,
  security_level integer
    constraint facilities_security_level_check check (security_level between 1 and 5),
  qr_url text
    constraint facilities_qr_url_check check (qr_url ~ '^https?://'),
  constraint facilities_pkey primary key (id),
  constraint facilities_commune_fkey foreign key (commune_id) references admin_units,
  constraint facilities_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint facilities_place_check check (geom is not null or declared_commune_code is not null),
  constraint facilities_name_check check (length(name) between 1 and 200)
);
alter table facilities alter column name set not null;

create unique index facilities_code_key on facilities (coalesce(source_org, ''), code, public);
create unique index facilities_external_id_key on facilities (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index facilities_geom_idx on facilities using gist (geom);
create index facilities_public_geom_idx on facilities using gist (public_geom);
create index facilities_commune_idx on facilities (commune_id);
create index facilities_public_commune_idx on facilities (public_commune_code, id);
create index facilities_hamlet_idx on facilities (hamlet_id);
create index facilities_search_idx on facilities using gin (search gin_trgm_ops);
create index facilities_public_search_idx on facilities using gin (public_search gin_trgm_ops);
create index facilities_type_idx on facilities (type);
