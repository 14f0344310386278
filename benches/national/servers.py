"""The servers that are compared. All are up together, and only one at a time is asked."""

import importlib.metadata, os, pathlib, re, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

VENV = pathlib.Path(sys.executable).parent
MARTIN = pathlib.Path(os.environ.get("MARTIN", VENV.parent.parent / "martin" / "bin" / "martin"))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target"))
HATANG = pathlib.Path(os.environ.get("HATANG", TARGET / "release" / "hatang"))
# A machine of two cores: as many processes for the servers in Python, which use one core each.
PROCESSES = str(os.cpu_count())

PYGEOAPI = """
server: {{bind: {{host: 127.0.0.1, port: {port}}}, url: 'http://127.0.0.1:{port}', mimetype: application/json, encoding: utf-8,
  gzip: false, languages: [en-US], pretty_print: false, limits: {{default_items: 10, max_items: 10000}},
  map: {{url: 'http://127.0.0.1/{{z}}/{{x}}/{{y}}', attribution: none}}}}
logging: {{level: ERROR}}
metadata: {{identification: {{title: b, description: b, keywords: [b], keywords_type: theme, terms_of_service: none, url: 'http://127.0.0.1'}},
  license: {{name: none, url: 'http://127.0.0.1'}}, provider: {{name: b, url: 'http://127.0.0.1'}}, contact: {{name: b}}}}
resources:
  cameras:
    {{type: collection, title: cameras, description: cameras, keywords: [b], links: [], extents: {{spatial: {{bbox: [100, 5, 115, 25]}}}},
    providers: [{{type: feature, name: PostgreSQL, data: {{host: {socket}, dbname: hatang, user: hatang, search_path: [bench, public]}},
      id_field: id, table: cameras, geom_field: geom}}]}}
"""

# `max_feature_count`: with a million points a tile of a low zoom would hold all; tipg has the same limit by itself.
MARTIN_CONFIG = """
listen_addresses: 127.0.0.1:{port}
worker_processes: {processes}
cache_size_mb: {cache}
postgres:
  connection_string: {url}
  pool_size: 16
  max_feature_count: 10000
  auto_publish: false
  tables: {{cameras: {{schema: bench, table: cameras, srid: 4326, geometry_column: geom, id_column: id, geometry_type: POINT,
    properties: {{code: text, name: text, eye_count: int4, camera_type: text, surveillance_zone: text, managing_level: text,
      funding: text, connected_center: text, legal_class: text, lifecycle_status: text, operational_state: text,
      installed_on: date, commune_code: text, version: int4}}}}}}
"""


class Server:
    def __init__(self, name, port, ready, command, environment, logs):
        self.name, self.port = name, port
        self.url, self.ready = f"http://127.0.0.1:{port}", ready
        self.log = logs / f"{name}.log"
        command = [str(part) for part in command]
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, env=environment, stdout=self.log.open("wb"), stderr=subprocess.STDOUT)

    def wait(self, seconds=180):
        """Waits until the server is ready; `ready` is a path and what its answer contains."""
        path, text = self.ready
        while time.monotonic() < self.began + seconds:
            if self.process.poll() is not None:
                break
            try:
                if text in urllib.request.urlopen(self.url + path, timeout=5).read():
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"{self.name} is not ready: {self.log.read_text(errors='replace')[-2000:]}")

    def memory_mb(self):
        """The memory of the process, now and at most."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return [int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024 for name in ("VmRSS", "VmHWM")]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def hatang(register, name, port, logs, **more):
    """Our server; the first one of a data directory starts PostgreSQL."""
    environment = {
        **os.environ, "PORT": str(port), "HATANG_BIND": "127.0.0.1", "HATANG_ADDRESS_READS_PER_MINUTE": "0",
        "HATANG_ADDRESS_SECONDS_PER_MINUTE": "0", "HATANG_CREDENTIAL_WRITES_PER_MINUTE": "0", "HATANG_ADDRESS_WRITES_PER_MINUTE": "0",
        "HATANG_ACCOUNT_SECONDS_PER_MINUTE": "0", "HATANG_CREDENTIAL_READS_PER_MINUTE": "0", **more,
    }
    if register.answers():
        environment["DATABASE_URL"] = register.url
    else:
        environment.pop("DATABASE_URL", None)
        environment["HATANG_DATA_DIR"] = str(register.directory)
    live = b'"off"' if "HATANG_LIVE_OFF" in more else b'"following"'
    return Server(name, port, ("/readyz", live), [HATANG, "serve"], environment, logs)


def start_peers(register, ceiling, port, logs):
    """The servers other than ours."""
    started = [Server("ceiling", port, ("/1", b"x"), [ceiling, port], os.environ, logs)]
    url = f"postgresql://hatang@{urllib.parse.quote(str(register.socket), safe='')}/hatang"
    environment = {**os.environ, "DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["bench"]', "TIPG_DB_SPATIAL_EXTENT": "false",
                   "TIPG_DB_DATETIME_EXTENT": "false", "TIPG_CATALOG_TTL": "100000"}
    command = [VENV / "uvicorn", "tipg.main:app", "--port", port + 1, "--workers", PROCESSES, "--no-access-log"]
    started.append(Server("tipg", port + 1, ("/collections", b"bench.cameras"), command, environment, logs))
    config = logs / "pygeoapi.yml"
    config.write_text(PYGEOAPI.format(port=port + 2, socket=register.socket))
    environment = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(logs / "pygeoapi-openapi.yml")}
    with open(logs / "pygeoapi-openapi.log", "wb") as log:
        subprocess.run([VENV / "pygeoapi", "openapi", "generate", config, "--output-file", environment["PYGEOAPI_OPENAPI"]],
                       env=environment, check=True, stdout=log, stderr=log)
    command = [VENV / "gunicorn", "-w", PROCESSES, "--threads", "8", "-b", f"127.0.0.1:{port + 2}", "pygeoapi.flask_app:APP"]
    started.append(Server("pygeoapi", port + 2, ("/collections?f=json", b"cameras"), command, environment, logs))
    for at, (name, cache) in enumerate([("martin", 0), ("martin-cache", 512)]):
        if not MARTIN.exists():
            print(f"no {MARTIN}: {name} is left out")
            continue
        config = logs / f"{name}.yml"
        config.write_text(MARTIN_CONFIG.format(port=port + 3 + at, cache=cache, url=register.url, processes=PROCESSES))
        started.append(Server(name, port + 3 + at, ("/catalog", b"cameras"), [MARTIN, "--config", config], os.environ, logs))
    return started


def versions(register):
    of_package = importlib.metadata.version
    of_program = lambda *command: subprocess.run(command, capture_output=True, text=True).stdout.strip()
    database = register.sql("select current_setting('server_version'), postgis_lib_version()")[0]
    return {
        "Hatang": of_program("git", "rev-parse", "--short", "HEAD"), "tipg": of_package("tipg"), "pygeoapi": of_package("pygeoapi"),
        **({"Martin": of_program(MARTIN, "--version").split()[-1]} if MARTIN.exists() else {}),
        "PostgreSQL": database[0].split()[0], "PostGIS": database[1],
        "Python": sys.version.split()[0],
    }
