#!/bin/bash
# run.sh SECONDS [HARNESS|fuzz_dissect:PROTOCOL…] - runs every libFuzzer harness that was built (make SAN=1 fuzz-build), two at a time.
# New inputs are kept in build-san/corpus/HARNESS; seeds come from tests/fuzz/seeds/HARNESS and from tests/fuzz/seed.py,
# which cuts them out of pcaps/. An input that crashes stays in build-san/crashes.
set -u
cd "$(dirname "$0")/../.." || exit 2
seconds=${1:-60}
[ $# -eq 0 ] || shift
build=${TT_BUILD:-$PWD/build-san}
crashes=$build/crashes
mkdir -p "$crashes"
red=0

run_harness() { # name
    local name=$1 bin=$build/fuzz/${1%:*} corpus=$build/corpus/$1 log=$build/corpus/$1.log seeds=tests/fuzz/seeds/${1%:*}
    mkdir -p "$corpus"
    local words=(-max_len=65536)
    [ "$name" = "${name%:*}" ] || export TT_FUZZ_PROTOCOL=${name#*:}
    python3 tests/fuzz/seed.py "${name%:*}" "$corpus" || echo "no seeds for $name"
    [ -d "$seeds" ] && cp -n "$seeds"/* "$corpus"/
    [ -f "tests/fuzz/${name%:*}.dict" ] && words+=("-dict=tests/fuzz/${name%:*}.dict")
    if "$bin" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$crashes/$name-" "${words[@]}" "$corpus" > "$log" 2>&1; then
        awk -v name="$name" '/number_of_executed_units/ { n = $2 } /cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") c = $(i + 1) }
            END { print "ok " name " (" n " runs, " c " edges)" }' "$log"
    else
        echo "not ok $name: see the report below; the input is in $crashes"
        grep -vE '^#[0-9]+' "$log" | tail -n 60
        return 1
    fi
}

if [ $# -eq 0 ]; then
    for f in tests/fuzz/fuzz_*.c; do
        [ -f "$f" ] && set -- "$@" "$(basename "$f" .c)"
    done
fi
[ $# -gt 0 ] || { echo "skipped fuzz: no harness"; exit 0; }
for name; do
    if [ ! -x "$build/fuzz/${name%:*}" ]; then
        echo "not ok $name: not built (make SAN=1 fuzz-build)"
        red=1
        continue
    fi
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
        wait -n || red=1
    done
    run_harness "$name" &
done
while [ "$(jobs -p | wc -l)" -gt 0 ]; do
    wait -n || red=1
    jobs > /dev/null
done
exit $red
