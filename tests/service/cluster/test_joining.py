"""What is refused before anything is started, and what Ray's processes are given."""

from pathlib import Path

import pytest

from service.cluster import nodes
from service.cluster.embedding.joining import embedding_of, make_link
from service.cluster.nodes import VERSION_RESOURCE, NodeOptions, checked_token, command, environment
from service.domain.errors import ConfigurationError
from service.host.runner import Runners
from service.inference.running.early import EarlyEngine
from service.settings import Settings, load_settings
from tests.service.cluster import scripted_driver


def settings(**given: object) -> Settings:
    return load_settings(engine="ray", **given)


def test_a_cluster_that_cannot_be_joined_so_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each names the setting; nothing was started."""
    monkeypatch.setattr(nodes, "need_ray", lambda: None)
    monkeypatch.setattr("service.cluster.embedding.joining.need_ray", lambda: None)
    token = scripted_driver.token(tmp_path)
    for given, expected in (
        ({"ray_token_file": token}, "BARWATCH_RAY_ADDRESS is not set"),
        ({"ray_address": "head:6379"}, "BARWATCH_RAY_TOKEN_FILE is not set"),
        ({"ray_address": "head:6379", "ray_token_file": tmp_path / "none"}, "cannot be read"),
    ):
        with pytest.raises(ConfigurationError, match=expected):
            EarlyEngine(settings(**given))
    with pytest.raises(ConfigurationError, match="BARWATCH_RAY_ADDRESS"):
        settings(ray_address="http://head")
    with pytest.raises(ConfigurationError, match="fewer than"):
        embedding_of(settings(ray_embedders=3, ray_embedders_most=2))
    (tmp_path / "short").write_text("secret", encoding="ascii")
    with pytest.raises(ConfigurationError, match="at least 16 characters"):
        checked_token(tmp_path / "short")


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="extra `ray`"):
        make_link(settings(), Runners())


def test_rays_processes_know_where_the_token_is_and_no_other_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Authentication is on, reports of usage and the dashboard are off; a node has what actors ask for."""
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN", "secret")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    token = scripted_driver.token(tmp_path)
    given = environment(token)
    assert (given["RAY_AUTH_MODE"], given["RAY_AUTH_TOKEN_PATH"]) == ("token", str(token))
    assert given["RAY_USAGE_STATS_ENABLED"] == "0"
    assert "secret" not in given.values()
    head = command(NodeOptions(token, cpus=2, ports=(6380, 6480)))
    assert {"--head", "--port=6379", "--include-dashboard=false", "--num-cpus=2"} <= set(head)
    assert {"--object-manager-port=6380", "--min-worker-port=6386", "--max-worker-port=6480"} <= set(head)
    assert any(VERSION_RESOURCE in each for each in head)
    own = command(NodeOptions(token, "head:6379", cpus=0, gpus=0, lends=False))
    assert "--address=head:6379" in own
    assert not any(VERSION_RESOURCE in each or each == "--head" for each in own)
