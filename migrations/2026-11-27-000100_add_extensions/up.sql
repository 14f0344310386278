-- The extensions, and what the later migrations need.

-- PostGIS lives in schema public, so that a database restored elsewhere finds it on the default search path.
create extension if not exists postgis with schema public;
create extension if not exists unaccent with schema public;
create extension if not exists pg_trgm with schema public;
create extension if not exists btree_gist with schema public;

-- Text for search: NFC, lower case, no accents, đ as d.
-- It is declared immutable although unaccent() is only stable: the dictionary is named and ships with PostgreSQL.
-- Stored columns hold its results. So it stands here and not in src/postgres/functions: whoever changes it needs a
-- migration that computes those columns anew.
create function fold(value text) returns text
language sql
immutable strict parallel safe
as $$ select lower(public.unaccent('public.unaccent', normalize(value, nfc))) $$;
comment on function fold(text) is 'Text without case and accents, for search only: accents are never folded to resolve a commune.';

-- The other functions and all triggers are in src/postgres/functions. The program creates them anew after the
-- migrations whenever this hash differs from its own.
create table applied_functions (
  only_row boolean constraint applied_functions_pkey primary key default true,
  hash text not null,
  applied_at timestamptz not null default now(),
  constraint applied_functions_only_row_check check (only_row)
);
comment on table applied_functions is 'Which functions, triggers and rights the database has.';
comment on column applied_functions.hash is 'SHA-256 of their text, of the applied migrations and of the role of the service.';

-- VN-2000 / TM-3, which PostGIS 3.3 lacks. Central meridians: Circular 25/2014/TT-BTNMT; datum shift: EPSG:6960 in the
-- position-vector sign convention of +towgs84.
-- If an administrator created PostGIS, we may not write to the table. The migration continues all the same, since no
-- geometry is stored in these systems.
do $do$
begin
  insert into spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
  select
    zone.srid, 'EPSG', zone.srid,
    format(
      'PROJCS["VN-2000 / TM-3 %s",GEOGCS["VN-2000",DATUM["Vietnam_2000",SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[%s]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4756"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",%s],PARAMETER["scale_factor",0.9999],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AUTHORITY["EPSG","%s"]]',
      zone.title, shift.towgs84, zone.meridian, zone.srid),
    format('+proj=tmerc +lat_0=0 +lon_0=%s +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84=%s +units=m +no_defs', zone.meridian, shift.towgs84)
  from (values
    (9205, '103-00', 103.0), (9206, '104-00', 104.0), (9207, '104-30', 104.5), (9208, '104-45', 104.75),
    (9209, '105-30', 105.5), (9210, '105-45', 105.75), (9211, '106-00', 106.0), (9212, '106-15', 106.25),
    (9213, '106-30', 106.5), (9214, '107-00', 107.0), (9215, '107-15', 107.25), (9216, '107-30', 107.5),
    (9217, '108-15', 108.25), (9218, '108-30', 108.5)) as zone (srid, title, meridian),
    (values ('-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278')) as shift (towgs84)
  on conflict (srid) do nothing;
exception when insufficient_privilege then
  raise warning 'spatial_ref_sys is not ours: EPSG 9205 to 9218 were not added';
end
$do$;
