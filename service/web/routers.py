"""Every router of the API, a line each, in the order of the description."""

from __future__ import annotations

from service.api.routes import (
    alarms,
    cameras,
    classify,
    feed,
    health,
    lifts,
    masks,
    passages,
    session,
    setup,
    site_calibrations,
)
from service.api.routes.administering import backups, keeping, records, system
from service.api.routes.alarming import groups, listing, out_of_service
from service.api.routes.delivery import controls, inputs, outputs, push, set_aside
from service.api.routes.history import audit, clips, deletion, evidence
from service.api.routes.operating import budgets, escalation, figures, overview, reports
from service.api.routes.people import openid, own, tokens, users
from service.api.routes.reviewing import accuracy, reviews
from service.api.routes.setting_up import carriers, drawn, setups, tracks
from service.api.routes.trials import candidates, models, replays, self_tests

ROUTERS = (
    lifts.router,
    overview.router,
    masks.router,
    setup.router,
    setups.router,
    carriers.router,
    drawn.router,
    tracks.router,
    site_calibrations.router,
    self_tests.router,
    budgets.router,
    candidates.router,
    records.router,
    models.router,
    replays.router,
    classify.router,
    cameras.router,
    passages.router,
    reviews.router,
    accuracy.router,
    deletion.router,
    figures.router,
    reports.router,
    escalation.router,
    out_of_service.router,
    groups.router,
    listing.router,
    alarms.router,
    evidence.router,
    clips.router,
    feed.router,
    outputs.router,
    set_aside.router,
    push.router,
    controls.router,
    inputs.router,
    audit.router,
    session.router,
    openid.router,
    own.router,
    tokens.router,
    users.router,
    health.router,
    system.router,
    keeping.router,
    backups.router,
)

TAGS = (
    {"name": "lifts", "description": "Installations: configuration, masks, classification."},
    {"name": "setup", "description": "Setting a lift up, step by step."},
    {"name": "cameras", "description": "Whether an address is a camera's."},
    {"name": "self-tests", "description": "Daily proof that the way from a passage to an alarm works."},
    {"name": "candidates", "description": "What may judge one day, compared with what does."},
    {"name": "passages", "description": "Judged carriers and their pictures."},
    {"name": "reviews", "description": "What people say of passages, and how accurate a lift is by it."},
    {"name": "alarms", "description": "History and life-cycle; the live feed is a WebSocket on /alarms."},
    {"name": "reports", "description": "What passed, how often the bar was open, when nobody could see it."},
    {"name": "outputs", "description": "What leaves for other systems."},
    {"name": "audit", "description": "Who did what, when and from where."},
    {"name": "session", "description": "Signing in to the console, and what is one's own."},
    {"name": "people", "description": "API tokens and people."},
    {"name": "backups", "description": "Copies of everything, made, verified and taken away."},
    {"name": "health", "description": "For load balancers and Prometheus; no token needed."},
)
"""What the description says of each group of calls."""
