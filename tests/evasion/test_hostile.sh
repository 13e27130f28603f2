#!/bin/bash
# MQTT that nobody means well with: no report, valid records, closed accounts, bounded memory (see hostile.py).
. "$(dirname "$0")/../lib.sh"

here=$TT_ROOT/tests/evasion
python3 "$here/hostile.py" "$TT_TMP/pcaps" || fail "generator" "code $?"
"$TELLTALE_FAST" schema > "$TT_TMP/schema.json"
python3 "$here/hostile_judge.py" "$TELLTALE" "$TELLTALE_FAST" "$TT_TMP/schema.json" 160 "$TT_TMP"/pcaps/*.pcap || tt_failed=1
done_testing
