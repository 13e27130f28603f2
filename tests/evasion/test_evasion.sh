#!/bin/bash
# The evasion matrix: telltale reports what the receiver read, no more and no less (see README.md of this folder). Each case as a model of
# the receiver answers it, and, where the kernel lets us, as the kernel does.
. "$(dirname "$0")/../lib.sh"

here=$TT_ROOT/tests/evasion
cat > "$TT_TMP/marker.rules" << 'EOF'
alert mqtt any any -> any any (msg:"marker in a PUBLISH"; mqtt.publish.message; content:"EVILMARK"; sid:1;)
alert tcp any any -> any any (msg:"marker in a stream"; content:"EVILMARK"; sid:2;)
alert mqtt any any -> any any (msg:"marker in a will"; mqtt.connect.willmessage; content:"EVILMARK"; sid:3;)
alert mqtt any any -> any any (msg:"marker under an aliased topic"; mqtt.publish.topic; content:"plant/evil"; mqtt.publish.message; content:"EVILMARK"; sid:4;)
alert mqtt any any -> any any (msg:"harmless twin of the marker"; mqtt.publish.message; content:"GOODBYE!"; sid:5;)
EOF

matrix() { # model|kernel: who answers
    local cases=$TT_TMP/$1 code
    python3 "$here/generate.py" "$cases" "$1"
    code=$?
    [ $code -ne 3 ] || return
    if [ $code -eq 0 ]; then ok "$1: what is read is what truth.tsv says"; else fail "$1: cases" "code $code"; fi
    run read -q -S "$TT_TMP/marker.rules" --json "$cases.json" "$cases/pcaps"
    expect_exit "$1: all cases are read to the end" 0
    python3 "$here/judge.py" "$cases/expected.tsv" "$cases.json" "$1:" || tt_failed=1
    "$TELLTALE_FAST" read -q --workers 4 -S "$TT_TMP/marker.rules" --json "$cases.four.json" "$cases/pcaps" 2> /dev/null
    expect_same "$1: 4 workers write the same" "$cases.json" "$cases.four.json"
}

matrix model
matrix kernel
done_testing
