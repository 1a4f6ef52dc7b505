# make demo   set everything up and inspect a simulated night
# make test   set everything up and run every test
# make check  formatting, lint, types, import contracts
# make figures  how well every rule is found, from audio, in words that nobody who wrote the rules has seen
# make bench  speed and memory, as ratios against a baseline in the same run

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: demo test check figures bench clean

$(VENV)/ready-demo: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[simulate]'
	touch $@

$(VENV)/ready-dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[simulate,dev]'
	touch $@ $(VENV)/ready-demo

demo: $(VENV)/ready-demo
	$(RUN)/callqa demo

test: $(VENV)/ready-dev
	$(RUN)/pytest -q -n auto --dist loadfile

check: $(VENV)/ready-dev
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports

figures: $(VENV)/ready-dev
	$(RUN)/python -m tests.figures figures

bench: $(VENV)/ready-dev
	$(RUN)/python -m tests.bench

clean:
	rm -rf $(VENV) *.egg-info
