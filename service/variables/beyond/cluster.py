"""Settings of `--engine ray`: embedders on the nodes of a cluster."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class ClusterVariables(BaseSettings):
    """BARWATCH_RAY_ADDRESS and what belongs to it."""

    ray_address: str | None = Field(
        default=None,
        pattern=r"^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$",
        description="The cluster's head, HOST:PORT, where `barwatch node --head` runs.",
    )
    ray_token_file: Path | None = Field(
        default=None, description="A file with the secret that all nodes of the cluster share."
    )
    ray_node_ip: str | None = Field(
        default=None, description="The address by which the nodes reach this machine; unset: as Ray finds it."
    )
    ray_embedders: int = Field(default=1, ge=1, le=256, description="Embedders in the cluster, at least.")
    ray_embedders_most: int = Field(default=4, ge=1, le=256, description="The same, at most.")
    ray_embedder_cpus: float = Field(
        default=1, gt=0, le=64, description="Processors that an embedder takes of its node."
    )
    ray_embedder_gpus: float = Field(
        default=0, ge=0, le=8, description="GPUs that an embedder takes of its node; 0.25: four share one."
    )
