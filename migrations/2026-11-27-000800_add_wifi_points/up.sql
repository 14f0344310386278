-- Printed by `hatang layer sql wifi-points`.

create table wifi_points (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  ssid text
    constraint wifi_points_ssid_check check (length(ssid) between 1 and 32 and octet_length(ssid) <= 32),
  facility_id bigint
    constraint wifi_points_facility_fkey references facilities,
  venue_type text
    constraint wifi_points_venue_type_check check (venue_type in (
      'commune_office', 'agency_office', 'school', 'health_station', 'cultural_house',
      'post_office', 'market', 'bus_station', 'heritage_site', 'border_post', 'other')),
  fee text
    constraint wifi_points_fee_check check (fee in ('no', 'yes', 'customers')),
  auth text
    constraint wifi_points_auth_check check (auth in ('open', 'captive_portal', 'password_on_request', 'voucher')),
  ap_count integer not null default 1
    constraint wifi_points_ap_count_check check (ap_count between 1 and 1000),
  radius_m double precision
    constraint wifi_points_radius_m_check check (radius_m between 1 and 10000),
  isp text
    constraint wifi_points_isp_check check (length(isp) between 1 and 100),
  downlink_mbps double precision
    constraint wifi_points_downlink_mbps_check check (downlink_mbps between 0.1 and 100000),
  constraint wifi_points_pkey primary key (id),
  constraint wifi_points_commune_fkey foreign key (commune_id) references admin_units,
  constraint wifi_points_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint wifi_points_place_check check (geom is not null or declared_commune_code is not null),
  constraint wifi_points_name_check check (length(name) between 1 and 200)
);

create unique index wifi_points_code_key on wifi_points (coalesce(source_org, ''), code, public);
create unique index wifi_points_external_id_key on wifi_points (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index wifi_points_geom_idx on wifi_points using gist (geom);
create index wifi_points_public_geom_idx on wifi_points using gist (public_geom);
create index wifi_points_commune_idx on wifi_points (commune_id);
create index wifi_points_public_commune_idx on wifi_points (public_commune_code, id);
create index wifi_points_hamlet_idx on wifi_points (hamlet_id);
create index wifi_points_search_idx on wifi_points using gin (search gin_trgm_ops);
create index wifi_points_public_search_idx on wifi_points using gin (public_search gin_trgm_ops);
create index wifi_points_facility_idx on wifi_points (facility_id);
