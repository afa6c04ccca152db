"""What follows from the one list of programs: users, topics and rights at Kafka, targets, addresses, order of backup."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
LIST = json.loads((FOLDER / "programs.json").read_text())
PROGRAMS = LIST["programs"]
SHARED = LIST["sharedTopics"]
DAY_MILLIS = 86_400_000


def user(authority, program):
    """The user of a program at Kafka; also its topic, its group and its name on the network."""
    return f"{authority}.{program}"


def topics(authority):
    """Each topic with its retention in milliseconds."""
    own = {user(authority, program["name"]): LIST["retentionDays"] * DAY_MILLIS for program in PROGRAMS}
    return own | {shared["topic"]: shared["retentionDays"] * DAY_MILLIS for shared in SHARED}


def rights(authority):
    """Who may do what: (user, kind, name, operations)."""
    for program in PROGRAMS:
        mine = user(authority, program["name"])
        # The relay reads the end of its own topic before it writes: the log is the truth about what was sent.
        yield mine, "topic", mine, ("Describe", "Read", "Write")
        for source in program["reads"]:
            yield mine, "topic", user(authority, source), ("Describe", "Read")
        for shared in SHARED:
            if program["name"] in shared["programs"]:
                yield mine, "topic", shared["topic"], ("Describe", "Read", "Write")
        # Nothing is committed under the group, but a client that may not describe it is not let read.
        yield mine, "group", mine, ("Describe",)


def lines(authority):
    """The plan as `kafka/setup.sh` reads it."""
    yield "# Made by compose/prepare from the list of programs."
    for topic, retention in topics(authority).items():
        yield f"topic {topic} {retention}"
    for program in PROGRAMS:
        yield f"user {user(authority, program['name'])} {authority}/{program['name']}.kafka.properties"
    for name, kind, place, operations in rights(authority):
        yield f"right {name} {kind} {place} {','.join(operations)}"


def targets(authority):
    """Where Prometheus finds the programs of an authority."""
    return [{"targets": [f"{user(authority, program['name'])}:{program['port']}"],
             "labels": {"authority": authority, "program": program["name"]}} for program in PROGRAMS]


def sites(authority, domain):
    """The addresses of an authority for people, as Caddy reads them."""
    return "\n".join(
        f"{program['name']}.{authority}.{domain} {{\n"
        f"\timport program {user(authority, program['name'])}:{program['port']}\n}}\n" for program in PROGRAMS)


def backup_order():
    """Readers before writers, as far as there is such an order: a reader's position must not be ahead of the writer's copy.
    Where two read each other, the programs must stand still while they are copied, and the order says nothing."""
    left, order = {program["name"]: set(program["reads"]) for program in PROGRAMS}, []
    while left:
        read = set().union(*left.values())
        unread = [name for name in left if name not in read] or [min(left, key=lambda name: len(left[name]))]
        order += unread
        for name in unread:
            del left[name]
        left = {name: reads & set(left) for name, reads in left.items()}
    return order
