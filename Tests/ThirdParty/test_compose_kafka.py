"""The scripts of `compose/kafka` with stand-ins for Kafka's tools: what they are called with, and what is made of the answers."""

import os
import re
import subprocess

import pytest
from test_compose import COMPOSE, NAMES, expected_rights, prepared  # noqa: F401

FAKE = """#!/bin/bash
# Stands for a tool of Kafka: notes what it is called with, and answers what was made as the tool does.
printf '%s' "$(basename "$0")" >>"$NOTES"
printf ' %s' "$@" >>"$NOTES"
echo >>"$NOTES"
for word in "$@"; do case $before in --add-config-file) sed 's/^/file: /' "$word" >>"$NOTES" ;; esac; before=$word; done
case "$(basename "$0") $*" in
  *"kafka-topics.sh"*--describe*) echo "Topic: x	PartitionCount: ${PARTITIONS:-1}	ReplicationFactor: 3" ;;
  *"kafka-acls.sh"*--list*) python3 "$ANSWER" "$NOTES" "$@" ;;
esac
"""

ANSWER = """
import re, sys
notes, words = open(sys.argv[1]).read(), sys.argv[2:]
user = words[words.index("--principal") + 1]
held = {}
for line in notes.splitlines():
    if line.startswith("kafka-acls.sh") and f"--allow-principal {user} " in line:
        kind, name = re.search(r"--(topic|group) (\\S+)", line).groups()
        operations = re.findall(r"--operation (\\S+)", line)
        for operation in operations:
            (held.setdefault((kind, name), set()).add if " --add " in line
             else held.setdefault((kind, name), set()).discard)(operation.upper())
if user == "User:880.cme":
    held.setdefault(("topic", "880.enforcement"), set()).add("READ")
for (kind, name), operations in held.items():
    print(f"Current ACLs for resource `ResourcePattern(resourceType={kind.upper()}, name={name}, patternType=LITERAL)`:")
    for operation in operations:
        print(f" \\t(principal={user}, host=*, operation={operation}, permissionType=ALLOW)")
"""


@pytest.fixture
def kafka_tools(tmp_path, prepared):  # noqa: F811
    """The job `kafka-setup` with tools that note what they are called with."""
    folder, _ = prepared
    (tmp_path / "bin").mkdir()
    for name in ("kafka-topics.sh", "kafka-configs.sh", "kafka-acls.sh", "kafka-storage.sh", "kafka-server-start.sh"):
        (tmp_path / "bin" / name).write_text(FAKE)
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "answer.py").write_text(ANSWER)
    environment = os.environ | {
        "KAFKA_HOME": str(tmp_path), "NOTES": str(tmp_path / "notes"), "ANSWER": str(tmp_path / "answer.py"),
        "USERS_FOLDER": str(folder / "secrets"), "KAFKA_PASSWORD_FILE": str(folder / "secrets" / "kafka-password"),
        "KAFKA_SERVERS": "kafka-1:9093", "REPLICAS": "3"}

    def run(script, *arguments, **more):
        answer = subprocess.run([COMPOSE / "kafka" / script, *map(str, arguments)], env=environment | more,
                                capture_output=True, text=True)
        return answer, (tmp_path / "notes").read_text().splitlines()
    return folder, run


def test_the_job_makes_what_is_planned_takes_what_is_not_and_verifies(kafka_tools):
    folder, run = kafka_tools
    answer, notes = run("setup.sh", folder / "state" / "plan" / "880")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[-1] == "topics, users and rights are as planned"
    made = [line for line in notes if line.startswith("kafka-topics.sh") and "--create" in line]
    assert len(made) == len(NAMES) + 1 and all("--partitions 1 --replication-factor 3" in line for line in made)
    assert sum("retention.ms=604800000,min.insync.replicas=2,unclean.leader.election.enable=false" in line
               for line in notes) == len(NAMES)
    assert sum("retention.ms=2592000000" in line for line in notes) == 1
    given = {}
    for line in notes:
        if line.startswith("kafka-acls.sh") and "--add" in line:
            kind, place = re.search(r"--(topic|group) (\S+)", line).groups()
            user = re.search(r"--allow-principal User:(\S+)", line)[1]
            given.setdefault(user, set()).update((f"{kind} {place}", right) for right in re.findall(r"--operation (\S+)", line))
    assert given == expected_rights("880")
    # The list of rights that stands for Kafka's holds one that nobody planned.
    taken = [line for line in notes if "--remove" in line]
    assert len(taken) == 1 and "User:880.cme" in taken[0] and "--topic 880.enforcement --operation READ" in taken[0]
    passwords = [re.search(r"sasl\.password=(.*)", (folder / "secrets" / "880" / f"{name}.kafka.properties").read_text())[1]
                 for name in NAMES]
    assert [line for line in notes if line.startswith("file: ")] == [
        f"file: SCRAM-SHA-512=[password={password}]" for password in passwords]
    words = [line for line in notes if not line.startswith("file: ")]
    assert not any(password in line for line in words for password in passwords), "nobody reads it in the words of a command"


def test_the_job_fails_where_a_topic_has_more_partitions(kafka_tools):
    folder, run = kafka_tools
    answer, _ = run("setup.sh", folder / "state" / "plan" / "880", PARTITIONS="4")
    assert answer.returncode == 1 and "topic 880.registers does not have one partition" in answer.stderr


@pytest.mark.parametrize("nodes", [1, 3])
def test_a_node_starts_with_properties_that_are_filled_in(kafka_tools, tmp_path, nodes):
    _, run = kafka_tools
    own = tmp_path / "server.properties"
    answer, notes = run("start.sh", NODE=str(nodes), NODES=str(nodes), HOST="kafka.example", CLUSTER_ID="id",
                        KAFKA_OWN=str(own), KAFKA_TEMPLATE=str(COMPOSE / "kafka" / "server.properties"))
    assert answer.returncode == 0, answer.stderr
    assert [line.split()[0] for line in notes] == ["kafka-storage.sh", "kafka-server-start.sh"]
    assert "--add-scram SCRAM-SHA-512=[name=kafka,password=" in notes[0]
    text = own.read_text()
    assert not re.search(r"@[A-Z]+@", text) and own.stat().st_mode & 0o077 == 0
    properties = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    assert properties["controller.quorum.voters"] == ",".join(f"{n}@kafka-{n}:9095" for n in range(1, nodes + 1))
    assert properties["min.insync.replicas"] == ("2" if nodes == 3 else "1")
    assert properties["auto.create.topics.enable"] == properties["unclean.leader.election.enable"] == "false"
    assert properties["allow.everyone.if.no.acl.found"] == "false" and properties["log.cleanup.policy"] == "delete"
    listeners = dict(part.split(":") for part in properties["listener.security.protocol.map"].split(","))
    assert set(listeners) == {"CLIENTS", "NODES", "CONTROLLERS"} and set(listeners.values()) == {"SASL_SSL"}
