create table wifi_points (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  ssid text,
  facility_id bigint,
  venue_type text,
  fee text,
  auth text,
  ap_count integer not null default 1,
  radius_m double precision,
  isp text,
  downlink_mbps double precision,
  constraint wifi_points_facility_fkey foreign key (facility_id) references facilities (id),
  constraint wifi_points_place_check check (geom is not null or declared_commune_code is not null),
  constraint wifi_points_ssid_check check (octet_length(ssid) between 1 and 32),
  constraint wifi_points_venue_type_check check (venue_type in ('commune_office', 'agency_office', 'school', 'health_station',
    'cultural_house', 'post_office', 'market', 'bus_station', 'heritage_site', 'border_post', 'other')),
  constraint wifi_points_fee_check check (fee in ('no', 'yes', 'customers')),
  constraint wifi_points_auth_check check (auth in ('open', 'captive_portal', 'password_on_request', 'voucher')),
  constraint wifi_points_ap_count_check check (ap_count between 1 and 1000),
  constraint wifi_points_radius_check check (radius_m > 0),
  constraint wifi_points_downlink_check check (downlink_mbps > 0)
);
comment on table wifi_points is 'Public Wi-Fi. Reports count the facilities that have it, not the points.';
comment on column wifi_points.ssid is 'At most 32 octets, IEEE 802.11.';

alter table wifi_points
  add constraint wifi_points_pkey primary key (id),
  add constraint wifi_points_commune_fkey foreign key (commune_id) references admin_units,
  add constraint wifi_points_hamlet_fkey foreign key (hamlet_id) references admin_units;
create unique index wifi_points_code_key on wifi_points (coalesce(source_org, ''), code, public);
create unique index wifi_points_external_id_key on wifi_points (coalesce(source_org, ''), external_id, public) where external_id is not null;
create index wifi_points_geom_idx on wifi_points using gist (geom);
create index wifi_points_public_geom_idx on wifi_points using gist (public_geom);
create index wifi_points_commune_idx on wifi_points (commune_id);
create index wifi_points_public_commune_idx on wifi_points (public_commune_code, id);
create index wifi_points_hamlet_idx on wifi_points (hamlet_id);
create index wifi_points_search_idx on wifi_points using gin (search gin_trgm_ops);
create index wifi_points_public_search_idx on wifi_points using gin (public_search gin_trgm_ops);
create index wifi_points_facility_idx on wifi_points (facility_id);
