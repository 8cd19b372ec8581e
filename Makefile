# What people type. Each target sets up what it needs first; the work itself is in package.json and scripts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
NODE := node_modules/.bin/node

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:
	@scripts/setup

.PHONY: demo demo-break demo-heal
demo: setup ## Three FRR routers, the exporter, Prometheus and Alertmanager on this machine; Ctrl-C ends it
	@$(NODE) scripts/demo.ts

demo-break: setup ## Cut a link of the demonstration: make demo-break LINK=tor1 (or tor2)
	@$(NODE) scripts/demo.ts break $(LINK)

demo-heal: setup ## Mend what demo-break cut
	@$(NODE) scripts/demo.ts heal

.PHONY: check
check: setup ## Types, lint and unit tests: seconds, no root
	@npm run -s types && npm run -s lint && npm run -s unit

.PHONY: test test-matrix
test: setup ## Every test; the last line is "N passed, N failed"
	@$(NODE) scripts/test.ts

test-matrix: setup ## The laboratory's tests on FRR 7.5.1, 8.4.4, 10.3 and 10.7.1
	@$(NODE) scripts/test.ts test/integration/matrix

.PHONY: docs
docs: setup ## docs/metrics.md, flags.md and status.md, from the code
	@$(NODE) scripts/write-docs.ts

.PHONY: build
build: setup ## dist/: what the npm package and the image run
	@npm run -s build

.PHONY: bench soak
bench: build ## Side by side with prometheus-frr-exporter: writes docs/benchmarks.md; root, 45 minutes; a part: make bench BENCH='--only start'
	@scripts/setup lab bench
	@$(NODE) bench/bench.ts $(BENCH)

soak: build ## Twenty minutes of polling at a short interval: does anything grow? make soak SOAK='--minutes 60 --report'
	@$(NODE) bench/soak.ts $(SOAK)

.PHONY: rules
rules: setup ## The alert rules, from alerts/thresholds.yaml: make rules ARGS='--uplink-peer-group=spines'
	@$(NODE) alerts/render.ts $(ARGS)

.PHONY: dashboards pictures
dashboards: setup ## dashboards/generated, from the code: make dashboards ARGS='/tmp/mine --grafana.datasource=Mimir'
	@$(NODE) dashboards/generate.ts $(ARGS)

pictures: ## docs/img of the dashboards, from real FRR and a simulated fleet; root, a quarter of an hour
	@scripts/setup lab demo pictures
	@$(NODE) dashboards/pictures/make.ts $(ARGS)

VERSION = $(shell $(NODE) -p 'require("./package.json").version')

.PHONY: package sbom image
package: setup ## release/: the npm package
	@mkdir -p release && npm pack --silent --pack-destination release

sbom: setup ## release/: what the exporter is made of (CycloneDX)
	@mkdir -p release && scripts/sbom >release/frr-exporter.cdx.json && echo frr-exporter.cdx.json

image: setup ## The container image, by podman: make image ARGS='--build-arg NODE_IMAGE=...'
	@podman build --format docker --file container/Containerfile --tag frr-exporter:$(VERSION) --tag frr-exporter:latest \
	  --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) \
	  --build-arg CREATED=$$(git log -1 --format=%cI) $(ARGS) .

.PHONY: bench-dashboards
bench-dashboards: ## How long each panel takes for 1,000 simulated nodes; writes docs/benchmarks.md, a quarter of an hour
	@scripts/setup demo
	@$(NODE) bench/dashboards.ts $(ARGS)

.PHONY: time-to-page
time-to-page: setup ## From a fault to the page, with real FRR, Prometheus and Alertmanager; writes docs/benchmarks.md
	@$(NODE) bench/time-to-page.ts $(ARGS)
