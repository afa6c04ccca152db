"""The real notifier against receivers that mean harm: it goes on, whatever they answer, and whoever ends it is found."""

import datetime
import json
import signal
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from conftest import wait_until
from standardwebhooks.webhooks import Webhook
from test_standard_webhooks import WAIT, notifier, receiver  # noqa: F401


class RawReceiver:
    """Answers every request on loopback with given bytes, over TLS where it has a context, and says when one came."""

    def __init__(self, answer, context=None):
        self.answer, self.context = answer, context
        self.arrived = threading.Semaphore(0)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        scheme = "https" if context else "http"
        self.address = f"{scheme}://127.0.0.1:{self.listener.getsockname()[1]}/hook"
        self.held = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.take, args=(connection,), daemon=True).start()

    def take(self, connection):
        self.held.append(connection)
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            received = b""
            while b"}" not in received:
                part = connection.recv(65536)
                if not part:
                    return
                received += part
            if self.answer is not None:
                connection.sendall(self.answer)
        except OSError:
            pass
        finally:
            self.arrived.release()

    def next(self):
        assert self.arrived.acquire(timeout=WAIT), "no request came"

    def close(self):
        self.listener.close()
        for connection in self.held:
            connection.close()


@pytest.fixture
def raw():
    made = []

    def make(answer, context=None):
        made.append(RawReceiver(answer, context))
        return made[-1]

    yield make
    for one in made:
        one.close()


LOW = [b"HTTP/1.1 %03d X\r\n%s" % (status, rest)
       for status in (0, 1, 42, 99)
       for rest in (b"content-length: 5\r\n\r\nhello", b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    b"content-length: 0\r\n\r\n", b"\r\n")]
HOSTILE = LOW + [
    b"HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nraw", b"HTTP/1.1 100 X\r\n\r\n" * 1000,
    b"HTTP/1.1 600 X\r\ncontent-length: 0\r\n\r\n", b"rubbish", b"\x00" * 4096,
    b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 500 + b"\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
]
READABLE = [
    (b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", "status-302"),
    (b"HTTP/1.1 304 X\r\ncontent-length: 5\r\n\r\nhello", "status-304"),
    (b"HTTP/1.1 204 X\r\ncontent-length: 5\r\n\r\nhello", "accepted"),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nx", "accepted"),
    (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 042 X\r\ncontent-length: 5\r\n\r\nhello", "accepted"),
]


def test_no_answer_ends_the_notifier(notifier, receiver, raw):
    """Every message goes to all of them at once; the good receiver has it all the same."""
    good = notifier.subscribe(receiver.address)
    wanted = {}
    for answer in HOSTILE:
        wanted[notifier.subscribe(raw(answer).address)["id"]] = "invalid-answer"
    for answer, result in READABLE:
        wanted[notifier.subscribe(raw(answer).address)["id"]] = result
    notifier.enrol()
    notifier.propose("prop1")
    headers, body = receiver.next()
    Webhook(good["secret"]).verify(body, headers)
    results = {}
    while set(wanted) - set(results):
        for entry in notifier.call("GET", "/disclosures")["disclosures"]:
            results.setdefault(entry["subscription"], entry["result"])
        assert notifier.process.poll() is None, "the notifier has ended: " + notifier.log()[-2000:]
    assert {id: results[id] for id in wanted} == wanted
    notifier.propose("prop2")
    headers, body = receiver.next()
    assert json.loads(body)["data"]["proposal"] == "prop2"
    assert notifier.stop() == 0


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    path = folder / "receiver.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_receiver_is_tested_and_its_tls_must_be_good(notifier, receiver, raw, tmp_path):
    good = notifier.subscribe(receiver.address)
    answer = notifier.call("POST", f"/subscriptions/{good['id']}/test", role="operator")
    headers, body = receiver.next()
    message = Webhook(good["secret"]).verify(body, headers)
    assert message["type"] == "uk.everyschoolday.notifier.test.v1"
    assert message["data"] == {"authority": "880", "subscription": good["id"]}
    assert answer["outcome"] == "accepted" and answer["message"] == headers["webhook-id"]
    plain = raw(b"HTTP/1.1 204 X\r\n\r\n")
    for address in (raw(b"HTTP/1.1 204 X\r\n\r\n", self_signed(tmp_path)).address,
                    plain.address.replace("http:", "https:")):
        bad = notifier.subscribe(address)
        answer = notifier.call("POST", f"/subscriptions/{bad['id']}/test")
        assert answer["outcome"] == "unreachable" and "TLS" in answer["explanation"], answer
    assert notifier.stop() == 0


def test_a_receiver_under_which_the_notifier_dies_twice_is_suspended(notifier, receiver, raw):
    silent = raw(None)
    suspect = notifier.subscribe(silent.address)
    notifier.enrol()
    notifier.propose("prop1")
    silent.next()
    notifier.stop(signal.SIGKILL)

    # It is tried again after the pause, not at the start; the clock is moved over the pause by the third start.
    notifier.start()
    one = notifier.call("GET", f"/subscriptions/{suspect['id']}", role="operator")
    assert one["status"] == "active" and one["waiting"] == 1
    notifier.stop(signal.SIGTERM)
    notifier.start(CLOCK_OFFSET_SECONDS="60")
    silent.next()
    notifier.stop(signal.SIGKILL)

    # While delivery is off an operator reads who it was.
    notifier.start(CLOCK_OFFSET_SECONDS="120", WEBHOOK_DELIVERY="false")
    wait_until(lambda: notifier.call("GET", f"/subscriptions/{suspect['id']}", role="operator")["status"] != "active",
               "the suspension")
    notifier.stop(signal.SIGTERM)
    notifier.start(CLOCK_OFFSET_SECONDS="120")
    good = notifier.subscribe(receiver.address)
    notifier.propose("prop2")
    headers, body = receiver.next()
    assert json.loads(body)["data"]["proposal"] == "prop2"
    one = notifier.call("GET", f"/subscriptions/{suspect['id']}", role="operator")
    assert one["status"] == "suspended" and one["suspendedFor"] == "program-ended", one
    assert "twice" in one["explanation"]
    log = notifier.call("GET", f"/disclosures?subscription={suspect['id']}")["disclosures"]
    assert [entry["result"] for entry in log] == ["interrupted", "interrupted"]
    assert good["id"] != suspect["id"]

    # ... and deletes it.
    notifier.stop(signal.SIGTERM)
    notifier.start(CLOCK_OFFSET_SECONDS="120", WEBHOOK_DELIVERY="false")
    notifier.call("DELETE", f"/subscriptions/{suspect['id']}", role="operator")
    left = notifier.call("GET", "/subscriptions", role="operator")["subscriptions"]
    assert [one["id"] for one in left] == [good["id"]]
    notifier.propose("prop3")
    notifier.wait_for("enforcement")
    assert notifier.call("GET", f"/subscriptions/{good['id']}")["waiting"] == 1
    notifier.stop(signal.SIGTERM)
    notifier.start(CLOCK_OFFSET_SECONDS="120")
    assert json.loads(receiver.next()[1])["data"]["proposal"] == "prop3"
