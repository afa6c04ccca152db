"""`compose/` against the one list of programs, the Compose Specification, and the tools that will read its files."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

TOP = Path(__file__).resolve().parents[2]
COMPOSE = TOP / "compose"
sys.path.insert(0, str(COMPOSE / "lib"))
import dashboard  # noqa: E402
import plan  # noqa: E402

# Third-party schemas are not copied into the project: they lie in `shared/` beside the checkout, or where SHARED says.
SCHEMA = Path(os.environ.get("SHARED") or TOP.parent / "shared") / "schemas" / "compose-spec.json"
LIST = json.loads((COMPOSE / "programs.json").read_text())
NAMES = [program["name"] for program in LIST["programs"]]
READS = {program["name"]: program["reads"] for program in LIST["programs"]}
PORTS = {program["name"]: program["port"] for program in LIST["programs"]}
# What each program of others needs from its image, beside what compose.yaml mounts.
VARIABLE = re.compile(r"\$\{([A-Z_0-9]+)(:?[-?][^}]*)?\}")


def document():
    return yaml.safe_load((COMPOSE / "compose.yaml").read_text())


def example():
    lines = (COMPOSE / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture
def services():
    return document()["services"]


def compose_faults(content):
    schema = json.loads(SCHEMA.read_text())
    return [error.message for error in Draft202012Validator(schema).iter_errors(content)]


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"the schema is not at {SCHEMA}; set SHARED")
def test_the_file_is_compose():
    assert compose_faults(document()) == []
    broken = document()
    broken["services"]["caddy"]["port"] = broken["services"]["caddy"].pop("ports")
    assert compose_faults(broken) != []


def variable_faults(services):
    """What the environment of the programs lacks, or has without a program reading it."""
    faults = []
    for program in LIST["programs"]:
        given = services[program["name"]]["environment"]
        known = {variable["name"] for variable in program["variables"]}
        required = {variable["name"] for variable in program["variables"] if variable["isRequired"]}
        needed = required | {f"FEED_{source.upper()}" for source in program["reads"]} | {
            "HTTP_PORT", "HTTP_HOST", "KAFKA_PROPERTIES_FILE", "FEED_TOKEN_FILE"}
        faults += [f"{program['name']} lacks {name}" for name in sorted(needed - given.keys())]
        faults += [f"{program['name']} does not read {name}" for name in sorted(given.keys() - known)]
    return faults


def test_each_program_of_the_list_runs_with_the_variables_that_it_reads(services):
    assert [name for name, service in services.items() if service.get("command") == [name]] == NAMES
    assert variable_faults(services) == []
    for name in NAMES:
        given = services[name]["environment"]
        assert given["HTTP_PORT"] == str(PORTS[name])
        assert services[name]["networks"]["everyschoolday"]["aliases"] == [f"${{AUTHORITY:-}}.{name}"]
        for source in READS[name]:
            assert given[f"FEED_{source.upper()}"] == f"http://${{AUTHORITY:?}}.{source}:{PORTS[source]}"


def test_a_variable_too_few_or_too_many_is_found(services):
    del services["cme"]["environment"]["FEED_REGISTERS"]
    services["casework"]["environment"] = services["casework"]["environment"] | {"FEED_NOTIFIER": "http://x"}
    assert sorted(variable_faults(services)) == ["casework does not read FEED_NOTIFIER", "cme lacks FEED_REGISTERS"]


def test_every_variable_is_in_the_example_and_explained():
    used = {match[1] for match in VARIABLE.finditer((COMPOSE / "compose.yaml").read_text())}
    for script in ("backup/backup.sh",):
        used |= set(re.findall(r"AUTHORITY|STATE|BACKUPS|BACKUP_DAYS", (COMPOSE / script).read_text()))
    assert used | {"DOMAIN"} == set(example())
    blocks = (COMPOSE / ".env.example").read_text().split("\n\n")
    for block in blocks[1:]:
        assert block.startswith("#"), block


def test_variables_without_a_value_in_the_example_are_those_that_may_be_empty():
    required = {match[1] for match in VARIABLE.finditer((COMPOSE / "compose.yaml").read_text())
                if (match[2] or "").startswith(":?")}
    # What only the reader of the page can know.
    own = {"TOKEN_CLIENT"}
    assert {name for name in required if not example()[name]} == own


def is_hardened(service):
    return (service.get("read_only") is True and service.get("cap_drop") == ["ALL"]
            and "no-new-privileges:true" in service.get("security_opt", []))


def test_every_container_is_hardened_and_has_a_health_check(services):
    for name, service in services.items():
        assert is_hardened(service), name
        assert "healthcheck" in service or name in NAMES + ["logs"], name
        assert re.fullmatch(r".+:(\$\{[A-Z_]+:\?\}|\$\{[A-Z_]+:-v?\d+\.\d+(\.\d+)?\})", service["image"]), service["image"]
        assert service.get("logging", {}).get("options", {}).get("max-size"), name
        assert name in ("kafka-setup", "caddy", "grafana", "logs") or service["user"] not in ("0:0", "root"), name
    file = (COMPOSE / "Dockerfile").read_text()
    assert "\nUSER 10001:10001\n" in file and "\nHEALTHCHECK " in file and "bookworm-slim" in file.split("FROM")[-1]
    service = dict(services["caddy"], read_only=False)
    assert not is_hardened(service)


def test_only_the_edge_is_reached_from_outside(services):
    for name, service in services.items():
        for port in service.get("ports", []):
            assert name == "caddy" or port.startswith("127.0.0.1:"), f"{name} {port}"


def resolved(text, variables):
    return VARIABLE.sub(lambda match: variables.get(match[1], ""), text)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """What `compose/prepare` makes for one node and for one authority."""
    folder = tmp_path_factory.mktemp("server")
    common = [COMPOSE / "prepare", "--secrets", folder / "secrets", "--state", folder / "state"]
    suite = ["--suite", TOP / ".build" / "debug" / "suite"]
    said = [subprocess.run([*common, *more], capture_output=True, text=True, check=True).stdout for more in (
        ["kafka", "--nodes", "3", "--host", "one.example", "--host", "two.example", "--host", "three.example"],
        ["authority", "880", "--domain", "esd.example", *suite], ["authority", "383", "--domain", "esd.example", *suite])]
    return folder, said


def test_every_mount_is_there(services, prepared):
    folder, _ = prepared
    by_hand = {"880/token-client-secret", "grafana-password"}
    made_by_containers = {"caddy", "prometheus", "logs"}
    variables = {"STATE": str(folder / "state"), "SECRETS": str(folder / "secrets"), "AUTHORITY": "880",
                 "SETTINGS": str(folder / "settings")}
    for name, secret in document()["secrets"].items():
        place = Path(resolved(secret["file"], variables))
        assert place.exists() or str(place.relative_to(folder / "secrets")) in by_hand, name
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source = resolved(volume, variables).split(":")[0]
            if source.startswith("./"):
                assert (COMPOSE / source).exists(), f"{name}: {source}"
            elif source.startswith(str(folder / "state")):
                place = Path(source)
                assert place.exists() or place.name in made_by_containers, f"{name}: {source}"
            else:
                assert source in (str(folder / "settings" / "880"), str(folder / "secrets"),
                                  "/var/lib/docker/containers"), f"{name}: {source}"
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in document()["secrets"], name


def test_what_the_programs_are_told_of_is_mounted(services):
    """Each file that a variable names lies in a mount or is a secret."""
    for name in NAMES:
        service = services[name]
        places = [volume.split(":")[-1 if not volume.endswith(":ro") else -2] for volume in service["volumes"]]
        places += ["/run/secrets/" + (secret if isinstance(secret, str) else secret["target"])
                   for secret in service["secrets"]]
        for variable, value in service["environment"].items():
            if str(value).startswith("/"):
                assert any(value == place or value.startswith(place + "/") for place in places), f"{name} {variable}"


def test_secrets_are_for_their_owner_alone_and_kept_when_run_again(prepared):
    folder, said = prepared
    secrets = folder / "secrets"
    for file in [path for path in secrets.rglob("*") if path.is_file() and path.suffix != ".srl"]:
        assert file.stat().st_mode & 0o077 == (0o044 if file.name == "kafka-ca.pem" else 0), file
        for text in said:
            assert file.read_text().strip() not in text
    common = [COMPOSE / "prepare", "--secrets", secrets, "--state", folder / "state"]
    suite = ["--domain", "esd.example", "--suite", TOP / ".build" / "debug" / "suite"]
    before = {file: file.read_text() for file in secrets.rglob("*") if file.is_file()}
    again = subprocess.run([*common, "authority", "880", *suite], capture_output=True, text=True, check=True).stdout
    assert again.startswith("0 secrets made") and "nothing new" in again
    assert {file: file.read_text() for file in secrets.rglob("*") if file.is_file()} == before
    name = "880/casework.kafka.properties"
    subprocess.run([*common, "--renew", name, "authority", "880", *suite], check=True, capture_output=True)
    changed = [file for file, text in before.items() if file.read_text() != text]
    assert changed == [secrets / name]
    wrong = subprocess.run([*common, "--renew", "880/nothing", "authority", "880", *suite], capture_output=True, text=True)
    assert wrong.returncode == 2 and "880/nothing" in wrong.stderr


def test_certificates_are_of_the_own_authority_and_name_the_nodes(prepared):
    folder, _ = prepared
    for node, host in enumerate(("one", "two", "three"), 1):
        answer = subprocess.run(
            ["openssl", "verify", "-CAfile", folder / "secrets" / "kafka-ca.pem", "-verify_hostname", f"kafka-{node}",
             folder / "secrets" / f"kafka-{node}.pem"], capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        text = subprocess.run(["openssl", "x509", "-in", folder / "secrets" / f"kafka-{node}.pem", "-noout", "-ext",
                               "subjectAltName"], capture_output=True, text=True, check=True).stdout
        assert f"DNS:kafka-{node}" in text and f"DNS:{host}.example" in text


def expected_rights(authority):
    """Of each user what it may do, said independently of compose/lib/plan.py."""
    rights = {}
    for name in NAMES:
        mine = f"{authority}.{name}"
        rights[mine] = {(f"topic {mine}", right) for right in ("Describe", "Read", "Write")} | {
            (f"topic {authority}.{source}", right) for source in READS[name] for right in ("Describe", "Read")} | {
            (f"group {mine}", "Describe")}
    rights[f"{authority}.cme"] |= {("topic national.cme", right) for right in ("Describe", "Read", "Write")}
    return rights


def planned(authority, lines):
    rights, topics, users = {}, {}, {}
    for words in (line.split() for line in lines if not line.startswith("#")):
        if words[0] == "topic":
            topics[words[1]] = int(words[2])
        elif words[0] == "user":
            users[words[1]] = words[2]
        else:
            rights.setdefault(words[1], set()).update((f"{words[2]} {words[3]}", right) for right in words[4].split(","))
    return topics, users, rights


@pytest.mark.parametrize("authority", ["880", "383"])
def test_topics_users_and_rights_follow_from_the_list(prepared, authority):
    folder, _ = prepared
    topics, users, rights = planned(authority, (folder / "state" / "plan" / authority).read_text().splitlines())
    assert topics == {f"{authority}.{name}": 7 * 86_400_000 for name in NAMES} | {"national.cme": 30 * 86_400_000}
    assert users == {f"{authority}.{name}": f"{authority}/{name}.kafka.properties" for name in NAMES}
    assert rights == expected_rights(authority)
    # Nobody may touch another authority's.
    other = {"880": "383", "383": "880"}[authority]
    assert not any(place.split()[1].startswith(other) for allowed in rights.values() for place, _ in allowed)
    for user, file in users.items():
        properties = dict(line.split("=", 1) for line in (folder / "secrets" / file).read_text().splitlines())
        assert properties["sasl.username"] == user and len(properties["sasl.password"]) == 40
        assert properties["ssl.ca.location"] == "/run/secrets/kafka-ca.pem" and properties["security.protocol"] == "sasl_ssl"


def test_targets_and_sites_follow_from_the_list(prepared):
    folder, _ = prepared
    targets = json.loads((folder / "state" / "targets" / "880.json").read_text())
    assert [(target["targets"], target["labels"]["program"]) for target in targets] == [
        ([f"880.{name}:{PORTS[name]}"], name) for name in NAMES]
    sites = (folder / "state" / "sites" / "880.caddy").read_text()
    assert re.findall(r"^(\S+) \{\n\timport program (\S+)\n\}$", sites, re.M) == [
        (f"{name}.880.esd.example", f"880.{name}:{PORTS[name]}") for name in NAMES]


def test_backups_take_readers_before_writers_where_there_is_such_an_order():
    order = plan.backup_order()
    assert sorted(order) == sorted(NAMES)
    for name in NAMES:
        for source in READS[name]:
            if name not in READS[source]:
                assert order.index(name) < order.index(source), f"{name} reads {source}"


def tool(package, path):
    answer = subprocess.run([TOP / "bin" / "lib" / "tools.sh", package, path], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_promtool_accepts_the_rules_and_their_tests(tmp_path):
    promtool = tool("prometheus", "usr/bin/promtool")
    for words in (["check", "rules", "rules.yml"], ["test", "rules", "rules.test.yml"]):
        answer = subprocess.run([promtool, *words], cwd=COMPOSE / "prometheus", capture_output=True, text=True)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    rules = (COMPOSE / "prometheus" / "rules.yml").read_text()
    configuration = (COMPOSE / "prometheus" / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(configuration.replace("/etc/prometheus/", f"{tmp_path}/"))
    (tmp_path / "rules.yml").write_text(rules)
    answer = subprocess.run([promtool, "check", "config", tmp_path / "prometheus.yml"], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (tmp_path / "rules.yml").write_text(rules.replace("relay_connected == 0", "relay_connected == "))
    answer = subprocess.run([promtool, "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True)
    assert answer.returncode != 0


def test_caddy_accepts_its_file_with_the_sites_of_an_authority(tmp_path, prepared):
    folder, _ = prepared
    caddy = tool("caddy", "usr/bin/caddy")
    (tmp_path / "sites").mkdir()
    for site in (folder / "state" / "sites").iterdir():
        (tmp_path / "sites" / site.name).write_text(site.read_text())
    (tmp_path / "Caddyfile").write_text((COMPOSE / "caddy" / "Caddyfile").read_text())
    environment = os.environ | {"CONTACT": "a@example.org", "HOME": str(tmp_path)}
    answer = subprocess.run([caddy, "adapt", "--config", "Caddyfile", "--validate"], cwd=tmp_path, env=environment,
                            capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    hosts = re.findall(r'"host": ?\["([^"]+)"\]', answer.stdout)
    assert sorted(hosts) == sorted(f"{name}.{code}.esd.example" for name in NAMES for code in ("880", "383"))


def figures(text):
    """Names of metrics in an expression or a rule."""
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text))
    return {re.sub(r"_(bucket|sum|count)$", "", word) for word in words}


def known_figures():
    source = "\n".join(path.read_text() for folder in ("Shared", "Services") for path in (TOP / folder).rglob("*.swift"))
    return set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source))


def test_rules_and_dashboard_ask_for_figures_that_the_programs_have():
    known = known_figures() | {"label_values", "histogram_quantile", "min_over_time"}
    rules = yaml.safe_load((COMPOSE / "prometheus" / "rules.yml").read_text())
    asked = {figure for group in rules["groups"] for rule in group["rules"] for figure in figures(rule["expr"])}
    asked |= {figure for _, expression, _, _ in dashboard.PANELS for figure in figures(expression)}
    assert asked - known == set()
    assert {"intake_connected", "intake_lag_seconds", "relay_connected", "outbox_depth"} <= asked


def test_the_dashboard_is_what_its_code_makes():
    text = (COMPOSE / "grafana" / "dashboards" / "programs.json").read_text()
    assert text == json.dumps(dashboard.DASHBOARD, indent=2) + "\n"


def test_every_alert_is_explained_on_the_page():
    rules = yaml.safe_load((COMPOSE / "prometheus" / "rules.yml").read_text())
    page = (TOP / "docs" / "deploy.md").read_text()
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert f"`{rule['alert']}`" in page, rule["alert"]
            assert rule["labels"]["severity"] in ("page", "ticket")
