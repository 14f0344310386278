#!/usr/bin/env python3
"""Figures of a country: 1,000,000 cameras and 150,000 stations in 10,010 communes of one era and 3,300 of the next, 7% of
them edited. Prints the milliseconds of each question from the kept sums. `known_at` of the minute before 1% of the cameras were
changed once more subtracts what was written since. Needs a quiet machine and `cargo build --release`:

    python3 benches/figures.py [cameras [directory]]

With a directory the data are kept there, and used again by the next run. A statement of an anonymous caller is cut off after 5 s.
"""

import json, os, pathlib, random, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

HATANG = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "release" / "hatang"
CAMERAS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
TOWERS = CAMERAS * 15 // 100
CODES = (
    "camera_eyes,camera_units,camera_positions,camera_eyes_by_manager,camera_eyes_by_funding,camera_eyes_by_zone,"
    "bts_stations,bts_stations_by_operator,bts_sites,bts_shared_sites,bts_small_cells,bts_by_technology"
)

UNITS = """
create temporary table eras (first date, last date, columns int, rows int, provinces int);
insert into eras values ('2020-01-01', '2025-06-30', 110, 91, 55), ('2025-07-01', null, 55, 60, 11);
insert into admin_units (level, code, name, valid_from, valid_to, source)
select 'province', lpad(p::text, 2, '0'), 'Tỉnh ' || p, first, last, 'demo' from eras, generate_series(1, provinces) p;
insert into admin_units (level, code, name, parent_code, valid_from, valid_to, source)
select 'district', lpad(d::text, 3, '0'), 'Huyện ' || d, lpad(((d - 1) % provinces + 1)::text, 2, '0'), first, last, 'demo'
from eras, generate_series(1, provinces * 12) d where last is not null;
insert into admin_units (level, code, name, parent_code, valid_from, valid_to, source, geom, geom_source)
select 'commune', lpad((i * rows + j + 1)::text, 5, '0'), 'Xã ' || i || '.' || j,
  case when last is null then lpad((i / 5 + 1)::text, 2, '0') else lpad(((i / 2) + 1 + provinces * (j % 12))::text, 3, '0') end,
  first, last, 'demo',
  st_multi(st_segmentize(st_makeenvelope(105 + i * 2.75 / columns, 10 + j * 3.0 / rows, 105 + (i + 1) * 2.75 / columns, 10 + (j + 1) * 3.0 / rows, 4326), 0.0005)), 'demo'
from eras, generate_series(0, columns - 1) i, generate_series(0, rows - 1) j;
analyze admin_units;
"""

ROWS = f"""
select setseed(0.5);
insert into cameras (id, code, geom, eye_count, managing_level, funding, surveillance_zone, connected_center, installed_on, effective_on)
select n, 'CAM-' || n, st_setsrid(st_makepoint(105 + random() * 2.75, 10 + random() * 3), 4326), 1 + (random() * 3)::int,
  ('{{commune_police,commune_committee,school,household,enterprise}}'::text[])[1 + (random() * 4)::int],
  ('{{budget,socialised,enterprise,private}}'::text[])[1 + (random() * 3)::int],
  ('{{traffic,town,market,school,public_office}}'::text[])[1 + (random() * 4)::int], 'commune', d.day, d.day
from generate_series(1, {CAMERAS}) n cross join lateral (select '2018-01-01'::date + (random() * 3000 + n * 0)::int as day) d;
insert into towers (id, code, name, geom, operator, site_code, technologies, cell_class, installed_on, effective_on)
select n, 'BTS-' || n, 'T' || n, st_setsrid(st_makepoint(105 + random() * 2.75, 10 + random() * 3), 4326),
  ('{{viettel,mobifone,vnpt}}'::text[])[1 + (random() * 2)::int], 'S' || (n / 2), '{{2G,4G}}', 'macro', d.day, d.day
from generate_series(1, {TOWERS}) n cross join lateral (select '2018-01-01'::date + (random() * 3000 + n * 0)::int as day) d;
update cameras set eye_count = 1 + eye_count % 4, effective_on = installed_on + 100, updated_by = 'bench' where id % 20 = 0;
update cameras set geom = st_translate(geom, 0.01, 0), effective_on = installed_on + 200, updated_by = 'bench' where id % 100 = 1;
update cameras set lifecycle_status = 'decommissioned', decommissioned_on = installed_on + 300, effective_on = installed_on + 300, updated_by = 'bench' where id % 100 = 2;
update towers set technologies = '{{2G,4G,5G}}', effective_on = installed_on + 100, updated_by = 'bench' where id % 15 = 0;
analyze;
"""


