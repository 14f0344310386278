"""Load: wrk for HTTP, pgbench for SQL, and writers at a steady rate."""

import concurrent.futures, http.client, json, pathlib, subprocess, threading, time, urllib.error, urllib.request

from register import PROGRAMS

LUA = pathlib.Path(__file__).parent / "urls.lua"


def fetch(url, headers=()):
    """Status, headers and body; also of an error."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers)), timeout=120) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def fetch_all(server, paths, headers=()):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda path: fetch(server.url + path, headers), paths))


def wrk(server, paths, connections, seconds, scratch):
    """What wrk measured. `paths` are lines: a path, and a tag after a tab."""
    file = scratch / "urls"
    file.write_text("\n".join(paths) + "\n")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", LUA, server.url, "--", file]
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    return {"rate": measured["requests"] / measured["seconds"], "bytes": measured["bytes"] / max(measured["requests"], 1),
            "p50_ms": measured["p50_ms"], "p99_ms": measured["p99_ms"],
            "errors": measured["errors"] / measured["requests"] if measured["requests"] else 1}


def pgbench(register, script, connections, seconds, scratch):
    file = scratch / "script.sql"
    file.write_text(script)
    for old in scratch.glob("pgbench_log.*"):
        old.unlink()
    command = [PROGRAMS / "pgbench", "-n", "-M", "prepared", f"-c{connections}", "-j1", f"-T{seconds}", "-l", "-f", file,
               "-h", register.socket, "-U", "hatang", "hatang"]
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=scratch)
    lines = [line.split() for log in scratch.glob("pgbench_log.*") for line in log.read_text().splitlines()]
    took = sorted(int(line[2]) / 1000 for line in lines) or [1000 * seconds]
    return {"rate": len(lines) / seconds, "p50_ms": took[len(took) // 2], "p99_ms": took[int(len(took) * 0.99)], "errors": 0 if lines else 1}


class Writers:
    """Changes one camera after the other, so many a second, until `stop`."""

    THREADS = 4

    def __init__(self, server, token, ids, rate):
        self.server, self.ids, self.rate = server, ids, rate
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/merge-patch+json", "If-Match": "*"}
        self.took, self.failed, self.ends = [], [], threading.Event()
        self.began = time.monotonic()
        self.threads = [threading.Thread(target=self.write, args=(nth,), daemon=True) for nth in range(self.THREADS)]
        for thread in self.threads:
            thread.start()

    def write(self, nth):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        at = nth
        while not self.ends.wait(max(0, self.began + at / self.rate - time.monotonic())):
            body = json.dumps({"properties": {"eye_count": 1 + int(time.monotonic() * 1000) % 4}})
            begun = time.monotonic()
            connection.request("PATCH", f"/api/v1/collections/cameras/items/{self.ids[at % len(self.ids)]}", body, self.headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                self.took.append((time.monotonic() - begun) * 1000)
            else:
                self.failed.append((answer.status, text[:300]))
            at += self.THREADS

    def stop(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()
        took = sorted(self.took) or [float("inf")]
        return {"writes_rate": len(self.took) / (time.monotonic() - self.began), "write_p50_ms": took[len(took) // 2],
                "write_p99_ms": took[int(len(took) * 0.99)], "writes_failed": len(self.failed), "example": str(self.failed[:1])}
