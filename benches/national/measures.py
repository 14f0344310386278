"""What is measured beside the load: memory, the time of a start, the cost of a small answer by the size of the register."""

import json, os, pathlib, re, subprocess, time

from drive import fetch, wrk
from servers import HATANG, hatang
from workloads import API, workloads


def token(register):
    """A token that may write."""
    name = f"bench-{time.time_ns()}"
    environment = {**os.environ, "DATABASE_URL": register.url}
    done = subprocess.run([HATANG, "token", "create", "--name", name], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1])
    return {"date": time.strftime("%Y-%m-%d"), "processor": model[1] if model else "unknown", "cores": os.cpu_count(),
            "memory_gb": round(memory / 1024**2)}


def memory(register, servers):
    """How long the layers took to be read into memory, and what they take beyond their JSON."""
    log = servers["hatang"].log.read_text(errors="replace")
    rows, seconds = re.search(r"the layers are in memory.*?rows=(\d+).*?seconds=([\d.]+)", log).groups()
    with_live, without = (servers[name].memory_mb() for name in ("hatang", "hatang-sql"))
    url = servers["hatang"].url + API + "/collections"
    of_json = 0
    for collection in json.loads(fetch(f"{url}?f=json")[2])["collections"]:
        page = fetch(f"{url}/{collection['id']}/items?limit=5000&f=json")[2]
        answer = json.loads(page)
        if answer["numberReturned"]:
            each = len(page[page.index(b'"features":['):]) / answer["numberReturned"]
            of_json += each * answer.get("numberMatched", answer["numberReturned"])
    return {"rows": int(rows), "seconds": float(seconds), "json_mb": round(of_json / 1024**2), "with_live_mb": with_live,
            "without_mb": without, "bytes_each": round((with_live[0] - without[0] - of_json / 1024**2) * 1024**2 / int(rows))}


def growth(registers, servers, asked, scratch):
    """Boxes of 100 features and single ones in registers of several sizes."""
    measured = []
    for at, register in enumerate(registers):
        own = servers if at == 0 else start(register, asked, scratch / str(at))
        try:
            if at:
                register.prepare()
            cameras = int(register.sql("select count(*) from bench.cameras")[0][0])
            for workload in workloads(register):
                if workload.name in ("bbox-100", "item"):
                    for name in ("hatang", "hatang-sql"):
                        rates = [wrk(own[name], workload.paths[name], asked.connections, asked.seconds, scratch)["rate"] for _ in range(asked.rounds)]
                        rate = sorted(rates)[len(rates) // 2]
                        measured.append({"cameras": cameras, "workload": workload.name, "server": name, "rate": rate})
                        print(f"growth {cameras} {workload.name} {name}: {rate:.1f}/s", flush=True)
        finally:
            if at:
                own["hatang-sql"].stop()
                own["hatang"].stop()
    return measured


def start(register, asked, logs):
    logs.mkdir()
    own = hatang(register, "hatang", asked.port + 8, logs).wait()
    return {"hatang": own, "hatang-sql": hatang(register, "hatang-sql", asked.port + 9, logs, HATANG_LIVE_OFF="all").wait()}
