"""A court pack made by the real program, verified by `suite verify-pack` and by somebody else's code, which must agree on
the pack and on every change of it."""

import base64
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile

import pytest
import requests

from conftest import PROGRAMS, SCHOOL, WAIT, wait_until
from verify_court_pack import faults, read_parts, write_pack

DAY = "2025-11-03"
DOCUMENTS = [("order-request", "legal", ["defendant", "child", "reasons"]), ("programme", "officer", ["date"]),
             ("family-circumstances", "officer", [])]


def contents(world):
    """A request for a parenting order, complete; the smallest pack that there is."""
    return {
        "route": "parenting-order", "matter": "prosecution-1", "person": "parent-1", "caseOfficer": "u-officer",
        "circumstances": ["child-under-16"], "stated": {}, "letters": [],
        "register": [{"date": DAY, "session": session, "code": code}
                     for session, code in (("AM", "O"), ("PM", "\\"))],
        "charged": [{"date": DAY, "session": "AM"}],
        "parts": [{"document": document, "name": f"{document}.txt", "mediaType": "text/plain", "maker": maker,
                   "madeBy": f"u-{maker}", "madeOn": DAY, "contents": held,
                   "base64": base64.b64encode(f"Made-up {document}".encode()).decode()}
                  for document, maker, held in DOCUMENTS]}


def call(world, method, path, role, body=None, status=200):
    """What enforcement answers."""
    answer = requests.request(
        method, world.enforcement + path, json=body, timeout=WAIT,
        headers=world.suite.headers(role, media="application/json" if body is not None else None))
    assert answer.status_code == status, answer.text
    return answer


def make(world, held, index=0):
    """A pack about a pupil, put together, reviewed by two people and signed."""
    pupil = world.ids[world.upn(SCHOOL, index)]
    begun = call(world, "POST", "/court-packs", "legal-officer", {
        "pupil": pupil, "school": SCHOOL, "reason": "Convicted", "contents": held}, 201).json()
    assert begun["gaps"] == [] and begun["state"] == "assembling"
    base = f"/court-packs/{begun['id']}"
    call(world, "POST", f"{base}/acts", "attendance-officer", {"act": "review", "reason": "Complete"})
    call(world, "POST", f"{base}/second", "legal-officer", {"agrees": True})
    call(world, "POST", f"{base}/acts", "legal-officer", {"act": "sign", "reason": "Ready"})
    return begun["number"], base


@pytest.fixture(scope="module")
def pack(world):
    """The file and the keys as the program gives them."""
    number, base = make(world, contents(world))
    file = call(world, "GET", f"{base}/file", "legal-officer")
    assert file.headers["content-type"] == "application/zip"
    assert f"{number}.zip" in file.headers["content-disposition"]
    assert call(world, "GET", f"{base}/file", "manager").content == file.content
    # Whoever has a pack needs no token for the keys.
    keys = requests.get(f"{world.enforcement}/keys/court-packs", timeout=WAIT)
    assert keys.status_code == 200
    return file.content, keys.json()


def verify(tmp_path, data, keys):
    """What the program's own command says: its exit code and its lines."""
    (tmp_path / "pack.zip").write_bytes(data)
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    # Nothing but the two files: no state folder, no network, no environment.
    ended = subprocess.run(
        [PROGRAMS / "suite", "verify-pack", "pack.zip", "--key", "keys.json"], cwd=tmp_path, env={},
        capture_output=True, text=True, timeout=WAIT)
    return ended.returncode, ended.stdout.splitlines()


def both_refuse(tmp_path, data, keys, line):
    code, lines = verify(tmp_path, data, keys)
    assert code == 1 and line in lines and lines[-1] == "not sound", lines
    assert faults(data, keys) != []


