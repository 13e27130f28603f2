# telltale. `make` builds build/telltale; `make demo`, `make test`, `make lint`, `make bench`, `make fuzz` are the rest.
# Every .c file below src/ is found by itself; dissectors, commands and option tables register by their file name.
# SAN=1 builds the sanitizer tree (clang, build-san); V=1 shows the commands; BUILD=DIR, CC=, OPT= do what they say.

SHELL := /bin/bash
ifdef SAN
BUILD ?= build-san
else
BUILD ?= build
endif
CLANG ?= clang-14
ifeq ($(origin CC),default)
CC := $(if $(SAN),$(CLANG),gcc)
endif
VERSION := 0.1.0
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 1)

PKGS := libpcap libhs libmd libxxhash libpcre2-8 zlib libzstd yaml-0.1
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
# A second opinion on unknown flows; WITH_NDPI=0 builds without it.
WITH_NDPI ?= 1
LIBS = $(if $(filter-out 0,$(WITH_NDPI)),-lndpi) -lpcap -lhs -lmd -lpcre2-8 -lz -lzstd -lyaml -lhttp_parser -lpthread -lm

WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Walloca -Wpointer-arith \
	-Wwrite-strings -Wundef -Wformat=2 -Wframe-larger-than=8192 -Werror
ifdef SAN
# Red zones make frames larger than they are; _FORTIFY_SOURCE would hide calls from the sanitizers. Every object can be
# linked with libFuzzer (fuzzer-no-link), so one tree serves unit tests, end-to-end tests and harnesses.
WARN += -Wno-frame-larger-than
HARDEN := -fPIE
CPPFLAGS += -DTT_WORK
OPT ?= -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer $(FUZZABLE)
FUZZABLE := $(if $(findstring clang,$(CC)),-fsanitize=fuzzer-no-link)
else
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
# Two neighbours in a vector register cost more than two stores.
OPT ?= -O2 -g -fno-tree-slp-vectorize
endif
CPPFLAGS += $(if $(filter-out 0,$(WITH_NDPI)),-DTT_NDPI)
CPPFLAGS += -Iinclude -Isrc -I$(BUILD)/gen -D_GNU_SOURCE -DTT_VERSION='"$(VERSION)"'
CFLAGS += -std=gnu11 $(OPT) $(WARN) $(PKG_CFLAGS)
LDFLAGS += -pie -Wl,-z,relro,-z,now

SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/registry.o
LIB_OBJECTS := $(filter-out $(BUILD)/obj/cli/main.o,$(OBJECTS))
TESTS := $(sort $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c))
TEST_BINS := $(TESTS:tests/unit/%.c=$(BUILD)/unit/%)
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BINS := $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)
TEST_CFLAGS := -Itests -Wno-missing-prototypes -Wno-conversion

Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)  $(2)')

.PHONY: all demo test check lint bench fuzz fuzz-build unit clean deps deps-test install format FORCE
.DELETE_ON_ERROR:

all: $(BUILD)/telltale

$(BUILD)/telltale: $(OBJECTS) $(BUILD)/gen/objects
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBS)

$(BUILD)/libtelltale.a: $(LIB_OBJECTS) $(BUILD)/gen/objects
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $(LIB_OBJECTS)

$(BUILD)/obj/%.o: src/%.c $(BUILD)/gen/flags | $(BUILD)/gen/headers
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(HARDEN) -MMD -MP -c -o $@ $<

# Files that change only when what they hold changes: compiler and flags, the list of objects, what registers.
define remember
$(BUILD)/gen/$(1): FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$$(subst ','"'"',$(2))' | cmp -s - $$@ || printf '%s\n' '$$(subst ','"'"',$(2))' > $$@
endef
REGISTERED := $(sort $(wildcard src/dissect/proto/*.c src/cli/cmd_*.c src/*/options.c src/device/model_*.c))
$(eval $(call remember,flags,$$(CC) $$(CPPFLAGS) $$(CFLAGS) $$(HARDEN)))
$(eval $(call remember,objects,$$(OBJECTS)))
$(eval $(call remember,registered,$$(REGISTERED)))

# Libraries and headers that are not there are told by the name of their package, once for each tree.
$(BUILD)/gen/headers: contrib/build/deps.sh
	@mkdir -p $(@D)
	@CC='$(CC)' PKG_CFLAGS='$(PKG_CFLAGS)' WITH_NDPI='$(WITH_NDPI)' contrib/build/deps.sh check && touch $@

# The registry is generated from the folders: adding a dissector, a command or an option table touches no shared file.
$(BUILD)/gen/registry.c: contrib/build/registry.sh $(BUILD)/gen/registered
	@contrib/build/registry.sh $(REGISTERED) > $@
$(BUILD)/obj/registry.o: $(BUILD)/gen/registry.c $(BUILD)/gen/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(HARDEN) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libtelltale.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ $< $(BUILD)/libtelltale.a -lcmocka $(LIBS)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libtelltale.a
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -MT $@ -o $@ $< $(BUILD)/libtelltale.a $(LIBS)

unit: $(TEST_BINS)

# Harnesses need clang's libFuzzer: make SAN=1 fuzz-build
fuzz-build: $(FUZZ_BINS)

deps:
	@contrib/build/deps.sh build

deps-test:
	@contrib/build/deps.sh test

demo: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@mkdir -p out
	@contrib/build/demo.sh $(BUILD)/telltale

# gcc builds what users run, clang what is tested with sanitizers: both with every warning an error.
test: deps-test
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(MAKE) --no-print-directory -j$(JOBS) SAN=1 BUILD=build-san all unit fuzz-build
	@TELLTALE=build-san/telltale TELLTALE_FAST=$(BUILD)/telltale tests/run.sh

check: test

lint:
	@contrib/build/deps.sh lint
	@tests/lint/run.sh

bench: deps-test
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@tests/bench/run.sh

fuzz: deps-test
	@$(MAKE) --no-print-directory -j$(JOBS) SAN=1 BUILD=build-san fuzz-build
	@tests/fuzz/run.sh $(or $(SECONDS_EACH),600)

format:
	clang-format-14 -i $(shell git ls-files '*.c' '*.h')

install: all
	install -D -m 755 $(BUILD)/telltale $(DESTDIR)$(PREFIX)/bin/telltale

clean:
	rm -rf build build-san build-lint out

-include $(OBJECTS:.o=.d) $(TEST_BINS:=.d) $(FUZZ_BINS:=.d)
