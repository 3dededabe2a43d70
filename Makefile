# Two commands for newcomers: `make demo` and `make test`. The rest serves them.
SHELL  := /bin/sh
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PEERS  := .venv-bench
PORT   ?= 8000
say     = @printf '\033[1m== %s\033[0m\n' "$(1)"
# numba compiles once for this checkout, not once for every process
export NUMBA_CACHE_DIR := $(CURDIR)/var/numba

.PHONY: help demo test check features fuzz bench bench-peers bundle bundle-check offline-test lock clean
help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## / - /'

$(VENV)/uv.stamp: requirements/uv.lock
	$(call say,virtual environment)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %d.%d: make demo PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Install the venv module of your Python (Debian: apt install python3-venv)"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

$(VENV)/deps.stamp: requirements/dev.lock $(VENV)/uv.stamp
	$(call say,Python packages)
	@$(BIN)/uv pip sync -p $(BIN)/python --require-hashes --compile-bytecode requirements/dev.lock \
	  || $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -c 'import os, sysconfig; open(os.path.join(sysconfig.get_path("purelib"), "dispatch-dev.pth"), "w").write(os.getcwd() + "\n")'
	@printf '#!%s\nfrom dispatch.app import main\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/dispatch && chmod +x $(BIN)/dispatch
	@touch $@

demo: $(VENV)/deps.stamp ## start with made-up data on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(BIN)/python -m dispatch demo --port $(PORT)

test: $(VENV)/deps.stamp ## the whole suite, on SQLite and on PostgreSQL where one answers
	@$(BIN)/python -m compileall -q dispatch migrations seed # once, not in every process that a test starts
	@$(BIN)/python -c "from dispatch import streets; streets.warm_kernels()" & \
	  $(BIN)/python -c "from dispatch import planner; planner.warm(); planner.warm_questions()"; wait # kernels likewise
	@$(BIN)/python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder $(ARGS) # many wait for others: more than cores

check: $(VENV)/deps.stamp ## format, lint, types, import contracts, documentation
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m docs.check

features: $(VENV)/deps.stamp ## the rows of the feature list that tests show
	@$(BIN)/python -m tests.features

fuzz: $(VENV)/deps.stamp ## 20,000 made-up calls as everybody (ARGS='--cases 1000 --seed 2')
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/deps.stamp ## all benchmarks (after `make bench-peers` beside other libraries too; INSTANCES=FOLDER: published days)
	@with=$(BIN); test -x $(PEERS)/bin/python && with=$(PEERS)/bin; \
	  $$with/python benchmarks/coverage.py $(ARGS) && $$with/python benchmarks/day_plan.py --visits 500 --carers 50 --seconds 5
	@test -z "$(INSTANCES)" || $(BIN)/python benchmarks/hhcrsp.py --instances $(INSTANCES) --match '*_50_*' --seconds 5 --seeds 1
	@for one in nearby matching travel_matrix http; do $(BIN)/python benchmarks/$$one.py $(ARGS) || exit 1; done

bench-peers: $(VENV)/deps.stamp ## an environment of its own with the libraries that benchmarks compare with
	@$(BIN)/uv venv -q --allow-existing -p $(BIN)/python $(PEERS)
	@$(BIN)/uv pip sync -p $(PEERS)/bin/python --require-hashes requirements/bench.lock

bundle: $(VENV)/deps.stamp ## one archive that installs with no network at all (PYTHON_VERSION=3.12: for that Python)
	@sh deploy/bundle.sh $(BIN)/python $(PYTHON_VERSION)

bundle-check: ## install and start the newest bundle in a network namespace without a route
	@sh deploy/check-bundle.sh

offline-test: $(VENV)/deps.stamp ## the whole suite in a network namespace without a route
	@unshare $$(test $$(id -u) = 0 || echo --map-root-user) --net -- sh -c 'ip link set lo up && test -z "$$(ip route show)" && $(MAKE) test'

LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --only-binary :all: --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock: ## resolve again (UPGRADE=-U for newer versions)
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q uv; }
	@$(LOCK) $(UPGRADE) pyproject.toml -o requirements/run.lock
	@$(LOCK) $(UPGRADE) pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	@$(LOCK) $(UPGRADE) pyproject.toml --group bench -c requirements/run.lock -o requirements/bench.lock
	@echo uv | $(LOCK) $(UPGRADE) - -o requirements/uv.lock

clean: ## remove the environment and all demo data
	rm -rf $(VENV) $(PEERS) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
