"""The load benchmark on a national register: our server and others on the same PostgreSQL, in turns.

    benches/national/peers.sh                                          # once: the other servers, into target/peers
    HATANG_DATA_DIR=/srv/bench hatang generate --national              # once: the data, after `hatang units import`
    cargo build --release
    target/peers/venv/bin/python benches/national /srv/bench           # all workloads, or those that are named

Needs a quiet machine, and wrk. It adds a schema `bench` to the register, and changes some of its cameras: use one that was
made for this. Results are kept in target/bench.json; each run renews those of its workloads and writes docs/benchmarks.md.
"""

import argparse, json, pathlib, statistics, subprocess, sys, tempfile, time

import measures, report
from drive import Writers, fetch, fetch_all, pgbench, wrk
from register import Register
from servers import HATANG, TARGET, hatang, start_peers, versions
from workloads import workloads

RESULTS = TARGET / "bench.json"
# The servers that keep answers.
KEEP = ("hatang", "martin-cache")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="the data directory of the register")
    parser.add_argument("workloads", nargs="*", help="their names; all if none is given")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each server in each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--port", type=int, default=8190, help="the first of ten free ports")
    parser.add_argument("--ceiling", type=pathlib.Path, help="the built benches/ceiling.rs; built if it is not given")
    parser.add_argument("--growth", nargs="*", default=[], metavar="DIRECTORY", help="registers of other sizes, for the cost by size")
    asked = parser.parse_args()
    ceiling = asked.ceiling or build_ceiling()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="hatang-bench.", dir="/tmp"))
    scratch.chmod(0o755)
    register, servers = Register(asked.directory), []
    try:
        servers.append(hatang(register, "hatang", asked.port, scratch).wait())
        register.prepare()
        servers.append(hatang(register, "hatang-sql", asked.port + 1, scratch, HATANG_LIVE_OFF="all"))
        servers += start_peers(register, ceiling, asked.port + 2, scratch)
        for server in servers:
            server.wait()
        by_name = {server.name: server for server in servers}
        known = workloads(register)
        if unknown := set(asked.workloads) - {workload.name for workload in known}:
            parser.error(f"no workload {', '.join(unknown)}: {', '.join(workload.name for workload in known)}")
        results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"workloads": {}}
        results["about"] = {
            "versions": versions(register), "rounds": asked.rounds, "seconds": asked.seconds, "connections": asked.connections,
            "cameras": int(register.sql("select count(*) from bench.cameras")[0][0]), **measures.machine(),
        }
        results["memory"] = measures.memory(register, by_name)
        for workload in known:
            if not asked.workloads or workload.name in asked.workloads:
                results["workloads"][workload.name] = measure(workload, by_name, register, asked, scratch)
                save(results)
        if asked.growth:
            results["growth"] = measures.growth([register, *map(Register, asked.growth)], by_name, asked, scratch)
            save(results)
    finally:
        # The first one has started PostgreSQL.
        for server in reversed(servers):
            server.stop()
    print(f"logs in {scratch}, results in {RESULTS}")


def save(results):
    RESULTS.write_text(json.dumps(results, indent=1))
    report.write(results)


def build_ceiling():
    command = ["cargo", "build", "--release", "--locked", "--bench", "ceiling", "--message-format=json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    built = [json.loads(line).get("executable") for line in done.stdout.splitlines()]
    return next(executable for executable in built if executable)


def measure(workload, servers, register, asked, scratch):
    """The medians of each server, of rounds in which each has its turn."""
    paths = {name: list(of) for name, of in workload.paths.items() if name in servers}
    size = check(workload, paths, servers)
    for name in [name for name in paths if workload.tagged or workload.kept and name in KEEP]:
        once = list(dict.fromkeys(paths[name]))
        answers = zip(once, fetch_all(servers[name], once))
        if workload.tagged:
            paths[name] = [f"{path}\t{headers['ETag']}" for path, (_, headers, _) in answers if headers["ETag"]]
    if not workload.writes:
        paths["ceiling"] = [f"/{0 if workload.tagged else size}"]
    rounds = {}
    for nth in range(asked.rounds):
        for name, lines in paths.items():
            writers = None
            if workload.writes:
                ids = [row[0] for row in register.sql("select id from bench.ids order by n desc limit 5000")]
                writers = Writers(servers[name], measures.token(register), ids, workload.writes)
            measured = wrk(servers[name], lines, asked.connections, asked.seconds, scratch)
            if writers:
                measured |= writers.stop()
                if measured["writes_failed"]:
                    print(f"  {name}: {measured['writes_failed']} writes failed, such as {measured['example']}")
            rounds.setdefault(name, []).append(measured)
            say(workload, nth, name, measured)
        if workload.sql:
            measured = pgbench(register, workload.sql, asked.connections, asked.seconds, scratch)
            rounds.setdefault("pgbench", []).append(measured)
            say(workload, nth, "pgbench", measured)
    medians = {name: median(of) for name, of in rounds.items() if max(one["errors"] for one in of) <= 0.001}
    for name in rounds.keys() - medians.keys():
        print(f"!! {workload.name}: {name} is left out, more than 0.1% of its answers are errors")
    return {"title": workload.title, "size": size, "servers": medians, "targets": workload.targets}


def say(workload, nth, name, measured):
    errors = f", {measured['errors']:.1%} ERRORS" if measured["errors"] else ""
    writes = f", {measured['writes_rate']:.0f} writes/s" if "writes_rate" in measured else ""
    print(f"{workload.name} {nth + 1} {name}: {measured['rate']:.1f}/s, p50 {measured['p50_ms']:.2f} ms, p99 {measured['p99_ms']:.2f} ms{writes}{errors}",
          flush=True)


def median(rounds):
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0] if key != "example"}


def check(workload, paths, servers):
    """Leaves out each server that answers otherwise than ours, and returns the mean size of our answers."""
    sizes, asked = [], range(0, len(paths["hatang"]), max(1, len(paths["hatang"]) // 8))
    for at in asked:
        expected = None
        for name in list(paths):
            status, _, body = fetch(servers[name].url + paths[name][at])
            count = len(json.loads(body)["features"]) if workload.counts and status == 200 else None
            expected = count if name == "hatang" else expected
            if status != 200 or not body or count != expected or count == 0:
                print(f"!! {workload.name}: {name} answers {status} and {count} features to {paths[name][at]}: {body[:200]!r}")
                del paths[name]
            elif name == "hatang":
                sizes.append(len(body))
    return round(statistics.mean(sizes))


if __name__ == "__main__":
    main()
