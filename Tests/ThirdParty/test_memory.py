"""The worst bodies that each route takes, against a real program: how much memory each costs at its peak.

The kernel keeps the peak of a process (VmHWM) and forgets it when told to (clear_refs). `-s` prints the table of
docs/performance.md; it was made with MARKS_MIB=32, the limit of a file of marks unless configured. Here it is smaller,
and the files with it: what is held is the multiple.
"""

import datetime
import os
from pathlib import Path

import pytest
import requests

from conftest import SCHOOL, Suite, World, make_upn

MIB = 1 << 20
MARKS, PUPILS, PUPILS_JSON, FORM = int(os.environ.get("MARKS_MIB", "4")) * MIB, 16 * MIB, 4 * MIB, MIB
UPN = make_upn(1)
# What a program may use for a body beyond what it used before, as a multiple of the route's limit, and for all that does
# not hang on the body.
MULTIPLE, CONSTANT = 8, 96 * MIB


def filled(before, part, after, limit):
    """As many parts as the limit allows."""
    count = (limit - len(before) - len(after)) // len(part)
    return before + part * count + after


def distinct_marks(before, row, after, limit):
    """Rows that are all different: a child, a day and a session each."""
    first = datetime.date(2025, 9, 1)
    rows, size, number = [], len(before) + len(after), 0
    while True:
        day = first + datetime.timedelta(days=number // 2 % 300)
        text = row(make_upn(number // 600 % 100_000), day.isoformat(), "AM" if number % 2 else "PM")
        size += len(text)
        if size > limit:
            break
        rows.append(text)
        number += 1
    return before + "".join(rows)[:-1] + after


def json_mark(upn, day, session):
    return f'{{"upn":"{upn}","date":"{day}","session":"{session}","code":"I"}},'


def wonde_mark(upn, day, session):
    return f'{{"student":{{"data":{{"upn":"{upn}"}}}},"date":"{day}","session":"{session}","attendance_code":"I"}},'


def csv_mark(upn, day, session):
    return f"{upn},{day},{session},I\n"


CSV = "upn,date,session,code\n"
PUPIL_CSV = "upn,givenName,familyName,dateOfBirth,enrolledOn\n"
CTF = "<CTfile><Header/><CTFpupilData>"
CTF_END = "</CTFpupilData></CTfile>"
CHILD = (f"<Pupil><UPN>{UPN}</UPN><Surname>Vellacott</Surname><Forename>Zed</Forename><DOB>2015-05-04</DOB>"
         "<Contacts>" + "<Contact><Surname>Vellacott</Surname></Contact>" * 20 + "</Contacts></Pupil>")

# Name, program, route, role, media type, limit, the body.
BODIES = [
    ("JSON marks: `{}`", "registers", "marks", "application/json", MARKS,
     lambda: filled('{"marks":[', "{},", "{}]}", MARKS)),
    ("JSON marks: 500,000 of `{}`", "registers", "marks", "application/json", MARKS,
     lambda: '{"marks":[' + "{}," * 499_999 + "{}]}"),
    ("JSON marks: `[]`", "registers", "marks", "application/json", MARKS,
     lambda: filled('{"marks":[', "[],", "[]]}", MARKS)),
    ("JSON marks: one mark of numbers", "registers", "marks", "application/json", MARKS,
     lambda: filled('{"marks":[{"upn":[', "1,", "1]}]}", MARKS)),
    ("JSON marks: values beside them", "registers", "marks", "application/json", MARKS,
     lambda: filled('{"marks":[],"x":[', "1,", "1]}", MARKS)),
    ("JSON marks: one text", "registers", "marks", "application/json", MARKS,
     lambda: filled('{"marks":[{"upn":"', "a", '"}]}', MARKS)),
    ("JSON marks: escapes", "registers", "marks", "application/json", MARKS,
     lambda: filled('{"marks":[{"upn":"', "\\u00e9", '"}]}', MARKS)),
    ("JSON marks: all different", "registers", "marks", "application/json", MARKS,
     lambda: distinct_marks('{"marks":[', json_mark, "]}", MARKS)),
    ("JSON marks: brackets", "registers", "marks", "application/json", MARKS, lambda: "[" * MARKS),
    ("Wonde: all different", "registers", "marks", "application/vnd.wonde+json", MARKS,
     lambda: distinct_marks('{"data":[', wonde_mark, "]}", MARKS)),
    ("CSV marks: line ends", "registers", "marks", "text/csv", MARKS, lambda: filled(CSV, "\n", "", MARKS)),
    ("CSV marks: one character a row", "registers", "marks", "text/csv", MARKS, lambda: filled(CSV, "x\n", "", MARKS)),
    ("CSV marks: empty rows", "registers", "marks", "text/csv", MARKS, lambda: filled(CSV, ",,,\n", "", MARKS)),
    ("CSV marks: commas", "registers", "marks", "text/csv", MARKS, lambda: filled(CSV, ",", "", MARKS)),
    ("CSV marks: quotes", "registers", "marks", "text/csv", MARKS, lambda: filled(CSV, '"', "", MARKS)),
    ("CSV marks: all different", "registers", "marks", "text/csv", MARKS,
     lambda: distinct_marks(CSV, csv_mark, "\n", MARKS)),
    ("CSV marks: header of commas", "registers", "marks", "text/csv", MARKS, lambda: "," * MARKS),
    ("JSON pupils: `{}`", "registers", "pupils", "application/json", PUPILS,
     lambda: filled('{"pupils":[', "{},", "{}]}", PUPILS_JSON)),
    ("JSON pupils: 149,000 of `{}`", "registers", "pupils", "application/json", PUPILS,
     lambda: '{"pupils":[' + "{}," * 149_000 + "{}]}"),
    ("JSON pupils: contacts", "registers", "pupils", "application/json", PUPILS,
     lambda: '{"pupils":[{"contacts":[' + "{}," * 149_000 + "{}]}]}"),
    ("CSV pupils: line ends", "registers", "pupils", "text/csv", PUPILS, lambda: filled(PUPIL_CSV, "\n", "", PUPILS)),
    ("CSV pupils: quotes", "registers", "pupils", "text/csv", PUPILS, lambda: filled(PUPIL_CSV, '"\n', "", PUPILS)),
    ("CSV pupils: long rows", "registers", "pupils", "text/csv", PUPILS,
     lambda: filled(PUPIL_CSV, "x" * 3_300 + "\n", "", PUPILS)),
    ("transfer file: elements", "registers", "pupils?enrolledOn=2025-09-01", "application/xml", PUPILS,
     lambda: filled("<CTfile>", "<a/>", "</CTfile>", PUPILS)),
    ("transfer file: children", "registers", "pupils?enrolledOn=2025-09-01", "application/xml", PUPILS,
     lambda: CTF + "<Pupil/>" * 5_000 + CTF_END),
    ("transfer file: contacts", "registers", "pupils?enrolledOn=2025-09-01", "application/xml", PUPILS,
     lambda: filled(CTF, CHILD, CTF_END, PUPILS)),
    ("transfer file: one text", "registers", "pupils?enrolledOn=2025-09-01", "application/xml", PUPILS,
     lambda: filled(CTF + "<Pupil><UPN>", "&lt;", "</UPN></Pupil>" + CTF_END, PUPILS)),
    ("transfer file: attributes", "registers", "pupils?enrolledOn=2025-09-01", "application/xml", PUPILS,
     lambda: "<CTfile" + "".join(f" a{n}=''" for n in range(1_000_000)) + "/>"),
    ("a session's register", "registers", "registers/2025-09-15/AM", "application/json", FORM,
     lambda: filled('{"marks":[', '{"upn":"a","code":"I"},', '{"upn":"a","code":"I"}]}', FORM)),
    ("a calendar", "registers", "calendars/2025-26", "application/json", FORM,
     lambda: filled('{"terms":[],"closed":[', '"2025-09-03",', '"2025-09-03"]}', FORM)),
    ("a subscription", "notifier", "/subscriptions", "application/json", FORM,
     lambda: filled('{"scope":{"schools":[', '"100001",', '"100001"]}}', FORM)),
]
METHODS = {"registers/2025-09-15/AM": "PUT", "calendars/2025-26": "PUT"}


class Process:
    """A program's memory, as the kernel tells it."""

    def __init__(self, suite, program):
        self.folder = Path(f"/proc/{suite.pid(program)}")

    def forget_peak(self):
        (self.folder / "clear_refs").write_text("5")

    def bytes(self, name):
        line = next(line for line in (self.folder / "status").read_text().splitlines() if line.startswith(name + ":"))
        return int(line.split()[1]) * 1024


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    suite = Suite(tmp_path_factory.mktemp("memory"), LOG_LEVEL="notice", HTTP_BODY_LIMIT=str(MARKS))
    yield World(suite)
    suite.stop()


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    print("\n| body | sent | answer | peak beyond before |\n|---|---|---|---|")
    for name, sent, status, cost in rows:
        print(f"| {name} | {sent / MIB:.1f} MiB | {status} | {cost / MIB:.0f} MiB |")


@pytest.mark.parametrize("name,program,route,media,limit,make", BODIES, ids=[case[0] for case in BODIES])
def test_the_peak_of_a_body(large, table, name, program, route, media, limit, make):
    process = Process(large.suite, program)
    url = getattr(large, program) + (route if route.startswith("/") else f"/schools/{SCHOOL}/{route}")
    body = make().encode()
    assert len(body) <= limit, "the body is never read"
    role = "integration" if program == "notifier" else "attendance-officer"
    before = process.bytes("VmRSS")
    process.forget_peak()
    answer = requests.request(
        METHODS.get(route, "POST"), url, data=body, headers=large.suite.headers(role, media=media), timeout=300)
    cost = process.bytes("VmHWM") - before
    table.append((name, len(body), answer.status_code, cost))
    # 409 where more rows would wait to be corrected than may.
    assert answer.status_code in (200, 400, 409, 413, 422), answer.text[:300]
    assert cost <= MULTIPLE * limit + CONSTANT, f"{cost / MIB:.0f} MiB for a limit of {limit / MIB:.0f} MiB"
    large.expect_all_alive()
