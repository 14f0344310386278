-- The grid of tiles: the world in Web Mercator as 2^30 by 2^30 units, counted from its north-west corner. A tile of zoom
-- level z is 2^(30 - z) units wide, so each place lies in exactly one tile of each level. A place beyond the map, whose
-- latitudes end at 85.05 degrees, lies at its edge.
create or replace function tile_grid_x(lon double precision) returns integer
language sql
immutable parallel safe
return least(greatest(floor((lon + 180) / 360 * 1073741824), 0), 1073741823)::integer;

create or replace function tile_grid_y(lat double precision) returns integer
language sql
immutable parallel safe
return least(greatest(floor(
  (0.5 - ln(tan(pi() / 4 + radians(least(greatest(lat, -85.06), 85.06)) / 2)) / (2 * pi())) * 1073741824
), 0), 1073741823)::integer;

-- What stands in a tile for shapes that are too small to be drawn, or for several together: a pixel around a point, in
-- units of the tile (512 pixels are 4096 units), of the dimension of the shapes. PostGIS draws rings in this direction.
create or replace function tile_mark(dimension integer, x integer, y integer) returns geometry
language sql
immutable parallel safe
return case dimension
  when 0 then st_makepoint(x, y)
  when 1 then st_makeline(st_makepoint(x - 4, y), st_makepoint(x + 4, y))
  else st_forcepolygonccw(st_makeenvelope(x - 4, y - 4, x + 4, y + 4))
end;
