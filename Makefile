# SPDX-License-Identifier: Apache-2.0
# The front door. Every target is one call; what it does is in the script of that name.
KERNEL ?= 6.1
SECONDS ?= 30
MINUTES ?= 60

.PHONY: help build demo test lab lint format sanitize fuzz soak coverage bench image clean

help:
	@echo 'make demo               build, then do the main job for real: a guest with kernel $(KERNEL), a simulated RDS'
	@echo '                        (KERNEL=6.12 make demo: on that kernel)'
	@echo 'make test               build, then run every test; the last line says how many passed and failed'
	@echo 'make lab                build, then every lab test on every kernel, the newest there is too: hours'
	@echo 'make build              install what is missing and build into build/bin'
	@echo 'make lint               format, clang-tidy, layers, every header compiles alone'
	@echo 'make format             bring the code into its format'
	@echo 'make sanitize           unit tests, crash matrix and histories under ASan and UBSan, and under TSan'
	@echo 'make fuzz SECONDS=30    every fuzz target for so long'
	@echo 'make coverage           what these tests reach of src/, as a table and as build/coverage/index.html'
	@echo 'make soak MINUTES=60    random histories of a whole cluster, fresh ones, for so long on all cores'
	@echo 'make clean              remove build/, kernels and all'
	@echo 'make image              build/rds-csi-image.tar, the OCI image for deploy/chart; docs/install.md says what to do with it'
	@echo 'make bench              build, then measure: a table with bounds, build/bench.json, plots in build/bench/ (docs/performance.md)'

build:
	@scripts/setup
	@scripts/build

demo: build
	@tests/demo/run --kernel $(KERNEL)

test: build
	@scripts/setup programs
	@scripts/test

lab: build
	@scripts/setup lab
	@tests/lab/run --kernel 6.1 --kernel 6.12 --kernel newest

lint:
	@scripts/setup lint
	@scripts/lint

format:
	@scripts/setup lint
	@find src sim tests fuzz bench -name '*.cc' -o -name '*.h' | xargs clang-format-19 -i

sanitize:
	@scripts/setup sanitize
	@scripts/sanitize

fuzz:
	@scripts/setup fuzz
	@scripts/fuzz $(SECONDS)

coverage:
	@scripts/setup coverage
	@scripts/coverage

soak: build
	@scripts/soak $(MINUTES)

image: build
	@scripts/image

bench: image
	@scripts/setup programs
	@bench/run --kernel $(KERNEL)

clean:
	rm -rf build
