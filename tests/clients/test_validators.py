"""Documents against their own standards."""

import jsonschema
import pytest
from conftest import LAYERS, ask
from openapi_spec_validator import OpenAPIV30SpecValidator


def test_openapi_document_is_valid():
    document = ask("/openapi.json")
    OpenAPIV30SpecValidator(document).validate()
    for layer in LAYERS:
        assert f"/collections/{layer}/items" in document["paths"]


@pytest.mark.parametrize("layer", LAYERS)
def test_schemas_are_valid_and_features_fit(layer):
    for name in ("schema", "feature-schema", "queryables", "sortables"):
        jsonschema.Draft202012Validator.check_schema(ask(f"/collections/{layer}/{name}"))
    schema = ask(f"/collections/{layer}/schema")
    del schema["properties"]["geom"]
    validator = jsonschema.Draft202012Validator(nullable(schema))
    for feature in ask(f"/collections/{layer}/items?limit=1000&datetime=2000-01-01/..")["features"]:
        validator.validate({"id": feature["id"], **feature["properties"]})


def nullable(schema):
    """The schema says what a value is; a feature writes null where there is none."""
    for field in schema["properties"].values():
        if "type" in field:
            field["type"] = [field["type"], "null"]
        if "enum" in field:
            field["enum"] = [*field["enum"], None]
    return schema
