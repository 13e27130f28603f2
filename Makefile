# telltale. `make` builds build/telltale; `make demo`, `make test`, `make lint`, `make bench`, `make fuzz` are the rest.
# Every .c file below src/ is found by itself; dissectors, commands and option tables register by their file name.

SHELL := /bin/bash
BUILD ?= build
CC ?= gcc
CLANG ?= clang-14
VERSION := 0.1.0

PKGS := libpcap libhs libmd libxxhash libcmocka libpcre2-8 zlib yaml-0.1
PKG_CFLAGS = $(shell pkg-config --cflags libpcap libhs 2>/dev/null)
LIBS = -lpcap -lhs -lmd -lpcre2-8 -lz -lyaml -lpthread -lm

WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Walloca -Wpointer-arith \
	-Wwrite-strings -Wundef -Wformat=2 -Wframe-larger-than=8192 -Werror
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
OPT ?= -O2 -g
CPPFLAGS += -Iinclude -Isrc -I$(BUILD)/gen -D_GNU_SOURCE -DTT_VERSION='"$(VERSION)"'
CFLAGS += -std=gnu11 $(OPT) $(WARN) $(PKG_CFLAGS)
LDFLAGS += -pie -Wl,-z,relro,-z,now

SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/registry.o
LIB_OBJECTS := $(filter-out $(BUILD)/obj/cli/main.o,$(OBJECTS))
TESTS := $(sort $(wildcard tests/unit/*/test_*.c))
TEST_BINS := $(TESTS:tests/unit/%.c=$(BUILD)/unit/%)
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BINS := $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)

.PHONY: all demo test check lint bench fuzz fuzz-build unit clean deps deps-test install format

all: $(BUILD)/telltale

$(BUILD)/telltale: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libtelltale.a: $(LIB_OBJECTS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(HARDEN) -MMD -MP -c -o $@ $<

# The registry is generated from the folders: adding a dissector, a command or an option table touches no shared file.
REGISTERED := $(sort $(wildcard src/dissect/proto/*.c src/cli/cmd_*.c src/*/options.c src/device/model_*.c))
$(BUILD)/gen/registry.c: contrib/build/registry.sh $(REGISTERED)
	@mkdir -p $(@D)
	contrib/build/registry.sh $(REGISTERED) > $@.tmp && mv $@.tmp $@
$(BUILD)/gen/.list: FORCE
	@mkdir -p $(@D); echo '$(REGISTERED)' | cmp -s - $@ || { echo '$(REGISTERED)' > $@; rm -f $(BUILD)/gen/registry.c; }
FORCE:
$(BUILD)/gen/registry.c: $(BUILD)/gen/.list
$(BUILD)/obj/registry.o: $(BUILD)/gen/registry.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(HARDEN) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libtelltale.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -Wno-missing-prototypes -Wno-conversion -o $@ $< $(BUILD)/libtelltale.a -lcmocka $(LIBS)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libtelltale.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-missing-prototypes -fsanitize=fuzzer -o $@ $< $(BUILD)/libtelltale.a $(LIBS)

unit: $(TEST_BINS)

fuzz-build: $(FUZZ_BINS)

deps:
	@contrib/build/deps.sh build

deps-test:
	@contrib/build/deps.sh test

demo: deps
	@$(MAKE) --no-print-directory all
	@mkdir -p out
	@contrib/build/demo.sh $(BUILD)/telltale

test: deps-test
	@tests/run.sh

lint:
	@contrib/build/deps.sh lint
	@tests/lint/run.sh

bench: deps-test
	@tests/bench/run.sh

fuzz: deps-test
	@tests/fuzz/run.sh $(or $(SECONDS_EACH),600)

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean:
	rm -rf $(BUILD) out

-include $(OBJECTS:.o=.d)
