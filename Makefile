# Every target sets .venv up when it is missing or older than pyproject.toml, then calls one command that works on any system.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
COURSE := $(VENV_PYTHON) -m course
STAMP := .venv/installed
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))

ifneq ($(filter execute,$(MAKECMDGOALS)),)
$(if $(LAB),,$(error Say which lab: make execute LAB=00))
endif
ifneq ($(filter record,$(MAKECMDGOALS)),)
$(if $(and $(LAB),$(STAGE),$(SEED)),,$(error Say what to record: make record LAB=03 STAGE=qat SEED=1))
endif

.PHONY: help run test test-system lab student site execute record lint

help:
	@echo 'make run                    execute all labs into build/run/ and print the verdicts; one lab: make run LAB=00'
	@echo 'make lab                    copy the student version into work/ and open it in JupyterLab'
	@echo 'make test                   lint, unit tests, and every stored output against a new one'
	@echo 'make test-system            tests that need a browser or a fresh environment'
	@echo 'make lint                   style of code and notebooks, notebook rules'
	@echo 'make execute LAB=00         execute a lab in place'
	@echo 'make record LAB=03 STAGE=qat SEED=1   one long run, recorded in data/results/'
	@echo 'make student                build/student.zip'
	@echo 'make site                   build/site/, pages to read'

run: $(STAMP)
	@$(COURSE) run $(if $(LAB),--lab $(LAB))

test: $(STAMP)
	@$(COURSE) test

test-system: $(STAMP)
	@$(VENV_PYTHON) -m pytest -m system --numprocesses=auto --dist=loadfile

lab student site lint: $(STAMP)
	@$(COURSE) $@

execute: $(STAMP)
	@$(COURSE) execute --lab $(LAB)

record: $(STAMP)
	@$(COURSE) record --lab $(LAB) --stage $(STAGE) --seed $(SEED)

$(STAMP): pyproject.toml
	@$(PYTHON) -c '$(SUPPORTED)' || { \
	  echo 'The course needs Python 3.11 or 3.12, and "$(PYTHON)" is not one of them.'; \
	  echo 'Name one that is: make $(MAKECMDGOALS) PYTHON=python3.11. Or use conda: see README.md.'; \
	  exit 1; }
	@$(VENV_PYTHON) -c '$(SUPPORTED)' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	$(VENV_PYTHON) -m pip install --disable-pip-version-check -e '.[labs,course,scale,device,site,dev]'
	@touch $@
