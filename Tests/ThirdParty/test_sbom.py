"""The bill of materials, checked against CycloneDX's own schema and against what is resolved and installed."""

import json
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

TOP = Path(__file__).resolve().parents[2]


def write(*options):
    return subprocess.run([TOP / "bin" / "sbom", *options], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def text():
    return write()


def faults(text):
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


def test_it_is_valid_cyclonedx_and_the_same_each_time(text):
    assert faults(text) is None
    assert write() == text
    stamped = write("--timestamp")
    assert faults(stamped) is None and "serialNumber" in stamped and "serialNumber" not in text


def test_the_validator_finds_faults(text):
    bill = json.loads(text)
    del bill["components"][0]["name"]
    assert faults(json.dumps(bill)) is not None


def test_every_package_is_there_with_version_purl_and_licence(text):
    bill = json.loads(text)
    by_purl = {component["purl"]: component for component in bill["components"]}
    pins = json.loads((TOP / "Package.resolved").read_text())["pins"]
    assert len(pins) > 20
    for pin in pins:
        address = pin["location"].removesuffix(".git").removeprefix("https://")
        component = by_purl[f"pkg:swift/{address}@{pin['state']['version']}"]
        assert component["licenses"], component["name"]
        assert component["properties"] == [{"name": "git:revision", "value": pin["state"]["revision"]}]
    for package in ("librdkafka1", "libsqlite3-0"):
        version = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Version}", package], capture_output=True, text=True, check=True)
        assert [c["version"] for c in bill["components"] if c["name"] == package] == [version.stdout]


def test_every_dependency_leads_to_a_component_and_none_is_forgotten(text):
    bill = json.loads(text)
    root = bill["metadata"]["component"]["bom-ref"]
    refs = {component["bom-ref"] for component in bill["components"]} | {root}
    edges = {entry["ref"]: set(entry.get("dependsOn", ())) for entry in bill["dependencies"]}
    assert set(edges) == refs and set().union(*edges.values()) <= refs
    reached, wanted = set(), [root]
    while wanted:
        ref = wanted.pop()
        if ref not in reached:
            reached.add(ref)
            wanted += edges[ref]
    assert reached == refs, refs - reached


def test_what_the_debian_packages_need_is_there_too_and_nothing_that_is_not_installed(text):
    bill = json.loads(text)
    packages = {component["name"] for component in bill["components"] if component["purl"].startswith("pkg:deb/")}
    assert all(component["version"] for component in bill["components"])
    shown = subprocess.run(["dpkg-query", "--show", "--showformat=${Package}\t${db:Status-Status}\t${Depends}\n"],
                           capture_output=True, text=True, check=True).stdout
    installed = {name: depends for name, status, depends in (line.split("\t") for line in shown.splitlines())
                 if status == "installed"}
    assert packages <= set(installed), packages - set(installed)
    for name in packages:
        needs = {part.split("|")[0].split("(")[0].split(":")[0].strip() for part in installed[name].split(",")}
        assert needs & set(installed) <= packages, (name, needs & set(installed) - packages)
