# The entry points. Each target first installs what it needs; the work is done in package.json and scripts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
NODE := node_modules/.bin/node

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:
	@scripts/setup

.PHONY: demo demo-break demo-heal
demo: setup ## Run three FRR routers, the exporter, Prometheus and Alertmanager on this machine; stop with Ctrl-C
	@$(NODE) scripts/demo.ts

demo-break: setup ## Cut a link of the demo: make demo-break LINK=tor1 (or tor2)
	@$(NODE) scripts/demo.ts break $(LINK)

demo-heal: setup ## Restore the links that demo-break cut
	@$(NODE) scripts/demo.ts heal

.PHONY: scenario
scenario: setup ## Play one of the six use cases on real FRR, with faults to cause; root: make scenario NAME=vip
	@$(NODE) scripts/scenario.ts $(NAME)

.PHONY: check
check: setup ## Run types, lint and unit tests: fast, no root
	@npm run -s types && npm run -s lint && npm run -s unit

.PHONY: test test-matrix
test: setup ## Run every test; the last line is "N passed, N failed"
	@$(NODE) scripts/test.ts

test-matrix: setup ## Run the laboratory tests on FRR 7.5.1, 8.4.4, 10.3 and 10.7.1
	@$(NODE) scripts/test.ts test/integration/matrix

.PHONY: docs
docs: setup ## Generate docs/metrics.md, flags.md, status.md, causes.md, use-cases.md, and the lists of collectors and parameters
	@$(NODE) scripts/write-docs.ts

.PHONY: build
build: setup ## Compile to dist/, which the npm package and the image contain
	@npm run -s build

.PHONY: mutants mutants-rules
mutants-rules: setup ## Change one thing at a time in the alert rules and list the changes that no scenario notices: half an hour; a part: make mutants-rules GROUP=frr-witness
	@scripts/setup test
	@RULE_GROUP='$(GROUP)' node_modules/.bin/vitest run --project mutation

mutants: setup ## Change one token at a time and list the changes that no unit test notices: an hour; a part: make mutants MUTANTS='--mutate src/frr/vty.ts'
	@$(NODE) node_modules/@stryker-mutator/core/bin/stryker.js run $(MUTANTS)

.PHONY: bench soak
bench: build ## Compare with prometheus-frr-exporter and write docs/benchmarks.md; root, 45 minutes; one part: make bench BENCH='--only start'
	@scripts/setup lab bench
	@$(NODE) bench/bench.ts $(BENCH)

soak: build ## Poll for twenty minutes at a short interval and check that nothing grows: make soak SOAK='--minutes 60 --report'
	@$(NODE) bench/soak.ts $(SOAK)

.PHONY: rules
rules: setup ## Generate the alert rules from alerts/thresholds.yaml: make rules ARGS='--uplink-peer-group=spines'
	@$(NODE) alerts/render.ts $(ARGS)

.PHONY: dashboards pictures
dashboards: setup ## Generate dashboards/generated from the code: make dashboards ARGS='--output=/tmp/mine --datasource=Mimir'
	@$(NODE) dashboards/generate.ts $(ARGS)

pictures: ## Draw the dashboards in docs/img, from real FRR and a simulated fleet; root, 15 minutes
	@scripts/setup lab demo pictures
	@$(NODE) dashboards/pictures/make.ts $(ARGS)

VERSION = $(shell $(NODE) -p 'require("./package.json").version')

.PHONY: release deb rpm package sbom bundles image image-archive push
release: setup ## Build everything of a release, with checksums, in release/: make release ARGS='--build-arg NODE_IMAGE=...'
	@rm -rf release
	@$(MAKE) deb ARGS='amd64 arm64'
	@$(MAKE) rpm ARGS='x86_64 aarch64'
	@$(MAKE) package sbom bundles
	@$(MAKE) image-archive ARGS="--no-cache $(ARGS)"
	@cd release && sha256sum * >.SHA256SUMS && mv .SHA256SUMS SHA256SUMS && cat SHA256SUMS

deb: setup ## Write the Debian package, with Node.js inside, to release/: make deb ARGS='amd64 arm64'
	@scripts/setup deb
	@packaging/deb $(ARGS)

rpm: setup ## Write the same as RPM to release/: make rpm ARGS='x86_64 aarch64'
	@scripts/setup deb
	@packaging/rpm $(ARGS)

package: setup ## Write the npm package to release/
	@mkdir -p release && npm pack --silent --pack-destination release

sbom: setup ## Write the SBOM (CycloneDX) to release/
	@mkdir -p release && scripts/sbom >release/frr-exporter.cdx.json && echo frr-exporter.cdx.json

bundles: setup ## Write the dashboards and the alert rules to release/
	@scripts/bundles

# Times of the files in the image are those of the commit; a release is built without podman's cache, where they may be those of an
# earlier one. The labels are not build arguments, because podman 4.3 ignores the values of arguments when it looks into its cache.
LABEL = --label org.opencontainers.image
BUILD = podman build --format docker --file container/Containerfile --timestamp $$(git log -1 --format=%ct) \
  $(LABEL).version=$(VERSION) $(LABEL).revision=$$(git rev-parse HEAD) $(LABEL).created=$$(git log -1 --format=%cI) $(ARGS)

image: setup ## Build the container image with podman: make image ARGS='--build-arg NODE_IMAGE=...'
	@$(BUILD) --tag frr-exporter:$(VERSION) --tag frr-exporter:latest .

image-archive: image ## Write the image to release/, for `podman load` and `docker load`
	@mkdir -p release
	@scripts/image-archive frr-exporter:$(VERSION) >release/frr-exporter-$(VERSION)-image.tar.gz

push: setup ## Build the image for amd64 and arm64 and push it: make push IMAGE=registry.example/frr-exporter
	@podman manifest rm frr-exporter-push 2>/dev/null || :
	@$(BUILD) --no-cache --platform linux/amd64,linux/arm64 --manifest frr-exporter-push .
	@mkdir -p release && podman manifest push --all --digestfile release/image.digest frr-exporter-push docker://$(IMAGE):$(VERSION)

.PHONY: frr-image
frr-image: ## Build the container image of the FRR service with podman: make frr-image ARGS='--build-arg BASE_IMAGE=...'
	@podman build --format docker --file container/frr/Containerfile --tag frr:$(VERSION) --tag frr:latest \
	  $(LABEL).version=$(VERSION) $(ARGS) container/frr

.PHONY: bench-dashboards
bench-dashboards: ## Measure each panel with 1,000 simulated nodes and write docs/benchmarks.md; 15 minutes
	@scripts/setup demo
	@$(NODE) bench/dashboards.ts $(ARGS)

.PHONY: storm
storm: setup ## Kill 100, 300 and all of 1,000 simulated nodes, a router, the fabric, and write docs/benchmarks.md; a quarter of an hour
	@$(NODE) bench/storm.ts $(ARGS)

.PHONY: time-to-page
time-to-page: setup ## Measure the time from a fault to the page with real FRR, Prometheus and Alertmanager, and write docs/benchmarks.md
	@$(NODE) bench/time-to-page.ts $(ARGS)
