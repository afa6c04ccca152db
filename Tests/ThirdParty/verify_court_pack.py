"""Verifies a court pack without this project's code: python verify_court_pack.py PACK KEYS

PACK is the file, KEYS the published JSON Web Key set. Of other people's code it needs `cryptography` alone."""

import base64
import hashlib
import json
import struct
import sys
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def read_parts(data):
    """The names and contents in the order of the file; anything that cannot be read ends them."""
    parts, at = [], 0
    while data[at:at + 4] == b"PK\x03\x04" and len(data) >= at + 30:
        size, name_size = struct.unpack_from("<I", data, at + 18)[0], struct.unpack_from("<H", data, at + 26)[0]
        start = at + 30 + name_size
        parts.append((data[at + 30:start].decode("ascii", "replace"), data[start:start + size]))
        at = start + size
    return parts


def write_pack(parts):
    """The one form that a pack has: a ZIP without compression, without times."""
    body, directory = b"", b""
    for name, content in parts:
        facts = struct.pack("<HHHHIII", 0, 0, 0, 0x21, zlib.crc32(content), len(content), len(content))
        directory += struct.pack("<IHH", 0x02014B50, 20, 20) + facts + struct.pack("<H", len(name)) + bytes(12)
        directory += struct.pack("<I", len(body)) + name.encode()
        body += struct.pack("<IH", 0x04034B50, 20) + facts + struct.pack("<HH", len(name), 0) + name.encode() + content
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return body + directory + end


def is_signed(key, signature, data):
    try:
        Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=")).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def faults(data, keys):
    """What does not match; empty for a sound pack. Nothing of the manifest is read before a key has vouched for it."""
    parts = read_parts(data)
    if [name for name, _ in parts[:2]] != ["manifest.json", "manifest.sig"]:
        return ["it does not begin with a manifest and its signature"]
    key = next((key for key in keys["keys"] if is_signed(key, parts[1][1], parts[0][1])), None)
    if key is None:
        return ["the manifest is not what a published key signed"]
    manifest = json.loads(parts[0][1])
    if key["kid"] != manifest["key"] or not key["firstDay"] <= manifest["day"] <= key.get("lastDay", "9999"):
        return ["the key did not sign on the manifest's day"]
    stated = [(part["name"], part["bytes"], part["sha256"]) for part in manifest["parts"]]
    found = [(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in parts[2:]]
    wrong = [f"{name} does not match" for name, *_ in sorted(set(stated) ^ set(found))]
    return wrong or ([] if stated == found and write_pack(parts) == data else ["the order or the container differs"])


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as pack, open(sys.argv[2], "rb") as keys:
        FOUND = faults(pack.read(), json.load(keys))
    print("\n".join(FOUND) or "sound")
    sys.exit(bool(FOUND))
