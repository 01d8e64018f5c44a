"""A sample lift, registered at a running service as an operator would, over HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx

from lifts.folder import read_lift


def enrol(client: httpx.Client, folder: Path, url: str, lift_id: str | None = None) -> None:
    """Register a sample lift with its camera.

    Args:
        client: signed in at the service. folder: of the sample lift. url: of its camera.
        lift_id: under which it is registered; None: its own.
    """
    lift = read_lift(folder / "lift.toml").model_dump(mode="json", exclude_none=True)
    lift |= {"id": lift_id or lift["id"]}
    lift["camera"]["url"] = url
    references = [path for path in folder.glob("reference_*") if path.suffix in {".jpg", ".png"}]
    files = {name: (folder / f"{name}.png").read_bytes() for name in ("open", "close")}
    files |= {path.stem: path.read_bytes() for path in references}
    answer = client.post(f"/lifts/{lift['id']}/masks", files=files)
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 422:  # camera-size drawings need the track first
        without = {**lift, "camera": {**lift["camera"], "url": None}}
        assert client.put(f"/lifts/{lift['id']}", json=without).is_success
        assert client.post(f"/lifts/{lift['id']}/masks", files=files).status_code == 201
    assert client.put(f"/lifts/{lift['id']}", json=lift).is_success
