"""At least 60 hostile requests against the real registers, enforcement and notifier.

Each gets its Problem Details or names the row and the reason; the good rows of the same file count; nothing is half
applied and no program dies.
"""

import gzip
import socket

import pytest
import requests

from conftest import OTHER, SCHOOL

DAY, SESSION = "2025-09-15", "AM"


def rows(*lines):
    return "\n".join(("upn,date,session,code",) + lines) + "\n"


def good(world, index=0, day=DAY, session=SESSION, code="I"):
    return f"{world.upn(SCHOOL, index)},{day},{session},{code}"


# Whole requests that cannot be read: name, path, body, content type, expected statuses.
UNREADABLE = [
    ("empty body", "marks", b"", "text/csv", {400, 422}),
    ("header only of another table", "marks", b"a,b,c\n1,2,3\n", "text/csv", {400, 422}),
    ("no code column", "marks", b"upn,date,session\n1,2,3\n", "text/csv", {400, 422}),
    ("column twice", "marks", b"upn,upn,date,session,code\n1,1,2,3,4\n", "text/csv", {400, 422}),
    ("UTF-16", "marks", "upn,date,session,code\n".encode("utf-16"), "text/csv", {400, 415, 422}),
    ("gzip without saying so", "marks", gzip.compress(b"upn,date,session,code\n"), "text/csv", {400, 415, 422}),
    ("a picture", "marks", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "text/csv", {400, 415, 422}),
    ("NULs", "marks", b"\x00" * 4096, "text/csv", {400, 422}),
    ("a media type nobody takes", "marks", b"<marks/>", "application/xml", {415}),
    ("no media type", "marks", b"upn,date,session,code\n", None, {415, 400}),
    ("JSON cut off", "marks", b'{"marks":[{"upn":"', "application/json", {400, 422}),
    ("JSON of another shape", "marks", b'{"rows":[]}', "application/json", {400, 422}),
    ("JSON marks no list", "marks", b'{"marks":{}}', "application/json", {400, 422}),
    ("JSON a number", "marks", b"7", "application/json", {400, 422}),
    ("JSON deep", "marks", b"[" * 20000 + b"]" * 20000, "application/json", {400, 422}),
    ("JSON not UTF-8", "marks", b'{"marks":"\xff\xfe"}', "application/json", {400, 422}),
    ("pupils no list", "pupils", b'{"pupils":7}', "application/json", {400, 422}),
    ("pupils cut off", "pupils", b'{"pupils":[', "application/json", {400, 422}),
    ("amendment empty", "amendments", b"{}", "application/json", {400, 422}),
    ("amendment of nobody", "amendments",
     b'{"pupil":"p000000000","date":"2025-09-15","session":"AM","code":"I","reason":"x"}', "application/json",
     {404, 422}),
    ("amendment with a pupil id that is none", "amendments",
     b'{"pupil":"../../etc","date":"2025-09-15","session":"AM","code":"I","reason":"x"}', "application/json",
     {400, 404, 422}),
    ("amendment on no day", "amendments",
     b'{"pupil":"p000000000","date":"2026-02-30","session":"AM","code":"I","reason":"x"}', "application/json",
     {400, 404, 422}),
]


