#!/usr/bin/env python3
"""Prints a software bill of materials (CycloneDX 1.5) of the crates that the program is built from."""

import json
import subprocess

TARGET = "x86_64-unknown-linux-gnu"
command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", TARGET]
metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
packages = {package["id"]: package for package in metadata["packages"]}


def uses(package_id):
    """The crates that a crate is built from, without those of its tests."""
    for dependency in nodes[package_id]["deps"]:
        if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
            yield dependency["pkg"]


def component(package_id):
    package = packages[package_id]
    purl = f"pkg:cargo/{package['name']}@{package['version']}"
    found = {"type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"], "purl": purl}
    if package["license"]:
        found["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    return found


root = metadata["resolve"]["root"]
reached, waiting = set(), [root]
while waiting:
    package_id = waiting.pop()
    if package_id not in reached:
        reached.add(package_id)
        waiting.extend(uses(package_id))
ordered = sorted(reached - {root}, key=lambda package_id: (packages[package_id]["name"], packages[package_id]["version"]))
print(json.dumps({
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "version": 1,
    "metadata": {"component": {**component(root), "type": "application"}},
    "components": [component(package_id) for package_id in ordered],
    "dependencies": [
        {"ref": component(package_id)["bom-ref"], "dependsOn": sorted({component(used)["bom-ref"] for used in uses(package_id)})}
        for package_id in [root, *ordered]
    ],
}, indent=1))
