"""What is asked: of each workload, its addresses at each server, the same data in the same order at all."""

import datetime, random
from dataclasses import dataclass, field

API = "/api/v1"
FIGURES = (
    "camera_eyes,camera_units,camera_positions,camera_eyes_by_manager,camera_eyes_by_funding,camera_eyes_by_zone,"
    "bts_stations,bts_stations_by_operator,bts_sites,bts_shared_sites,bts_small_cells,bts_by_technology"
)
OURS = ("hatang", "hatang-sql")

COLUMNS = "id, code, name, eye_count, camera_type, surveillance_zone, managing_level, funding, connected_center, " \
    "legal_class, lifecycle_status, operational_state, installed_on, commune_code, version"
BOX = "\\set n random(1, {rows})\nselect " + COLUMNS + ", st_asbinary(geom) from bench.cameras " \
    "where geom && (select box from bench.boxes_{count} where n = :n);\n"
ITEM = "\\set n random(1, {rows})\nselect " + COLUMNS + ", st_asbinary(geom) from bench.cameras " \
    "where id = (select id from bench.ids where n = :n);\n"
TILE = "\\set n random(1, {rows})\nwith t as (select st_tileenvelope(z, x, y) as e from bench.tiles_{low} where n = :n)\n" \
    "select st_asmvt(m, 'cameras') from (select st_asmvtgeom(st_transform(geom, 3857), t.e) as geom, " + COLUMNS + "\n" \
    "  from t, bench.cameras where geom && st_transform(t.e, 4326) limit 10000) m;\n"


@dataclass
class Workload:
    name: str
    title: str
    # Paths by server.
    paths: dict
    # A script of pgbench: the best SQL.
    sql: str | None = None
    # Whether answers can be kept ready: then all are asked for once before the rounds.
    kept: bool = False
    # Whether the clients show the tags that they have, and are answered 304.
    tagged: bool = False
    # Whether writes go on meanwhile, so many a second.
    writes: int = 0
    # What the issue asks for, for the report: (server to compare with, factor).
    targets: list = field(default_factory=list)
    # For the check that all servers answer the same: the number of features in an answer.
    counts: bool = False


def workloads(register):
    today = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=7)).date()
    boxes = {n: register.sql(f"select west, south, east, north from bench.boxes_{n} order by n") for n in (100, 1000)}
    tiles = {z: register.sql(f"select z, x, y from bench.tiles_{z} order by n") for z in (6, 10)}
    ids = [row[0] for row in register.sql("select id from bench.ids order by n")]
    of_level = "select code from admin_units where level = '{}' and valid_from <= current_date and " \
        "(valid_to is null or valid_to >= current_date) order by hashtext(code)"
    communes = [row[0] for row in register.sql(of_level.format("commune"))]
    for drawn in (boxes[100], boxes[1000], tiles[6], tiles[10], communes):
        random.Random(7).shuffle(drawn)

    def of_boxes(n):
        queries = [f"items?bbox={','.join(box)}&limit={10 * n if n < 1000 else 10_000}" for box in boxes[n]]
        return features(queries, "&f=json")

    def features(queries, as_json):
        return {
            **dict.fromkeys(OURS, [f"{API}/collections/cameras/{query}" for query in queries]),
            "tipg": [f"/collections/bench.cameras/{query}" for query in queries],
            "pygeoapi": [f"/collections/cameras/{query}{as_json}" for query in queries],
        }

    def of_tiles(low):
        return {
            **dict.fromkeys(OURS, [f"{API}/tiles/cameras/{z}/{x}/{y}.mvt" for z, x, y in tiles[low]]),
            "tipg": [f"/collections/bench.cameras/tiles/WebMercatorQuad/{z}/{x}/{y}" for z, x, y in tiles[low]],
            **dict.fromkeys(("martin", "martin-cache"), [f"/cameras/{z}/{x}/{y}" for z, x, y in tiles[low]]),
        }

    items = features([f"items/{id}" for id in ids], "?f=json")
    mixed = random.Random(7).choices(of_tiles(10)["hatang"], k=9000) + items["hatang"][:900]
    random.Random(8).shuffle(mixed)
    of_tile = [("martin", 20), ("martin-cache", 1)]
    return [
        Workload("bbox-100", "a box of 100 features", of_boxes(100), BOX.format(count=100, rows=len(boxes[100])),
                 targets=[("tipg", 100), ("ceiling", 0.4)], counts=True),
        Workload("bbox-1000", "a box of 1,000 features", of_boxes(1000), BOX.format(count=1000, rows=len(boxes[1000])),
                 targets=[("tipg", 100)], counts=True),
        Workload("item", "one feature", items, ITEM.format(rows=len(ids)), targets=[("ceiling", 0.6)]),
        Workload("tiles-6-9", "tiles, zoom 6 to 9", of_tiles(6), TILE.format(low=6, rows=len(tiles[6])), kept=True,
                 targets=of_tile),
        Workload("tiles-10-14", "tiles, zoom 10 to 14", of_tiles(10), TILE.format(low=10, rows=len(tiles[10])),
                 kept=True, targets=of_tile),
        Workload("not-modified", "tiles that the client has (304)",
                 {name: paths for name, paths in of_tiles(10).items() if name != "tipg"}, kept=True, tagged=True),
        Workload("commune", "figures of a commune", dict.fromkeys(
            OURS, [f"{API}/stats/{code}@{today}?indicators={FIGURES}" for code in communes])),
        Workload("country", "figures of the country", dict.fromkeys(OURS, [f"{API}/stats/VN@{today}?indicators={FIGURES}"])),
        Workload("mixed", "90% tiles, 9% items, 100 writes a second", dict.fromkeys(OURS, mixed), kept=True, writes=100),
    ]