def main():
    kept = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    directory = kept or pathlib.Path(tempfile.mkdtemp(prefix="hatang-bench.", dir="/tmp"))
    directory.mkdir(exist_ok=True)
    directory.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "HATANG_DATA_DIR": str(directory / "data"), "PORT": str(port), "HATANG_BIND": "127.0.0.1",
        "HATANG_ADDRESS_READS_PER_MINUTE": "100000", "HATANG_ADDRESS_SECONDS_PER_MINUTE": "0",
    }
    environment.pop("DATABASE_URL", None)
    service = subprocess.Popen([HATANG, "serve"], env=environment, stderr=open(directory / "log", "wb"))
    try:
        bench(f"http://127.0.0.1:{port}/api/v1", environment, service)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
        if not kept:
            shutil.rmtree(directory)


def bench(api, environment, service):
    while True:
        try:
            urllib.request.urlopen(f"{api}/collections", timeout=5)
            break
        except OSError:
            assert service.poll() is None, "the service ended"
            time.sleep(0.5)
    psql = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
    address = f"postgresql:///hatang?host={environment['HATANG_DATA_DIR']}/socket&user=hatang"

    def sql(text):
        done = subprocess.run([psql, "-qAt", "-v", "ON_ERROR_STOP=1", address, "-c", text], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    begun = time.monotonic()
    if sql("select count(*) from towers") == "0":
        sql(UNITS)
        sql(ROWS)
        print(f"loaded in {time.monotonic() - begun:.0f} s", flush=True)
    else:
        sql("update summaries set built_until = 0")
    begun = time.monotonic()
    left = "select (select count(*) from summary_queue) + (select count(*) from summaries where built_until is not null)"
    while sql(left) != "0":
        time.sleep(1)
    print(f"sums kept in {time.monotonic() - begun:.0f} s more", flush=True)
    sizes = "select pg_size_pretty(sum(pg_total_relation_size(oid))) from pg_class where relname ~ '_(contributions|deltas|recent|marks)$'"
    print("kept sums take", sql(sizes), flush=True)
    sql("vacuum analyze")

    random.seed(7)
    known_at = sql("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
    sql("update cameras set eye_count = 1 + eye_count % 4, effective_on = installed_on + 50, updated_by = 'bench' where id % 100 = 3")
    while sql(left) != "0":
        time.sleep(1)
    days = ["2026-11-01", "2024-03-15", "2021-07-31"]
    old, new = "units_on=2024-01-01", "units_on=2026-01-01"
    questions = [("one commune", [f"stats/{n:05}@2026-01-01?as_of={random.choice(days)}&indicators={CODES}" for n in random.sample(range(1, 3300), 200)])]
    for era, units in (("the communes of today", new), ("the old communes", old)):
        questions.append((f"country by {era}", [f"stats?level=commune&{units}&as_of={day}&indicators={CODES}" for day in days]))
    questions.append(("country by commune against a year before", [f"stats?level=commune&{new}&as_of=2024-12-31&compare=2023-12-31&indicators={CODES}"]))
    questions.append(("one province against a year before", ["stats/01@2026-01-01?as_of=2024-12-31&compare=2023-12-31&indicators=" + CODES]))
    questions.append(("a page of rows of a province of the old era on a past day", ["collections/cameras/items?within=01@2024-01-01&as_of=2023-05-05&indicator=camera_eyes&limit=1000"]))
    questions.append(("one province as it was known at an instant", [f"stats/01@2026-01-01?as_of=2024-12-31&known_at={known_at}&indicators={CODES}"]))
    questions.append(("a province by commune", [f"stats?level=commune&within=01@2026-01-01&as_of={day}&indicators={CODES}" for day in days]))
    for name, paths in questions:
        times = sorted(timed(f"{api}/{path}") for path in paths for _ in range(3 if len(paths) < 10 else 1))
        print(f"{name}: median {times[len(times) // 2] * 1000:.0f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms", flush=True)


def timed(url):
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=700) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        print("cut off:" if error.code == 503 else error.read()[:300], url.split("?")[0], flush=True)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
