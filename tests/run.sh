#!/bin/bash
# run.sh [KIND…|FILE…] - runs what `make test` built: unit programs, scripts, and each fuzz harness for a moment.
# KIND is one of: unit golden diff evasion e2e peers fuzz (all of them without arguments), FILE a test script or program.
# Every program prints `ok NAME`, `not ok NAME: why`, `skipped NAME: why`; one that ends badly without having said why
# counts as failed. Ends with the line `N passed, N failed`, and is red when anything failed.
set -u
cd "$(dirname "$0")/.." || exit 2
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export TT_ROOT=$PWD
absolute() { case $1 in /*) echo "$1" ;; *) echo "$TT_ROOT/$1" ;; esac }
TELLTALE=$(absolute "${TELLTALE:-build-san/telltale}")
TELLTALE_FAST=$(absolute "${TELLTALE_FAST:-build/telltale}")
TT_BUILD=$(dirname "$TELLTALE")
export TELLTALE TELLTALE_FAST TT_BUILD
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=0:detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export LC_ALL=C.UTF-8 TZ=UTC
jobs=${TT_JOBS:-2}
fuzz_seconds=${TT_FUZZ_SECONDS:-10}
limit=${TT_TEST_SECONDS:-240} # for each program

work=$(mktemp -d "${TMPDIR:-/tmp}/telltale-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/log"

# One program: its output goes to a log, its temporary folder is its own.
run_one() { # name, program, arguments…
    local name=$1 log
    shift
    log=$work/log/${name//\//-}
    mkdir -p "$work/tmp/$name"
    TT_TMP=$work/tmp/$name CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 "$limit" "$@" > "$log" 2>&1 < /dev/null
    local code=$?
    echo "$code" > "$log.code"
    count "$name" "$log" "$code"
    rm -rf "${work:?}/tmp/$name"
}

# Counts the lines of a log into LOG.sum ("passed failed skipped") and shows one line for the program.
count() { # name, log, exit code
    awk -v name="$1" -v code="$3" -v out="$2.sum" '
        { sub(/^[ \t]+/, "") }
        # cmocka writes a skipped test as "not ok N # SKIP name"
        /^(not )?ok [^#]*# *SKIP/ || /^skipped / { skipped++; print "    " $0; next }
        /^ok / { passed++ }
        /^not ok / { failed++ }
        END {
            why = code == 124 || code == 137 ? "took too long" : "ended with code " code
            if (code != 0 && !failed) { failed++; print "    not ok " name ": " why }
            if (code == 0 && !passed && !failed && !skipped) { failed++; print "    not ok " name ": tested nothing" }
            printf "%d %d %d\n", passed, failed, skipped > out
            printf "%s %s: %d passed%s%s\n", failed ? "RED  " : "green", name, passed,
                failed ? ", " failed " failed" : "", skipped ? ", " skipped " skipped" : ""
        }' "$2"
}

# Each line of the list is "name<TAB>program": so many at a time, in order.
run_list() { # jobs
    local most=$1 name program
    while IFS=$'\t' read -r name program; do
        while [ "$(jobs -rp | wc -l)" -ge "$most" ]; do
            wait -n
        done
        run_one "$name" "$program" &
    done
    wait
}

list_of() { # kind
    local f
    case $1 in
    unit)
        for f in tests/unit/*/test_*.c tests/unit/*/*/test_*.c; do
            [ -f "$f" ] || continue
            f=${f#tests/} f=${f%.c}
            printf '%s\t%s\n' "$f" "$TT_BUILD/$f"
        done
        ;;
    *)
        for f in tests/"$1"/test_*.sh; do
            [ -f "$f" ] || continue
            f=${f#tests/}
            printf '%s\t%s\n' "${f%.sh}" "tests/$f"
        done
        ;;
    esac
}

run_kind() { # kind
    local begin=$SECONDS
    case $1 in
    unit | golden | diff | evasion | e2e) run_list "$jobs" < <(list_of "$1") ;;
    peers) run_list 1 < <(list_of "$1") ;; # real programs with ports and clocks of their own
    fuzz) run_one fuzz tests/fuzz/run.sh "$fuzz_seconds" ;;
    *.sh) run_one "$(basename "$1" .sh)" "$(absolute "$1")" ;;
    *)
        [ -x "$1" ] || { echo "run.sh: no such kind or program: $1 (unit golden diff evasion e2e peers fuzz)" >&2; exit 2; }
        run_one "$(basename "$1")" "$(absolute "$1")"
        ;;
    esac
    printf -- '-- %s: %d s\n' "$1" $((SECONDS - begin))
}

[ $# -gt 0 ] || set -- unit golden diff evasion e2e peers fuzz
[ "$*" != fuzz ] || limit=$((fuzz_seconds * 60 + 600))
for kind; do
    run_kind "$kind"
done

read -r passed failed skipped < <(cat "$work"/log/*.sum 2> /dev/null | awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}')
if [ "$failed" -gt 0 ]; then
    echo
    echo "What failed:"
    for sum in "$work"/log/*.sum; do
        read -r _ f _ < "$sum"
        [ "$f" -gt 0 ] || continue
        log=${sum%.sum}
        echo "== $(basename "$log") (code $(cat "$log.code"))"
        # The failing lines with what stands before them, and the end, where a crash shows.
        { grep -n -B 6 'not ok' "$log" | grep -v '# SKIP'; echo ...; tail -n 40 "$log"; } | awk '!seen[$0]++' | head -n 120
    done
    echo
fi
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
