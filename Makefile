# Everything a clone needs, by pip alone, in .venv. `make serve` runs the service, `make test` passes the tests.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PIP_REQUIRE_VIRTUALENV = 1

.PHONY: help install serve test check train readme peers ablation bench bench-check growth folders clean lock bundle sbom licenses
.DEFAULT_GOAL := help

help:
	@echo "make install   装好服务与训练所需 (all that serving and training need)"
	@echo "make serve     启动服务 (serve on PORT=$(PORT), HOST=$(HOST))"
	@echo "make test      跑测试 (tests)          make check   静态检查 (lint, types, labels)"
	@echo "make train     用 labels/ 重新训练     make bench   准确率与速度表 (accuracy and speed tables)"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 至 3.13 (needs Python 3.11 to 3.13): make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt hatch_build.py policy_themes/tagging/compiled.pyx | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[documents,service,train]'
	@touch $@

.venv/installed-dev: .venv/installed
	$(PIP) install -c constraints.txt -e '.[documents,otel,parquet,postgres,ray,service,train,dev]'
	@touch $@

install: .venv/installed

serve: .venv/installed
	$(BIN)/policy-themes serve --host $(HOST) --port $(PORT)

train: .venv/installed
	$(BIN)/policy-themes train $(if $(TEST),--test $(TEST))

test: .venv/installed-dev
	@tests/debian-packages.sh
	$(BIN)/python -m pytest -n 3 --dist loadfile  # three: much of it waits for servers and browsers

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry .
	$(BIN)/policy-themes labels check

readme: .venv/installed-dev
	$(BIN)/python tests/readme.py

# The peers of benchmarks/peers, each in an environment of its own; TEST="file.jsonl ..." names the real sections to measure on.
peers: .venv/installed-dev
	@for peer in "fasttext fasttext-wheel==0.9.2" "libmultilabel libmultilabel==0.10.0" "annif annif[omikuji,fasttext]==1.4.3"; do \
	    set -- $$peer; test -d .venv-peers/$$1 || { $(PYTHON) -m venv .venv-peers/$$1 && \
	    .venv-peers/$$1/bin/python -m pip install --quiet "$$2"; }; done
	$(BIN)/python -m benchmarks.peers.run $(TEST)

ablation: .venv/installed-dev
	$(BIN)/python -m benchmarks.accuracy $(TEST)

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks.tagging
	$(BIN)/python -m benchmarks.service

# Is anything slower by more than 5% than benchmarks/results/ratios.json says? Ratios, not seconds; ARGS=--keep writes that file anew.
bench-check: .venv/installed-dev
	$(BIN)/python -m benchmarks.check $(ARGS)

# 100 to a million sections, 10 to 100,000 characters, 1 to 64 clients; ARGS=10000 for fewer sections.
growth: .venv/installed-dev
	$(BIN)/python -m benchmarks.growth $(ARGS)

# 5,000 mixed files: throughput, memory, kills and resuming; ARGS="1000 --ray" for fewer and for Ray too.
folders: .venv/installed-dev
	$(BIN)/python -m benchmarks.folders $(ARGS)

# Pin what a fresh environment resolves to today. Run it, then the tests, then commit the new
# constraints.txt and requirements.lock: the same versions with the digest of every file, of what runs in a bureau (no Ray, no tests).
lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet '.[documents,otel,parquet,postgres,ray,service,train,dev]'
	{ echo "# Written by make lock: every package at the version the tests passed with."; \
	  .venv-lock/bin/python -m pip freeze --exclude policy-themes; } > constraints.txt
	.venv-lock/bin/python -m pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml $(foreach extra,documents postgres service train,--extra $(extra)) -c constraints.txt \
	    --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock
	rm -rf .venv-lock

# One file in dist/ that installs without a network; PYTHON_VERSION=3.12 PLATFORM=aarch64 for another kind of Linux machine.
bundle: .venv/installed
	BIN=$(BIN) sh service/deploy/bundle.sh

# What the program is made of: a CycloneDX list in dist/, and THIRD_PARTY_LICENSES.md (write it anew after make lock).
sbom licenses:
	PYTHON=$(PYTHON) sh service/deploy/licenses.sh $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
