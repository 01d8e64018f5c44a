"""The files beside the image: what they name exists, and what they pin is pinned. Needs no Docker."""

import json
import re
import tomllib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import run
from sys import executable
from threading import Thread

import pytest
import yaml

from service.host.private import OTHERS
from service.store.file.check import IN_COMPOSE
from tests.service.api.conftest import House, status_of
from tests.service.api.conftest import make_house as make_house  # noqa: PLC0414 - a fixture

DOCKER = Path(__file__).resolve().parents[2] / "docker"
METRIC = re.compile(r"\bbarwatch_[a-z_]+")


@pytest.fixture
def metrics(make_house: Callable[..., House]) -> set[str]:
    """Every name that /metrics gives."""
    house = make_house()
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad")
    house.runtime.pictures.space.check()
    text = house.client.get("/metrics").text
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    parts = ("_bucket", "_sum", "_count")
    return set(kinds) | {name + part for name, kind in kinds.items() if kind == "histogram" for part in parts}


@pytest.mark.parametrize("file", ["grafana/barwatch.json", "rules.yml"])
def test_only_metrics_that_exist_are_shown(file: str, metrics: set[str]) -> None:
    """A panel or rule that names a metric which does not exist would stay empty for ever."""
    text = (DOCKER / file).read_text()
    named = set(METRIC.findall(text))
    assert len(named) > 4
    assert named <= metrics


def test_prometheus_can_read_its_rules() -> None:
    """One line that is no YAML, and Prometheus does not start."""
    (group,) = yaml.safe_load((DOCKER / "rules.yml").read_text())["groups"]
    assert len(group["rules"]) == (DOCKER / "rules.yml").read_text().count("- alert:")
    for rule in group["rules"]:
        assert set(rule) - {"for"} == {"alert", "expr", "annotations"}, rule
        assert isinstance(rule["annotations"]["summary"], str), rule
    scraped = yaml.safe_load((DOCKER / "prometheus.yml").read_text())
    mounted = yaml.safe_load((DOCKER / "monitoring.yml").read_text())["services"]["prometheus"]["volumes"]
    assert [f"./docker/rules.yml:{file}:ro" for file in scraped["rule_files"]] == [
        volume for volume in mounted if volume.startswith("./docker/rules.yml")
    ]


def test_monitoring_comes_up_on_a_fresh_clone() -> None:
    """Its guide makes the folder of the password; at a lift it says how not to end the installation."""
    guide = (DOCKER.parent / "docs/operations.md").read_text().partition("## Monitoring\n")[2]
    commands, _, more = guide.partition("```\n")[2].partition("```")
    assert commands.splitlines()[0] == "install -d -m 0700 secrets"
    assert "add `:docker/monitoring.yml` to `COMPOSE_FILE`" in more
    assert "ignores `COMPOSE_FILE`" in more


def test_panels_do_not_lie_on_each_other() -> None:
    """Each of the dashboard's panels has its own place in its 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((DOCKER / "grafana/barwatch.json").read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + dx, at["y"] + dy) for dx in range(at["w"]) for dy in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_the_version_is_the_packages() -> None:
    """An image's default version is that of a package of which no tag says it."""
    told = tomllib.loads((DOCKER.parent / "pyproject.toml").read_text())["tool"]["setuptools_scm"]
    version = told["fallback_version"]
    assert f"${{BARWATCH_VERSION:-{version}}}" in (DOCKER.parent / "docker-compose.yml").read_text()
    assert f"ARG VERSION={version}\n" in (DOCKER / "Dockerfile").read_text()


def test_a_new_volume_is_its_owners_alone() -> None:
    """As the service keeps it: a first start would otherwise warn of files that were open to others."""
    (mode,) = re.findall(r"install -d .*-m (\d+) /data", (DOCKER / "Dockerfile").read_text())
    assert int(mode, 8) & OTHERS == 0


def test_foreign_images_are_pinned() -> None:
    """Images are pinned by version: `latest` may be another service after any restart."""
    files = [DOCKER.parent / "docker-compose.yml", *DOCKER.glob("*.yml")]
    images = [i for file in files for i in re.findall(r"^\s+image: (\S+)$", file.read_text(), re.MULTILINE)]
    foreign = [image for image in images if not image.startswith("${")]
    assert len(foreign) == 4
    assert [i for i in foreign if not re.fullmatch(r"[a-z/]+:v?\d+(\.\d+){1,2}(-\w+)?", i)] == []


@pytest.mark.parametrize(("answers", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_asks_the_service(answers: int | None, code: int, tmp_path: Path) -> None:
    """Healthy is a 200 of /health/ready; 503 and no answer are not."""
    asked: list[str] = []

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(answers or 0)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ready)
    port = str(server.server_address[1])
    if answers is None:
        server.server_close()
    else:
        Thread(target=server.handle_request, daemon=True).start()
    command = [executable, "-I", "-S", str(DOCKER / "healthcheck.py")]
    environment = {"BARWATCH_PORT": port, "TMPDIR": str(tmp_path)}
    assert run(command, env=environment, check=False, capture_output=True).returncode == code
    assert asked == ([] if answers is None else ["/health/ready"])
    # From the last answer on its silence is counted; what never answered may still be starting.
    assert [path.name for path in tmp_path.iterdir()] == ([] if answers is None else ["barwatch-answered"])
    server.server_close()


def test_whoever_reads_how_a_backup_is_restored_can_do_it_in_compose() -> None:
    """The page in each language, a damaged database and the guide: one command before `barwatch restore`."""
    root = DOCKER.parent
    assert f"\n{IN_COMPOSE} barwatch restore /data/" in (root / "docs" / "operations.md").read_text()
    words = sorted((root / "service" / "console" / "src" / "i18n").glob("*/operating/admin.ts"))
    assert len(words) == 4
    assert all(IN_COMPOSE in file.read_text() for file in words)
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
    assert "barwatch" in services  # and its image runs `barwatch`
    assert 'ENTRYPOINT ["barwatch"]' in (DOCKER / "Dockerfile").read_text()
