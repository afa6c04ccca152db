"""Prints the filter of the Swift tests that a change touches: every test target that stands on a changed file.

    python3 bin/lib/changed.py [BASE]     BASE is a commit, by default where this branch left main

Prints nothing when no test stands on the change, and `.*` when the change may touch everything.
"""

import json
import subprocess
import sys


def lines(*command: str) -> list[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def changed(base: str) -> set[str]:
    """The changed files, those that are not committed yet among them."""
    tracked = lines("git", "diff", "--name-only", base)
    return set(tracked) | set(lines("git", "ls-files", "--others", "--exclude-standard"))


def touched(files: set[str], targets: list[dict]) -> set[str]:
    """The targets that hold one of the files, and all that depend on one of those."""
    names = {t["name"] for t in targets if any(f.startswith(t["path"].rstrip("/") + "/") for f in files)}
    while True:
        more = {t["name"] for t in targets if names & set(t.get("target_dependencies", []))} - names
        if not more:
            return names
        names |= more


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else lines("git", "merge-base", "HEAD", "origin/main")[0]
    files = changed(base)
    if "Package.swift" in files or any(f.startswith(("bin/", ".ci/")) for f in files):
        print(".*")
        return
    targets = json.loads("\n".join(lines("swift", "package", "describe", "--type", "json")))["targets"]
    tests = {t["name"] for t in targets if t["type"] == "test"} & touched(files, targets)
    # The stories run the programs themselves, on which no test target depends.
    if any(f.startswith(("Services/", "Shared/")) for f in files):
        tests.add("SystemTests")
    # What holds the tree and its documents together stands on every file.
    tests |= {"TidyTests", "ContractTests"} if files else set()
    if tests:
        print(f"^({'|'.join(sorted(tests))})\\.")


if __name__ == "__main__":
    main()
