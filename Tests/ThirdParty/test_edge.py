"""Callers who are slow, many, never reading or never ending, and floods of wrong tokens, against the real programs.

Beside each attack stands what must go on: health, metrics, and the requests of others.
"""

import json
import re
import socket
import threading
import time

import pytest
import requests

from conftest import SCHOOL, WAIT, Suite, World, wait_until

ROWS = "upn,date,session,code\n"


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    """A suite with small limits: a second for a window, six places, three for a caller, twenty refusals a minute."""
    suite = Suite(
        tmp_path_factory.mktemp("edge"), HTTP_CONCURRENCY="6", HTTP_SHARE="3", HTTP_RATE="1000", HTTP_RATE_SECONDS="1",
        HTTP_CONNECTIONS="60", HTTP_IDLE_SECONDS="3", HTTP_REFUSALS="20")
    yield World(suite)
    suite.stop()


class Wire:
    """A connection as bytes."""

    def __init__(self, base, receive_buffer=None):
        host, port = base.removeprefix("http://").split(":")
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(WAIT)
        self.socket.connect((host, int(port)))

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def rest(self):
        """All that comes until the program closes."""
        got = b""
        while True:
            try:
                part = self.socket.recv(65536)
            except ConnectionError:
                return got
            if not part:
                return got
            got += part

    def close(self):
        self.socket.close()


