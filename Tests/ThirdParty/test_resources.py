"""The real programs, short of what they need: room on the disk, files they may open, clients that read. And what they
leave on the disk, and what is said when somebody else has changed it."""

import os
import resource
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest
import requests

from conftest import PROGRAMS, SCHOOL, WAIT, Suite, World, wait_until


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A suite of its own with one school: what is done to it must not trouble other tests."""
    suite = Suite(
        tmp_path_factory.mktemp("short"), EXPORT_IDLE_SECONDS="2", STORE_FREE_WARNING_MEGABYTES="0")
    world = World.__new__(World)
    world.suite, world.registers, world.notifier, world.enforcement = (
        suite, suite.registers, suite.notifier, suite.enforcement)
    world.open(SCHOOL, [world.pupil(number) for number in range(10)])
    yield suite, world
    suite.stop()


def ready(base):
    return requests.get(f"{base}/health/ready", timeout=WAIT)


def alarms(suite, base):
    status = requests.get(f"{base}/status", headers=suite.headers("operator"), timeout=WAIT).json()
    return [alarm["name"] for alarm in status["alarms"]]


def upload(world, day, code="I"):
    rows = "\n".join(f"{world.upn(SCHOOL, index)},{day},AM,{code}" for index in range(10))
    return world.post(f"/schools/{SCHOOL}/marks", f"upn,date,session,code\n{rows}\n".encode(), "text/csv")


def test_nothing_on_the_disk_is_readable_by_others(short):
    suite, world = short
    assert upload(world, "2025-11-03").json()["recorded"] == 10
    files = [path for path in [suite.folder, *suite.folder.rglob("*")] if not path.is_symlink()]
    names = {path.name for path in files}
    assert {"registers.sqlite", "registers.sqlite-wal", "registers.sqlite-shm", "registers.sqlite.lock", "suite.log",
            "registers.spans.jsonl", "880.registers.audit.keys", "880.feed.token", "notifier.sqlite.key"} <= names
    assert [str(path) for path in files if path.stat().st_mode & 0o077] == []
    for pid in [suite.process.pid, *suite.children()]:
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]
        files = next(line.split()[3:5] for line in limits.splitlines() if line.startswith("Max open files"))
        assert int(files[0]) == min(int(files[1]), 65_536)
        assert "Umask:\t0077" in Path(f"/proc/{pid}/status").read_text()


def test_the_memory_of_a_program_is_not_for_others():
    """What the kernel keeps from everybody belongs to root, whoever runs the program."""
    user = 65534 if os.getuid() == 0 else None
    broker = subprocess.Popen(
        [PROGRAMS / "broker", "--topics", "a"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, user=user)
    try:
        assert broker.stdout.readline().startswith("listening")
        assert os.stat(f"/proc/{broker.pid}/environ").st_uid == 0
    finally:
        broker.terminate()
        broker.wait(timeout=WAIT)


def test_a_program_without_the_key_does_not_start(short, tmp_path):
    suite, _ = short
    environment = {
        "AUTHORITY": "880", "STORE_PATH": str(tmp_path / "registers.sqlite"), "HTTP_PORT": "0",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "AUTH_JWKS": str(suite.folder / "keys" / "jwks.json"),
        "AUTH_ISSUER": "https://suite.everyschoolday.invalid", "FEED_REGISTERS": "http://127.0.0.1:1",
        "FEED_ENFORCEMENT": "http://127.0.0.1:1"}
    for program in ("registers", "enforcement", "notifier"):
        for more in ({}, {"AUDIT_KEY_FILE": str(tmp_path / "nowhere")}):
            ended = subprocess.run(
                [PROGRAMS / program], env=environment | more, capture_output=True, text=True, timeout=WAIT)
            assert ended.returncode == 78 and "audit.key.file" in ended.stderr, (program, more, ended.stderr)
            assert not (tmp_path / "registers.sqlite").exists()


def test_unread_exports_end_and_give_up_their_places(short):
    suite, world = short
    days = [f"2025-{month:02d}-{day:02d}" for month, last in ((9, 30), (10, 24), (11, 30), (12, 19))
            for day in range(1, last + 1)]
    for name in range(8):
        world.open(f"10000{name + 2}", [world.pupil(1_000 + 100 * name + index) for index in range(60)])
        rows = [f"{pupil},{day},{session},/" for pupil in
                [world.pupil(1_000 + 100 * name + index)["upn"] for index in range(60)]
                for day in days for session in ("AM", "PM")]
        answer = world.post(f"/schools/10000{name + 2}/marks",
                            ("upn,date,session,code\n" + "\n".join(rows) + "\n").encode(), "text/csv")
        assert answer.status_code == 200, answer.text
    host, port = suite.registers.removeprefix("http://").split(":")
    token = suite.token("manager")

    def export():
        client = socket.socket()
        # Little, so that most of it stays at the program; not so little that the system throws away what comes and both
        # ends wait for each other.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.connect((host, int(port)))
        client.sendall(f"GET /export?table=entries&format=jsonl HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n"
                       "\r\n".encode())
        client.settimeout(WAIT)
        assert client.recv(12) == b"HTTP/1.1 200"
        return client

    def another():
        return requests.get(f"{suite.registers}/export?table=schools&format=csv", timeout=WAIT,
                            headers={"authorization": f"Bearer {token}"})

    unread = [export(), export()]
    busy = another()
    assert busy.status_code == 503 and busy.headers["retry-after"] == "60", busy.text
    # Nothing is read from them: after two seconds each has ended, and its place is free.
    wait_until(lambda: another().status_code == 200, "the places of exports that nobody reads")
    whole = requests.get(f"{suite.registers}/export?table=entries&format=jsonl", timeout=WAIT,
                         headers={"authorization": f"Bearer {token}"})
    for client in unread:
        taken = 0
        while part := client.recv(65_536):
            taken += len(part)
        client.close()
        assert taken < len(whole.content), "an export that was cut off does not end as a whole one"
    world.expect_all_alive()


def test_too_few_descriptors_are_told_and_survived(short):
    suite, world = short
    pid = suite.pid("registers")
    session = requests.Session()
    session.headers.update(suite.headers("operator"))
    assert session.get(f"{suite.registers}/health/ready", timeout=WAIT).status_code == 200
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    taken = len(os.listdir(f"/proc/{pid}/fd"))
    host, port = suite.registers.removeprefix("http://").split(":")
    clients = []
    try:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (taken + 24, before[1]))
        # More than there is room for: those that are too many wait in the system's queue.
        clients = [socket.create_connection((host, int(port)), timeout=WAIT) for _ in range(60)]
        wait_until(lambda: session.get(f"{suite.registers}/health/ready", timeout=WAIT).status_code == 503,
                   "readiness to say that descriptors are short")
        said = session.get(f"{suite.registers}/health/ready", timeout=WAIT).json()
        assert "descriptors" in said["detail"], said
        status = session.get(f"{suite.registers}/status", timeout=WAIT)
        assert "descriptors" in [alarm["name"] for alarm in status.json()["alarms"]], status.text
    finally:
        for client in clients:
            client.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    wait_until(lambda: ready(suite.registers).status_code == 200, "registers to be ready again")
    assert upload(world, "2025-11-04").json()["recorded"] == 10
    assert alarms(suite, suite.registers) == []
    world.expect_all_alive()


def test_a_full_disk_loses_nothing(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=48m,mode=700", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("a disk of one's own can only be made by root")
    try:
        suite = Suite(disk / "state", STORE_FREE_WARNING_MEGABYTES="8")
        world = World.__new__(World)
        world.suite, world.registers, world.notifier, world.enforcement = (
            suite, suite.registers, suite.notifier, suite.enforcement)
        world.open(SCHOOL, [world.pupil(number) for number in range(10)])
        assert upload(world, "2025-11-03").json()["recorded"] == 10
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4_096))
            except OSError:
                pass
        refused = None
        for day in ("2025-11-04", "2025-11-05", "2025-11-06", "2025-11-07"):
            answer = upload(world, day)
            if answer.status_code != 200:
                refused = answer
                break
        assert refused is not None and refused.status_code == 503, refused and refused.text
        assert refused.headers["retry-after"] == "10"
        assert refused.json()["type"].endswith("/storage-unavailable"), refused.text
        wait_until(lambda: ready(suite.registers).status_code == 503, "readiness to say that the disk is full")
        assert "store (disk-full" in ready(suite.registers).json()["detail"]
        wait_until(lambda: "free-space" in requests.get(f"{suite.registers}/metrics", timeout=WAIT).text,
                   "the alarm on free space")
        world.expect_all_alive()

        filler.unlink()
        wait_until(lambda: ready(suite.registers).status_code == 200, "registers to be ready again by itself")
        for day in ("2025-11-04", "2025-11-05", "2025-11-06", "2025-11-07", "2025-11-10"):
            answer = upload(world, day)
            assert answer.status_code == 200 and answer.json()["recorded"] + answer.json()["unchanged"] == 10
        world.expect_all_alive()
        last = world.status(suite.registers)["outboxLast"]
        wait_until(lambda: all(world.status(base)["topics"][0]["lastSequence"] == last
                               for base in (suite.enforcement, suite.notifier)), "every event to be applied")
        store = sqlite3.connect(f"file:{suite.folder}/880/registers.sqlite?mode=ro", uri=True)
        assert store.execute("SELECT count(*) FROM entries").fetchone() == (6,)
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store.close()
        suite.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], capture_output=True)


def test_a_broken_audit_log_fails_the_status_until_it_is_acknowledged(short):
    suite, world = short
    answer = requests.get(f"{suite.registers}/schools/{SCHOOL}/pupils", headers=suite.headers("attendance-officer"),
                          timeout=WAIT)
    assert answer.status_code == 200
    wait_until(lambda: suite.command("status").returncode == 0, "every program to be well")
    assert upload(world, "2025-11-11").json()["recorded"] == 10
    last = world.status(suite.registers)["outboxLast"]
    enforcement = sqlite3.connect(f"file:{suite.folder}/880/enforcement.sqlite?mode=ro", uri=True)
    wait_until(lambda: world.status(suite.enforcement)["topics"][0]["lastSequence"] == last, "enforcement to follow")
    count, head = enforcement.execute("SELECT count, head FROM audit_anchors WHERE topic = '880.registers'").fetchone()
    enforcement.close()
    assert count > 0 and len(head) == 24

    store = sqlite3.connect(suite.folder / "880" / "registers.sqlite", timeout=WAIT)
    store.execute("PRAGMA wal_autocheckpoint = 0")
    held = store.execute("SELECT hash FROM audit_log WHERE number = ?", (count,)).fetchone()[0].hex()
    assert held.startswith(head), "a reader holds where the log stood"
    store.executescript("DROP TRIGGER audit_log_no_delete; DELETE FROM audit_log WHERE number = 2;")
    store.close()

    whole = suite.command("audit")
    assert whole.returncode == 1 and "880.registers" in whole.stdout and "missing-2" in whole.stdout, whole.stdout
    status = suite.command("status")
    assert status.returncode == 1 and "look at: 880.registers" in status.stdout, status.stdout
    assert "alarm audit-chain: missing-2" in status.stdout and "broken: see suite audit" in status.stdout
    # Nothing else is held up.
    assert upload(world, "2025-11-12").json()["recorded"] == 10
    assert ready(suite.registers).status_code == 200
    world.expect_all_alive()

    done = suite.command("audit", "--acknowledge", "Taken out by a test")
    assert done.returncode == 0 and "missing-2, acknowledged by entry" in done.stdout, done.stdout
    assert suite.command("status").returncode == 0, suite.command("status").stdout
