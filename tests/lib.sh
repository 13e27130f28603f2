# shellcheck shell=bash
# What test scripts share: source it first (. "$(dirname "$0")/../lib.sh"), end with `done_testing`.
# TELLTALE is the sanitizer binary, TELLTALE_FAST the normal one, TT_TMP a folder of your own, TT_ROOT the repository.
set -u
TT_ROOT=${TT_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
TELLTALE=${TELLTALE:-$TT_ROOT/build/telltale}
# shellcheck disable=SC2034 # for scripts
TELLTALE_FAST=${TELLTALE_FAST:-$TT_ROOT/build/telltale}
if [ -z "${TT_TMP:-}" ]; then
    TT_TMP=$(mktemp -d "${TMPDIR:-/tmp}/telltale-one.XXXXXX")
    trap 'rm -rf "$TT_TMP"' EXIT
fi
# shellcheck disable=SC2034 # for scripts: third-party captures and schemas, not everywhere
TT_SHARED=$TT_ROOT/../shared
tt_failed=0

ok() { # name
    echo "ok $1"
}

fail() { # name, why
    echo "not ok $1: $2"
    tt_failed=$((tt_failed + 1))
}

skip() { # name, why
    echo "skipped $1: $2"
}

# Runs telltale (or another program given as a path) and keeps `code`, and its output in $TT_TMP/stdout and $TT_TMP/stderr.
run() { # arguments of telltale
    "$TELLTALE" "$@" > "$TT_TMP/stdout" 2> "$TT_TMP/stderr" < "${stdin:-/dev/null}"
    code=$?
}

# A report of a sanitizer is never what was expected, whatever the code.
clean_run() {
    ! grep -qE 'ERROR: (Address|Leak|Undefined)|runtime error:' "$TT_TMP/stderr"
}

expect_exit() { # name, expected code (after run)
    if ! clean_run; then
        fail "$1" "sanitizer report: $(grep -m1 -E 'Sanitizer|runtime error' "$TT_TMP/stderr")"
    elif [ "$code" = "$2" ]; then
        ok "$1"
    else
        fail "$1" "exit code $code, expected $2; stderr: $(head -n 3 "$TT_TMP/stderr" | tr '\n' ' ')"
    fi
}

expect_text() { # name, stdout|stderr|FILE, extended regular expression
    if grep -qE -- "$3" "$(stream_of "$2")"; then
        ok "$1"
    else
        fail "$1" "$2 has no line like /$3/; it begins: $(head -n 3 "$(stream_of "$2")" | tr '\n' ' ')"
    fi
}

expect_no_text() { # name, stdout|stderr|FILE, extended regular expression
    if grep -qE -- "$3" "$(stream_of "$2")"; then
        fail "$1" "$2 has: $(grep -m1 -E -- "$3" "$(stream_of "$2")")"
    else
        ok "$1"
    fi
}

expect_equal() { # name, got, expected
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        fail "$1" "got '$2', expected '$3'"
    fi
}

expect_same() { # name, file, file
    if cmp -s "$2" "$3"; then
        ok "$1"
    else
        fail "$1" "$(diff "$2" "$3" | head -n 4 | cut -c 1-300 | tr '\n' ' ')"
    fi
}

stream_of() {
    case $1 in stdout | stderr) echo "$TT_TMP/$1" ;; *) echo "$1" ;; esac
}

# A port on loopback that nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until the command succeeds: wait_for SECONDS command…
wait_for() {
    local tries=$(($1 * 20))
    shift
    while [ $tries -gt 0 ]; do
        "$@" > /dev/null 2>&1 && return 0
        sleep 0.05
        tries=$((tries - 1))
    done
    return 1
}

done_testing() {
    [ "$tt_failed" -eq 0 ]
    exit
}
