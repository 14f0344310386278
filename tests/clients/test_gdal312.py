"""GDAL 3.12, in the wheel of pyogrio."""

import pyogrio
import pytest
from conftest import BASE, DATE_QUESTIONS, LAYERS, ask, rows_of

SERVICE = "OAPIF:" + BASE


def count(layer, where=None, address="", **options):
    return len(pyogrio.raw.read(SERVICE + address, layer=layer, where=where, **options)[2])


@pytest.mark.parametrize("layer", LAYERS)
def test_reads_every_row(layer):
    assert count(layer) == rows_of(layer)


@pytest.mark.parametrize("condition", ["operator='vnpt'", "name LIKE 'T%'", "height_m >= 30", "height_m IS NULL"])
def test_filters_towers(condition):
    assert count("towers", condition) == rows_of("towers", condition)


@pytest.mark.parametrize(("layer", "column", "operator", "day"), DATE_QUESTIONS)
def test_filters_dates(layer, column, operator, day):
    expected = rows_of(layer, f"{column}::date {operator} '{day}'")
    assert count(layer, f"{column} {operator} '{day}'") == expected


@pytest.mark.parametrize("address", ["?as_of=2023-09-20", "/as-of/2023-09-20"])
def test_looks_back(address):
    expected = ask("/collections/districts/items?as_of=2023-09-20&resultType=hits")["numberMatched"]
    assert count("districts", address=address) == expected > 0
    cameras = ask("/collections/cameras/items?as_of=2023-09-20&resultType=hits")["numberMatched"]
    assert count("cameras", address=address, PAGE_SIZE=50) == cameras
