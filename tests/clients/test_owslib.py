"""OWSLib: reads, counts, and its three writes."""

import json

import pytest
from conftest import BASE, rows_of
from owslib.ogcapi.features import Features
from owslib.util import Authentication

TOWER = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [105.72, 19.82]},
    "properties": {"name": "Trạm OWSLib", "operator": "vnpt"},
}


@pytest.fixture(scope="module")
def service():
    return Features(BASE)


def test_reads(service):
    assert "cameras" in service.feature_collections()
    assert service.collection("cameras")["id"] == "cameras"
    assert service.collection_queryables("cameras")["properties"]["eye_count"]["type"] == "integer"
    assert service.conformance()["conformsTo"] and service.api()["openapi"].startswith("3.0")
    page = service.collection_items("cameras", limit=7, bbox=[105, 19, 106, 20])
    assert page["numberReturned"] == 7
    one = service.collection_item("cameras", page["features"][0]["id"])
    assert one["properties"] == page["features"][0]["properties"]


def test_counts_with_resulttype_in_lower_case(service):
    hits = service.collection_items("cameras", resulttype="hits")
    assert (hits["numberMatched"], hits["features"]) == (rows_of("cameras"), [])


def test_repeats_properties(service):
    page = service.collection_items("cameras", limit=1, properties=["code", "name"], skipGeometry="true")
    feature = page["features"][0]
    assert set(feature["properties"]) == {"code", "name"} and feature["geometry"] is None


@pytest.mark.parametrize("how", ["bearer", "basic"])
def test_creates_replaces_deletes(token, how):
    def fresh():
        if how == "bearer":
            return Features(BASE, headers={"Authorization": f"Bearer {token}"})
        return Features(BASE, auth=Authentication("me", token))

    assert fresh().collection_item_create("towers", TOWER)
    (made,) = fresh().collection_items("towers", name="Trạm OWSLib")["features"]
    changed = {**TOWER, "properties": {**TOWER["properties"], "height_m": 42}}
    assert fresh().collection_item_update("towers", made["id"], json.dumps(changed))
    assert fresh().collection_item("towers", made["id"])["properties"]["height_m"] == 42
    assert fresh().collection_item_delete("towers", made["id"])
    assert fresh().collection_items("towers", name="Trạm OWSLib")["features"] == []
