"""What schemathesis finds and is right: each exception with its reason. Everything else that it finds is a failure."""

import schemathesis
from schemathesis.specs.openapi import checks

# Parameters (and members of a body) whose values a schema cannot describe in full: a 400 or 422 that names them is right.
SAID_IN_WORDS = {
    "as_of": "a day of the register, from 0001-01-01 to today",
    "at": "a place as people write it",
    "bbox": "four numbers or six, south before north",
    "bbox-crs": "a system of the collection",
    "central_meridian": "that of `crs`",
    "collection": "a layer by its id",
    "collections": "layers by their ids",
    "compare": "a day before the day asked for",
    "crs": "a system of the collection; of files only GeoJSON is in metres",
    "cursor": "opaque, from a `next` link",
    "datetime": "days that exist, the first before the last",
    "filter": "CQL2",
    "filter-crs": "a system that is known",
    "from": "a day that exists, before `to`",
    "group": "a group that exists",
    "indicator": "a figure of the layer",
    "known_at": "an instant that has passed",
    "level": "a level of the unit or below",
    "near": "longitude, latitude, at most 100,000 metres",
    "operator": "operators that are known",
    "properties": "fields that the caller sees",
    "quality": "a check of the layer",
    "sortby": "fields of /sortables, each once",
    "tileCol": "a column of the zoom level",
    "tileRow": "a row of the zoom level",
    "to": "a day that exists",
    "unassigned": "a level below `within`",
    "unit": "a unit of the register, on a day that exists",
    "units_on": "a day of the register",
    "within": "a unit of the register, on a day that exists",
    "x": "a column of the zoom level",
    "y": "a row of the zoom level",
}

# Problems of requests that the document allows.
RULES = {
    "json.malformed": "a text with NUL",
    "parameter.unknown": "which parameters an import, a search and `verify` take depends on its kind, its layer and its body",
}
# What only the register knows: its rules, its records and their versions.
OF_WRITES = (409, 412, 422, 428)


@schemathesis.check
def accepts_what_the_document_allows(ctx, response, case):
    """Built in as positive_data_acceptance, without these."""
    if response.status_code in OF_WRITES and case.method != "GET":
        return None
    problems = response.json().get("errors", []) if response.status_code == 400 else []
    # A field with codes takes several of them, separated by commas, so that the document cannot list them.
    coded = {name for name, value in (case.query or {}).items() if case.path.endswith("/items") and isinstance(value, str)}
    words = SAID_IN_WORDS.keys() | coded
    named = [problem["code"] in RULES or problem.get("parameter") in words for problem in problems]
    return None if named and all(named) else checks.positive_data_acceptance(ctx, response, case)


@schemathesis.check
def rejects_what_the_document_forbids(ctx, response, case):
    """Built in as negative_data_rejection. OGC API - Features wants a `limit` above the maximum to be taken as the maximum; in
    a body, null is the same as no member."""
    limit = str((case.query or {}).get("limit", ""))
    has_null = isinstance(case.body, dict) and None in case.body.values()
    if limit.isdigit() and int(limit) > 1000 or has_null:
        return None
    return checks.negative_data_rejection(ctx, response, case)
