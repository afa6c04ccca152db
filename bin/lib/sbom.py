"""The software bill of materials; see bin/sbom."""

import argparse
import datetime
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import quote

TOP = Path(__file__).resolve().parents[2]
# What the programs link or start: everything else follows from what these depend on.
DEBIAN = ["librdkafka1", "libsqlite3-0", "libstdc++6", "weasyprint", "qrencode", "fonts-dejavu-core"]
LICENCES = [  # A phrase of the text, and its SPDX expression; the first that is found.
    ("Runtime Library Exception", "Apache-2.0 WITH Swift-exception"),
    ("Apache License", "Apache-2.0"),
    ("Permission is hereby granted, free of charge", "MIT"),
    ("Redistribution and use in source and binary forms", "BSD-3-Clause"),
]


def run(*command):
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True).stdout.strip()


def licence(checkout):
    for name in sorted(checkout.glob("LICEN[CS]E*")):
        text = name.read_text(errors="replace")
        for phrase, expression in LICENCES:
            if phrase in text:
                return [{"expression": expression}] if " WITH " in expression else [{"license": {"id": expression}}]
    return []


def without_suffix(address):
    return address.removesuffix(".git")


def swift_packages():
    """The components by identity, and which depends on which."""
    components = {}
    for pin in json.loads((TOP / "Package.resolved").read_text())["pins"]:
        address = without_suffix(pin["location"])
        host, owner, name = re.fullmatch(r"https://([^/]+)/([^/]+)/([^/]+)", address).groups()
        version = pin["state"].get("version") or pin["state"]["revision"]
        purl = f"pkg:swift/{host}/{owner}/{name}@{version}"
        component = {
            "type": "library", "bom-ref": purl, "group": owner, "name": name, "version": version, "purl": purl,
            "externalReferences": [{"type": "vcs", "url": address}],
            "properties": [{"name": "git:revision", "value": pin["state"]["revision"]}],
        }
        found = licence(TOP / ".build" / "checkouts" / name)
        if found:
            component["licenses"] = found
        components[pin["identity"].lower()] = component
    edges = {}

    def walk(package):
        inner = {child["identity"].lower() for child in package["dependencies"]}
        edges.setdefault(package["identity"].lower(), set()).update(inner)
        for child in package["dependencies"]:
            walk(child)

    tree = json.loads(run("swift", "package", "--force-resolved-versions", "show-dependencies", "--format", "json"))
    direct = {child["identity"].lower() for child in tree["dependencies"]}
    for child in tree["dependencies"]:
        walk(child)
    return components, edges, direct


def names_of(field):
    """The alternatives of each part of a dependency field, without versions and architectures."""
    parts = [part for part in field.split(",") if part.strip()]
    return [[re.split(r"[\s(:]", name.strip())[0] for name in part.split("|")] for part in parts]


def installed_packages():
    """By name the version, architecture and dependencies of each; and who provides each name."""
    installed, providers = {}, {}
    # The name is last: a line's end must not be white space.
    fields = "\t".join("${%s}" % field for field in (
        "db:Status-Status", "Version", "Architecture", "Pre-Depends", "Depends", "Provides", "Package"))
    for line in run("dpkg-query", "--show", "--showformat=" + fields + "\n").splitlines():
        status, version, architecture, before, depends, provides, name = line.split("\t")
        if status == "installed":
            installed[name] = (version, architecture, names_of(before) + names_of(depends))
            for names in names_of(provides):
                providers.setdefault(names[0], name)
    return installed, providers | {name: name for name in installed}


def debian_packages():
    """The packages that are installed here, with what they depend on."""
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    distribution = release["ID"].strip('"') + "-" + release["VERSION_ID"].strip('"')
    installed, providers = installed_packages()
    packages, edges, wanted = {}, {}, list(DEBIAN)
    while wanted:
        name = wanted.pop()
        if name in packages:
            continue
        if name not in installed:
            sys.exit(f"the package {name} is not installed")
        version, architecture, depends = installed[name]
        purl = (f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='.-~')}"
                f"?arch={architecture}&distro={distribution}")
        packages[name] = {
            "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
        }
        # Of alternatives, the first that is installed or that something installed stands for.
        edges[name] = {providers[found[0]] for part in depends
                       if (found := [other for other in part if other in providers])}
        wanted += sorted(edges[name])
    return packages, {name: inner & set(packages) for name, inner in edges.items()}


def swift_runtime():
    version = re.search(r"Swift version (\S+)", run("swift", "--version"))[1]
    purl = f"pkg:github/swiftlang/swift@swift-{version}-RELEASE"
    return {
        "type": "framework", "bom-ref": purl, "group": "swiftlang", "name": "swift", "version": version, "purl": purl,
        "licenses": [{"expression": "Apache-2.0 WITH Swift-exception"}],
    }


def project():
    try:
        version = run("git", "rev-parse", "--short=12", "HEAD")
    except subprocess.CalledProcessError:
        version = "unversioned"
    return {"type": "application", "bom-ref": "every-school-day", "name": "Every School Day", "version": version}


def bill(with_timestamp):
    root, runtime = project(), swift_runtime()
    swift, swift_edges, direct = swift_packages()
    debian, debian_edges = debian_packages()
    edges = {root["bom-ref"]: {swift[name]["bom-ref"] for name in direct} | {runtime["bom-ref"]}
             | {debian[name]["bom-ref"] for name in DEBIAN}, runtime["bom-ref"]: set()}
    for components, inner in ((swift, swift_edges), (debian, debian_edges)):
        for name, component in components.items():
            edges[component["bom-ref"]] = {
                components[other]["bom-ref"] for other in inner.get(name, ()) if other in components}
    components = [runtime, *swift.values(), *debian.values()]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "version": 1, "metadata": {"component": root},
        "components": sorted(components, key=lambda component: component["bom-ref"]),
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(inner)} if inner else {"ref": ref} for ref, inner in sorted(edges.items())],
    }
    if with_timestamp:
        document["serialNumber"] = uuid.uuid4().urn
        document["metadata"]["timestamp"] = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return document


def main():
    parser = argparse.ArgumentParser(prog="bin/sbom", description="Writes the software bill of materials.")
    parser.add_argument("--timestamp", action="store_true", help="add the moment and a serial number")
    print(json.dumps(bill(parser.parse_args().timestamp), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
