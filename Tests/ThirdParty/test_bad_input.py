"""At least 150 hostile requests against the real registers, enforcement and notifier.

Each gets its Problem Details or names the row and the reason; the good rows of the same file count; nothing is half
applied and no program dies.
"""

import gzip
import json
import re
import socket
from pathlib import Path

import pytest
import requests

from conftest import OTHER, SCHOOL, make_upn

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
    ("UTF-16 of another table", "marks", "a,b,c\n1,2,3\n".encode("utf-16"), "text/csv", {400, 415, 422}),
    ("a workbook", "marks", b"PK\x03\x04\x14\x00\x06\x00" + bytes(46), "text/csv", {400, 415, 422}),
    ("a web page named .xls", "marks", b"<html><table><tr><td>upn</td></tr></table></html>", "application/vnd.ms-excel",
     {400, 415, 422}),
    ("dates in the other order", "marks", b"upn,date,session,code\nA,2025-15-09,AM,I\n", "text/csv", {422}),
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
    ("too many columns", "{upn},2025-09-15,AM,I,,x,,,", "rejected"),
    ("a year of another century", "{upn},1925-09-15,AM,I", "quarantined"),
    ("a heading", "UPN,Date,Session,Code", "rejected"),
    ("no mark on a closed day", "{upn},2025-12-25,AM,-", "missing"),
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
    if count == "missing":
        assert receipt["problems"] == []
        return
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
    assert answer.status_code == 200 and answer.json()["recorded"] == 1 and answer.json()["quarantined"] == 1


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
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has closed the connection already
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


# Pupils as files go to a school of their own.
FILES = "100003"
CSV_HEADER = "upn,givenName,familyName,dateOfBirth,enrolledOn,addressProtected"
SECRET = "Zanzibar"


@pytest.fixture(scope="module")
def files(world):
    world.open(FILES, [world.pupil(900)])
    return world


def child(number, extra="", **changes):
    values = {"UPN": make_upn(number), "Surname": "Vellacott", "Forename": "Zed", "DOB": "2015-05-04"} | changes
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value is not None)
    return f"<Pupil>{elements}{extra}</Pupil>"


def transfer(*children, before=""):
    return f"{before}<CTfile><Header/><CTFpupilData>{''.join(children)}</CTFpupilData></CTfile>"


def table(*lines):
    return "\n".join((CSV_HEADER,) + lines) + "\n"


def pupil_row(number, more=""):
    return f"{make_upn(number)},Zed,Vellacott,2015-05-04,2025-09-01,{more}"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

