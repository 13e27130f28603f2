# The checks that look at one source at a time, as make targets: two at a time, and only what changed is looked at again.
# Called by run.sh: make -f tests/lint/files.mk -k -j2 analyzer|clang|tidy|tests
OUT ?= build-lint
CC = gcc
CLANG ?= clang-14
TIDY ?= clang-tidy-14
WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Walloca -Wpointer-arith \
	-Wwrite-strings -Wundef -Wformat=2 -Wframe-larger-than=8192 -Werror
FLAGS := -Iinclude -Isrc -D_GNU_SOURCE -DTT_VERSION='"lint"' -std=gnu11 $(shell pkg-config --cflags libpcap libhs 2>/dev/null)
SOURCES := $(sort $(shell git ls-files --cached --others --exclude-standard 'src/*.c' | while read -r f; do [ -f "$$f" ] && echo "$$f"; done))
TESTS := $(sort $(wildcard tests/unit/*/*.c tests/unit/*/*/*.c tests/fuzz/*.c))

analyzer: $(SOURCES:%.c=$(OUT)/%.o)
clang: $(SOURCES:%.c=$(OUT)/%.clang)
tidy: $(SOURCES:%.c=$(OUT)/%.tidy)
tests: $(TESTS:%.c=$(OUT)/%.clang)

# gcc: every warning at -O2, and the analyser, whose objects also show who owns writable memory.
# -Wanalyzer-too-complex tells where it gave up: not a finding. gcc 12 loses pointers that are kept in arrays and calls them
# leaks: LeakSanitizer watches every test instead. It takes the octets of a vector for the width of its lanes (shift-count).
$(OUT)/%.o: %.c tests/lint/files.mk
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) $(WARN) -O2 -fPIE -fanalyzer -Wno-analyzer-too-complex -Wno-analyzer-malloc-leak -Wno-analyzer-shift-count-overflow -MMD -MP -c -o $@ $<

# A parse shows all of clang's warnings but those of the back end, which `make SAN=1` shows.
# Tests are of the sanitizer tree, where octets looked at are counted.
$(OUT)/src/%.clang: src/%.c tests/lint/files.mk
	@mkdir -p $(@D)
	@$(CLANG) $(FLAGS) $(WARN) -fsyntax-only -MMD -MP -MF $@.d -MT $@ $< && touch $@
$(OUT)/tests/%.clang: tests/%.c tests/lint/files.mk
	@mkdir -p $(@D)
	@$(CLANG) $(FLAGS) -DTT_WORK -Itests $(WARN) -Wno-conversion -Wno-missing-prototypes -fsyntax-only -MMD -MP -MF $@.d -MT $@ $< && touch $@

$(OUT)/%.tidy: %.c .clang-tidy tests/lint/files.mk $(OUT)/%.clang
	@mkdir -p $(@D)
	@$(TIDY) --quiet $< -- $(FLAGS) > $@.log 2> $@.err || { cat $@.log; grep -E 'error:' $@.err; exit 1; }
	@sed 's|^$(OUT)/$*.clang:|$@:|' $(OUT)/$*.clang.d > $@.d
	@touch $@

.PHONY: analyzer clang tidy tests
-include $(SOURCES:%.c=$(OUT)/%.d) $(SOURCES:%.c=$(OUT)/%.clang.d) $(TESTS:%.c=$(OUT)/%.clang.d) $(SOURCES:%.c=$(OUT)/%.tidy.d)
