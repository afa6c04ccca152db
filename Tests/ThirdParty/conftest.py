"""The real programs, started by `suite up` and stopped by process id, for tests with other people's clients."""

import base64
import datetime
import json
import os
import queue
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PROGRAMS = Path(__file__).resolve().parents[2] / ".build" / "debug"
WAIT = 30
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
SCHOOL, OTHER = "100001", "100002"
PROPOSED = "uk.everyschoolday.enforcement.penalty-notice-proposed.v1"
LAPSED = "uk.everyschoolday.enforcement.penalty-notice-proposal-lapsed.v1"


def make_upn(number):
    """A made-up unique pupil number with the right check letter."""
    body = f"8802000{number:05d}"
    return LETTERS[sum(int(digit) * (place + 2) for place, digit in enumerate(body)) % 23] + body


class Receiver:
    """A webhook receiver on loopback: keeps what it got."""

    def __init__(self):
        self.got = queue.Queue()
        self.paths = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.paths.append(self.path)
                receiver.got.put(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"

    def next(self):
        return self.got.get(timeout=WAIT)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Suite:
    """`suite up` with one authority or several, and the addresses of the first."""

    def __init__(self, folder, authorities=("880",), **settings):
        self.folder = folder
        environment = {name: value for name, value in os.environ.items() if name != "KAFKA_BOOTSTRAP_SERVERS"}
        environment |= {"LOG_LEVEL": "trace"} | settings
        self.process = subprocess.Popen(
            [PROGRAMS / "suite", "up", "--authorities", ",".join(authorities), "--state", str(folder), "--traces",
             "--allow-loopback-webhooks"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True)
        self.lines = []
        ready = threading.Event()

        def follow():
            for line in self.process.stdout:
                self.lines.append(line)
                if "ready; state in" in line:
                    ready.set()
            ready.set()

        threading.Thread(target=follow, daemon=True).start()
        assert ready.wait(60) and self.process.poll() is None, "".join(self.lines)
        state = json.loads((folder / "state.json").read_text())
        self.bootstrap = state["bootstrapServers"]
        self.ports = {(program.get("authority"), program["service"]): program["port"] for program in state["programs"]}
        ports = {service: port for (authority, service), port in self.ports.items() if authority == authorities[0]}
        self.registers, self.enforcement, self.notifier, self.casework, self.licensing, self.cme = (
            f"http://127.0.0.1:{ports[name]}"
            for name in ("registers", "enforcement", "notifier", "casework", "licensing", "cme"))
        self.tokens = {}
        self.pids = self.children()

    def children(self):
        answer = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=True)
        return sorted(answer.stdout.split())

    def token(self, role, schools=None, authority="880", hours="8"):
        key = (role, tuple(schools or ()), authority, hours)
        if key not in self.tokens:
            command = [PROGRAMS / "suite", "token", "--state", str(self.folder), "--role", role, "--authority",
                       authority, "--hours", hours]
            if schools:
                command += ["--schools", ",".join(schools)]
            self.tokens[key] = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        return self.tokens[key]

    def command(self, *words):
        """A command of `suite` on the same folder."""
        return subprocess.run(
            [PROGRAMS / "suite", words[0], "--state", str(self.folder), *words[1:]], capture_output=True, text=True)

    def pid(self, program):
        """The number of the process of a program of the authority."""
        for pid in self.children():
            if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].endswith(program.encode()):
                return int(pid)
        raise AssertionError(f"{program} does not run")

    def headers(self, role, schools=None, media="application/json"):
        return {"authorization": "Bearer " + self.token(role, schools)} | ({"content-type": media} if media else {})

    def stop(self):
        os.kill(self.process.pid, signal.SIGINT)
        assert self.process.wait(timeout=WAIT) == 0, "".join(self.lines[-20:])


