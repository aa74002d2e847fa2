# The words of this project. `make help` explains them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run up down reset test quick fortnight lint check format bench policy package deploy connect smoke doctor destroy

PINS := requirements.txt requirements-vendor.txt requirements-dev.txt constraints.txt
# Set up again only when a pin changes.
READY := .venv/ready-$(shell cat $(PINS) | sha256sum | cut -c1-16)
PY := .venv/bin/python

help: ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 10

run: $(READY) ## play a shop's day on the embedded AWS and stay up; ONCE=1 ends after the summary
	@exec $(PY) -m devtools.scenario $(if $(ONCE),--once)

up: $(READY) ## the same stack in the background, without the day; see .local/stack.json
	@$(PY) -m devtools.local_aws up

down: $(READY) ## stop it; its state stays
	@$(PY) -m devtools.local_aws down

reset: $(READY) ## stop it and forget its state
	@$(PY) -m devtools.local_aws reset

test: $(READY) ## the whole test suite, with the coverage of core and platforms
	@$(PY) -m pytest --cov --cov-report=term:skip-covered

quick: $(READY) ## the tests without the embedded AWS and the long proofs
	@$(PY) -m pytest -q -m "not e2e and not slow"

fortnight: $(READY) ## two weeks of 5,000 conversations against the stand-in's rules: SEEDS="2 3"
	@FORTNIGHT_SEEDS="$(or $(SEEDS),1)" $(PY) -m pytest -q -s tests/fortnight/test_fortnight.py

lint: $(READY) ## format, lint, types
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy

check: lint test ## format, lint, types, tests

format: $(READY) ## format, and repair what the linter can
	@.venv/bin/ruff check --fix-only .
	@.venv/bin/ruff format .

bench: $(READY) ## benchmarks; results in .local/bench.json; ONLY="cpu peers package units daily campaigns end_to_end" some of them
	@$(PY) -m devtools.benchmark $(ONLY)

policy: $(READY) ## docs/policy.md and the version of the rules, anew from the rules
	@$(PY) -m devtools.policy_page

package: $(READY) ## the deployment package
	@$(PY) -m devtools.package

deploy: $(READY) ## deploy to AWS: STAGE=prod [FRONT_DOOR=FunctionUrl] [ALARM_TOPIC=arn] ...; docs/operations.md
	@$(PY) -m devtools.deploy --stage "$(STAGE)" --bucket "$(BUCKET)" --alarm-topic "$(ALARM_TOPIC)" \
	  --front-door "$(FRONT_DOOR)" --cors-origins "$(CORS_ORIGINS)" --worker-concurrency "$(WORKER_CONCURRENCY)" \
	  --receive-reserved "$(RECEIVE_RESERVED)" --worker-reserved "$(WORKER_RESERVED)" \
	  --architecture "$(ARCHITECTURE)"

connect: $(READY) ## connect a channel: STAGE=prod [CHANNEL=id], the token from META_ACCESS_TOKEN or asked for
	@$(PY) -m devtools.connect --stage "$(STAGE)" --channel "$(CHANNEL)"

smoke: $(READY) ## post one signed delivery to a stage and read it back: STAGE=prod
	@$(PY) -m devtools.smoke --stage "$(STAGE)"

doctor: $(READY) ## what a stage lacks, with what to do about it: STAGE=prod
	@$(PY) -m devtools.doctor --stage "$(STAGE)"

destroy: $(READY) ## delete a stage: STAGE=prod [DELETE_DATA=yes]; tables stay unless DELETE_DATA=yes
	@$(PY) -m devtools.destroy --stage "$(STAGE)" --delete-data "$(DELETE_DATA)"

$(READY):
	@[ "$$(uname -s)" = Linux ] || { echo "Hearback's tools run on Linux; this is $$(uname -s). Use a Linux machine, a container or WSL." >&2; exit 1; }
	@python=""; \
	for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	[ -n "$$python" ] || { echo "Hearback needs Python 3.11 or newer. If it is not on the PATH: make PYTHON=/path/to/python" >&2; exit 1; }; \
	[ -x $(PY) ] || { echo "Making .venv with $$($$python --version)"; $$python -m venv .venv; } || \
	  { rm -rf .venv; echo "Python's venv module does not work here; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing pinned tools and libraries (a minute or two, only when pins change)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@$(PY) -m devtools.package --libraries
	@rm -f .venv/ready-* && touch $@
