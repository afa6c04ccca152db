"""The OpenAPI documents: valid, and what the running registers hold to when they are sent anything at all."""

import json
import os
import random

import pytest
import requests
import schemathesis
from conftest import OTHER, PROGRAMS, SCHOOL, WAIT
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance, response_headers_conformance, response_schema_conformance, status_code_conformance)

SERVICES = ["registers", "enforcement", "notifier"]
DOCUMENTS = PROGRAMS.parents[1] / "docs" / "openapi"
SEED = int(os.environ.get("OPENAPI_SEED", "20260907"))
EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]
# Every role that a route of the registers names, each as callers of it are: a school with its own schools.
ROLES = [
    ("school", [SCHOOL]), ("attendance-officer", None), ("legal-officer", None), ("cme-officer", None),
    ("virtual-school", None), ("manager", None), ("agency", None), ("integration", None), ("service", None),
    ("operator", None), (None, None),
]


def document(service):
    return json.loads((DOCUMENTS / f"{service}.json").read_text())


def operations(service):
    return [(method, path) for path, item in sorted(document(service)["paths"].items()) for method in sorted(item)]


@pytest.fixture(scope="module")
def schema():
    return schemathesis.openapi.from_dict(document("registers"))


@pytest.mark.parametrize("service", SERVICES)
def test_document_is_valid(service):
    assert [error.message for error in OpenAPIV31SpecValidator(document(service)).iter_errors()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_document_is_served_as_it_is_kept(world, service):
    answer = requests.get(getattr(world, service) + "/openapi.json", timeout=WAIT)
    assert answer.status_code == 200 and answer.json() == document(service)
    again = requests.get(
        getattr(world, service) + "/openapi.json", headers={"if-none-match": answer.headers["etag"]}, timeout=WAIT)
    assert again.status_code == 304 and again.content == b""


def known(world, chance, case):
    """Puts what exists into most of the paths: a made-up school or child is hardly ever found by chance."""
    names = {"urn": [SCHOOL, SCHOOL, OTHER], "year": ["2025-26", "2026-27"], "date": ["2025-11-03", "2026-01-06"]}
    if case.operation.path.startswith("/pupils/"):
        names["id"] = sorted(world.ids.values())
    for name, values in names.items():
        if name in case.path_parameters and chance.random() < 0.8:
            case.path_parameters[name] = chance.choice(values)


@pytest.mark.parametrize(("method", "path"), operations("registers"), ids=lambda word: word.strip("/").replace("/", "."))
def test_registers_do_as_they_say(world, schema, method, path):
    """Whatever is sent, by whomever: no 5xx, and only answers that the document tells."""
    operation = schema[path][method.upper()]
    named = set(document("registers")["paths"][path][method].get("x-roles", []))
    chance = random.Random(SEED)
    counts = {}
    # The roles of the route more often than those that it refuses.
    allowed = [role for role in ROLES if role[0] in named] or [(None, None)]
    others = [role for role in ROLES if role not in allowed]

    def send(case):
        role, schools = chance.choice(allowed) if chance.random() < 0.8 else chance.choice(others)
        known(world, chance, case)
        headers = {"authorization": "Bearer " + world.token(role, schools)} if role else {}
        answer = case.call(base_url=world.registers, headers=headers, timeout=WAIT)
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseException:
            print(f"seed {SEED}, as {role or 'nobody'}: OPENAPI_SEED={SEED} repeats it")
            raise
        if role is None and named:
            assert answer.status_code in (401, 400, 413), answer.status_code
        if role is not None and named and role not in named:
            assert answer.status_code in (403, 400, 413), answer.status_code
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Exception as error:
            # Nothing of the operation can be wrong: it has neither parameter nor body.
            assert mode == GenerationMode.NEGATIVE, error
            continue
        run = seed(SEED)(settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=False, verbosity=Verbosity.quiet,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck))(given(case=strategy)(send)))
        run()
    print(f"seed {SEED}: {method.upper()} {path} {dict(sorted(counts.items()))}")
    assert counts
    if named and not path.startswith("/parked/"):
        assert any(status < 400 for status in counts) or method == "post", counts


def test_registers_live_on(world):
    world.expect_all_alive()


@pytest.mark.parametrize(("method", "path", "statuses"), [
    ("DELETE", "/schools/100001", [405]), ("PATCH", "/schools/100001/pupils", [405]), ("GET", "/nothing", [404]),
    ("GET", "/schools/100001/marks", [405]), ("OPTIONS", "/status", [405]),
])
def test_other_methods_and_paths_are_problems(world, method, path, statuses):
    answer = requests.request(method, world.registers + path, timeout=WAIT)
    world.expect_problem(answer, statuses)
    assert ("allow" in answer.headers) == (answer.status_code == 405)


def test_head_ends_where_the_next_answer_begins(world):
    """One connection for all: a body behind an answer to HEAD would be read as the next answer."""
    with requests.Session() as session:
        session.headers.update(world.suite.headers("attendance-officer", media=None))
        for path, status in [(f"/schools/{SCHOOL}/pupils", 200), ("/nothing", 404), (f"/schools/{SCHOOL}/marks", 405)]:
            head = session.head(world.registers + path, timeout=WAIT)
            assert head.status_code == status and head.content == b""
        assert session.get(f"{world.registers}/schools/{SCHOOL}/pupils", timeout=WAIT).json()["pupils"]
