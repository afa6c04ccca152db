"""The contracts as other people's tools see them: JSON Schema and AsyncAPI, read by the jsonschema package."""

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

REPOSITORY = Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "Shared" / "Contracts" / "Golden"
SCHEMAS = REPOSITORY / "docs" / "contracts" / "schemas"
ASYNCAPI = REPOSITORY / "docs" / "contracts" / "asyncapi.json"

# Third-party schemas are not copied into the project: they lie in `shared/` beside the checkout, or where SHARED says.
SHARED = Path(os.environ.get("SHARED") or REPOSITORY.parent / "shared")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def schema_of(golden):
    """A golden file is named after its type: registers.marks-recorded.v1.json, or …v1.<what was added>.json."""
    service, fact, version = golden.name.split(".")[:3]
    return read(SCHEMAS / f"{service}.{fact}.{version}.json")


def validator(schema):
    return Draft202012Validator(schema, format_checker=FormatChecker())


GOLDENS = sorted(GOLDEN.glob("*.json"))
ALL_SCHEMAS = sorted(SCHEMAS.glob("*.json"))


def test_every_schema_has_an_example():
    assert ALL_SCHEMAS and {path.name for path in ALL_SCHEMAS} <= {path.name for path in GOLDENS}


@pytest.mark.parametrize("path", ALL_SCHEMAS, ids=lambda path: path.stem)
def test_schema_is_json_schema(path):
    Draft202012Validator.check_schema(read(path))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_golden_is_of_its_schema(path):
    validator(schema_of(path)).validate(read(path))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_schema_refuses_a_golden_without_a_required_field(path):
    schema, golden = schema_of(path), read(path)
    assert schema["required"]
    for name in schema["required"]:
        broken = {key: value for key, value in golden.items() if key != name}
        assert not validator(schema).is_valid(broken), name


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_schema_refuses_every_field_of_another_kind(path):
    schema, golden = schema_of(path), read(path)
    for name in golden:
        assert not validator(schema).is_valid({**golden, name: 1.5}), name


def test_schema_refuses_a_day_that_is_none():
    golden = GOLDEN / "registers.marks-recorded.v1.json"
    assert not validator(schema_of(golden)).is_valid({**read(golden), "date": "2026-02-30"})


def test_asyncapi_document_is_asyncapi():
    path = SHARED / "schemas" / "asyncapi-3.0.0.json"
    if not path.is_file():
        pytest.skip(f"AsyncAPI's own schema is not at {path}; set SHARED to the folder that has schemas/")
    schema = Draft7Validator(read(path))
    document = read(ASYNCAPI)
    schema.validate(document)
    # The check itself must be able to fail.
    assert not schema.is_valid({**document, "channels": {"registers": {"address": 7}}})
    assert not schema.is_valid({**document, "asyncapi": "2.0.0"})


def test_asyncapi_references_lead_somewhere():
    document = read(ASYNCAPI)
    references = []

    def visit(value):
        if isinstance(value, dict):
            if "$ref" in value:
                references.append(value["$ref"])
            for member in value.values():
                visit(member)
        elif isinstance(value, list):
            for element in value:
                visit(element)

    visit(document)
    assert references
    for reference in references:
        assert reference.startswith("#/"), reference
        target = document
        for part in reference[2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]


def test_asyncapi_payloads_are_the_schemas():
    messages = read(ASYNCAPI)["components"]["messages"]
    assert set(messages) == {path.stem for path in ALL_SCHEMAS}
    for path in ALL_SCHEMAS:
        schema = {key: value for key, value in read(path).items() if key in ("type", "properties", "required")}
        assert messages[path.stem]["payload"] == schema