def test_a_pack_of_the_program_is_sound_to_everybody(pack, tmp_path):
    data, keys = pack
    assert faults(data, keys) == []
    code, lines = verify(tmp_path, data, keys)
    assert code == 0 and lines[-1] == "sound" and "parenting-order" in lines[0], lines
    script = [str(PROGRAMS.parents[1] / "Tests" / "ThirdParty" / "verify_court_pack.py"), "pack.zip", "keys.json"]
    ended = subprocess.run([sys.executable, *script], cwd=tmp_path, capture_output=True, text=True, timeout=WAIT)
    assert (ended.returncode, ended.stdout) == (0, "sound\n"), ended.stderr


def test_anybody_can_open_it(pack):
    with zipfile.ZipFile(io.BytesIO(pack[0])) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:4] == ["manifest.json", "manifest.sig", "register.csv", "figures.csv"]
        assert archive.read("order-request.txt") == b"Made-up order-request"
        lines = archive.read("figures.csv").decode().splitlines()
        assert f"charged,1,{DAY},AM,O" in lines and "authorised,0,,," in lines
        for line in lines[1:]:
            name, value = line.split(",")[:2]
            assert sum(other.startswith(f"{name},") and other.split(",")[2] != "" for other in lines) == int(value)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_alone_is_enough_for_the_signature(pack, tmp_path):
    data, keys = pack
    parts = dict(read_parts(data))
    public = bytes.fromhex("302a300506032b6570032100") + base64.urlsafe_b64decode(keys["keys"][0]["x"] + "=")
    (tmp_path / "key.der").write_bytes(public)
    (tmp_path / "manifest.json").write_bytes(parts["manifest.json"])
    (tmp_path / "manifest.sig").write_bytes(parts["manifest.sig"])
    ended = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in",
         "manifest.json", "-sigfile", "manifest.sig"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_changed_byte_in_each_part_is_named(pack, tmp_path):
    data, keys = pack
    parts = read_parts(data)
    for index, (name, content) in enumerate(parts):
        changed = parts.copy()
        changed[index] = (name, bytes([content[0] ^ 1]) + content[1:])
        is_signed = name in ("manifest.json", "manifest.sig")
        both_refuse(
            tmp_path, write_pack(changed), keys, "manifest.json is not what the published keys signed." if is_signed
            else f"{name} was changed: its SHA-256 is not that of the manifest.")


def test_parts_left_out_put_in_and_moved_are_named(pack, tmp_path):
    data, keys = pack
    parts = read_parts(data)
    both_refuse(tmp_path, write_pack(parts[:-1]), keys, f"{parts[-1][0]} is missing.")
    both_refuse(tmp_path, write_pack(parts + [("more.txt", b"More")]), keys, "more.txt is not part of the pack.")
    both_refuse(tmp_path, write_pack(parts + parts[-1:]), keys, f"{parts[-1][0]} is there more than once.")
    moved = parts[:-2] + [parts[-1], parts[-2]]
    both_refuse(
        tmp_path, write_pack(moved), keys, f"Part {len(parts) - 3} is {parts[-1][0]} and should be {parts[-2][0]}.")


def test_a_changed_manifest_and_a_wrong_key_are_refused(pack, tmp_path):
    data, keys = pack
    parts = read_parts(data)
    manifest = json.loads(parts[0][1]) | {"number": "880-CP-2627-999999-X"}
    changed = [("manifest.json", json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()), *parts[1:]]
    both_refuse(tmp_path, write_pack(changed), keys, "manifest.json is not what the published keys signed.")
    # Key 3 of RFC 8037's appendix A is somebody else's.
    other = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "firstDay": "2020-01-01",
             "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    named = json.loads(parts[0][1])["key"]
    both_refuse(
        tmp_path, data, {"keys": [other]},
        f"manifest.json names the key {named}, which is not among the published keys.")
    late = {"keys": [keys["keys"][0] | {"firstDay": "2099-01-01"}]}
    both_refuse(tmp_path, data, late, f"The key {named} did not sign on {json.loads(parts[0][1])['day']}.")


def test_a_pack_cut_short_or_longer_is_refused(pack, tmp_path):
    data, keys = pack
    both_refuse(tmp_path, data[:-1], keys, f"The file ends at byte {len(data) - 1}, before the end of the pack.")
    both_refuse(
        tmp_path, data + b"\0", keys, f"There are bytes behind the end of the pack, from byte {len(data)} on.")