# Transfer files that cannot be read: name, body, expected statuses.
TRANSFERS = [
    ("empty", b"", {400}),
    ("spaces", b" \n\n ", {400}),
    ("no XML", b"upn,givenName\n", {400}),
    ("JSON", b'{"pupils":[]}', {400}),
    ("another format", b"<Message xmlns='SFA/ILR'/>", {422}),
    ("a web page", b"<html><body>Sign in</body></html>", {422}),
    ("a document type", b"<!DOCTYPE CTfile><CTfile/>", {422}),
    ("a billion laughs", transfer(child(901, UPN="&l9;"), before=f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>'), {422}),
    ("an entity that doubles", transfer(child(901, UPN="&a;" * 1000),
                                        before=f'<!DOCTYPE a [<!ENTITY a "{"a" * 10_000}">]>'), {422}),
    ("a file as entity", transfer(child(901, Surname="&e;"),
                                  before='<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), {422}),
    ("an address as entity", transfer(child(901, Surname="&e;"),
                                      before='<!DOCTYPE a [<!ENTITY e SYSTEM "http://169.254.169.254/">]>'), {422}),
    ("a parameter entity", transfer(before='<!DOCTYPE a [<!ENTITY % e SYSTEM "file:///etc/passwd">%e;]>'), {422}),
    ("a document type elsewhere", transfer(before='<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">'), {422}),
    ("an entity nobody declared", transfer(child(901, Surname="&nobody;")), {400}),
    ("a document type in UTF-16", "<!DOCTYPE CTfile><CTfile/>".encode("utf-16"), {422}),
    ("EBCDIC", transfer(child(901), before='<?xml version="1.0" encoding="ebcdic-cp-gb"?>'), {400}),
    ("UTF-7", transfer(child(901), before='<?xml version="1.0" encoding="UTF-7"?>'), {400}),
    ("not UTF-8", transfer(child(901)).encode() + b"\xff", {400}),
    ("NULs", transfer(child(901, Surname="a\0b")), {400}),
    ("a control character", transfer(child(901, Surname="a\x01b")), {400}),
    ("a control character by number", transfer(child(901, Surname="a&#1;b")), {400}),
    ("half a surrogate by number", transfer(child(901, Surname="&#xD800;")), {400}),
    ("deep", b"<CTfile>" * 20_000 + b"</CTfile>" * 20_000, {422}),
    ("deep and never closed", b"<CTfile>" * 200_000, {400, 422}),
    ("cut off", transfer(child(901))[:-20], {400}),
    ("crossed", "<CTfile><a><b></a></b></CTfile>", {400}),
    ("two documents", transfer(child(901)) * 2, {400}),
    ("an attribute twice", "<CTfile a='1' a='2'/>", {400}),
    ("a literal that never ends", "<CTfile><![CDATA[<CTFpupilData></CTfile>", {400}),
    ("a comment that never ends", "<CTfile><!-- </CTfile>", {400}),
    ("5,001 children", transfer("<Pupil/>" * 5001), {413}),
    ("a million elements and one", "<CTfile>" + "<a/>" * 1_000_000 + "</CTfile>", {413}),
    ("gzip", gzip.compress(transfer(child(901)).encode()), {400}),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), {400}),
]


@pytest.mark.parametrize("name,body,statuses", TRANSFERS, ids=[case[0] for case in TRANSFERS])
def test_transfer_files_that_cannot_be_read_change_nothing(files, name, body, statuses):
    before = files.received_marks(FILES)
    body = body if isinstance(body, bytes) else body.encode()
    answer = files.post(f"/schools/{FILES}/pupils?enrolledOn=2025-09-01", body, "application/xml")
    files.expect_problem(answer, statuses)
    assert "root:" not in answer.text and "haha" not in answer.text
    assert files.received_marks(FILES) == before
    files.expect_all_alive()


# One bad child between two good ones: name, the child, the column and the reason that must be told.
CHILDREN = [
    ("a wrong check letter", child(910, UPN="Z880200000910"), "upn", "wrong-check-letter"),
    ("a number with SQL", child(910, UPN="'; DROP TABLE pupils; --"), "upn", "malformed-upn"),
    ("two numbers", child(910, "<UPN>A1</UPN>"), "upn", "value-twice"),
    ("no surname", child(910, Surname=None), "familyName", "missing-value"),
    ("a huge surname", child(910, Surname="x" * 1_000_000), "familyName", "field-too-long"),
    ("a delete character in a name", child(910, Surname="a\x7fb"), "familyName", "control-character"),
    ("no date of birth", child(910, DOB=None), "dateOfBirth", "missing-value"),
    ("a date in words", child(910, DOB="May 2015"), "dateOfBirth", "malformed-date"),
    ("no such day", child(910, DOB="2015-02-30"), "dateOfBirth", "malformed-date"),
    ("born a century ago", child(910, DOB="1915-05-04"), "dateOfBirth", "impossible-date"),
    ("born after the first day", child(910, DOB="2025-09-02"), "enrolledOn", "impossible-date"),
    ("an inclusion", child(910, Surname="<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' "
                                        "href='file:///etc/passwd'/>"), "familyName", "missing-value"),
    ("nothing", "<Pupil/>", "givenName", "missing-value"),
]

# What the register can be without: the column that a note names.
NOTED = [
    ("too many contacts", child(913, "<Contacts>" + "<Contact/>" * 21 + "</Contacts>"), "contacts"),
    ("neither true nor false",
     child(913, "<Contacts><Contact><Surname>V</Surname><Responsibility>so-so</Responsibility></Contact></Contacts>"),
     "contacts/0/parentalResponsibility"),
    ("a huge former number", child(913, f"<FormerUPN>{'A' * 10_000}</FormerUPN>"), "formerUpn"),
    ("a year group of none", child(913, "<BasicDetails><NCyearActual>15</NCyearActual></BasicDetails>"), "yearGroup"),
]


@pytest.mark.parametrize("name,pupil,column", NOTED, ids=[case[0] for case in NOTED])
def test_an_optional_value_never_costs_the_child(files, name, pupil, column):
    body = transfer(child(911), pupil, child(912)).encode()
    answer = files.post(f"/schools/{FILES}/pupils?enrolledOn=2025-09-01", body, "application/xml")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["received"] == 3 and told["refused"] == 0 and not told["problems"], told
    assert (2, column) in {(note["row"], note["column"]) for note in told["notes"]}, told["notes"]
    files.expect_all_alive()


def test_a_child_without_a_number_is_entered_once(files):
    for upn in (None, " "):
        body = transfer(child(911), child(914, UPN=upn, Forename="Numberless"), child(912)).encode()
        told = files.post(f"/schools/{FILES}/pupils?enrolledOn=2025-09-01", body, "application/xml").json()
        assert told["received"] == 3 and told["refused"] == 0, told
        assert [(note["row"], note["reason"]) for note in told["notes"]] == [(2, "number-missing")], told
    assert told["unchanged"] == 3, told


@pytest.mark.parametrize("name,bad,column,reason", CHILDREN, ids=[case[0] for case in CHILDREN])
def test_one_bad_child_leaves_the_good_ones(files, name, bad, column, reason):
    body = transfer(child(911), bad, child(912)).encode()
    answer = files.post(f"/schools/{FILES}/pupils?enrolledOn=2025-09-01", body, "application/xml")
    expect_one_refused(files, answer, 2, column, reason)
    assert "root:" not in answer.text


def expect_one_refused(files, answer, row, column, reason):
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["received"] == 3 and told["refused"] == 1 and told["enrolled"] + told["unchanged"] == 2, told
    problems = told["problems"]
    assert {problem["row"] for problem in problems} == {row}, problems
    assert (column, reason) in {(problem["column"], problem["reason"]) for problem in problems}, problems
    assert all(problem["detail"] and problem["fix"] for problem in problems)
    files.expect_all_alive()


# Tables of pupils that cannot be read.
TABLES = [
    ("empty", b"", {400}),
    ("line ends", b"\n\r\n\n", {400}),
    ("another table", b"a,b,c\n1,2,3\n", {422}),
    ("hashes", CSV_HEADER.replace(",", "#").encode(), {422}),
    ("no first day", b"upn,givenName,familyName,dateOfBirth\n", {422}),
    ("a column twice", f"{CSV_HEADER},UPN\n{pupil_row(921)},{make_upn(922)}\n".encode(), {422}),
    ("a contact's column twice",
     f"{CSV_HEADER},contact1Email,contact1EMail\n{pupil_row(921)},a@example.org,b@example.org\n".encode(), {422}),
    ("dates in two orders",
     table(pupil_row(921).replace("2015-05-04", "13/05/2015"), pupil_row(922).replace("2015-05-04", "05/13/2015"))
     .encode(), {422}),
    ("a quote in the header", b'upn"x,givenName\n', {422}),
    ("200 columns", (CSV_HEADER + ",x" * 200 + "\n").encode(), {422}),
    ("a workbook", b"PK\x03\x04" + bytes(200), {400, 422}),
    ("NULs", b"\0" * 4096, {400, 422}),
    ("5,001 rows", table(*[pupil_row(number) for number in range(5001)]).encode(), {413}),
    ("a million rows of quotes", (CSV_HEADER + "\n" + '"x\n' * 1_000_000).encode(), {413}),
    ("gzip", gzip.compress(table(pupil_row(921)).encode()), {400, 422}),
    ("a transfer file", transfer(child(921)).encode(), {422}),
]


@pytest.mark.parametrize("name,body,statuses", TABLES, ids=[case[0] for case in TABLES])
def test_tables_of_pupils_that_cannot_be_read_change_nothing(files, name, body, statuses):
    before = files.received_marks(FILES)
    answer = files.post(f"/schools/{FILES}/pupils", body, "text/csv")
    files.expect_problem(answer, statuses)
    assert files.received_marks(FILES) == before
    files.expect_all_alive()


ROWS = [
    ("too few columns", f"{make_upn(930)},Zed", "", "wrong-column-count"),
    ("too many columns", pupil_row(930, ",x,y"), "", "wrong-column-count"),
    ("a stray quote", f'{make_upn(930)},Z"ed,V,2015-05-04,2025-09-01,', "givenName", "stray-quote"),
    ("a quote that never ends", f'"{make_upn(930)},Zed,V,2015-05-04,2025-09-01,', "", "unterminated-quote"),
    ("a control character", f"{make_upn(930)},Z\x02ed,V,2015-05-04,2025-09-01,", "givenName",
     "control-character"),
    ("a control character of two bytes", f"{make_upn(930)},Z\x80ed,V,2015-05-04,2025-09-01,", "givenName",
     "control-character"),
    ("a long value", f"{make_upn(930)},{'Z' * 1050},V,2015-05-04,2025-09-01,", "givenName", "field-too-long"),
    ("a very long value", f"{make_upn(930)},{'Z' * 5000},V,2015-05-04,2025-09-01,", "givenName", "field-too-long"),
    ("a wrong check letter", "Z880200000930,Zed,V,2015-05-04,2025-09-01,", "upn", "wrong-check-letter"),
    ("a formula for a date", f"{make_upn(930)},Zed,V,=TODAY(),2025-09-01,", "dateOfBirth", "malformed-date"),
    ("no first day", f"{make_upn(930)},Zed,V,2015-05-04,,", "enrolledOn", "missing-value"),
    ("no name", f"{make_upn(930)},,V,2015-05-04,2025-09-01,", "givenName", "missing-value"),
    ("a name of spaces", f'{make_upn(930)},"   ",V,2015-05-04,2025-09-01,', "givenName", "missing-value"),
]


@pytest.mark.parametrize("name,row,column,reason", ROWS, ids=[case[0] for case in ROWS])
def test_one_bad_row_of_a_table_leaves_the_good_ones(files, name, row, column, reason):
    number = 3
    lines = [pupil_row(931), row, pupil_row(932)]
    if reason == "unterminated-quote":
        lines, number = [pupil_row(931), pupil_row(932), row], 4
    answer = files.post(f"/schools/{FILES}/pupils", table(*lines).encode(), "text/csv")
    expect_one_refused(files, answer, number, column, reason)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
def test_a_table_is_read_in_the_encodings_of_spreadsheets(files, encoding):
    body = table(pupil_row(935).replace("Zed", "Zoé"), CSV_HEADER, ",,,,,", "Total,1").encode(encoding)
    answer = files.post(f"/schools/{FILES}/pupils", body, "text/csv")
    told = answer.json()
    assert answer.status_code == 200 and told["received"] == 1 and told["refused"] == 0, answer.text
    found = files.post("/pupils/search", json.dumps({"upn": make_upn(935)}), "application/json")
    assert "Zoé" in json.dumps(found.json(), ensure_ascii=False), found.text


OBJECTS = [
    ("a number", 7, "pupil"),
    ("a list", [], "pupil"),
    ("a text", SECRET, "pupil"),
    ("a list for the UPN", {"upn": [880200000001]}, "upn"),
    ("a truth value for a date", {"dateOfBirth": True}, "dateOfBirth"),
    ("an object for a name", {"givenName": {"a": SECRET}}, "givenName"),
]


@pytest.mark.parametrize("name,value,column", OBJECTS, ids=[case[0] for case in OBJECTS])
def test_one_bad_object_leaves_the_good_ones(files, name, value, column):
    bad = files.pupil(940) | value if isinstance(value, dict) else value
    body = {"pupils": [files.pupil(941), bad, files.pupil(942)]}
    answer = files.post(f"/schools/{FILES}/pupils", json.dumps(body), "application/json")
    expect_one_refused(files, answer, 1, column, "wrong-type")
    assert SECRET not in answer.text


def test_a_processing_instruction_without_data_is_passed_over(files):
    body = transfer(child(911), "<?x?>", child(912)).encode()
    answer = files.post(f"/schools/{FILES}/pupils?enrolledOn=2025-09-01", body, "text/xml")
    assert answer.status_code == 200 and answer.json()["received"] == 2 and answer.json()["refused"] == 0, answer.text
    files.expect_all_alive()


def test_formulas_are_exported_so_that_no_spreadsheet_runs_them(files):
    names = ["=cmd|'/C calc'!A0", "+1+A1", "-1+A1", "@SUM(1)", "'=1+A1"]
    lines = [f'{make_upn(950 + place)},"{name}",Vellacott,2015-05-04,2025-09-01,' for place, name in enumerate(names)]
    answer = files.post(f"/schools/{FILES}/pupils", table(*lines).encode(), "text/csv")
    assert answer.status_code == 200 and answer.json()["refused"] == 0, answer.text
    export = requests.get(
        f"{files.registers}/schools/{FILES}/pupils.csv", headers=files.suite.headers("cme-officer", media=None), timeout=10)
    assert export.status_code == 200 and export.headers["content-type"].startswith("text/csv")
    cells = [cell.strip('"') for line in export.text.splitlines()[1:] for cell in line.split(",")]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    again = files.post(f"/schools/{FILES}/pupils", export.content, "text/csv").json()
    assert again["received"] == again["unchanged"] and again["received"] > len(names), again


# Questions that nobody can answer: name, service, path, role, expected statuses.
QUESTIONS = [
    ("a transfer file without a first day", "POST", "registers", f"/schools/{FILES}/pupils", "attendance-officer", {400}),
    ("a first day that is none", "POST", "registers", f"/schools/{FILES}/pupils?enrolledOn=2026-02-30",
     "attendance-officer", {400}),
    ("a first day in words", "POST", "registers", f"/schools/{FILES}/pupils?enrolledOn=today", "attendance-officer", {400}),
    ("a transfer file for an unknown school", "POST", "registers", "/schools/999999/pupils?enrolledOn=2025-09-01",
     "attendance-officer", {404}),
    ("a transfer file without the role", "POST", "registers", f"/schools/{FILES}/pupils?enrolledOn=2025-09-01",
     "cme-officer", {403}),
    ("an export without the role", "GET", "registers", f"/schools/{FILES}/pupils.csv", "agency", {403}),
    ("a transfer file out without the role", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml", "manager", {403}),
    ("an export of an unknown school", "GET", "registers", "/schools/999999/pupils.csv", "attendance-officer", {404}),
    ("an export of no school", "GET", "registers", "/schools/..%2f/pupils.ctf.xml", "attendance-officer", {404}),
    ("an export in another format", "GET", "registers", f"/schools/{FILES}/pupils.xlsx", "attendance-officer", {404}),
    ("a transfer for two words", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?to=the+moon", "cme-officer", {400}),
    ("a whole roll for the lost", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?to=XXXXXXX", "cme-officer", {422}),
    ("a whole roll for a school", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?to=8801234", "cme-officer", {422}),
    ("a child that is none", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?pupil=1%27--", "cme-officer", {400}),
    ("a child nobody knows", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?pupil=p000000000", "cme-officer", {404}),
    ("protected perhaps", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?protected=perhaps", "cme-officer", {400}),
    ("an establishment of letters", "GET", "registers", f"/schools/{FILES}/pupils.ctf.xml?establishment=ABCD",
     "cme-officer", {400}),
    ("a roll after a word", "GET", "registers", f"/schools/{FILES}/pupils?after=first", "attendance-officer", {400}),
    ("a roll after a huge number", "GET", "registers", f"/schools/{FILES}/pupils?after={'9' * 40}", "attendance-officer",
     {400}),
    ("a quarantine after a fraction", "GET", "registers", f"/schools/{FILES}/quarantine?after=1.5", "attendance-officer",
     {400}),
    ("attendance without days", "GET", "registers", "/pupils/p000000000/attendance", "attendance-officer", {400}),
    ("attendance backwards", "GET", "registers", "/pupils/p000000000/attendance?from=2026-01-02&to=2026-01-01",
     "attendance-officer", {422}),
    ("attendance of a century", "GET", "registers", "/pupils/p000000000/attendance?from=1926-01-01&to=2026-01-01",
     "attendance-officer", {422}),
    ("why on no day", "GET", "registers", "/pupils/p000000000/marks/2026-02-30/AM/why", "attendance-officer", {404}),
    ("why in the night", "GET", "registers", "/pupils/p000000000/marks/2026-01-12/NIGHT/why", "attendance-officer", {404}),
    ("missing registers of the night", "GET", "registers", "/registers/missing?date=2026-01-12&session=NIGHT",
     "attendance-officer", {400}),
    ("a method nobody has", "PATCH", "registers", f"/schools/{FILES}/pupils", "attendance-officer", {404, 405}),
    ("deleting a roll", "DELETE", "registers", f"/schools/{FILES}/pupils.csv", "attendance-officer", {404, 405}),
    ("a proposal that is none", "GET", "enforcement", "/proposals/..%2f..%2f", "legal-officer", {400, 404}),
    ("proposals without the role", "GET", "enforcement", "/proposals", "integration", {403}),
    ("a threshold of nobody", "GET", "enforcement", "/pupils/nobody/threshold", "legal-officer", {400, 404}),
    ("a subscription that is none", "GET", "notifier", "/subscriptions/nothing", "integration", {400, 404}),
    ("deleting what is none", "DELETE", "notifier", "/subscriptions/nothing", "integration", {400, 404}),
    ("disclosures without the role", "GET", "notifier", "/disclosures", "school", {403}),
    ("parked events without the role", "GET", "notifier", "/parked", "integration", {403}),
    ("a parked event that is none", "POST", "notifier", "/parked/99999999999999999999/discard", "operator", {400, 404}),
]


@pytest.mark.parametrize("name,method,service,path,role,statuses", QUESTIONS, ids=[case[0] for case in QUESTIONS])
def test_questions_that_nobody_can_answer(files, name, method, service, path, role, statuses):
    answer = requests.request(
        method, getattr(files, service) + path, data=transfer(child(911)) if method == "POST" else None,
        headers=files.suite.headers(role, [FILES] if role == "school" else None, "application/xml"), timeout=10)
    files.expect_problem(answer, statuses)
    files.expect_all_alive()


# Forms that are wrong: name, path, body, media type, expected statuses.
GOOD_TERM = {"first": "2025-09-02", "last": "2025-12-19"}
FORMS = [
    ("a school without a name", f"/schools/{FILES}", {"phase": "primary", "type": "maintained"}, {422}),
    ("a school of spaces", f"/schools/{FILES}", {"name": "  ", "phase": "primary", "type": "maintained"}, {422}),
    ("a school with a long name", f"/schools/{FILES}",
     {"name": "a" * 10_000, "phase": "primary", "type": "maintained"}, {422}),
    ("a school with a line end in its name", f"/schools/{FILES}",
     {"name": "a\nb", "phase": "primary", "type": "maintained"}, {422}),
    ("a school of no phase", f"/schools/{FILES}", {"name": "a", "phase": "third", "type": "maintained"}, {422}),
    ("a school that opened on no day", f"/schools/{FILES}",
     {"name": "a", "phase": "primary", "type": "maintained", "openedOn": "2026-02-30"}, {422}),
    ("a school that is a list", f"/schools/{FILES}", [], {422}),
    ("a school that is no JSON", f"/schools/{FILES}", "<School/>", {400}),
    ("a school of seven digits", "/schools/1000011", {"name": "a", "phase": "primary", "type": "maintained"}, {404}),
    ("a calendar without terms", f"/schools/{FILES}/calendars/2025-26", {"terms": []}, {422}),
    ("a calendar of no year", f"/schools/{FILES}/calendars/2025-27", {"terms": [GOOD_TERM]}, {422}),
    ("a calendar of the year 9999", f"/schools/{FILES}/calendars/9999-00", {"terms": [GOOD_TERM]}, {422}),
    ("a calendar of another year", f"/schools/{FILES}/calendars/2024-25", {"terms": [GOOD_TERM]}, {422}),
    ("a term that ends before it begins", f"/schools/{FILES}/calendars/2025-26",
     {"terms": [{"first": "2025-12-19", "last": "2025-09-02"}]}, {422}),
    ("terms that overlap", f"/schools/{FILES}/calendars/2025-26", {"terms": [GOOD_TERM, GOOD_TERM]}, {422}),
    ("a thousand terms", f"/schools/{FILES}/calendars/2025-26", {"terms": [GOOD_TERM] * 1000}, {422}),
    ("a day closed twice over", f"/schools/{FILES}/calendars/2025-26",
     {"terms": [GOOD_TERM], "closed": ["2025-09-03"] * 1000}, {422}),
    ("a calendar of an unknown school", "/schools/999999/calendars/2025-26", {"terms": [GOOD_TERM]}, {404}),
]


@pytest.mark.parametrize("name,path,body,statuses", FORMS, ids=[case[0] for case in FORMS])
def test_forms_that_are_wrong_change_nothing(files, name, path, body, statuses):
    before = files.received_marks(FILES)
    answer = requests.put(
        files.registers + path, data=body if isinstance(body, str) else json.dumps(body),
        headers=files.suite.headers("attendance-officer"), timeout=10)
    files.expect_problem(answer, statuses)
    assert files.received_marks(FILES) == before
    files.expect_all_alive()


# Media types that a route does not take: path, method, media type.
MEDIA = [
    ("/pupils", "POST", "image/png"), ("/pupils", "POST", "application/zip"), ("/pupils", "POST", ""),
    ("/pupils", "POST", "multipart/form-data; boundary=x"), ("/pupils", "POST", "application/xml-dtd"),
    ("/marks", "POST", "text/xml"), ("/marks", "POST", "application/x-www-form-urlencoded"),
    ("", "PUT", "text/csv"), ("/calendars/2025-26", "PUT", "application/xml"),
]


@pytest.mark.parametrize("path,method,media", MEDIA, ids=[f"{method} {path} {media}" for path, method, media in MEDIA])
def test_media_types_that_a_route_does_not_take(files, path, method, media):
    answer = requests.request(
        method, f"{files.registers}/schools/{FILES}{path}", data=b"x",
        headers=files.suite.headers("attendance-officer", media=media), timeout=10)
    files.expect_problem(answer, {415})
    files.expect_all_alive()


@pytest.mark.parametrize("media,query", [("application/xml", "?enrolledOn=2025-09-01"), ("text/csv", "")])
def test_a_file_of_pupils_larger_than_the_limit(files, media, query):
    answer = files.post(f"/schools/{FILES}/pupils{query}", b" " * ((16 << 20) + 1), media)
    files.expect_problem(answer, {413})
    files.expect_all_alive()


# Attacks that want a suite, a receiver, a key or a disk of their own, and the test that tries each: the file, the test.
SWIFT, REGISTERS = "../ServiceKitTests", "../RegistersTests/Service"
ELSEWHERE = [
    ("a receiver's status line below 100", "test_hostile_receivers.py", "test_no_answer_ends_the_notifier"),
    ("a receiver under which the notifier dies", "test_hostile_receivers.py",
     "test_a_receiver_under_which_the_notifier_dies_twice_is_suspended"),
    ("a receiver that must go while delivery is off", "../NotifierTests/WebTests.swift",
     "whileDeliveryIsOffAnOperatorReadsTestsAndDeletes"),
    ("a receiver that drips its answer", f"{SWIFT}/OutgoingHTTPTests.swift", "oneDeadlineHoldsForTheWholeAnswer"),
    ("a token that names its own algorithm", f"{SWIFT}/TokenVerifierTests.swift", "junkFixesNothing"),
    ("keys of which some cannot be read", f"{SWIFT}/TrustedKeysTests.swift", "unreadableKeys"),
    ("tokens with unknown keys, without pause", f"{SWIFT}/KeyRingTests.swift", "unknownKeys"),
    ("a removed key", f"{SWIFT}/KeyRingTests.swift", "removedKeys"),
    ("a sign-in service that is away", f"{SWIFT}/KeyRingTests.swift", "away"),
    ("junk tokens that lock others out", "test_edge.py", "test_junk_tokens_lock_nobody_out_and_are_slowed_down"),
    ("a token that lives too long", "test_edge.py", "test_a_token_that_lives_too_long_is_refused"),
    ("bodies at a byte a second", "test_edge.py", "test_bodies_that_drip_hold_no_place"),
    ("connections that send nothing", "test_edge.py", "test_connections_that_send_nothing_keep_nobody_out"),
    ("answers that nobody fetches", "test_edge.py", "test_answers_that_nobody_reads_are_given_up"),
    ("lengths that are not the body's", "test_edge.py", "test_lengths"),
    ("a body in chunks beyond its limit", "test_edge.py", "test_too_large_in_chunks_or_not"),
    ("JSON of brackets", "test_edge.py", "test_json_that_is_not_worth_its_memory"),
    ("the worst body of each route", "test_memory.py", "test_the_peak_of_a_body"),
    ("an audit entry that is gone", "test_resources.py",
     "test_a_broken_audit_log_fails_the_status_until_it_is_acknowledged"),
    ("an audit log that is cut off, emptied or changed", f"{REGISTERS}/AuditChainTests.swift",
     "whatIsDoneToTheEndIsSeenAtOnce"),
    ("an audit log made anew with its key", "../MessagingTests/AuditAnchorTests.swift",
     "aLogMadeAnewWithTheKeyIsFoundByItsReader"),
    ("a year's marks changed by hand", f"{REGISTERS}/RowCheckTests.swift", "aChangedRowIsFoundAndMadeAnew"),
    ("an officer of other schools, in registers", f"{REGISTERS}/RouteWalkTests.swift", "foreignCallersAreKeptOut"),
    ("an officer of other schools, in enforcement", "../EnforcementTests/RouteWalkTests.swift",
     "foreignCallersAreKeptOut"),
    ("an officer of other schools, in notifier", "../NotifierTests/RouteWalkTests.swift", "foreignCallersAreKeptOut"),
    ("another user who reads the store", "test_resources.py", "test_nothing_on_the_disk_is_readable_by_others"),
    ("a full disk", "test_resources.py", "test_a_full_disk_loses_nothing"),
    ("too few descriptors", "test_resources.py", "test_too_few_descriptors_are_told_and_survived"),
    ("exports that nobody fetches", "test_resources.py", "test_unread_exports_end_and_give_up_their_places"),
    ("a clock that goes back", f"{REGISTERS}/ClockBackTests.swift",
     "momentsStayInOrderAndAnswersOfThePastStay"),
    ("forbidden requests in number", "test_edge.py", "test_forbidden_requests_are_events_and_slowed_down"),
    ("an edit of what somebody else changed", f"{REGISTERS}/RouteWalkTests.swift", "staleEditsAreRefused"),
    ("an answer without the security fields", "test_edge.py", "test_every_answer_carries_the_security_fields"),
]


@pytest.mark.parametrize("name,file,test", ELSEWHERE, ids=[case[0] for case in ELSEWHERE])
def test_an_attack_is_tried_where_the_table_says(name, file, test):
    assert re.search(rf"\b(def|func) {test}\b", (Path(__file__).parent / file).read_text()), test


def test_the_table_is_long_enough():
    tables = [UNREADABLE, BAD_ROWS, ROUTES, RAW, SUBSCRIPTIONS, TRANSFERS, CHILDREN, TABLES, ROWS, OBJECTS, QUESTIONS,
              FORMS, MEDIA, ELSEWHERE]
    count = sum(map(len, tables)) + 11 + 5 + 4
    print(f"hostile requests: {count}")
    assert count >= 150
