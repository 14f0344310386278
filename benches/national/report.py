"""Writes what was measured into docs/benchmarks.md, and draws docs/benchmarks.svg."""

import pathlib

import matplotlib
import matplotlib.pyplot as plt

DOCS = pathlib.Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- measured: written by benches/national -->\n", "<!-- /measured -->\n"

SERVERS = {
    "hatang": "Hatang", "hatang-sql": "Hatang, live off", "tipg": "tipg", "pygeoapi": "pygeoapi", "martin": "Martin, no cache",
    "martin-cache": "Martin, cache warm", "pgbench": "best SQL (pgbench)", "ceiling": "static answer",
}


def write(results):
    page = DOCS / "benchmarks.md"
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + BEGIN + measured(results) + END + rest.split(END)[1])
    draw(results)


def measured(results):
    about, memory = results["about"], results["memory"]
    of = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    workloads = results["workloads"].values()
    parts = [
        f"Measured on {about['date']}: {about['cameras']:,} cameras, {about['connections']} connections, the median of "
        f"{about['rounds']} rounds of {about['seconds']} s each.\n"
        f"{about['processor']}, {about['cores']} cores, {about['memory_gb']} GB; {of}.\n",
        "Answers a second:\n\n" + table(workloads, lambda row: number(row["rate"])),
        "Milliseconds, half of the answers and 99 of 100 within:\n\n"
        + table(workloads, lambda row: f"{number(row['p50_ms'])} / {number(row['p99_ms'])}"),
        "![Answers a second](benchmarks.svg)\n",
        "| goal | measured | |\n|---|---|---|\n" + "".join(goals(results)),
    ]
    rows = [f"| {growth['cameras']:,} | {growth['workload']} | {SERVERS[growth['server']]} | {number(growth['rate'])} |\n" for growth in results.get("growth", [])]
    if rows:
        parts.append("By the size of the register:\n\n| cameras | workload | | a second |\n|---|---|---|--:|\n" + "".join(rows))
    parts.append(
        f"Layers in memory: {memory['rows']:,} features were read in {memory['seconds']:.0f} s. Their JSON is {memory['json_mb']:,} MB; the process "
        f"takes {memory['with_live_mb'][0]:,} MB ({memory['with_live_mb'][1]:,} MB at most), {memory['without_mb'][0]:,} MB without them: "
        f"{memory['bytes_each']:,} bytes a feature beyond its JSON.\n"
    )
    return "\n".join(parts)


def table(workloads, cell):
    shown = [name for name in SERVERS if any(name in workload["servers"] for workload in workloads)]
    lines = ["| workload | " + " | ".join(SERVERS[name] for name in shown) + " |", "|---|" + "--:|" * len(shown)]
    for workload in workloads:
        cells = [cell(workload["servers"][name]) if name in workload["servers"] else "" for name in shown]
        size = f", {workload['size'] / 1000:.1f} kB" if workload["size"] >= 100 else ""
        lines.append(f"| {workload['title']}{size} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def goals(results):
    for workload in results["workloads"].values():
        own = workload["servers"].get("hatang")
        if own is None:
            continue
        for name, factor in workload["targets"]:
            if other := workload["servers"].get(name):
                ratio = own["rate"] / other["rate"]
                goal = f"{factor:.0%} of {SERVERS[name]}" if factor < 1 else f"{factor} times {SERVERS[name]}"
                got = f"{ratio:.0%}" if factor < 1 else f"{ratio:.1f} times"
                yield f"| {workload['title']}: {goal} | {got} | {'reached' if ratio >= factor else 'missed'} |\n"
        if "writes_rate" in own:
            reached = own["writes_rate"] > 99 and own["p99_ms"] < 20
            got = f"{own['writes_rate']:.0f} writes a second, reads {own['p99_ms']:.1f} ms"
            yield f"| {workload['title']}: 100 writes a second, 99% of reads within 20 ms | {got} | {'reached' if reached else 'missed'} |\n"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def draw(results):
    """A group of bars for each workload, on a logarithmic scale."""
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "hatang", "font.size": 9})
    workloads = [workload for workload in results["workloads"].values() if workload["servers"]]
    shown = [name for name in SERVERS if any(name in workload["servers"] for workload in workloads)]
    figure, axes = plt.subplots(figsize=(9, 1 + 0.16 * sum(len(workload["servers"]) + 2 for workload in workloads)))
    at, ticks = 0, []
    for workload in workloads:
        begin = at
        for name in [name for name in shown if name in workload["servers"]]:
            rate = workload["servers"][name]["rate"]
            axes.barh(at, rate, color=f"C{list(SERVERS).index(name)}", height=0.9)
            axes.text(rate * 1.05, at, number(rate), va="center", fontsize=7)
            at += 1
        ticks.append(((begin + at - 1) / 2, workload["title"]))
        at += 1.5
    axes.set_yticks([tick for tick, _ in ticks], [title for _, title in ticks])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("answers a second")
    axes.spines[["top", "right"]].set_visible(False)
    bars = [plt.Rectangle((0, 0), 1, 1, color=f"C{list(SERVERS).index(name)}") for name in shown]
    figure.legend(bars, [SERVERS[name] for name in shown], loc="upper center", ncols=4, frameon=False, fontsize=8)
    figure.subplots_adjust(left=0.33, right=0.93, top=0.93, bottom=0.06)
    figure.savefig(DOCS / "benchmarks.svg", metadata={"Date": None})
