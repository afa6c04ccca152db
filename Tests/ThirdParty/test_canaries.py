"""100 values planted as names, birth dates and addresses go through the whole story and appear where they may, in the
stores and in messages to who may know them, and nowhere else: not in logs, metrics, traces or URLs."""

import datetime
import json
import sqlite3

import requests

from conftest import LAPSED, PROPOSED, WAIT, World, make_upn, wait_until

URN = "100077"
# What the least level is told when a proposal lapses: not why.
WITHDRAWN = "uk.everyschoolday.notifier.contact-withdrawn.v1"


def plant():
    """34 children: names, birth dates and addresses of which none occurs by chance."""
    pupils, canaries = [], []
    for number in range(34):
        birth = (datetime.date(2011, 3, 1) + datetime.timedelta(days=29 * number)).isoformat()
        given, family, address = f"Canaryg{number}x", f"Canaryf{number}x", f"{number} Canary Street{number}x"
        canaries += [given, family] + ([birth] if number % 2 else [address])
        pupils.append({
            "upn": make_upn(7_000 + number), "givenName": given, "familyName": family, "dateOfBirth": birth,
            "yearGroup": "8", "enrolledOn": "2025-09-01",
            "contacts": [{"givenName": "Pat", "familyName": family, "address": address}]})
    return pupils, canaries[:100]


def test_no_canary_leaves_its_cage(suite, receiver):
    world = World.__new__(World)
    world.suite, world.registers, world.notifier, world.enforcement = (
        suite, suite.registers, suite.notifier, suite.enforcement)
    pupils, canaries = plant()
    assert len(canaries) == 100 and len(set(canaries)) == 100
    answer = requests.put(
        f"{suite.registers}/schools/{URN}", headers=suite.headers("attendance-officer"), timeout=WAIT,
        json={"name": f"School {URN}", "phase": "secondary", "type": "maintained"})
    assert answer.status_code in (200, 201, 204), answer.text
    world.wait_for_notifier()
    for level, kind in (("L1", "school"), ("L2", "school")):
        answer = requests.post(
            f"{suite.notifier}/subscriptions", headers=suite.headers("integration"), timeout=WAIT,
            json=world.subscription(eventTypes=[PROPOSED, LAPSED], scope={"schools": [URN]}, level=level,
                                    recipientKind=kind, address=receiver.address))
        assert answer.status_code == 201, answer.text
    world.open(URN, pupils)
    hostile = dict(pupils[0], upn="Z" + pupils[0]["upn"][1:], dateOfBirth="2011-99-99")
    headers = suite.headers("attendance-officer")
    requests.post(f"{suite.registers}/schools/{URN}/pupils", headers=headers, json={"pupils": [hostile, "x"]}, timeout=WAIT)
    requests.post(f"{suite.registers}/schools/{URN}/pupils", headers=headers, timeout=WAIT,
                  data='{"pupils":[{"givenName":"%s' % canaries[0])

    days = [f"2025-09-{day:02d}" for day in (8, 9, 10, 11, 12)]
    rows = [f"{pupil['upn']},{day},{session},O" for pupil in pupils for day in days for session in ("AM", "PM")]
    rows += [f"{canaries[0]},2025-09-15,AM,O", f"{pupils[0]['upn']},{pupils[1]['dateOfBirth']},AM,{canaries[1]}"]
    answer = requests.post(
        f"{suite.registers}/schools/{URN}/marks", data="upn,date,session,code\n" + "\n".join(rows),
        headers=suite.headers("school", [URN], "text/csv"), timeout=WAIT)
    assert answer.status_code == 200 and answer.json()["recorded"] == 340, answer.text
    assert not [canary for canary in canaries if canary in answer.text]

    messages = [receiver.next()[1].decode() for _ in range(2 * len(pupils))]
    assert any(canaries[0] in message for message in messages), "a receiver of level 1 may know the name"
    first = world.ids[pupils[0]["upn"]]
    for base, path in (
            (suite.registers, f"/pupils/{first}/attendance?from=2025-09-01&to=2025-09-30"),
            (suite.registers, f"/pupils/{first}/marks/2025-09-08/AM/why"),
            (suite.registers, f"/schools/{URN}/quarantine"), (suite.registers, f"/schools/{URN}/pupils"),
            (suite.enforcement, "/proposals"), (suite.enforcement, f"/pupils/{first}/threshold?school={URN}")):
        role = suite.headers("attendance-officer")
        assert requests.get(base + path, headers=role, timeout=WAIT).status_code == 200, path
    answer = requests.post(
        f"{suite.registers}/schools/{URN}/amendments", headers=suite.headers("school", [URN]), timeout=WAIT,
        json={"pupil": first, "date": "2025-09-08", "session": "AM", "code": "I", "reason": canaries[0]})
    assert answer.status_code in (200, 201), answer.text
    lapsed = [json.loads(receiver.next()[1]) for _ in range(2)]
    assert {message["type"] for message in lapsed} == {LAPSED, WITHDRAWN}, lapsed

    metrics = "".join(requests.get(f"{base}/metrics", timeout=WAIT).text
                      for base in (suite.registers, suite.enforcement, suite.notifier))
    spans = "".join(path.read_text() for path in suite.folder.rglob("*.spans.jsonl"))
    logs = "".join(path.read_text() for path in suite.folder.rglob("*.log")) + "".join(suite.lines)
    assert "http_server_requests_total" in metrics and "traceId" in spans and "listening" in logs
    urls = " ".join(receiver.paths)
    for name, text in (("metrics", metrics), ("traces", spans), ("logs", logs), ("URLs", urls)):
        found = [canary for canary in canaries if canary in text]
        assert not found, f"{len(found)} canaries in {name}"
    with sqlite3.connect(f"file:{next(suite.folder.rglob('registers.sqlite'))}?mode=ro", uri=True) as store:
        kept = "\n".join(store.iterdump())
    assert not [canary for canary in canaries if canary not in kept], "the canaries were planted"
    print(f"{len(canaries)} canaries: none in {len(logs)} bytes of logs, {len(spans)} of traces, {len(metrics)} of metrics")


def test_the_trace_goes_through_the_topics(suite, world, receiver):
    """One trace id from the upload over both topics to the webhook."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    world.wait_for_notifier()
    answer = requests.post(
        f"{suite.notifier}/subscriptions", headers=suite.headers("integration"), timeout=WAIT,
        json=world.subscription(scope={"schools": ["100002"]}, address=receiver.address))
    assert answer.status_code == 201, answer.text
    rows = [f"{world.upn('100002', 5)},2025-09-{day:02d},{session},O" for day in (8, 9, 10, 11, 12)
            for session in ("AM", "PM")]
    answer = requests.post(
        f"{suite.registers}/schools/100002/marks", data="upn,date,session,code\n" + "\n".join(rows), timeout=WAIT,
        headers=suite.headers("school", ["100002"], "text/csv") | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert answer.json()["recorded"] == 10, answer.text
    receiver.next()
    wait_until(lambda: trace in next(suite.folder.rglob("registers.spans.jsonl")).read_text(), "the span of the upload")
    for service in ("enforcement", "notifier"):
        wait_until(lambda: trace in next(suite.folder.rglob(f"{service}.spans.jsonl")).read_text(), f"a span of {service}")
