# Two commands do everything on a fresh machine: `make run` (the main job) and `make test`.
# System packages come through apt where it may be used; installers/system-packages.sh says what is missing where it may not.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= gdbos-demo

.DEFAULT_GOAL := help
.PHONY: help run test check lint types contracts bench fuzz screenshots messages docs clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/gdbos: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test,check,messages]'
	touch $@

.PHONY: system-run system-test
system-run:
	sh installers/system-packages.sh run

system-test:
	sh installers/system-packages.sh test

run: system-run $(BIN)/gdbos  ## the main job on the shipped sample, then the window on it
	$(BIN)/gdbos demo --out $(OUT)

test: system-test $(BIN)/gdbos check  ## every test, with all that tests need
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n auto $(TESTS)

check: $(BIN)/gdbos lint types contracts  ## ruff, mypy --strict, import contracts

lint: $(BIN)/gdbos
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(BIN)/gdbos
	$(BIN)/mypy

contracts: $(BIN)/gdbos
	$(BIN)/lint-imports

bench: system-run $(BIN)/gdbos  ## figures as ratios of one run; never part of the tests
	QT_QPA_PLATFORM=offscreen $(BIN)/gdbos bench $(BENCH)

fuzz: system-test $(BIN)/gdbos  ## files changed by chance, read: make fuzz SECONDS=600 SEED=1; failures stay in ./fuzz-failures
	$(BIN)/python -m tests.security.fuzzing --seconds $(or $(SECONDS),120) $(if $(SEED),--seed $(SEED)) --keep fuzz-failures

screenshots: system-run $(BIN)/gdbos  ## every page and state as a picture, into ./screenshots
	$(BIN)/gdbos screenshots --out screenshots

messages: $(BIN)/gdbos  ## compile the message catalogues
	for po in resources/i18n/*/LC_MESSAGES/*.po; do $(BIN)/pybabel -q compile -i $$po -o $${po%.po}.mo; done

docs: $(BIN)/gdbos  ## regenerate the data dictionary and the placeholders of guides
	$(BIN)/python docs/build_dictionary.py
	$(BIN)/python docs/build_guide_template.py

clean:  ## remove what make made
	rm -rf $(VENV) $(OUT) screenshots build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
