"""The webhooks of the real notifier, verified by somebody else's code.

The notifier runs as a process of its own on the embedded broker. The events that make it send are written by a
third-party Kafka client as CloudEvents; what it sends is verified with the `standardwebhooks` package (HMAC) and, for
Ed25519, with `cryptography` as the standard's text says.
"""

import base64
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from confluent_kafka import Producer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from conftest import wait_until

PROGRAMS = Path(__file__).resolve().parents[2] / ".build" / "debug"
ISSUER = "https://sign-in.test"
PROPOSED = "uk.everyschoolday.enforcement.penalty-notice-proposed.v1"
LAPSED = "uk.everyschoolday.enforcement.penalty-notice-proposal-lapsed.v1"
SCHOOL, PUPIL = "100001", "p0123456ab"
WAIT = 20


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Receiver:
    """A webhook receiver on loopback: keeps what it got, answers what it is told."""

    def __init__(self):
        self.got = queue.Queue()
        self.answers = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.put((dict((name.lower(), value) for name, value in self.headers.items()), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
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


class Notifier:
    """The broker, the notifier and a producer of its two sources."""

    def __init__(self, folder):
        self.folder = folder
        self.signing = Ed25519PrivateKey.generate()
        public = self.signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        (folder / "jwks.json").write_text(json.dumps({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k1", "x": base64url(public)}]}))
        self.broker = subprocess.Popen(
            [PROGRAMS / "broker", "--exit-with-parent", "--topics", "880.registers,880.enforcement,880.notifier"],
            stdout=subprocess.PIPE, text=True)
        self.bootstrap = self.broker.stdout.readline().split()[1]
        self.producer = Producer({
            "bootstrap.servers": self.bootstrap, "enable.idempotence": True, "linger.ms": 0,
            "socket.nagle.disable": True})
        self.sequences = {"registers": 0, "enforcement": 0}
        self.start()
        self.publish("registers", "school-recorded", SCHOOL, {
            "urn": SCHOOL, "name": "Larkspur Academy", "phase": "secondary", "kind": "academy"})
        self.wait_for("registers")

    def wait_for(self, service):
        """Until the notifier has taken in everything that was published."""
        wanted = f'intake_position{{topic="880.{service}"}} {self.sequences[service]}'
        wait_until(lambda: wanted in requests.get(f"{self.base}/metrics", timeout=WAIT).text, wanted)

    def start(self, **changes):
        keys = self.folder / "audit.keys"
        if not keys.exists():
            subprocess.run([PROGRAMS / "suite", "audit-key", "--out", str(keys)], check=True, capture_output=True)
        environment = os.environ | {
            "AUDIT_KEY_FILE": str(keys),
            "AUTHORITY": "880", "STORE_PATH": str(self.folder / "notifier.sqlite"), "HTTP_PORT": "0",
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap, "AUTH_JWKS": str(self.folder / "jwks.json"),
            "AUTH_ISSUER": ISSUER, "FEED_REGISTERS": "http://127.0.0.1:1", "FEED_ENFORCEMENT": "http://127.0.0.1:1",
            "WEBHOOK_ALLOW_LOOPBACK": "true", "PROCESS_EXIT_WITH_PARENT": "true"} | changes
        self.process = subprocess.Popen([PROGRAMS / "notifier"], env=environment, stderr=subprocess.PIPE, text=True)
        lines = queue.Queue()
        threading.Thread(target=self.follow, args=(self.process.stderr, lines), daemon=True).start()
        while True:
            line = lines.get(timeout=WAIT)
            assert line is not None, "the notifier did not start: " + self.log()
            found = re.search(r'"port":\s*"?(\d+)', line)
            if found:
                self.base = f"http://127.0.0.1:{found[1]}"
                return

    def follow(self, stream, lines):
        """Keeps the log, so that nobody is held up by a full pipe."""
        with open(self.folder / "notifier.log", "a") as log:
            for line in stream:
                log.write(line)
                log.flush()
                lines.put(line)
        lines.put(None)

    def log(self):
        return (self.folder / "notifier.log").read_text()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=WAIT)

    def close(self):
        for process in (self.process, self.broker):
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=WAIT)

    def call(self, method, path, body=None, role="integration"):
        claims = {
            "iss": ISSUER, "sub": "user-1", "aud": "everyschoolday", "la": "880", "role": role,
            "iat": int(time.time()), "exp": int(time.time()) + 600}
        head = {"alg": "EdDSA", "typ": "JWT", "kid": "k1"}
        content = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        token = content + "." + base64url(self.signing.sign(content.encode()))
        answer = requests.request(
            method, self.base + path, json=body, headers={"authorization": f"Bearer {token}"}, timeout=WAIT)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def subscribe(self, address, **changes):
        return self.call("POST", "/subscriptions", {
            "name": "Larkspur Academy", "recipientKind": "school", "eventTypes": [PROPOSED, LAPSED],
            "scope": {"schools": [SCHOOL]}, "level": "L2", "lawfulBasis": "LB1",
            "agreement": {"reference": "ISA-7", "expiresOn": "2199-01-01"}, "address": address,
            "algorithm": "hmac"} | changes)

    def publish(self, service, fact, subject, data):
        self.sequences[service] += 1
        sequence = self.sequences[service]
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        headers = {
            "ce_specversion": "1.0", "ce_id": f"{service}-{sequence}", "ce_source": f"/880/{service}",
            "ce_type": f"uk.everyschoolday.{service}.{fact}.v1", "ce_subject": subject, "ce_time": now,
            "ce_recordedtime": now, "ce_sequence": str(sequence), "ce_dataclassification": "personal"
            if fact == "pupil-enrolled" else "internal" if fact == "school-recorded" else "pseudonymous",
            "content-type": "application/json"}
        self.producer.produce(
            f"880.{service}", key=subject, value=json.dumps(data).encode(),
            headers=[(name, value.encode()) for name, value in headers.items()], partition=0)
        assert self.producer.flush(WAIT) == 0

    def enrol(self):
        self.publish("registers", "school-recorded", SCHOOL, {
            "urn": SCHOOL, "name": "Larkspur Academy", "phase": "secondary", "kind": "academy"})
        self.publish("registers", "pupil-enrolled", SCHOOL, {
            "pupil": PUPIL, "school": SCHOOL, "givenName": "Zephyrine", "familyName": "Quillfeather",
            "dateOfBirth": "2013-05-04", "yearGroup": "8", "enrolledOn": "2024-09-02", "addressProtected": False})

    def propose(self, proposal):
        self.publish("enforcement", "penalty-notice-proposed", PUPIL, {
            "proposal": proposal, "pupil": PUPIL, "school": SCHOOL, "grounds": {
                "metOn": "2026-11-19", "windowFirstWeek": "2026-09-07", "windowLastWeek": "2026-11-16",
                "sessions": [{"date": "2026-11-19", "session": "PM", "code": "O"}], "unresolved": 0,
                "rule": {"id": "national-threshold", "source": "SI 2024/210", "inForceFrom": "2024-08-19"}}})


@pytest.fixture
def notifier(tmp_path):
    world = Notifier(tmp_path)
    yield world
    world.close()


@pytest.fixture
def receiver():
    world = Receiver()
    yield world
    world.close()


def verify_ed25519(public_key, headers, body):
    """The standard's scheme v1a: base64 of Ed25519 over id.timestamp.body, key after `whpk_`."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    entries = [entry.split(",", 1) for entry in headers["webhook-signature"].split(" ")]
    signatures = [base64.b64decode(text) for label, text in entries if label == "v1a"]
    assert signatures
    for signature in signatures:
        key.verify(signature, content)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300


def test_hmac_is_verified_by_the_standards_own_package(notifier, receiver):
    secret = notifier.subscribe(receiver.address)["secret"]
    notifier.enrol()
    notifier.propose("prop1")
    headers, body = receiver.next()
    message = Webhook(secret).verify(body, headers)
    assert message["type"] == PROPOSED and message["level"] == "L2"
    assert message["data"]["familyName"] == "Quillfeather" and "rule" not in message["data"]
    assert message["data"]["sessions"] == [{"date": "2026-11-19", "session": "PM"}]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"2026-11-19", b"2026-11-18"), headers)


def test_during_a_rotation_old_and_new_secret_both_verify(notifier, receiver):
    first = notifier.subscribe(receiver.address)
    second = notifier.call("POST", f"/subscriptions/{first['id']}/keys", {"overlapHours": 1})
    notifier.enrol()
    notifier.propose("prop1")
    headers, body = receiver.next()
    for secret in (first["secret"], second["secret"]):
        Webhook(secret).verify(body, headers)
    third = notifier.call("POST", f"/subscriptions/{first['id']}/keys", {"overlapHours": 0})
    notifier.propose("prop2")
    headers, body = receiver.next()
    Webhook(third["secret"]).verify(body, headers)
    for secret in (first["secret"], second["secret"]):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


def test_ed25519_is_verified_with_the_public_key_alone(notifier, receiver):
    subscription = notifier.subscribe(receiver.address, algorithm="ed25519")
    assert "secret" not in subscription
    notifier.enrol()
    notifier.propose("prop1")
    headers, body = receiver.next()
    verify_ed25519(subscription["publicKey"], headers, body)


def test_a_killed_notifier_sends_again_under_the_same_id_and_loses_nothing(notifier, receiver):
    secret = notifier.subscribe(receiver.address)["secret"]
    notifier.enrol()
    receiver.answers = [503]
    notifier.propose("prop1")
    first, _ = receiver.next()
    notifier.stop(signal.SIGKILL)
    notifier.propose("prop2")
    notifier.start()
    told = []
    while len(told) < 2:
        headers, body = receiver.next()
        Webhook(secret).verify(body, headers)
        if json.loads(body)["data"]["proposal"] == "prop1":
            assert headers["webhook-id"] == first["webhook-id"]
        told.append(json.loads(body)["data"]["proposal"])
    assert told == ["prop1", "prop2"]


def test_a_new_partner_replays_what_was_before_it_and_is_told_no_more_than_it_may(notifier, receiver):
    school = notifier.subscribe(receiver.address)
    notifier.enrol()
    for number in range(3):
        notifier.propose(f"prop{number}")
    for _ in range(3):
        receiver.next()
    partner = notifier.subscribe(
        receiver.address, name="Family support", recipientKind="early-help", scope={"schools": "all"}, level="L1")
    assert partner["secret"] != school["secret"]
    answer = notifier.call("POST", f"/subscriptions/{partner['id']}/replay", {
        "from": "2020-01-01T00:00:00Z", "to": "2190-01-01T00:00:00Z"})
    assert answer == {"queued": 3}
    for _ in range(3):
        headers, body = receiver.next()
        message = Webhook(partner["secret"]).verify(body, headers)
        assert message["type"] == "uk.everyschoolday.notifier.contact-service.v1"
        assert set(message["data"]) == {
            "authority", "contact", "dateOfBirth", "familyName", "givenName", "pupil", "school"}
    log = notifier.call("GET", "/disclosures")["disclosures"]
    assert [entry["result"] for entry in log].count("accepted") == 6


def test_nothing_personal_or_secret_is_in_the_logs(notifier, receiver):
    secret = notifier.subscribe(receiver.address)["secret"]
    receiver.answers = [500]
    notifier.enrol()
    notifier.propose("prop1")
    receiver.next()
    receiver.next()
    assert notifier.stop() == 0
    text = notifier.log()
    assert "not delivered" in text
    for value in ("Zephyrine", "Quillfeather", "2013-05-04", secret.removeprefix("whsec_")):
        assert value not in text
    for path in notifier.folder.glob("notifier.sqlite*"):
        if path.suffix != ".key":
            assert secret.removeprefix("whsec_").encode() not in path.read_bytes()
            assert base64.b64decode(secret.removeprefix("whsec_")) not in path.read_bytes()
