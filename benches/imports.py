#!/usr/bin/env python3
"""A list of 100,000 stations as xlsx: planned, committed, exported in every format, undone.

Prints seconds, and the peak memory of the service and of the largest PostgreSQL backend. Needs a quiet machine and
`cargo build --release`:

    python3 benches/imports.py [rows]
"""

import json, os, pathlib, random, re, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.request, zipfile
from xml.sax.saxutils import escape

HATANG = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "release" / "hatang"
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SEED = random.Random(20_261_125)

# A grid of 3,300 communes in the south of the country, each with as many corners as a real one.
UNITS = """
insert into admin_units (level, code, name, valid_from, source, geom, geom_source)
select 'province', '38', 'Tỉnh Lưới', '2025-07-01', 'demo', null, null;
insert into admin_units (level, code, name, parent_code, valid_from, source, geom, geom_source)
select 'commune', lpad((i * 60 + j + 1)::text, 5, '0'), 'Xã ' || i || '.' || j, '38', '2025-07-01', 'demo',
  st_multi(st_segmentize(st_makeenvelope(105 + i * 0.05, 10 + j * 0.05, 105.05 + i * 0.05, 10.05 + j * 0.05, 4326), 0.0005)), 'demo'
from generate_series(0, 54) i, generate_series(0, 59) j;
"""


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="hatang-bench.", dir="/tmp"))
    directory.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "HATANG_DATA_DIR": str(directory / "data"), "PORT": str(port), "HATANG_BIND": "127.0.0.1"}
    environment.pop("DATABASE_URL", None)
    service = subprocess.Popen([HATANG, "serve"], env=environment, stderr=open(directory / "log", "wb"))
    try:
        api = Api(f"http://127.0.0.1:{port}", service, directory)
        bench(api, environment)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
        shutil.rmtree(directory)


def bench(api, environment):
    psql = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
    address = f"postgresql:///hatang?host={environment['HATANG_DATA_DIR']}/socket&user=hatang"
    subprocess.run([psql, "-q", "-v", "ON_ERROR_STOP=1", address, "-c", UNITS], check=True)
    api.token = subprocess.run(
        [HATANG, "token", "create", "--name", "bench"], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    few = workbook(300, "F")
    api.timed("300 rows planned", lambda: planned(api, few))
    file = workbook(ROWS, "M")
    print(f"{ROWS} rows, {len(file) / 1e6:.1f} MB")
    plan = api.timed("planned", lambda: planned(api, file))
    print("  ", plan["counts"], len(plan["findings"]), "findings")
    body = json.dumps({"plan": plan["plan"], "accept_warnings": True}).encode()
    api.timed("committed", lambda: api.post(f"/imports/{plan['id']}/commit", body))
    for sortby in ["name", "-installed_on", "height_m"]:
        api.timed(f"page by {sortby}", lambda: api.get(f"/collections/towers/items?sortby={sortby}"))
    for name in ["csv", "xlsx", "geojson", "geojsonseq", "kml"]:
        size = len(api.timed(name, lambda: api.get(f"/collections/towers/items?f={name}")))
        print(f"   {size / 1e6:.1f} MB")
    again = api.timed("planned again", lambda: planned(api, file))
    print("  ", again["counts"])
    api.timed("workbook back", lambda: api.get(f"/imports/{plan['id']}/workbook"))
    api.timed("undone", lambda: api.post(f"/imports/{plan['id']}/undo", b""))


def planned(api, file):
    plan = api.post("/collections/towers/imports", file)
    while plan["status"] == "planning":
        time.sleep(0.5)
        plan = json.loads(api.get(f"/imports/{plan['id']}"))
    assert plan["status"] == "planned", plan.get("failure")
    return plan


class Api:
    def __init__(self, url, service, directory):
        self.url, self.service, self.token, self.directory = url, service, None, directory
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/readyz")
                return
            except OSError:
                time.sleep(0.1)
        sys.exit((directory / "log").read_text())

    def post(self, path, body):
        return json.loads(self.send(path, body))

    def get(self, path):
        return self.send(path, None)

    def send(self, path, body):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", body, headers)
        try:
            return urllib.request.urlopen(request).read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error.code} {error.read()[:2000]}")

    def timed(self, what, act):
        began = time.monotonic()
        result = act()
        seconds = time.monotonic() - began
        print(f"{what:<20} {seconds:7.2f} s   service {peak(self.service.pid):5.0f} MiB, backend {self.backend():5.0f} MiB", flush=True)
        return result

    def backend(self):
        """Peak memory of the largest process of this PostgreSQL, in MiB, shared memory included."""
        pidfile = self.directory / "data"
        pids = [int(path.read_text().split()[0]) for path in pidfile.glob("**/postmaster.pid")]
        children = subprocess.run(["pgrep", "-P", str(pids[0])], capture_output=True, text=True).stdout.split()
        return max((peak(pid) for pid in children), default=0)


def peak(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def workbook(rows, prefix):
    head = ["Mã", "Mã của đơn vị gửi", "Tên trạm", "Nhà mạng", "Mã vị trí", "Công nghệ", "Loại cell", "Kết cấu", "Chiều cao",
            "Ngày lắp đặt", "Vòng đời", "Địa chỉ", "Ghi chú", "Số giấy phép", "Đơn vị quản lý", "Kinh độ", "Vĩ độ"]
    xml = ['<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>']
    xml.append(line(1, head))
    for n in range(rows):
        word = lambda: "".join(SEED.choices("aăâbcdđeêghiklmnoôơpqrstuưvxy", k=SEED.randint(3, 9)))
        xml.append(line(n + 2, [
            f"{prefix}{n:07}", f"{prefix}-{SEED.getrandbits(64):016x}", f"Trạm {word()} {word()} {n}", SEED.choice(["Viettel", "MobiFone", "VNPT"]),
            f"S{SEED.getrandbits(40):010x}", SEED.choice(["2G, 3G, 4G", "4G", "4G, 5G"]), "", "", SEED.randint(15, 60), f"{SEED.randint(1, 28):02}/0{SEED.randint(1, 9)}/20{SEED.randint(10, 24)}",
            "Đang hoạt động", f"Thôn {word()}, xã {word()} {word()}", " ".join(word() for _ in range(12)), f"GP-{SEED.getrandbits(32):08x}", "Trung tâm " + word(),
            round(105 + SEED.random() * 2.75, 6), round(10 + SEED.random() * 3, 6)]))
    xml.append("</sheetData></worksheet>")
    path = tempfile.NamedTemporaryFile(suffix=".xlsx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006"
        book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>')
        book.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr("xl/workbook.xml", f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{relations}"><sheets><sheet name="BTS" sheetId="1" r:id="r1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/worksheets/sheet1.xml", "".join(xml))
    return pathlib.Path(path.name).read_bytes()


def line(number, cells):
    written = []
    for cell in cells:
        if isinstance(cell, str):
            written.append(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' if cell else "<c/>")
        else:
            written.append(f"<c><v>{cell}</v></c>")
    return f'<row r="{number}">{"".join(written)}</row>'


if __name__ == "__main__":
    main()
