# Everything starts here. A machine needs Python 3.11 or newer and make; the rest is installed below this folder, from
# locks with hashes: .venv for the project, .venv-sam for the SAM command and .venv-security for what looks for
# weaknesses, whose dependencies differ.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

BIN := .venv/bin
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(if $(shell \
	$(name) -c 'import sys; print("ok") if sys.version_info >= (3, 11) else None' 2>/dev/null),$(name))))
CHROMIUM ?= /usr/bin/chromium
SECURITY := .venv-security/bin
SAM := SAM_CLI_TELEMETRY=0 MAKEFLAGS= PATH="$(CURDIR)/$(BIN):$$PATH" .venv-sam/bin/sam

export CHROMIUM

# uv brings the usual authorities along; only the system knows one that a network has of its own.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
	/etc/ssl/cert.pem),true,false)

##@ Use

.PHONY: help
help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/run.stamp ## start the local stack with the sample practice (PORT=8080, SAMPLE=none for an empty one)
	@exec $(BIN)/python -m infra.local.run

.PHONY: demo
demo: .venv/run.stamp ## walk through the main job on a stack of its own and verify each step
	@exec $(BIN)/python -m infra.local.demo

.PHONY: emulator
emulator: .venv/run.stamp ## start the emulator alone, to deploy to by the SAM command (docs/operating.md)
	@exec $(BIN)/python -m infra.local.aws

##@ Develop

.PHONY: test
test: test-fast test-simulation test-stack test-artifact test-browser ## run every test, the fast ones first

.PHONY: test-fast
test-fast: .venv/dev.stamp ## run the tests that need nothing running: unit, component, template
	$(BIN)/python -m pytest --numprocesses 2 tests/unit tests/component tests/template

.PHONY: test-simulation
test-simulation: .venv/dev.stamp ## run some hundred seeds of the simulation, and its tests
	$(BIN)/python -m pytest --numprocesses 2 tests/simulation

.PHONY: simulate
simulate: .venv/dev.stamp ## run seeds of the simulation (SEEDS=1000 FIRST=1); see docs/simulation.md
	$(BIN)/python -m tests.simulation.run --seeds $(or $(SEEDS),1000) --first $(or $(FIRST),1)

.PHONY: soak
soak: .venv/dev.stamp ## load the local stack for a while, with AWS away twice (MINUTES=30 SEED=1); see docs/soak.md
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30) --seed $(or $(SEED),1)

.PHONY: test-stack
test-stack: .venv/dev.stamp ## run the tests on the local stack
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/stack

.PHONY: test-artifact
test-artifact: .venv/dev.stamp build ## run what is built by itself, and deploy it to the emulator
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope tests/artifact

.PHONY: test-browser
test-browser: .venv/dev.stamp $(CHROMIUM) ## run the tests in a browser
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup tests/browser

.PHONY: lint
lint: .venv/dev.stamp .venv-sam/sam.stamp .venv-security/security.stamp ## check style, types, the template, and security
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m infra.api_document --check
	$(BIN)/cfn-lint template.yaml infra/*.yaml
	$(SAM) validate --lint
	$(SECURITY)/bandit --quiet --recursive --configfile pyproject.toml functions infra/operator
	$(SECURITY)/checkov --file template.yaml
	$(SECURITY)/checkov --directory infra
	$(BIN)/python -m infra.audit

.PHONY: bench
bench: .venv/dev.stamp build ## measure size, start, scan, sender, import, portal, into docs/benchmarks.md (ONLY="sending waiting")
	$(BIN)/python -m infra.bench $(ONLY)

.PHONY: format
format: .venv/dev.stamp ## put the code into shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.PHONY: tour
tour: .venv/dev.stamp $(CHROMIUM) ## take the pictures of docs/tour.md anew
	TOUR=docs/tour $(BIN)/python -m pytest tests/browser/test_tour.py

.PHONY: openapi
openapi: .venv/dev.stamp ## write the documents of the APIs from what the code declares
	$(BIN)/python -m infra.api_document

.PHONY: plans
plans: .venv/dev.stamp ## reckon anew what docs/cost.md and docs/scale.md tell
	$(BIN)/python -m infra.planning.plans

.PHONY: lock
lock: .venv/uv.stamp ## lock dependencies again after a change of requirements/*.in (UPGRADE=--upgrade for newer ones)
	$(call compile,shipped,functions/requirements.txt)
	$(call compile,run,requirements/run.txt,--constraints functions/requirements.txt)
	$(call compile,dev,requirements/dev.txt,--constraints requirements/run.txt)
	$(call compile,sam,requirements/sam.txt)
	$(call compile,security,requirements/security.txt)
	$(call compile,uv,requirements/uv.txt)

##@ Deploy

.PHONY: build
build: .venv/uv.stamp .venv-sam/sam.stamp ## build what is deployed, into .aws-sam/build
	@PATH="$(CURDIR)/$(BIN):$$PATH" python3 -m infra.build.byte_code
	$(SAM) build

.PHONY: deploy
deploy: build deployment.toml ## deploy to AWS, for ENV=dev or ENV=prod; it asks what deployment.toml does not say (SET="Parameter=value")
	$(SAM) deploy --config-file '$(CURDIR)/deployment.toml' --config-env $(or $(ENV),default) \
		$$($(BIN)/python -m infra.deploy_answers $(or $(ENV),default)) $(if $(SET),--parameter-overrides $(SET))

# Your answers, out of git's sight: a release that changes samconfig.toml shall not stand in the way of your own.
deployment.toml:
	@cp samconfig.toml $@

# ---------------------------------------------------------------- environments
# A stamp is newer than the locks it was made from; with all stamps in place a target goes to work at once.

compile = $(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(3) requirements/$(1).in --output-file $(2)

.venv/uv.stamp: requirements/uv.txt
	@$(if $(PYTHON),,echo 'Python 3.11 or newer is needed; name it with PYTHON=...' >&2; exit 1)
	@echo 'Setting up .venv'
	@$(PYTHON) -m venv .venv || { echo 'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/run.stamp: .venv/uv.stamp requirements/run.txt pyproject.toml
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo 'Adding the tools of development'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

.venv-sam/sam.stamp: .venv/uv.stamp requirements/sam.txt
	@echo 'Setting up .venv-sam'
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-sam
	@$(BIN)/uv pip install --quiet --python .venv-sam/bin/python --require-hashes -r requirements/sam.txt
	@touch $@

.venv-security/security.stamp: .venv/uv.stamp requirements/security.txt
	@echo 'Setting up .venv-security'
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-security
	@$(BIN)/uv pip install --quiet --python $(SECURITY)/python --require-hashes -r requirements/security.txt
	@touch $@

# A browser of the system, for tests of pages. Where there is no apt, name one: make test CHROMIUM=/path/to/chromium
/usr/bin/chromium:
	@echo 'Installing chromium for the browser tests'
	@command -v apt-get >/dev/null || { echo 'No $@ and no apt-get: name a browser with CHROMIUM=...' >&2; exit 1; }
	@root=; [ "$$(id -u)" = 0 ] || root=$$(command -v sudo) || \
		{ echo 'Neither root nor sudo: install chromium, or name a browser with CHROMIUM=...' >&2; exit 1; }; \
	$$root apt-get update --quiet --quiet && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends chromium