@pytest.mark.parametrize("name,path,body,media,statuses", UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_unreadable_requests_are_refused_whole(world, name, path, body, media, statuses):
    before = world.received_marks(SCHOOL)
    role = "school" if path == "amendments" else "attendance-officer"
    answer = world.post(f"/schools/{SCHOOL}/{path}", body, media, role, [SCHOOL] if role == "school" else None)
    world.expect_problem(answer, statuses)
    assert world.received_marks(SCHOOL) == before
    world.expect_all_alive()


# One bad row between two good ones: name, the bad row (a format of a known pupil's UPN), the count it must fall under.
BAD_ROWS = [
    ("unknown pupil", "A880200000001,2025-09-15,AM,I", "quarantined"),
    ("UPN with a wrong check letter", "Z880200000001,2025-09-15,AM,I", "quarantined"),
    ("UPN too short", "A88,2025-09-15,AM,I", "quarantined"),
    ("UPN empty", ",2025-09-15,AM,I", "quarantined"),
    ("UPN with SQL", "'; DROP TABLE pupil; --,2025-09-15,AM,I", "quarantined"),
    ("pupil of another school", "{other},2025-09-15,AM,I", "quarantined"),
    ("no such date", "{upn},2026-02-30,AM,I", "quarantined"),
    ("date in English", "{upn},15/09/2025,AM,I", "quarantined"),
    ("date empty", "{upn},,AM,I", "quarantined"),
    ("date before the calendar", "{upn},1999-09-14,AM,I", "quarantined"),
    ("date far ahead", "{upn},2190-09-14,AM,I", "quarantined"),
    ("half term", "{upn},2025-10-28,AM,I", "quarantined"),
    ("weekend", "{upn},2025-09-13,AM,I", "quarantined"),
    ("closed day", "{upn},2025-09-02,AM,I", "quarantined"),
    ("in the Christmas holidays", "{upn},2025-12-25,AM,I", "quarantined"),
    ("session of another word", "{upn},2025-09-15,EVENING,I", "quarantined"),
    ("session empty", "{upn},2025-09-15,,I", "quarantined"),
    ("a code that never was", "{upn},2025-09-15,AM,QQ", "quarantined"),
    ("a code that ended in 2024", "{upn},2025-09-15,AM,H", "quarantined"),
    ("a code withdrawn for good", "{upn},2025-09-15,AM,F", "rejected"),
    ("Y without its number", "{upn},2025-09-15,AM,Y", "quarantined"),
    ("an afternoon mark in the morning", "{upn},2025-09-15,AM,\\", "quarantined"),
    ("X for a child of school age", "{upn},2025-09-15,AM,X", "quarantined"),
    ("an exclamation mark", "{upn},2025-09-15,AM,!", "quarantined"),
    ("a formula", "{upn},2025-09-15,AM,=cmd|'/C calc'!A0", "quarantined"),
    ("an emoji", "{upn},2025-09-15,AM,\U0001f600", "quarantined"),
    ("a very long field", "{upn},2025-09-15,AM," + "I" * 5000, "rejected"),
    ("too few columns", "{upn},2025-09-15", "rejected"),
    ("too many columns", "{upn},2025-09-15,AM,I,,,,,", "rejected"),
]


@pytest.mark.parametrize("name,row,count", BAD_ROWS, ids=[case[0] for case in BAD_ROWS])
def test_one_bad_row_leaves_the_good_ones(world, name, row, count):
    first, last = world.fresh_sessions(2)
    bad = row.format(upn=world.upn(SCHOOL, 2), other=world.upn(OTHER, 0))
    body = rows(
        f"{world.upn(SCHOOL, 0)},{first[0]},{first[1]},I", bad, f"{world.upn(SCHOOL, 0)},{last[0]},{last[1]},I")
    answer = world.post(f"/schools/{SCHOOL}/marks", body.encode(), "text/csv")
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["received"] == 3
    assert receipt["recorded"] == 2, receipt
    assert receipt[count] == 1, receipt
    problem = receipt["problems"][0]
    assert problem["row"] == 3 or problem["row"] == 2, problem
    assert problem["reason"] and problem["detail"]
    upn = bad.split(",")[0]
    assert len(upn) < 8 or upn not in answer.text, "the answer repeats the child's number"
    world.expect_all_alive()


def test_a_quote_that_never_ends_does_not_eat_the_rows_before_it(world):
    (day, session), = world.fresh_sessions(1)
    body = rows(f"{world.upn(SCHOOL, 0)},{day},{session},I", f'"{world.upn(SCHOOL, 1)},{day},{session},I')
    answer = world.post(f"/schools/{SCHOOL}/marks", body.encode(), "text/csv")
    if answer.status_code == 200:
        assert answer.json()["recorded"] == 1 and answer.json()["rejected"] == 1
    else:
        world.expect_problem(answer, {400, 422})
    world.expect_all_alive()


def test_broken_utf8_in_one_row_leaves_the_others(world):
    (day, session), = world.fresh_sessions(1)
    body = rows(f"{world.upn(SCHOOL, 0)},{day},{session},I").encode() + b"\xc3\x28,2025-09-15,AM,I\n"
    answer = world.post(f"/schools/{SCHOOL}/marks", body, "text/csv")
    assert answer.status_code == 200 and answer.json()["recorded"] == 1 and answer.json()["rejected"] == 1


def test_two_codes_for_one_session_in_one_file(world):
    (day, session), = world.fresh_sessions(1)
    upn = world.upn(SCHOOL, 0)
    answer = world.post(
        f"/schools/{SCHOOL}/marks", rows(f"{upn},{day},{session},I", f"{upn},{day},{session},G").encode(), "text/csv")
    assert answer.status_code == 200 and answer.json()["quarantined"] >= 1


def token_cases(world):
    return [
        ("no token", None, {401}),
        ("not a token", "Bearer nonsense", {401}),
        ("another scheme", "Basic YTpi", {401}),
        ("three dots", "Bearer a.b.c", {401}),
        ("no signature", "Bearer " + world.unsigned_token(), {401}),
        ("changed claims", "Bearer " + world.tampered_token(), {401}),
        ("expired", "Bearer " + world.expired_token(), {401}),
        ("another authority's", "Bearer " + world.token("attendance-officer", authority="383"), {401, 403}),
        ("another school's", "Bearer " + world.token("school", schools=[OTHER]), {403, 404}),
        ("a role that may not", "Bearer " + world.token("integration"), {403}),
        ("a very long token", "Bearer " + "a" * 20000, {400, 401, 431}),
    ]


@pytest.mark.parametrize("index", range(11))
def test_wrong_tokens(world, index):
    name, header, statuses = token_cases(world)[index]
    headers = {"content-type": "text/csv"} | ({"authorization": header} if header else {})
    answer = requests.post(
        f"{world.registers}/schools/{SCHOOL}/marks", data=rows(good(world)), headers=headers, timeout=10)
    assert answer.status_code in statuses, (name, answer.status_code)
    if answer.status_code != 431 and answer.content:
        world.expect_problem(answer, statuses)
    world.expect_all_alive()


ROUTES = [
    ("unknown path", "GET", "/nothing", {404}),
    ("another method", "DELETE", f"/schools/{SCHOOL}/marks", {404, 405}),
    ("unknown school", "POST", "/schools/999999/marks", {404}),
    ("a school that is no number", "POST", "/schools/abc/marks", {400, 404, 422}),
    ("path out of the tree", "GET", "/schools/..%2f..%2fetc%2fpasswd/quarantine", {400, 404, 422}),
    ("a pupil id that is none", "GET", "/pupils/1%20OR%201=1/attendance?from=2025-09-01&to=2025-09-30", {400, 404, 422}),
    ("a pupil nobody knows", "GET", "/pupils/p000000000/attendance?from=2025-09-01&to=2025-09-30", {404}),
    ("no such day", "GET", "/pupils/p000000000/attendance?from=2026-02-30&to=2026-03-30", {400, 404, 422}),
    ("missing registers of no day", "GET", "/registers/missing?date=yesterday&session=AM", {400, 422}),
    ("feed without the role", "GET", "/events?after=0&limit=10", {403}),
]


@pytest.mark.parametrize("name,method,path,statuses", ROUTES, ids=[case[0] for case in ROUTES])
def test_wrong_routes(world, name, method, path, statuses):
    answer = requests.request(
        method, world.registers + path, data=rows(good(world)) if method == "POST" else None,
        headers={"authorization": "Bearer " + world.token("attendance-officer"), "content-type": "text/csv"}, timeout=10)
    world.expect_problem(answer, statuses)
    world.expect_all_alive()


def test_a_body_larger_than_the_limit(world):
    answer = requests.post(
        f"{world.registers}/schools/{SCHOOL}/pupils", data=b" " * (40 << 20),
        headers={"authorization": "Bearer " + world.token("attendance-officer"), "content-type": "application/json"},
        timeout=60)
    world.expect_problem(answer, {413})
    world.expect_all_alive()


def test_a_feed_page_out_of_range(world):
    for query in ["after=-1&limit=10", "after=x&limit=10", "after=0&limit=0", "after=0&limit=99999999999999999999"]:
        answer = requests.get(
            f"{world.registers}/events?{query}", headers={"authorization": "Bearer " + world.token("service")}, timeout=10)
        world.expect_problem(answer, {400, 422})


RAW = [
    b"GARBAGE\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"POST /schools/100001/marks HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /schools/100001/marks HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


@pytest.mark.parametrize("index", range(len(RAW)))
def test_what_is_not_http(world, index):
    host, port = world.registers.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(RAW[index])
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(10)
        try:
            answer = connection.recv(65536)
        except ConnectionError:
            answer = b""
    assert not answer.startswith(b"HTTP/1.1 200")
    world.expect_all_alive()


SUBSCRIPTIONS = [
    ("an address inside", {"address": "http://169.254.169.254/latest/meta-data"}),
    ("a private address", {"address": "https://10.0.0.1/hook"}),
    ("a file", {"address": "file:///etc/passwd"}),
    ("credentials in the address", {"address": "https://user:secret@example.org/"}),
    ("a level that is none", {"level": "L9"}),
    ("more than the recipient may know", {"level": "L4"}),
    ("a basis that is none", {"lawfulBasis": "LB9"}),
    ("an agreement that has ended", {"agreement": {"reference": "ISA-1", "expiresOn": "2020-01-01"}}),
    ("an event nobody publishes", {"eventTypes": ["uk.everyschoolday.registers.nothing.v1"]}),
    ("no event", {"eventTypes": []}),
]


@pytest.mark.parametrize("name,change", SUBSCRIPTIONS, ids=[case[0] for case in SUBSCRIPTIONS])
def test_wrong_subscriptions(world, name, change):
    answer = requests.post(
        f"{world.notifier}/subscriptions", json=world.subscription() | change,
        headers={"authorization": "Bearer " + world.token("integration")}, timeout=10)
    world.expect_problem(answer, {400, 422})
    world.expect_all_alive()


def test_the_table_is_long_enough():
    count = len(UNREADABLE) + len(BAD_ROWS) + 11 + len(ROUTES) + len(RAW) + len(SUBSCRIPTIONS) + 5
    print(f"hostile requests: {count}")
    assert count >= 60