class World:
    """Two made-up schools with a roll each, in the school year 2025/26, which is over."""

    TERMS = [("2025-09-02", "2025-10-24"), ("2025-11-03", "2025-12-19"), ("2026-01-05", "2026-02-13")]

    def __init__(self, suite):
        self.suite = suite
        self.registers, self.enforcement, self.notifier, self.casework, self.licensing, self.cme = (
            suite.registers, suite.enforcement, suite.notifier, suite.casework, suite.licensing, suite.cme)
        self.token = suite.token
        for number, school in enumerate((SCHOOL, OTHER)):
            self.open(school, [self.pupil(number * 100 + index) for index in range(10)])
        days = [datetime.date(2025, 11, 3) + datetime.timedelta(days=offset) for offset in range(100)]
        self.free = ((day.isoformat(), session) for day in days
                     if day.weekday() < 5 and (day < datetime.date(2025, 12, 20) or day > datetime.date(2026, 1, 4))
                     for session in ("AM", "PM"))

    def pupil(self, number):
        return {"upn": make_upn(number), "givenName": f"Given{number}", "familyName": f"Family{number}",
                "dateOfBirth": "2014-03-17", "yearGroup": "7", "enrolledOn": "2025-09-01"}

    def open(self, school, pupils):
        officer = self.suite.headers("attendance-officer")
        answers = [
            requests.put(f"{self.registers}/schools/{school}", headers=officer, timeout=WAIT, json={
                "name": f"School {school}", "phase": "secondary", "type": "maintained"}),
            requests.put(f"{self.registers}/schools/{school}/calendars/2025-26", headers=officer, timeout=WAIT, json={
                "terms": [{"first": first, "last": last} for first, last in self.TERMS],
                "closed": ["2025-09-02"], "oneSessionDays": {}}),
            requests.post(f"{self.registers}/schools/{school}/pupils", headers=officer, timeout=WAIT,
                          json={"pupils": pupils}),
        ]
        for answer in answers:
            assert answer.status_code in (200, 201, 204), answer.text
        self.ids = getattr(self, "ids", {}) | {
            pupils[row["row"] - 1]["upn"]: row["id"] for row in answers[2].json()["pupils"]}

    def upn(self, school, index):
        return make_upn((100 if school == OTHER else 0) + index)

    def fresh_sessions(self, count):
        """Sessions of the calendar that no test has used."""
        return [next(self.free) for _ in range(count)]

    def post(self, path, body, media, role="attendance-officer", schools=None):
        return requests.post(
            self.registers + path, data=body, headers=self.suite.headers(role, schools, media), timeout=WAIT)

    def status(self, base):
        return requests.get(f"{base}/status", headers=self.suite.headers("operator"), timeout=WAIT).json()

    def wait_for_notifier(self):
        """Until the notifier has taken in everything that the registers published."""
        last = self.status(self.registers)["outboxLast"]
        wait_until(lambda: any(
            topic["topic"] == "880.registers" and topic["lastSequence"] >= last
            for topic in self.status(self.notifier)["topics"]), "the notifier to catch up")

    def received_marks(self, _school):
        """The last sequence of the registers' outbox: whatever is applied makes an event."""
        return self.status(self.registers)["outboxLast"]

    def expect_problem(self, answer, statuses):
        assert answer.status_code in statuses, (answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/problem+json", answer.headers
        problem = answer.json()
        assert problem["type"].startswith("https://everyschoolday.uk/problems/") and problem["title"], problem
        assert problem["status"] == answer.status_code

    def expect_all_alive(self):
        assert self.suite.process.poll() is None, "the suite has ended"
        assert self.suite.children() == self.suite.pids, "a program died and was started again"
        for base in (self.registers, self.enforcement, self.notifier):
            assert requests.get(f"{base}/health/live", timeout=WAIT).status_code == 200

    def unsigned_token(self):
        head, claims, _ = self.token("attendance-officer").split(".")
        return f"{head}.{claims}."

    def tampered_token(self):
        head, claims, signature = self.token("school", [OTHER]).split(".")
        other = self.token("attendance-officer").split(".")[1]
        return f"{head}.{other}.{signature}" if claims != other else "a.b.c"

    def expired_token(self):
        """Over since yesterday."""
        return self.signed_token(exp=time.time() - 86_400)

    def signed_token(self, **claims_changed):
        """An officer's token with changed claims, signed with the suite's own key."""
        key = Ed25519PrivateKey.from_private_bytes((self.suite.folder / "keys" / "issuer.key").read_bytes())
        head, claims, _ = self.token("attendance-officer").split(".")
        pad = "=" * (-len(claims) % 4)
        changed = json.loads(base64.urlsafe_b64decode(claims + pad)) | claims_changed
        body = head + "." + base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
        return body + "." + base64.urlsafe_b64encode(key.sign(body.encode())).rstrip(b"=").decode()

    def subscription(self, **changes):
        return {"name": "A partner", "recipientKind": "early-help", "eventTypes": [PROPOSED], "scope": {"schools": "all"},
                "level": "L2", "lawfulBasis": "LB1", "agreement": {"reference": "ISA-1", "expiresOn": "2099-01-01"},
                "address": "https://example.org/hook", "algorithm": "hmac"} | changes


def wait_until(condition, what):
    """The one place that looks again and again: for what a program shows by HTTP, a command or a file, of which it sends
    no event. What ends a process, a line of a log or a request to a receiver is waited for as such. Bounded, and says
    what it waited for."""
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def suite(tmp_path_factory):
    suite = Suite(tmp_path_factory.mktemp("suite"))
    yield suite
    suite.stop()


@pytest.fixture(scope="session")
def world(suite):
    return World(suite)


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()
