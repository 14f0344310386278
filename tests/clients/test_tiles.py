"""Vector tiles, read by mapbox-vector-tile and GDAL."""

import math
import urllib.request

import mapbox_vector_tile
import pytest
from conftest import BASE, LAYERS, ask, ogr, rows_of


def tile(layers, z, x, y):
    with urllib.request.urlopen(f"{BASE}/tiles/{layers}/{z}/{x}/{y}.mvt") as answer:
        return answer.read() if answer.status == 200 else b""


def at(lon, lat, z):
    row = (0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / (2 * math.pi)) * 2**z
    return int((lon + 180) / 360 * 2**z), int(row)


@pytest.mark.parametrize("layer", LAYERS)
def test_counts_of_a_zoom_level_are_the_rows(layer):
    is_of_units = layer in ("communes", "districts", "provinces")
    placed = rows_of(layer, "geom is not null" if is_of_units else "public_geom is not null")
    tiles = [(0, 0)]
    for z in range(10):
        ids, together, below = set(), 0, []
        for x, y in tiles:
            if encoded := tile(layer, z, x, y):
                below += [(2 * x + east, 2 * y + south) for east in (0, 1) for south in (0, 1)]
                for feature in mapbox_vector_tile.decode(encoded)[layer]["features"]:
                    if "id" in feature and feature["id"]:
                        ids.add(feature["id"])
                    else:
                        together += feature["properties"]["point_count"]
        assert len(ids) + together == placed, z
        tiles = below


def test_gdal_reads_a_tile(tmp_path):
    x, y = at(105.7, 19.8, 12)
    path = tmp_path / "tile.mvt"
    path.write_bytes(tile("towers,communes", 12, x, y))
    listed = ogr("ogrinfo", "-so", "-al", str(path))
    assert "Layer name: towers" in listed and "Layer name: communes" in listed
    assert "operator: String" in listed and "point_count" in listed


def test_gdal_reads_the_service():
    listed = ogr("ogrinfo", "-so", "-al", f"MVT:{BASE}/tiles/towers/12/{'/'.join(map(str, at(105.7, 19.8, 12)))}.mvt")
    assert "operator: String" in listed


def test_what_a_style_names_is_served():
    style = ask("/styles/all.json")
    source = style["sources"]["hatang"]["url"]
    with urllib.request.urlopen(source) as answer:
        assert answer.status == 200
    for font in {font for layer in style["layers"] for font in layer.get("layout", {}).get("text-font", [])}:
        for letters in ("0-255", "7680-7935"):
            url = style["glyphs"].replace("{fontstack}", font.replace(" ", "%20")).replace("{range}", letters)
            with urllib.request.urlopen(url) as answer:
                assert len(answer.read()) > 10_000
