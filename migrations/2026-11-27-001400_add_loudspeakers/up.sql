-- Printed by `hatang layer sql loudspeakers`.

create table loudspeakers (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  cluster_count integer not null default 1
    constraint loudspeakers_cluster_count_check check (cluster_count between 1 and 100),
  speaker_count integer not null default 1
    constraint loudspeakers_speaker_count_check check (speaker_count between 1 and 64),
  controlled_by text
    constraint loudspeakers_controlled_by_check check (controlled_by in ('commune', 'district', 'province')),
  technology text
    constraint loudspeakers_technology_check check (technology in ('wired', 'fm', 'ip')),
  constraint loudspeakers_pkey primary key (id),
  constraint loudspeakers_commune_fkey foreign key (commune_id) references admin_units,
  constraint loudspeakers_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint loudspeakers_place_check check (geom is not null or declared_commune_code is not null),
  constraint loudspeakers_name_check check (length(name) between 1 and 200)
);

create unique index loudspeakers_code_key on loudspeakers (coalesce(source_org, ''), code, public);
create unique index loudspeakers_external_id_key on loudspeakers (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index loudspeakers_geom_idx on loudspeakers using gist (geom);
create index loudspeakers_public_geom_idx on loudspeakers using gist (public_geom);
create index loudspeakers_commune_idx on loudspeakers (commune_id);
create index loudspeakers_public_commune_idx on loudspeakers (public_commune_code, id);
create index loudspeakers_hamlet_idx on loudspeakers (hamlet_id);
create index loudspeakers_search_idx on loudspeakers using gin (search gin_trgm_ops);
create index loudspeakers_public_search_idx on loudspeakers using gin (public_search gin_trgm_ops);
