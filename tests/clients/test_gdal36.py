"""GDAL 3.6, the program ogrinfo of Debian 12."""

import re

import pytest
from conftest import BASE, DATE_QUESTIONS, LAYERS, ask, ogr, rows_of

SERVICE = "OAPIF:" + BASE


def count(*arguments, service=SERVICE):
    return ogr("ogrinfo", "-q", "-oo", "PAGE_SIZE=10000", service, *arguments).count("\nOGRFeature(")


@pytest.mark.parametrize("layer", LAYERS)
def test_reads_every_row_and_typed_columns(layer, tmp_path):
    assert count(layer) == rows_of(layer)
    summary = ogr("ogrinfo", "-so", SERVICE, layer)
    fields = ask(f"/collections/{layer}/schema")["properties"]
    for name, field in fields.items():
        expected = {"integer": "Integer|Integer64|Real", "number": "Real", "boolean": r"Integer\(Boolean\)"}
        kind = {"date": "Date", "date-time": "DateTime"}.get(field.get("format")) or expected.get(field.get("type"))
        if kind and name != "id":
            assert re.search(rf"^{name}: ({kind}) \(", summary, re.M), f"{name}\n{summary}"


def test_copies_a_layer(tmp_path):
    copy = str(tmp_path / "copy.gpkg")
    ogr("ogr2ogr", "-f", "GPKG", "-oo", "PAGE_SIZE=10000", copy, SERVICE, "cameras")
    assert f"Feature Count: {rows_of('cameras')}" in ogr("ogrinfo", "-so", copy, "cameras")


@pytest.mark.parametrize(
    "condition",
    ["operator='vnpt'", "operator<>'vnpt'", "operator IN ('vnpt', 'viettel')", "name LIKE 'T%'", "height_m >= 30", "height_m IS NULL"],
)
def test_filters_towers(condition):
    assert count("towers", "-where", condition) == rows_of("towers", condition)


@pytest.mark.parametrize(("layer", "column", "operator", "day"), DATE_QUESTIONS)
def test_filters_dates(layer, column, operator, day):
    expected = rows_of(layer, f"{column}::date {operator} '{day}'")
    assert count(layer, "-where", f"{column} {operator} '{day}'") == expected


@pytest.mark.parametrize("address", ["?as_of=2023-09-20", "/as-of/2023-09-20"])
def test_looks_back(address):
    rows = count("districts", service=SERVICE + address)
    assert rows == ask("/collections/districts/items?as_of=2023-09-20&resultType=hits")["numberMatched"] > 0
    summary = ogr("ogrinfo", "-so", SERVICE + address, "districts")
    assert "name: String" in summary and f"Feature Count: {rows}" in summary
    paged = ogr("ogrinfo", "-q", "-oo", "PAGE_SIZE=50", SERVICE + address, "cameras").count("\nOGRFeature(")
    assert paged == ask("/collections/cameras/items?as_of=2023-09-20&resultType=hits")["numberMatched"]
