"""The OpenAPI documents: valid, and what the running registers hold to when they are sent anything at all."""

import json
import os

import pytest
import requests
import schemathesis
from conftest import PROGRAMS, SCHOOL, WAIT
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, strategies
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance, response_headers_conformance, response_schema_conformance, status_code_conformance)

DOCUMENTS = PROGRAMS.parents[1] / "docs" / "openapi"
SERVICES = sorted(page.stem for page in DOCUMENTS.glob("*.json"))
SEED = int(os.environ.get("OPENAPI_SEED", "20260907"))
# Of all operations together, so that the file takes as long however many there are.
REQUESTS = int(os.environ.get("OPENAPI_REQUESTS", "1200"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]
# Schools that no other test knows: what is sent by chance may change them.
FUZZED, REFUSED = "100003", "100004"
NOBODY = (None, None)
# Every role as callers of it are: a school with its own schools.
ROLES = [
    ("school", [FUZZED]), ("attendance-officer", None), ("legal-officer", None), ("cme-officer", None),
    ("virtual-school", None), ("finance-officer", None),
    ("licensing-officer", None), ("manager", None), ("agency", None), ("integration", None),
    ("service", None), ("operator", None), NOBODY,
]
# Bodies that are right, by path, made of the pupils of a school.
BODIES = {
    "/schools/{urn}": lambda pupils, ids: {"name": "A school", "phase": "secondary", "type": "maintained"},
    "/schools/{urn}/calendars/{year}": lambda pupils, ids: {
        "terms": [{"first": "2025-09-02", "last": "2025-12-19"}]},
    "/schools/{urn}/pupils": lambda pupils, ids: {"pupils": pupils[:2]},
    "/schools/{urn}/marks": lambda pupils, ids: {"marks": [
        {"upn": pupils[0]["upn"], "date": "2025-11-03", "session": "AM", "code": code} for code in "/?"]},
    "/schools/{urn}/amendments": lambda pupils, ids: {
        "pupil": ids[0], "date": "2025-11-03", "session": "AM", "code": "I", "reason": "The parent rang"},
}


def document(service):
    return json.loads((DOCUMENTS / f"{service}.json").read_text())


def operations():
    """All of the registers, and what can be read of the others without what every service has."""
    found, seen = [], set()
    for service in SERVICES:
        paths = document(service)["paths"]
        found += [(service, method, path) for path in sorted(paths) if path not in seen
                  for method in sorted(paths[path]) if service == "registers" or method == "get"]
        seen |= set(paths)
    return found


OPERATIONS = operations()
EXAMPLES = max(5, REQUESTS // (2 * len(OPERATIONS)))


@pytest.fixture(scope="module")
def schemas():
    return {service: schemathesis.openapi.from_dict(document(service)) for service in SERVICES}


class Known:
    """Two schools and what exists there: a made-up school or child is hardly ever found by chance."""

    def __init__(self, world):
        pupils = [world.pupil(500 + number) for number in range(8)]
        world.open(FUZZED, pupils[:4])
        world.open(REFUSED, pupils[4:])
        self.ids = [world.ids[pupil["upn"]] for pupil in pupils]
        self.bodies = {path: body(pupils, self.ids) for path, body in BODIES.items()}

    def of(self, path):
        """What may take the place of made-up path parameters and of a made-up body; `None` leaves them."""
        names = {"urn": [FUZZED, FUZZED, REFUSED], "year": ["2025-26"], "date": ["2025-11-03", "2026-01-06"]}
        if path.startswith("/pupils/"):
            names["id"] = self.ids
        names = {name: strategies.sampled_from(values * 3 + [None]) for name, values in names.items()}
        return strategies.fixed_dictionaries(names), strategies.sampled_from([None, None, self.bodies.get(path)])


@pytest.fixture(scope="module")
def known(world):
    return Known(world)


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


def in_place(made, role, schools, token, body):
    """The made-up request with a real token and, now and then, a real body; nobody keeps a made-up token."""
    if role:
        made["headers"]["Authorization"] = "Bearer " + token(role, schools)
    if body is not None:
        made = {name: value for name, value in made.items() if name not in ("data", "json", "files")}
        made["headers"]["Content-Type"] = "application/json"
        made["json"] = body
    return made


@pytest.mark.parametrize(
    ("service", "method", "path"), OPERATIONS, ids=lambda word: word.strip("/").replace("/", "."))
def test_services_do_as_they_say(world, known, schemas, service, method, path):
    """Whatever is sent, by whomever: no 5xx, and only answers that the document tells."""
    operation = schemas[service][path][method.upper()]
    named = set(document(service)["paths"][path][method].get("x-roles", []))
    allowed = [role for role in ROLES if role[0] in named] or [NOBODY]
    # The roles of the route more often than those that it refuses.
    callers = strategies.sampled_from(allowed * (1 + 30 // len(allowed)) + ROLES + [NOBODY] * 5)
    parts, bodies = known.of(path)
    counts = {}

    def send(case, caller, parts, body):
        role, schools = caller
        case.path_parameters.update(
            {name: value for name, value in parts.items() if value is not None and name in case.path_parameters})
        made = case.as_transport_kwargs(base_url=getattr(world, service))
        made = in_place(made, role, schools, world.token, body)
        answer = requests.request(**made, allow_redirects=False, timeout=WAIT)
        status = answer.status_code
        counts[role in named, status] = counts.get((role in named, status), 0) + 1
        case.validate_response(answer, checks=CHECKS)
        if named:
            # Told before anything of the path, the query or the body is looked at.
            assert role in named or status == (403 if role else 401), (role, status)
            assert role not in named or status != 401, role

    print(f"seed {SEED}, {EXAMPLES} examples of each kind")
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        try:
            seed(SEED)(settings(
                max_examples=EXAMPLES, deadline=None, database=None, verbosity=Verbosity.quiet,
                phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
            )(given(
                case=operation.as_strategy(generation_mode=mode), caller=callers, parts=parts, body=bodies)(send)))()
        except Unsatisfiable:
            # Nothing of the operation can be wrong: it has neither a parameter nor a body.
            assert mode == GenerationMode.NEGATIVE
    print(f"{method.upper()} {path}: {sorted(counts.items())}")
    assert not named or any(is_allowed for is_allowed, _ in counts), counts


@pytest.mark.parametrize("path", BODIES)
def test_what_is_right_is_accepted(world, known, schemas, path):
    """That the fuzzing gets behind the checks: its own bodies are good, and so are the answers."""
    method = next(method for method in ("put", "post") if method in document("registers")["paths"][path])
    roles = document("registers")["paths"][path][method]["x-roles"]
    role, schools = next(role for role in ROLES if role[0] in roles)
    answer = requests.request(
        method, world.registers + path.replace("{urn}", FUZZED).replace("{year}", "2025-26"), timeout=WAIT,
        headers={"authorization": "Bearer " + world.token(role, schools)}, json=known.bodies[path])
    assert answer.status_code == 200, answer.text
    schemas["registers"][path][method.upper()].validate_response(answer)


def test_all_programs_live_on(world):
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
