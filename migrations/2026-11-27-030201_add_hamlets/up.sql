-- Printed by `hatang layer sql hamlets`.

create table hamlets (
  like asset including defaults including constraints,
  geom geometry(Geometry, 4326)
    constraint hamlets_geom_check check (geometrytype(geom) in ('POINT', 'MULTIPOLYGON') and not st_isempty(geom)),
  public_geom geometry(Geometry, 4326),
  kind text
    constraint hamlets_kind_check check (kind in (
      'thon', 'xom', 'ban', 'lang', 'buon', 'to_dan_pho', 'khoi_pho', 'khu_pho', 'ap',
      'khom', 'other')),
  households integer
    constraint hamlets_households_check check (households between 0 and 100000),
  population integer
    constraint hamlets_population_check check (population between 0 and 1000000),
  counted_on date,
  counted_source text
    constraint hamlets_counted_source_check check (length(counted_source) between 1 and 200),
  grid_power boolean,
  difficulty text
    constraint hamlets_difficulty_check check (difficulty in ('none', 'difficult', 'especially_difficult')),
  constraint hamlets_pkey primary key (id),
  constraint hamlets_commune_fkey foreign key (commune_id) references admin_units,
  constraint hamlets_hamlet_fkey foreign key (hamlet_id) references hamlets,
  constraint hamlets_place_check check (geom is not null or declared_commune_code is not null),
  constraint hamlets_name_check check (length(name) between 1 and 200),
  constraint hamlets_counts_have_day_check check (counted_on is not null or households is null and population is null),
  constraint hamlets_day_has_source_check check ((counted_on is null) = (counted_source is null))
);
alter table hamlets alter column name set not null;

create unique index hamlets_code_key on hamlets (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index hamlets_external_id_key on hamlets (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index hamlets_geom_idx on hamlets using gist (geom);
create index hamlets_public_geom_idx on hamlets using gist (public_geom);
create index hamlets_commune_idx on hamlets (commune_id);
create index hamlets_public_commune_idx on hamlets (public_commune_code, id);
create index hamlets_hamlet_idx on hamlets (hamlet_id);
create index hamlets_search_idx on hamlets using gin (search gin_trgm_ops);
create index hamlets_public_search_idx on hamlets using gin (public_search gin_trgm_ops);
create index hamlets_deleted_idx on hamlets (id) where deleted_at is not null;
