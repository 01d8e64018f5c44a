"""`barwatch replay`: proposes, waits, lists what differs; the exit code says swapped."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.commands.trials import replay


def answer_of(state: str, *, swapped: bool) -> dict[str, Any]:
    summary = {"message": "2 of 2 passages are judged otherwise", "looks_swapped": swapped}
    about = {"number": 3, "candidate": 7, "done": 2, "total": 2, "reason": "", "message": "as stored"}
    return {**about, "state": state, "summary": summary}


@pytest.mark.parametrize(("swapped", "code"), [(False, 0), (True, 1)])
def test_other_masks(monkeypatch: pytest.MonkeyPatch, swapped: bool, code: int) -> None:
    """A candidate that judges nothing live, one replay, its differences."""
    asked: list[tuple[str, str, Any]] = []
    states = iter(["running", "done"])
    differs = {"passage_id": "p", "verdict": "open", "candidate_verdict": "closed", "review": "open"}

    async def request(client: object, method: str, path: str, **content: Any) -> Any:
        asked.append((method, path, content.get("json") or content.get("params")))
        if path.endswith("/candidates"):
            return {"number": 7}
        return {"items": [differs]} if "differences" in path else answer_of(next(states), swapped=swapped)

    monkeypatch.setattr(replay, "POLL_S", 0.0)
    monkeypatch.setattr(replay, "request", request)
    monkeypatch.setattr(replay, "run_calls", lambda _, calls: asyncio.run(calls(None)))
    shown = CliRunner().invoke(app, ["replay", "quad", "--masks", "2", "--from", "2026-01-01"])
    assert shown.exit_code == code, shown.output
    assert shown.output.splitlines() == [
        "candidate 7, replay 3: done",
        "2 of 2 passages are judged otherwise",
        "as stored",
        "   p: open, candidate closed, reviewed open",
    ]
    assert asked[0] == ("POST", "/lifts/quad/candidates", {"kind": "masks", "version": 2, "shadow": False})
    assert asked[1][2]["candidate"] == 7
    assert asked[1][2]["from"].startswith("2026-01-01T00:00:00")
    assert asked[3] == ("GET", "/lifts/quad/candidates/7/differences", {"replay": 3, "limit": 500})
    states = iter(["done"])
    shown = CliRunner().invoke(app, ["replay", "quad", "--candidate", "7", "--json"])
    assert json.loads(shown.output)["differences"] == [differs]


@pytest.mark.parametrize("options", [[], ["--masks", "1", "--model", "x"]])
def test_one_candidate_is_meant(options: list[str]) -> None:
    """Neither none nor two."""
    refused = CliRunner().invoke(app, ["replay", "quad", *options])
    assert refused.exit_code == 1
    assert "expected one of" in str(refused.exception)
