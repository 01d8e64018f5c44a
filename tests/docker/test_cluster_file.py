"""docker/cluster.yml says what the program has, and closes what it adds. Needs no Docker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer
import yaml

from service.cli import app
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ADDED = ("replica", "postgres", "ray-head", "ray-worker")


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return found


CLUSTER, PRODUCTION, BASE = map(_read, ("docker/cluster.yml", "docker/production.yml", "docker-compose.yml"))
SERVICES: dict[str, dict[str, Any]] = CLUSTER["services"]


def _plain(value: str | None) -> str:
    """Return a value without what is said where a variable is missing; None is handed on as it is set."""
    return "$" if value is None else re.sub(r":\?[^}]*", ":?", value)


def test_what_is_added_is_as_closed_as_the_rest() -> None:
    """Read-only, without rights, bounded, restarted, its logs turned over; no port of it is published."""
    for name in ADDED:
        one = SERVICES[name]
        assert (one["read_only"], one["cap_drop"], one["init"]) == (True, ["ALL"], True), name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "pids_limit", "stop_grace_period"} <= set(one), name
        assert (one["restart"], one["logging"]) == ("unless-stopped", BASE["x-strict"]["logging"]), name
        assert "ports" not in one, name
        assert all("noexec" in each for each in one["tmpfs"]), name
    assert CLUSTER["networks"] == {"cluster": {"internal": True}}
    for name in ("postgres", "ray-head"):
        assert SERVICES[name]["networks"] == ["cluster"]
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_both_services_are_set_the_same() -> None:
    """Who leads is decided between them: each must have what the other has, but its name."""
    services = [*(one["services"]["barwatch"] for one in (BASE, PRODUCTION)), SERVICES["barwatch"]]
    first = {name: value for one in services for name, value in one["environment"].items()}
    second = SERVICES["replica"]["environment"]
    differ = {name for name in first if _plain(first[name]) != _plain(second.get(name, ""))}
    assert differ == {"BARWATCH_PEER_URL"}
    known = {f"BARWATCH_{name.upper()}" for name in Settings.model_fields}
    assert (set(first) | set(second)) - {"TZ"} <= known
    secrets = {*PRODUCTION["services"]["barwatch"]["secrets"], *SERVICES["barwatch"]["secrets"]}
    assert secrets == set(SERVICES["replica"]["secrets"])
    upstreams = SERVICES["caddy"]["environment"]["BARWATCH_UPSTREAMS"].split()
    peers = [SERVICES[name]["environment"]["BARWATCH_PEER_URL"] for name in ("barwatch", "replica")]
    assert [f"http://{each}" for each in upstreams] == peers


def test_secrets_are_files_that_the_guide_makes() -> None:
    """Each that is mounted is named, and made by the commands in docs/cluster.md."""
    commands = (ROOT / "docs/cluster.md").read_text().partition("### Several containers")[2].split("```")[1]
    made = set(re.findall(r"> secrets/(\w+)", commands))
    assert made == {*CLUSTER["secrets"], *PRODUCTION["secrets"]}
    for one in SERVICES.values():
        for name, value in one.get("environment", {}).items():
            if name.endswith("_FILE"):
                assert Path(value).name in one["secrets"] + PRODUCTION["services"]["barwatch"]["secrets"]
                assert value.startswith("/run/secrets/")


def test_nodes_run_a_command_that_there_is() -> None:
    """With options that it has; the head where the services look for it."""
    program = typer.main.get_command(app)
    for name in ("replica", "ray-head", "ray-worker"):
        command, *given = SERVICES[name]["command"]
        found = program.get_command(None, command)  # type: ignore[attr-defined]
        known = {option for parameter in found.params for option in parameter.opts}
        assert {each for each in given if each.startswith("--")} <= known
    port = SERVICES["ray-head"]["command"][SERVICES["ray-head"]["command"].index("--port") + 1]
    assert CLUSTER["x-settings"]["BARWATCH_RAY_ADDRESS"] == f"ray-head:{port}"


def test_the_image_of_a_cluster_has_the_extras() -> None:
    """And the image for one machine has not: the same Dockerfile, another argument."""
    wanted = SERVICES["barwatch"]["build"]["args"]["EXTRAS"].split()
    extras = (ROOT / "pyproject.toml").read_text()
    assert all(re.search(rf"^{name} = \[", extras, re.MULTILINE) for name in wanted)
    assert BASE["services"]["barwatch"]["build"]["args"]["EXTRAS"] == "${BARWATCH_EXTRAS:-}"
    assert "ARG EXTRAS=\n" in (ROOT / "docker/Dockerfile").read_text()
