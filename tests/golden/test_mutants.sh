#!/bin/bash
# Mutants of whole captures: no report, valid JSON, the same with 1, 3 and 4 workers. At length by hand: see tests/fuzz/RESULTS.md.
. "$(dirname "$0")/../lib.sh"

if python3 "$TT_ROOT/tests/fuzz/mutate.py" --count 24 --seed 7 --out "$TT_TMP" "$TELLTALE" "$TELLTALE_FAST" "$TT_ROOT"/pcaps/*.pcap \
    "$TT_ROOT"/pcaps/*.pcapng > "$TT_TMP/log" 2>&1; then
    ok "24 mutants of captures"
else
    fail "24 mutants of captures" "$(head -c 600 "$TT_TMP/log" | tr '\n' ' ')"
fi
done_testing
