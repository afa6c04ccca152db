"""The scripts of `compose/` that run on a server: backup, the renewal of tokens, the health check."""

import contextlib
import http.server
import json
import os
import sqlite3
import ssl
import subprocess
import threading
from pathlib import Path
from urllib.parse import parse_qs

import pytest

TOP = Path(__file__).resolve().parents[2]
COMPOSE = TOP / "compose"
NAMES = [program["name"] for program in json.loads((COMPOSE / "programs.json").read_text())["programs"]]


@pytest.fixture
def server(tmp_path):
    """A server with a store of each program, and a `docker` that notes what it is called with."""
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text('#!/bin/bash\necho "$@" >>"$NOTES"\n')
    docker.chmod(0o755)
    for name in NAMES:
        folder = tmp_path / "state" / "880" / name
        folder.mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(folder / f"{name}.sqlite")) as store:
            store.executescript(f"PRAGMA journal_mode=WAL; CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('{name}')")
    variables = tmp_path / "880.env"
    variables.write_text(f"AUTHORITY=880\nLETTERS_SENDER=A;B C\nSTATE={tmp_path}/state\nBACKUPS={tmp_path}/backups\nBACKUP_DAYS=2\n")
    environment = os.environ | {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "NOTES": str(tmp_path / "notes")}

    def run():
        answer = subprocess.run([COMPOSE / "backup" / "backup.sh", variables], env=environment, capture_output=True, text=True)
        said = [line.split("--profile authority ")[1].split() for line in (tmp_path / "notes").read_text().splitlines()]
        return answer, said
    return tmp_path, run


def test_a_backup_has_every_store_as_at_one_moment(server):
    folder, run = server
    old = folder / "backups" / "880" / "2020-01-01T000000Z"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    answer, said = run()
    assert answer.returncode == 0, answer.stderr
    assert [words[0] for words in said] == ["pause", "unpause"] and sorted(said[0][1:]) == sorted(NAMES) == sorted(said[1][1:])
    (copy,) = (folder / "backups" / "880").iterdir()
    assert copy != old
    for name in NAMES:
        with contextlib.closing(sqlite3.connect(copy / f"{name}.sqlite")) as store:
            assert store.execute("SELECT name FROM t").fetchall() == [(name,)]
        assert (copy / f"{name}.sqlite").stat().st_mode & 0o077 == 0
    assert copy.stat().st_mode & 0o077 == 0
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=copy, check=True)


def test_a_backup_that_fails_leaves_nothing_and_lets_the_programs_go_on(server):
    folder, run = server
    (folder / "state" / "880" / "casework" / "casework.sqlite").write_bytes(b"not a store at all" * 100)
    answer, said = run()
    assert answer.returncode != 0
    assert [words[0] for words in said] == ["pause", "unpause"]
    assert list((folder / "backups" / "880").iterdir()) == []


@pytest.fixture
def issuer(tmp_path):
    """An issuer of tokens over https."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "ca.pem"],
                   check=True, capture_output=True)
    asked, answers = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))
            status, body = answers.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "secret").write_text("a&b=c d")
    environment = os.environ | {
        "TOKEN_FILE": str(tmp_path / "feed.token"), "TOKEN_SECRET_FILE": str(tmp_path / "secret"),
        "TOKEN_URL": f"https://localhost:{server.server_port}/token", "TOKEN_CLIENT": "esd", "TOKEN_SCOPE": "api/.default",
        "TOKEN_SECONDS": "1200", "TOKEN_CURL": f"--cacert {tmp_path}/ca.pem"}

    def run(word):
        return subprocess.run(["sh", COMPOSE / "tokens" / "renew.sh", word], env=environment, capture_output=True, text=True)
    yield tmp_path / "feed.token", asked, answers, run
    server.shutdown()


def test_a_token_is_renewed_whole_and_the_old_one_stays_when_it_cannot_be(issuer):
    token, asked, answers, run = issuer
    assert run("check").returncode == 1
    answers.append((200, '{"token_type":"Bearer","expires_in":3599,"access_token":"aaa.bbb-_.ccc"}'))
    answer = run("once")
    assert answer.returncode == 0, answer.stderr
    assert token.read_text() == "aaa.bbb-_.ccc" and token.stat().st_mode & 0o077 == 0
    assert asked[0] == {"grant_type": ["client_credentials"], "client_id": ["esd"], "client_secret": ["a&b=c d"],
                        "scope": ["api/.default"]}
    assert run("check").returncode == 0
    for wrong in ((401, "{}"), (200, '{"error":"x"}'), (200, "")):
        answers.append(wrong)
        assert run("once").returncode == 1
        assert token.read_text() == "aaa.bbb-_.ccc"
    os.utime(token, (0, 0))
    assert run("check").returncode == 1, "a token that was not renewed for an hour"


def test_the_health_check_says_what_a_program_says(suite):
    port = suite.registers.rsplit(":", 1)[1]

    def healthy(*words, port=port):
        return subprocess.run([COMPOSE / "healthy", *words], env=os.environ | {"HTTP_PORT": port}, capture_output=True, text=True)
    assert healthy().returncode == 0
    ready = healthy("ready")
    assert ready.returncode == 0 and '"status":"ready"' in ready.stdout
    assert healthy("nothing").returncode == 1
    assert healthy(port="1").returncode == 1
