"""The national register: its database, and the table that the peers read."""

import pathlib, subprocess

PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]

# What an anonymous caller may see of a camera, once more as a plain table: no peer pays for the columns that only we need.
TABLE = """
create schema bench;
create table bench.cameras as
select id, code, public_name as name, eye_count, camera_type, surveillance_zone, managing_level, funding, connected_center,
  legal_class, lifecycle_status, operational_state, installed_on, public_commune_code as commune_code,
  public_version as version, public_geom as geom
from cameras where deleted_at is null and public order by id;
alter table bench.cameras add primary key (id);
create index on bench.cameras using gist (geom);
-- The questions, for pgbench: by their number.
create table bench.ids as
select row_number() over ()::int as n, id from (select id from bench.cameras order by hashint8(id) limit 20000) t;
alter table bench.ids add primary key (n);
"""

# Squares around some cameras that hold about so many: as far as the nth nearest of them, and half a step of the grid on
# which anonymous callers see places, so that no camera lies on an edge.
BOXES = """
create table bench.boxes_{count} as
select row_number() over ()::int as n, box, floor(st_xmin(box) * 1e6) / 1e6 as west, floor(st_ymin(box) * 1e6) / 1e6 as south,
  ceil(st_xmax(box) * 1e6) / 1e6 as east, ceil(st_ymax(box) * 1e6) / 1e6 as north
from (select st_expand(c.geom, d.half + 0.0005)::geometry(polygon, 4326) as box
  from (select geom from bench.ids join bench.cameras using (id) where n <= {boxes}) c cross join lateral (
    select max(far) as half from (
      select greatest(abs(st_x(near.geom) - st_x(c.geom)), abs(st_y(near.geom) - st_y(c.geom))) as far
      from (select geom from bench.cameras o order by o.geom <-> c.geom limit {count} * 2) near order by 1 limit {count}) t
  ) d) t;
alter table bench.boxes_{count} add primary key (n);
"""

# Tiles in which cameras are, of the zooms from {low} to {high}, the same number of each where there are as many.
TILES = """
create table bench.tiles_{low} as
select row_number() over ()::int as n, z, x, y from (
  select *, row_number() over (partition by z order by hashint8(x::bigint * 1048576 + y)) as nth from (
    select distinct z, floor((st_x(geom) + 180) / 360 * 2 ^ z)::int as x,
      floor((1 - asinh(tan(radians(st_y(geom)))) / pi()) / 2 * 2 ^ z)::int as y
    from bench.ids join bench.cameras using (id) cross join generate_series({low}, {high}) z) t) t
where nth <= 200;
alter table bench.tiles_{low} add primary key (n);
"""


class Register:
    """A database with a register, reached by the socket in its data directory."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.socket = self.directory / "socket"
        self.url = f"postgresql:///hatang?host={self.socket}&user=hatang"

    def sql(self, text):
        """The rows of the answer, each a list of texts."""
        psql = [PROGRAMS / "psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", self.url, "-c", text]
        done = subprocess.run(psql, check=True, stdout=subprocess.PIPE, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def answers(self):
        return subprocess.run([PROGRAMS / "pg_isready", "-q", "-h", self.socket]).returncode == 0

    def prepare(self):
        """Makes the table of the peers and the questions anew when the number of cameras has changed."""
        cameras = "select count(*) from cameras where deleted_at is null and public"
        if self.sql("select to_regclass('bench.tiles_10') is not null")[0] == ["t"]:
            if self.sql(cameras) == self.sql("select count(*) from bench.cameras"):
                return
        self.sql("drop schema if exists bench cascade")
        self.sql(TABLE)
        self.sql(BOXES.format(count=100, boxes=1000) + BOXES.format(count=1000, boxes=300))
        self.sql(TILES.format(low=6, high=9) + TILES.format(low=10, high=14))
        self.sql("vacuum analyze")
