"""QGIS 3.22 of Debian 12, without a screen."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import BASE, DATE_QUESTIONS, LAYERS, ask, rows_of

ROWS, TILES = (Path(__file__).with_name(name) for name in ("qgis_rows.py", "qgis_tiles.py"))


def qgis(questions, address="", *token, program=ROWS):
    given = "".join(json.dumps(question) + "\n" for question in questions)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp"}
    done = subprocess.run(
        ["/usr/bin/python3", program, BASE + address, *token],
        input=given,
        capture_output=True,
        text=True,
        env=env,
        timeout=500,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(questions), done.stderr[-3000:]
    return [json.loads(line) for line in lines]


def test_shows_every_layer_whole():
    for layer, shown in zip(LAYERS, qgis([[layer, None] for layer in LAYERS])):
        assert (shown["valid"], shown["rows"]) == (True, rows_of(layer)), layer


def test_a_filter_by_date_is_right_or_refused_and_never_wrong():
    questions = DATE_QUESTIONS
    plain = [[layer, f"\"{column}\" {operator} '{day}'"] for layer, column, operator, day in questions]
    wrapped = [[layer, f"to_date(\"{column}\") {operator} '{day}'"] for layer, column, operator, day in questions]
    for question, one, other in zip(questions, qgis(plain), qgis(wrapped)):
        layer, column, operator, day = question
        expected = rows_of(layer, f"{column}::date {operator} '{day}'")
        assert other["rows"] == expected, f"{question}: to_date is evaluated by QGIS"
        assert one["rows"] == expected or one["rows"] == 0 and one["errors"], f"{question}: {one}"


@pytest.mark.parametrize("condition", ["\"operator\" = 'vnpt'", "\"operator\" = 'vnpt' and \"height_m\" > 30"])
def test_filters_towers(condition):
    (shown,) = qgis([["towers", condition]])
    assert shown["rows"] == rows_of("towers", condition)


def test_looks_back_by_the_path():
    expected = ask("/collections/districts/items?as_of=2023-09-20&resultType=hits")["numberMatched"]
    (shown,) = qgis([["districts", None]], "/as-of/2023-09-20")
    assert (shown["valid"], shown["rows"]) == (True, expected)
    assert "name" in shown["fields"]


def test_signs_in_by_basic_authentication(token):
    # In this order: QGIS does not look at `Vary`, and gives an answer for everybody to us while it may keep it, ten seconds.
    (us,), (anyone,) = qgis([["cameras", None]], "", token), qgis([["cameras", None]])
    assert "note" in us["fields"] and "note" not in anyone["fields"]
    assert us["rows"] >= anyone["rows"] > 0


@pytest.mark.parametrize("layer", ["towers", "communes"])
def test_draws_vector_tiles(layer):
    district, sea = [105.64, 19.73, 105.76, 19.86], [107, 18, 107.1, 18.1]
    drawn, nothing = qgis([district, sea], f"/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt", program=TILES)
    assert drawn > 500 and nothing == 0
