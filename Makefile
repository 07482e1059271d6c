# Two commands matter: `make run` and `make test`. Everything they need is fetched by tools/bootstrap.
.DEFAULT_GOAL := help
.PHONY: help run test bench dev docs format clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: ## install, start the database, load the plan and the demo, serve http://127.0.0.1:8006
	@tools/bootstrap environment frontend translations
	@exec .venv/bin/dean06 up $(ARGS)

test: ## every check and test on a real PostgreSQL, browser included
	@tools/bootstrap development frontend translations chromium reader
	@tools/verify

bench: ## measured bars; GROUP=web chooses one of indicators, web, demo, cold, trust; ARGS=--json for programs
	@tools/bootstrap development frontend translations reader
	@.venv/bin/python -m tests.bench $(GROUP) $(ARGS)

dev: ## as run, restarted on every change; front end rebuilt on change
	@tools/bootstrap development frontend translations
	@exec tools/dev

docs: ## the documentation site, in site/
	@tools/bootstrap development
	@.venv/bin/mkdocs build --strict

format: ## format and fix what can be fixed
	@tools/bootstrap development
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

clean: ## remove everything that was built; the data directory stays
	@rm -rf .venv .stamps .mypy_cache .ruff_cache .hypothesis .import_linter_cache site test-results
	@rm -rf frontend/node_modules src/dean06/web/static/dist
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
