"""A third party reads the topic that all authorities share with kcat: who wrote to whom, and nothing about a child."""

import base64
import subprocess

import pytest
import requests

from conftest import WAIT, World, Suite, make_upn, wait_until

ALERTS = 12
QUESTIONS = ["social-care", "previous-concerns", "young-unseen", "harm", "after-disclosure", "parent-investigated", "refuge",
             "unaccompanied", "private-fostering", "travel", "baby-siblings"]


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    suite = Suite(tmp_path_factory.mktemp("nation"), authorities=("880", "383"))
    yield suite
    suite.stop()


class Authority:
    """The officer of an authority."""

    def __init__(self, suite, code):
        self.address = f"http://127.0.0.1:{suite.ports[(code, 'cme')]}"
        self.headers = {"authorization": "Bearer " + suite.token("cme-officer", authority=code)}

    def get(self, path):
        answer = requests.get(self.address + path, headers=self.headers, timeout=WAIT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, body):
        answer = requests.post(self.address + path, headers=self.headers, json=body, timeout=WAIT)
        assert answer.status_code == 200, answer.text
        return answer.json()


def child(number):
    """A made-up child whose every word is found nowhere else."""
    return {"authority": "383", "reason": "Canaryreason", "name": {"given": f"Canarygiven{number}",
            "family": f"Canaryfamily{number}"}, "dateOfBirth": f"2014-03-{number + 10}", "sex": "F", "upn": make_upn(number),
            "lastSchool": f"Canaryschool {number}", "lastAttended": "2026-10-01", "lastAddress": [f"{number} Canarystreet"],
            "believedAddress": [f"{number} Canarylane", "Canarytown"], "parents": [{"name": f"Canaryparent{number}",
            "relationship": "mother", "contacts": ["01632 960123"]}], "siblings": [{"given": f"Canarysibling{number}",
            "dateOfBirth": "2018-07-23"}], "urgentNumber": "01632 960456", "languages": ["Canaryish"],
            "sender": {"name": "Canaryofficer", "role": "CME officer", "telephone": "01632 960789"}}


def forms(words):
    """Each word as bytes in the forms in which it could stand in a record."""
    for word in words:
        for text in (word, word.lower(), word.upper()):
            for coded in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
                yield coded
                yield coded.hex().encode()
                for shift in range(3):
                    # What is certain of the base 64 of a text that begins at any place.
                    inner = base64.b64encode(b"\0" * shift + coded)[(0, 2, 3)[shift]:]
                    yield inner.rstrip(b"=")[:-1]


def topic(suite, name):
    """Every record with its key and headers, as kcat prints them."""
    return subprocess.run(
        ["kcat", "-b", suite.bootstrap, "-C", "-t", name, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%k|%h|%s"],
        capture_output=True, timeout=30, check=True).stdout


def count(suite, name):
    return int(subprocess.run(
        ["kcat", "-b", suite.bootstrap, "-C", "-t", name, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "x"],
        capture_output=True, timeout=30, check=True).stdout.count(b"x"))


def test_nothing_about_a_child_stands_in_the_shared_topic(nation):
    world = World(nation)
    here, there = Authority(nation, "880"), Authority(nation, "383")
    pupils = [world.ids[make_upn(number)] for number in range(10)]
    wait_until(lambda: here.get("/cases") is not None, "cme")
    children = [child(number) for number in range(ALERTS)]
    searches = []
    for pupil in pupils:
        def opened():
            answer = requests.post(f"{here.address}/searches", headers=here.headers, timeout=WAIT, json={
                "pupil": pupil, "trigger": "T9", "reason": "The flat is empty"})
            if answer.status_code == 200:
                searches.append(answer.json()["id"])
            return answer.status_code == 200
        wait_until(opened, "the child to be known")
    for search in searches:
        here.post(f"/cases/{search}/safeguarding", {
            "answers": [{"question": name, "answer": "no"} for name in QUESTIONS], "reason": "Asked"})
        here.post(f"/cases/{search}/acts", {"act": "begin", "reason": "Begun", "facts": {}})
    for search, one in zip(searches, children):
        here.post(f"/cases/{search}/alerts", one)
        here.post(f"/cases/{search}/questions", {
            "name": one["name"], "dateOfBirth": one["dateOfBirth"], "upn": one["upn"], "reason": "Nobody knows"})
    sent = len(searches)
    wait_until(lambda: len(there.get("/alerts")["alerts"]) >= sent, "the alerts to be received")
    for alert in there.get("/alerts")["alerts"]:
        assert "Canarygiven" in str(there.get(f"/alerts/{alert['id']}")), "the addressee reads it"
        there.post(f"/alerts/{alert['id']}/acknowledgement", {"known": True, "officer": "R Kite", "reason": "Known"})
        there.post(f"/alerts/{alert['id']}/sighting", {"provision": "Canaryprovision", "reason": "On roll"})
    wait_until(lambda: sum(alert["state"] == "sighted" for alert in here.get("/alerts")["alerts"]) >= sent,
               "the answers to come back")
    words = {"Canary"} | {part for one in children[:sent] for part in (
        one["name"]["given"], one["name"]["family"], one["upn"], one["lastSchool"], one["lastAddress"][0],
        one["believedAddress"][0], one["dateOfBirth"], one["dateOfBirth"].replace("-", ""))} | {"01632 960", "960123"}
    shared = topic(nation, "national.cme")
    found = [form for form in forms(words) if len(form) >= 6 and form in shared]
    records = count(nation, "national.cme")
    print(f"kcat: {records} records, {len(shared)} bytes of national.cme; {len(words)} canaries, {len(found)} found")
    assert not found, found[:3]
    assert len(shared) > sent * 4 * 16_000, "every step of every alert was looked at"
    # The search finds what does stand in a topic.
    roll = topic(nation, "880.registers")
    assert any(form in roll for form in forms({"Given3"})), "a name of the roll is found where names may stand"
