"""ml's commands of `barwatch`, which finds this module by its entry point.

Each command's module and the first line of its docstring; `service.commands.lazy` says what an entry is.
"""

from __future__ import annotations

from typing import Any

COMMANDS: dict[str, Any] = {
    "render": ("ml.commands.render:app", "Render lifts, pictures and videos from seeds."),
    "train": ("ml.commands.training.train:train", "Train a network."),
    "evaluate": ("ml.commands.evaluate:evaluate", "Judge a system."),
    "evaluate-arming": (
        "ml.commands.onsite:evaluate_arming",
        "Try right, swapped and other lifts' masks: after how many passages they arm a lift, if ever.",
    ),
    "evaluate-benchmark": (
        "ml.commands.evaluate:evaluate_benchmark",
        "Judge a system on the test pictures of S1 to S20: per lift, averages, ROC, each factor's cost.",
    ),
    "evaluate-events": (
        "ml.commands.recordings:evaluate_events",
        "Judge the whole service on recordings of lifts that no training saw: recall, false alarms, delay.",
    ),
    "evaluate-left-out": (
        "ml.commands.papers.left_out:evaluate_left_out",
        "Train a system on nineteen of S1 to S20 and judge it on the twentieth, twenty times.",
    ),
    "evaluate-naive": (
        "ml.commands.papers.naive:evaluate_naive",
        "Judge what needs no learning as the papers' systems are judged.",
    ),
    "reproduce": (
        "ml.commands.papers.reproduce:reproduce",
        "Make all runs that the papers' tables need, over as many sittings as it takes.",
    ),
    "evaluate-masks": (
        "ml.commands.evaluate:evaluate_masks",
        "Judge unseen lifts by masks as people draw them: what each habit costs against careful masks.",
    ),
    "evaluate-onsite": (
        "ml.commands.onsite:evaluate_onsite",
        "Judge what a lift gains from its own passages: watched without a label, then with some reviewed.",
    ),
    "evaluate-pairing": (
        "ml.commands.papers.pairing:evaluate_pairing",
        "Train a network on pairs of pictures, with or without the spatial transformer: paper 001.",
    ),
    "evaluate-passage-length": (
        "ml.commands.evaluate:evaluate_passage_length",
        "Judge passages by 1, 3, 6 and 12 pictures: still and half-lowered bars, lowered and raised ones.",
    ),
    "evaluate-passages": (
        "ml.commands.recordings:evaluate_passages",
        "Judge how the service finds carriers on recordings of unseen lifts, damaged and slowed down too.",
    ),
    "evaluate-privacy": (
        "ml.commands.onsite:evaluate_privacy",
        "Measure what hiding people in stored pictures costs a lift that learns from them.",
    ),
    "evaluate-proposals": (
        "ml.commands.proposals:evaluate_proposals",
        "Judge unseen lifts by masks as the network proposes them, untouched, against hand-made ones.",
    ),
    "evaluate-seats": (
        "ml.commands.evaluate:evaluate_seats",
        "Judge who sits there, on carriers before photographs that were never trained on.",
    ),
    "convert": (
        "ml.commands.training.convert:convert",
        "Convert pretrained weights of installed packages into files for `train SYSTEM --weights`.",
    ),
    "export": (
        "ml.commands.export:export",
        "Export a checkpoint as TorchScript with its manifest, calibrated on lifts that no training saw.",
    ),
    "seal": (
        "ml.commands.export:seal",
        "Write an artefact's manifest again, with golden passages and digests; its network and numbers stay.",
    ),
    "sign": (
        "ml.commands.export:sign",
        "Sign an artefact's manifest, so that a service with BARWATCH_MODEL_PUBLIC_KEY takes it.",
    ),
    "gpu-run": (
        "ml.commands.training.gpu:gpu_run",
        "Use a machine with a GPU for some minutes: tests, speed, training, export, with one summary.",
    ),
    "reproduce-pairing": (
        "ml.commands.papers.pairing_plan:reproduce_pairing",
        "Make every result of paper 001 that is missing; goes on where it was interrupted.",
    ),
    "report": (
        "ml.commands.report:report",
        "Write report.md with its plots, systems.md, tables.md, and the tables in other documents.",
    ),
    "refresh": (
        "ml.commands.report:refresh",
        "Measure again what was measured before the shipped network changed, each result by its own command.",
    ),
    "simulate": (
        "ml.commands.capacity.simulate:simulate",
        "Simulate 1 to 10,000 lifts by measured figures: what breaks first, delays, nodes, evidence, cost.",
    ),
    "plot": ("ml.commands.plot:app", "Pictures of what the papers' networks have learnt."),
    "ablate": (
        "ml.commands.training.ablate:ablate",
        "Run the papers' ablations, three seeds each, over as many sittings as they take.",
    ),
    "bench": {
        "": "Speed of the parts, measured on this machine.",
        "render": ("ml.commands.bench:bench_render", "Registered pictures rendered a second; JSON."),
        "embed": (
            "ml.commands.bench:bench_embed",
            "Pictures a second from bytes to an answer, by threads and batch.",
        ),
        "systems": (
            "ml.commands.bench:bench_systems",
            "Pictures a second of all systems of the papers beside the artefact, one thread, 200x200.",
        ),
        "smoke": (
            "ml.commands.bench:bench_smoke",
            "Processor time of every smoke preset, each from an empty folder; fails beyond a minute.",
        ),
        "train": (
            "ml.commands.bench:bench_train",
            "Pictures a second in training of the paper's network, with and without kept memory; JSON lines.",
        ),
    },
}
