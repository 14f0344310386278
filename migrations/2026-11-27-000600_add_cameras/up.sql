create table cameras (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  public_name text,
  eye_count integer not null default 1,
  camera_type text,
  surveillance_zone text,
  managing_level text not null,
  funding text,
  connected_center text,
  azimuth_deg double precision,
  hfov_deg double precision,
  range_m double precision,
  height_m double precision,
  resolution text,
  manufacturer text,
  model text,
  retention_days integer,
  legal_class text,
  serial_number text,
  owner_name text,
  owner_phone text,
  vms_ref text,
  constraint cameras_place_check check (geom is not null or declared_commune_code is not null),
  constraint cameras_eye_count_check check (eye_count between 1 and 16),
  constraint cameras_camera_type_check check (camera_type in ('fixed', 'panning', 'dome')),
  constraint cameras_surveillance_zone_check check (surveillance_zone in ('traffic', 'town', 'market', 'school',
    'public_office', 'residential_gate', 'border', 'parking', 'other')),
  constraint cameras_managing_level_check check (managing_level in ('province_police', 'district_police',
    'commune_police', 'commune_committee', 'department', 'school', 'enterprise', 'household')),
  constraint cameras_funding_check check (funding in ('budget', 'socialised', 'enterprise', 'private')),
  constraint cameras_connected_center_check check (connected_center in ('none', 'commune', 'district', 'province')),
  constraint cameras_azimuth_check check (azimuth_deg >= 0 and azimuth_deg < 360),
  constraint cameras_hfov_check check (hfov_deg between 1 and 360),
  constraint cameras_range_check check (range_m > 0),
  constraint cameras_height_check check (height_m >= 0),
  constraint cameras_resolution_check check (resolution ~ '^[0-9]{2,5}x[0-9]{2,5}$'),
  constraint cameras_retention_check check (retention_days between 0 and 3650),
  constraint cameras_legal_class_check check (legal_class in ('public_security', 'traffic', 'internal', 'operational_police'))
);
comment on table cameras is 'Security cameras: a device at a point; reports count its eyes (lenses).';
comment on column cameras.public_geom is 'The 0.001 degree grid node nearest to the camera: never random, or many readings would find the place.';
comment on column cameras.public_name is 'The name, unless a household manages the camera: it often is the name of the owner.';

alter table cameras
  add constraint cameras_pkey primary key (id),
  add constraint cameras_commune_fkey foreign key (commune_id) references admin_units,
  add constraint cameras_hamlet_fkey foreign key (hamlet_id) references admin_units;
create unique index cameras_code_key on cameras (coalesce(source_org, ''), code, public);
create unique index cameras_external_id_key on cameras (coalesce(source_org, ''), external_id, public) where external_id is not null;
create index cameras_geom_idx on cameras using gist (geom);
create index cameras_public_geom_idx on cameras using gist (public_geom);
create index cameras_commune_idx on cameras (commune_id);
create index cameras_public_commune_idx on cameras (public_commune_code, id);
create index cameras_hamlet_idx on cameras (hamlet_id);
create index cameras_search_idx on cameras using gin (search gin_trgm_ops);
create index cameras_public_search_idx on cameras using gin (public_search gin_trgm_ops);
create index cameras_managing_level_idx on cameras (managing_level);
