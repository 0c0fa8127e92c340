# make up    a local environment and a real `pulumi up` on it
# make test  every check, ending with jest's own summary
# make down  throws the local environment away
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

LAB := lab/lab

.PHONY: help up down test lint check tools prepare bench

help:
	@sed -n 's/^# //p' Makefile | head -3

tools:
	@tools/install

node_modules/.package-lock.json: package-lock.json package.json policy/package.json
	@tools/quietly "npm: installing the packages" npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

policy/bin/index.js: node_modules/.package-lock.json $(wildcard policy/*.ts) $(wildcard dns/*.ts dns/*/*.ts)
	@tools/quietly "policy: building the pack" npm run --silent -w policy build

prepare: tools node_modules/.package-lock.json policy/bin/index.js
	@$(LAB) prepare

up: prepare
	@npx tsx lab/run/up.ts

down: node_modules/.package-lock.json
	@$(LAB) down

lint: tools node_modules/.package-lock.json
	@tools/quietly "lint: prettier" npx prettier --check --log-level warn .
	@tools/quietly "lint: eslint" npx eslint .
	@echo "lint: shellcheck, gofmt"
	@git ls-files | tests/support/shell-files | xargs shellcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -d $$(git ls-files '*.go'); exit 1; }
	@tools/quietly "types: tsc" npx tsc -p .

# Three at a time on two cores: the tests on real parts mostly wait.
test: prepare lint
	@npx jest --maxWorkers=3

bench: node_modules/.package-lock.json
	@npx tsx tests/bench/run.ts
