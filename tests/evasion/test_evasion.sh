#!/bin/bash
# The evasion matrix: telltale reports what the receiver read, no more and no less (see README.md of this folder).
. "$(dirname "$0")/../lib.sh"

here=$TT_ROOT/tests/evasion
cat > "$TT_TMP/marker.rules" << 'EOF'
alert mqtt any any -> any any (msg:"marker in a PUBLISH"; mqtt.publish.message; content:"EVILMARK"; sid:1;)
alert tcp any any -> any any (msg:"marker in a stream"; content:"EVILMARK"; sid:2;)
alert mqtt any any -> any any (msg:"marker in a will"; mqtt.connect.willmessage; content:"EVILMARK"; sid:3;)
alert mqtt any any -> any any (msg:"marker under an aliased topic"; mqtt.publish.topic; content:"plant/evil"; mqtt.publish.message; content:"EVILMARK"; sid:4;)
EOF
python3 "$here/generate.py" "$TT_TMP/cases" || fail "generator" "code $?"
run read -q -S "$TT_TMP/marker.rules" --json "$TT_TMP/eve.json" "$TT_TMP/cases/pcaps"
expect_exit "all cases are read to the end" 0
python3 "$here/judge.py" "$TT_TMP/cases/expected.tsv" "$TT_TMP/eve.json" || tt_failed=1

"$TELLTALE_FAST" read -q --workers 4 -S "$TT_TMP/marker.rules" --json "$TT_TMP/four.json" "$TT_TMP/cases/pcaps" 2> /dev/null
expect_same "4 workers write the same" "$TT_TMP/eve.json" "$TT_TMP/four.json"
done_testing
