#!/bin/bash
# run.sh [CHECK…] - what `make lint` does: house rules, formatting, gcc and clang warnings, gcc's analyser, clang-tidy,
# cppcheck, shellcheck. Each check prints its findings and `ok lint/NAME` or `not ok lint/NAME: why`; the last line
# counts them. Results per file are kept in build-lint, so that only what changed is looked at again.
set -u
cd "$(dirname "$0")/../.." || exit 2
out=$PWD/build-lint
jobs=${TT_JOBS:-2}
mkdir -p "$out"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0

verdict() { # name, code, what was looked at
    if [ "$2" -eq 0 ]; then
        echo "ok lint/$1: $3"
        passed=$((passed + 1))
    else
        echo "not ok lint/$1: $3"
        failed=$((failed + 1))
    fi
}

tracked() { # patterns: files that exist, tracked or new
    git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r f; do [ -f "$f" ] && echo "$f"; done
}

per_file() { # name, target of files.mk, what was looked at
    make --no-print-directory -f tests/lint/files.mk OUT="$out" -k -j"$jobs" "$2" > "$log" 2>&1
    local code=$?
    grep -vE '^make|warnings? generated|Nothing to be done|errors? generated' "$log" | head -n 200
    verdict "$1" $code "$3"
}

house() {
    python3 tests/lint/house.py > "$log"
    cat "$log"
    passed=$((passed + $(grep -c '^ok ' "$log")))
    failed=$((failed + $(grep -c '^not ok ' "$log")))
}

selftest() {
    tests/lint/selftest.sh
    verdict selftest $? 'planted faults are found'
}

format() {
    tracked '*.c' '*.h' | xargs clang-format-14 --dry-run -Werror > "$log" 2>&1
    local code=$?
    grep -E 'error:' "$log" | cut -d: -f1 | sort | uniq -c | awk '{print "  " $2 ": " $1 " places (make format)"}'
    verdict format $code 'clang-format 14 on all C files'
}

globals() {
    LINT_OBJECTS=$out/src python3 tests/lint/house.py globals > "$log"
    local code=$?
    cat "$log"
    if [ $code -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

check_cppcheck() {
    mkdir -p "$out/cppcheck"
    # uninitvar: 2.10 calls an address that is taken a use; both compilers and both analysers look for it too.
    # invalidPrintfArgType_uint: a uint16_t becomes an int on its way to %u; -Wformat=2 knows that it fits.
    cppcheck --enable=warning,performance,portability --std=c11 --language=c -q -j"$jobs" --inline-suppr \
        --cppcheck-build-dir="$out/cppcheck" -Iinclude -Isrc -D_GNU_SOURCE -D__SSE2__ -D__x86_64__ -DTT_VERSION='""' \
        --suppress=missingIncludeSystem --suppress=uninitvar --suppress=invalidPrintfArgType_uint --error-exitcode=1 src > "$log" 2>&1
    local code=$?
    grep -vE '^ *\^|note:' "$log"
    verdict cppcheck $code 'cppcheck on src'
}

check_shell() {
    # Scripts by their name or their first line. SC2162 takes the command `telltale read` for the
    # shell's; SC2317 does not see functions that a trap or a list calls.
    {
        tracked '*.sh'
        tracked '.ci/*' 'contrib/*' 'tests/*' | xargs grep -lE -m1 '^#!/bin/(ba)?sh' 2> /dev/null
    } | sort -u | xargs shellcheck -x -P SCRIPTDIR -e SC2162,SC2317
    verdict shellcheck $? 'shellcheck on all shell scripts'
}

[ $# -gt 0 ] || set -- selftest house format clang gcc globals tests tidy cppcheck shellcheck
for check; do
    begin=$SECONDS
    case $check in
    selftest | house | format | globals) $check ;;
    clang) per_file clang clang 'clang 14, every warning an error, on src' ;;
    gcc) per_file gcc analyzer 'gcc, every warning an error, and -fanalyzer, on src' ;;
    tests) per_file tests tests 'clang 14 on tests' ;;
    tidy) per_file tidy tidy 'clang-tidy 14 on src' ;;
    cppcheck) check_cppcheck ;;
    shellcheck) check_shell ;;
    *)
        echo "run.sh: no such check: $check" >&2
        exit 2
        ;;
    esac
    echo "-- $check: $((SECONDS - begin)) s"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
