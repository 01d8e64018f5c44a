"""Makes the engine of `--engine ray` of the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from service.cluster.embedding.engine import RayEngine
from service.cluster.embedding.pool import EmbedderShare
from service.cluster.embedding.scale import ClusterEmbedding, ScaleLimits
from service.cluster.link import DriverLink
from service.cluster.nodes import NodeOptions, checked_token, need_ray
from service.domain.errors import ConfigurationError
from service.domain.health import Health
from service.host.runner import Runners
from service.inference.engine import WorkerEngine
from service.settings import Settings

Report = Callable[[Health], None]


def make_link(settings: Settings, runners: Runners) -> DriverLink:
    """Return what joins the settings' cluster; not started.

    Raises:
        ConfigurationError: Ray is not installed, or the address or the token is missing.
    """
    need_ray()
    if settings.ray_address is None:
        raise ConfigurationError(
            "engine 'ray': BARWATCH_RAY_ADDRESS is not set: HOST:PORT of the machine that runs "
            "`barwatch node --head`"
        )
    token = checked_token(settings.ray_token_file)
    return DriverLink(NodeOptions(token, settings.ray_address, ip=settings.ray_node_ip), runners)


def make_ray_engine(
    settings: Settings, path: Path, on_health: Report, runners: Runners, link: DriverLink
) -> RayEngine:
    """Return an engine of the cluster with a local one beside it; not started.

    Args:
        path: the model. on_health: called with what becomes of either.

    Raises:
        ArtefactError: the model's manifest or file is invalid.
    """
    embedding = embedding_of(settings)
    return RayEngine(
        partial(make_local_engine, settings, path, runners=runners),
        link,
        path,
        embedding,
        # One that was given no GPU uses none, though its node may have one: others were given that.
        device=settings.device if embedding.share.gpus else "cpu",
        precision=settings.precision,
        public_key=settings.model_key(),
        on_health=on_health,
        runners=runners,
    )


def embedding_of(settings: Settings) -> ClusterEmbedding:
    """Return what the cluster's embedders are. Raises ConfigurationError: fewer at most than at least."""
    least, most = settings.ray_embedders, settings.ray_embedders_most
    if most < least:
        raise ConfigurationError(
            f"BARWATCH_RAY_EMBEDDERS_MOST = {most}: fewer than BARWATCH_RAY_EMBEDDERS = {least}"
        )
    share = EmbedderShare(settings.ray_embedder_cpus, settings.ray_embedder_gpus)
    return ClusterEmbedding(share, ScaleLimits(least, most))


def make_local_engine(settings: Settings, path: Path, on_health: Report, runners: Runners) -> WorkerEngine:
    """Return the engine of this machine; see make_ray_engine."""
    return WorkerEngine(
        path,
        device=settings.device,
        precision=settings.precision,
        public_key=settings.model_key(),
        on_health=on_health,
        runners=runners,
    )