def head(method, path, token=None, *fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: x"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join(lines + list(fields)) + "\r\n\r\n"


def drip(wires, stop):
    """A byte to each, ten times a second, until told to stop."""
    while not stop.wait(0.1):
        for wire in wires:
            try:
                wire.send(b"u")
            except OSError:
                pass


# Who drips: name, base, method and path, media type, role and schools, how the length is told.
SLOW = [
    ("marks", "registers", f"POST /schools/{SCHOOL}/marks", "text/csv", "attendance-officer", None),
    ("marks of a school", "registers", f"POST /schools/{SCHOOL}/marks", "application/json", "school", [SCHOOL]),
    ("pupils", "registers", f"POST /schools/{SCHOOL}/pupils", "application/xml", "attendance-officer", None),
    ("a calendar", "registers", f"PUT /schools/{SCHOOL}/calendars/2025-26", "application/json", "attendance-officer", None),
    ("a subscription", "notifier", "POST /subscriptions", "application/json", "integration", None),
    ("a sweep, which has no body", "registers", "POST /sweeps", "application/json", "operator", None),
]


@pytest.mark.parametrize("name,program,route,media,role,schools", SLOW, ids=[case[0] for case in SLOW])
def test_bodies_that_drip_hold_no_place(edge, name, program, route, media, role, schools):
    base = getattr(edge, program)
    method, path = route.split(" ")
    # Three of the caller are read, the others are told that they are too many.
    wires = [Wire(base) for _ in range(30)]
    for wire in wires:
        wire.send(head(method, path, edge.token(role, schools), f"Content-Type: {media}", "Content-Length: 900000"))
    stop = threading.Event()
    thread = threading.Thread(target=drip, args=(wires, stop))
    thread.start()
    try:
        for _ in range(20):
            assert requests.get(f"{base}/health/live", timeout=5).status_code == 200
            assert requests.get(f"{base}/metrics", timeout=5).status_code == 200
            assert requests.get(f"{base}/status", headers=edge.suite.headers("service"), timeout=5).status_code == 200
        answers = [wire.rest() for wire in wires]
    finally:
        stop.set()
        thread.join()
    statuses = sorted(answer[9:12] for answer in answers)
    assert set(statuses) <= {b"408", b"429"} and b"408" in statuses, statuses
    for answer in answers:
        if answer[9:12] == b"429":
            assert b"\r\nRetry-After: 1\r\n" in answer and b"/problems/too-many-requests" in answer
        else:
            assert b"/problems/too-slow" in answer and b"\r\nConnection: close\r\n" in answer
    edge.expect_all_alive()


def test_what_a_slow_school_sends_late_is_taken_when_it_keeps_the_rate(edge):
    (day, session), = edge.fresh_sessions(1)
    body = (ROWS + f"{edge.upn(SCHOOL, 0)},{day},{session},I\n").encode() + b"\n" * 4000
    wire = Wire(edge.registers)
    wire.send(head("POST", f"/schools/{SCHOOL}/marks", edge.token("attendance-officer"), "Content-Type: text/csv",
                   f"Content-Length: {len(body)}", "Connection: close"))
    pause = threading.Event()
    for start in range(0, len(body), 400):
        wire.send(body[start:start + 400])
        pause.wait(0.2)
    answer = wire.rest()
    assert answer.startswith(b"HTTP/1.1 200") and b'"recorded":1' in answer, answer


def test_connections_that_send_nothing_keep_nobody_out(edge):
    wires = [Wire(edge.registers) for _ in range(150)]
    for wire in wires[::2]:
        try:
            wire.send("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        except OSError:
            pass
    for _ in range(10):
        assert requests.get(f"{edge.registers}/health/live", timeout=5).status_code == 200
        assert requests.get(f"{edge.registers}/status", headers=edge.suite.headers("service"), timeout=5).status_code == 200
    # All are closed by the program in the end, without an answer.
    assert all(wire.rest() == b"" for wire in wires)
    edge.expect_all_alive()


def test_answers_that_nobody_reads_are_given_up(edge):
    token = edge.token("manager")
    wires = [Wire(edge.registers, receive_buffer=4096) for _ in range(40)]
    for wire in wires:
        for _ in range(200):
            try:
                wire.send(head("GET", "/openapi.json", token))
            except OSError:
                break
    assert requests.get(f"{edge.registers}/health/live", timeout=5).status_code == 200
    wait_until(lambda: connections(edge) < 40, "the connections to be closed")
    for wire in wires:
        wire.close()
    edge.expect_all_alive()


def connections(edge):
    text = requests.get(f"{edge.registers}/metrics", timeout=5).text
    return float(re.search(r"^http_server_connections ([0-9.]+)$", text, re.M).group(1))


def security_events(edge, kind):
    text = requests.get(f"{edge.registers}/metrics", timeout=5).text
    return sum(float(value) for value in re.findall(rf'^security_events_total{{kind="{kind}".*}} ([0-9.]+)$', text, re.M))


def test_junk_tokens_lock_nobody_out_and_are_slowed_down(edge):
    good = {"authorization": "Bearer " + edge.token("attendance-officer")}
    url = f"{edge.registers}/schools/{SCHOOL}"
    before = security_events(edge, "unauthorized")
    statuses = []
    for number in range(60):
        token = [edge.unsigned_token(), edge.tampered_token(), edge.expired_token(), "a.b.c"][number % 4]
        answer = requests.get(url, headers={"authorization": f"Bearer {token}"}, timeout=5)
        edge.expect_problem(answer, {401, 429})
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1
        if number % 10 == 0:
            assert requests.get(url, headers=good, timeout=5).status_code == 200
    assert 401 in statuses and statuses[-1] == 429
    assert requests.get(url, headers=good, timeout=5).status_code == 200
    assert security_events(edge, "unauthorized") == before + 60
    lines = [line for line in edge.suite.lines if "security event" in line]
    assert lines and not any(good["authorization"][7:] in line or "127.0.0.1" in line for line in lines)
    edge.expect_all_alive()


def test_forbidden_requests_are_events_and_slowed_down(edge):
    headers = edge.suite.headers("school", ["100002"])
    statuses = [requests.get(f"{edge.registers}/schools/{SCHOOL}", headers=headers, timeout=5).status_code
                for _ in range(40)]
    assert statuses[0] in (403, 404) and statuses[-1] in (404, 429), statuses
    own = requests.get(f"{edge.registers}/schools/100002", headers=headers, timeout=5)
    assert own.status_code == 200
    assert requests.get(f"{edge.registers}/audit", headers=headers, timeout=5).status_code in (403, 429)
    assert security_events(edge, "forbidden") >= 1


# Bodies whose length is wrong or in chunks: name, fields, what is sent, the status.
LENGTHS = [
    ("in chunks", ["Transfer-Encoding: chunked"], "{chunks}", 200),
    ("in chunks with an extension and a trailer", ["Transfer-Encoding: chunked"], "{extended}", 200),
    ("of its length", ["Content-Length: {length}"], "{body}", 200),
    ("shorter than declared", ["Content-Length: {more}"], "{body}", 400),
    ("chunks that never end", ["Transfer-Encoding: chunked"], "{open}", 400),
    ("chunks and a length", ["Transfer-Encoding: chunked", "Content-Length: {length}"], "{chunks}", 400),
    ("two lengths", ["Content-Length: {length}", "Content-Length: {more}"], "{body}", 400),
    ("a length below nothing", ["Content-Length: -1"], "{body}", 400),
    ("a length that is no number", ["Content-Length: many"], "{body}", 400),
    ("a chunk whose length is none", ["Transfer-Encoding: chunked"], "zz\r\n{body}\r\n0\r\n\r\n", 400),
    ("an encoding that nobody knows", ["Transfer-Encoding: snail"], "{body}", 400),
]


@pytest.mark.parametrize("name,fields,sent,status", LENGTHS, ids=[case[0] for case in LENGTHS])
def test_lengths(edge, name, fields, sent, status):
    (day, session), = edge.fresh_sessions(1)
    body = ROWS + f"{edge.upn(SCHOOL, 0)},{day},{session},I\n"
    values = {
        "body": body, "length": len(body), "more": len(body) + 10,
        "chunks": f"{len(body):x}\r\n{body}\r\n0\r\n\r\n", "open": f"{len(body):x}\r\n{body}\r\n",
        "extended": f"5;a=b\r\n{body[:5]}\r\n{len(body) - 5:x}\r\n{body[5:]}\r\n0\r\nX-T: y\r\n\r\n"}
    before = edge.received_marks(SCHOOL)
    wire = Wire(edge.registers)
    wire.send(head("POST", f"/schools/{SCHOOL}/marks", edge.token("attendance-officer"), "Content-Type: text/csv",
                   "Connection: close", *[field.format(**values) for field in fields]) + sent.format(**values))
    wire.socket.shutdown(socket.SHUT_WR)
    answer = wire.rest()
    assert answer[9:12] == str(status).encode(), answer
    assert (edge.received_marks(SCHOOL) > before) == (status == 200)
    edge.expect_all_alive()


# A body of more than the limit, in chunks and not: path, media, limit.
TOO_LARGE = [
    (f"POST /schools/{SCHOOL}/marks", "text/csv", 32 << 20), (f"POST /schools/{SCHOOL}/pupils", "text/csv", 16 << 20),
    (f"PUT /schools/{SCHOOL}", "application/json", 1 << 20),
]


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
@pytest.mark.parametrize("route,media,limit", TOO_LARGE, ids=[case[0] for case in TOO_LARGE])
def test_too_large_in_chunks_or_not(edge, route, media, limit, chunked):
    method, path = route.split(" ")
    part = b" " * (1 << 16)
    count = limit // len(part) + 1
    answer = requests.request(
        method, edge.registers + path, data=(part for _ in range(count)) if chunked else part * count,
        headers=edge.suite.headers("attendance-officer", media=media), timeout=60)
    edge.expect_problem(answer, {413})
    assert answer.json()["type"].endswith("/too-large")


FIELDS = {
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}


@pytest.mark.parametrize("program", ["registers", "enforcement", "notifier"])
@pytest.mark.parametrize("path", ["/health/live", "/metrics", "/openapi.json", "/status", "/nothing", "/events?after=x"])
def test_every_answer_carries_the_security_fields(edge, program, path):
    for headers in ({}, edge.suite.headers("service")):
        answer = requests.get(getattr(edge, program) + path, headers=headers, timeout=5)
        assert {name: answer.headers.get(name) for name in FIELDS} == FIELDS


def test_an_answer_to_what_is_not_http_carries_them_too(edge):
    wire = Wire(edge.registers)
    wire.send("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")
    answer = wire.rest().lower()
    assert answer.startswith(b"http/1.1 400") and b"x-content-type-options: nosniff" in answer


@pytest.mark.parametrize("hours,status", [(24, 200), (25, 401)])
def test_a_token_that_lives_too_long_is_refused(edge, hours, status):
    token = edge.signed_token(iat=time.time() - 60, exp=time.time() - 60 + hours * 3600)
    answer = requests.get(
        f"{edge.registers}/schools/{SCHOOL}", headers={"authorization": f"Bearer {token}"}, timeout=5)
    assert answer.status_code in ({status, 429} if status == 401 else {status})


# JSON that is not worth its memory: name, route, role, body, slug.
DENSE = [
    ("marks without end", f"POST /schools/{SCHOOL}/marks", "attendance-officer",
     '{"marks":[' + "{}," * 1_000_001 + "{}]}", "too-many-rows"),
    ("a mark of many values", f"POST /schools/{SCHOOL}/marks", "attendance-officer",
     '{"marks":[{"upn":[' + "1," * 500 + "1]}]}", "too-many-values"),
    ("values beside the marks", f"POST /schools/{SCHOOL}/marks", "attendance-officer",
     '{"marks":[],"x":[' + "1," * 20_000 + "1]}", "too-many-values"),
    ("pupils without end", f"POST /schools/{SCHOOL}/pupils", "attendance-officer",
     '{"pupils":[' + "{}," * 300_000 + "{}]}", "too-many-values"),
    ("a school of many values", f"PUT /schools/{SCHOOL}", "attendance-officer",
     '{"name":[' + "[]," * 100_000 + "[]]}", "too-many-values"),
    ("a calendar of many terms", f"PUT /schools/{SCHOOL}/calendars/2025-26", "attendance-officer",
     '{"terms":[' + "{}," * 100_000 + "{}]}", "too-many-values"),
    ("deep", f"PUT /schools/{SCHOOL}", "attendance-officer", "[" * 100_000, "too-deep"),
    ("deep objects", f"PUT /schools/{SCHOOL}", "attendance-officer", '{"a":' * 100_000, "too-deep"),
]


@pytest.mark.parametrize("name,route,role,body,slug", DENSE, ids=[case[0] for case in DENSE])
def test_json_that_is_not_worth_its_memory(edge, name, route, role, body, slug):
    method, path = route.split(" ")
    answer = requests.request(method, edge.registers + path, data=body, headers=edge.suite.headers(role), timeout=60)
    edge.expect_problem(answer, {413, 422})
    problem = answer.json()
    assert problem["type"].endswith(f"/{slug}") and re.search("[0-9]", problem["detail"]), problem
    edge.expect_all_alive()


def test_a_subscription_of_many_values(edge):
    answer = requests.post(
        f"{edge.notifier}/subscriptions", data=json.dumps({"scope": {"schools": [[]] * 100_000}}),
        headers=edge.suite.headers("integration"), timeout=60)
    edge.expect_problem(answer, {413})
    assert answer.json()["type"].endswith("/too-many-values")