def test_both_agree_on_random_changes(pack, tmp_path):
    data, keys = pack
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    generator = random.Random(seed)
    for number in range(2_000):
        changed = bytearray(data)
        changed[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
        assert faults(bytes(changed), keys) != [], number
        if number < 40:
            assert verify(tmp_path, bytes(changed), keys)[0] == 1, number


def test_scans_go_in_and_what_no_pack_has_is_refused(world, tmp_path):
    """Documents of some megabytes are taken; a body of more values than any pack has, and a part too large, are not."""
    held = contents(world)
    scan = {**held["parts"][0], "document": "exhibit", "name": "scan.pdf", "mediaType": "application/pdf"}
    held["parts"].append(scan | {"base64": base64.b64encode(random.randbytes(5 << 20)).decode()})
    number, base = make(world, held, 2)
    data = call(world, "GET", f"{base}/file", "manager").content
    keys = requests.get(f"{world.enforcement}/keys/court-packs", timeout=WAIT).json()
    assert len(data) > 5 << 20 and faults(data, keys) == []
    code, lines = verify(tmp_path, data, keys)
    assert code == 0 and number in lines[0], lines

    def begin(body):
        return requests.post(
            f"{world.enforcement}/court-packs", headers=world.suite.headers("legal-officer"), timeout=WAIT, json={
                "pupil": world.ids[world.upn(SCHOOL, 2)], "school": SCHOOL, "reason": "Convicted", "contents": body})

    large = held | {"parts": [scan | {"base64": base64.b64encode(bytes((8 << 20) + 1)).decode()}]}
    answer = begin(large)
    world.expect_problem(answer, {422})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/parts/0/bytes"]
    world.expect_problem(begin(held | {"charged": [{"date": DAY, "session": "AM"}] * 20_000}), {400, 413, 422})


def test_an_amendment_in_the_register_freezes_the_pack(world, tmp_path):
    """Nothing is withdrawn: the file is what it was, an alarm is raised, and a person decides."""
    day, session = world.fresh_sessions(1)[0]
    marks = f"upn,date,session,code\n{world.upn(SCHOOL, 1)},{day},{session},O\n"
    assert world.post(f"/schools/{SCHOOL}/marks", marks.encode(), "text/csv").json()["recorded"] == 1
    held = contents(world) | {
        "register": [{"date": day, "session": session, "code": "O"}],
        "charged": [{"date": day, "session": session}]}
    number, base = make(world, held, 1)
    before = call(world, "GET", f"{base}/file", "manager").content
    amended = requests.post(
        f"{world.registers}/schools/{SCHOOL}/amendments", headers=world.suite.headers("school", [SCHOOL]), timeout=WAIT,
        json={"pupil": world.ids[world.upn(SCHOOL, 1)], "date": day, "session": session, "code": "I",
              "reason": "The parent rang"})
    assert amended.status_code in (200, 201), amended.text

    def state():
        return call(world, "GET", base, "manager").json()["summary"]["state"]

    wait_until(lambda: state() == "frozen", "the pack to freeze")
    alarms = {alarm["name"]: alarm["detail"] for alarm in world.status(world.enforcement)["alarms"]}
    assert number in alarms["court-packs-frozen"]
    assert call(world, "GET", f"{base}/file", "manager").content == before
    keys = requests.get(f"{world.enforcement}/keys/court-packs", timeout=WAIT).json()
    assert verify(tmp_path, before, keys)[0] == 0
    tasks = call(world, "GET", base, "manager").json()["tasks"]
    assert "Decide about the amended sessions" in [task["title"] for task in tasks]
    call(world, "POST", f"{base}/acts", "legal-officer", {"act": "replace", "reason": "Charge less"})
    wait_until(lambda: "court-packs-frozen" not in [
        alarm["name"] for alarm in world.status(world.enforcement)["alarms"]], "the alarm to end")
