# Each command does all its set-up, may be repeated, and says in words what the machine lacks.
.PHONY: demo test lint docs clean help

help:
	@echo "make demo    the demo city on http://localhost:8000 (PORT=8001 make demo for another port)"
	@echo "make test    linters and tests (TEST_ALL=1 make test: nothing may skip, slow matrix included)"
	@echo "make lint    linters and the import contract only"
	@echo "make docs    the documentation, in docs/_build/html"
	@echo "make clean   remove everything these commands made"

demo:
	@scripts/demo

test:
	@scripts/test

lint:
	@scripts/lint

docs:
	@scripts/docs

clean:
	@scripts/clean
