"""What the tests of clients share: a running service with the demo, its database, its layers.

scripts/clients.sh starts the service and gives HATANG_URL, HATANG_DATA_DIR and TOKEN, a token with unconditional writes.
"""

import json
import os
import subprocess
import urllib.request

import pytest

BASE = os.environ["HATANG_URL"] + "/api/v1"


def ask(path, **headers):
    request = urllib.request.Request(BASE + path, headers={"Accept-Language": "en", **headers})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def sql(statement):
    """The first column of the rows that the private cluster answers."""
    socket = os.environ["HATANG_DATA_DIR"] + "/socket"
    answer = run("psql", "-U", "hatang", "-h", socket, "-d", "hatang", "-Atc", statement)
    return answer.split("\n")[:-1]


def run(*command, **env):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env})
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def ogr(program, *arguments):
    """A GDAL program that fails when GDAL only warns."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    assert done.returncode == 0 and "ERROR" not in done.stderr, f"{arguments}\n{done.stderr[-2000:]}"
    return done.stdout


LAYERS = [collection["id"] for collection in ask("/collections")["collections"]]


def date_columns(layer):
    properties = ask(f"/collections/{layer}/schema")["properties"]
    return [name for name, field in properties.items() if field.get("format") in ("date", "date-time")]


def rows_of(layer, condition="true"):
    """How many rows anonymous callers see of a layer that meet a condition, by the tables."""
    table = layer.replace("-", "_")
    if layer in ("communes", "districts", "provinces"):
        shown = "valid_from <= current_date and (valid_to is null or valid_to >= current_date)"
    else:
        shown = "public and deleted_at is null"
    return int(sql(f"select count(*) from {table} where {shown} and ({condition})")[0])


def date_questions():
    """For each date column of each layer a day in the middle of its values, with each operator."""
    for layer in LAYERS:
        for column in date_columns(layer):
            table = layer.replace("-", "_")
            days = sql(f"select distinct {column}::date from {table} where {column} is not null order by 1")
            day = days[len(days) // 2] if days else "2022-10-26"
            for operator in ("=", "<", ">="):
                yield layer, column, operator, day


DATE_QUESTIONS = list(date_questions())


@pytest.fixture(scope="session")
def token():
    return os.environ["TOKEN"]
