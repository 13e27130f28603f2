#!/bin/bash
# Whole = split: streams cut into one-octet segments, or into shuffled and repeated pieces, give the same records.
. "$(dirname "$0")/../lib.sh"

for capture in "$TT_ROOT"/pcaps/mqtt31-qos.pcap "$TT_ROOT"/pcaps/mqtt311-qos.pcap "$TT_ROOT"/pcaps/mqtt5-*.pcap \
    "$TT_ROOT"/pcaps/login-failures.pcap "$TT_ROOT"/pcaps/aedes-port-21883.pcap "$TT_ROOT"/pcaps/mqtt-ipv6.pcap \
    "$TT_ROOT"/pcaps/session-life.pcap "$TT_ROOT"/pcaps/server-disconnect.pcap "$TT_ROOT"/pcaps/large-publish.pcap; do
    name=$(basename "$capture" .pcap)
    "$TELLTALE_FAST" read -q --no-rules --json "$TT_TMP/whole.json" "$capture"
    python3 "$TT_ROOT/tests/golden/content.py" "$TT_TMP/whole.json" > "$TT_TMP/whole.txt"
    [ -s "$TT_TMP/whole.txt" ] || fail "$name has records" "none"
    for mode in octets shuffle; do
        python3 "$TT_ROOT/tests/golden/recut.py" $mode 7 "$capture" "$TT_TMP/cut.pcap"
        "$TELLTALE_FAST" read -q --no-rules --json "$TT_TMP/cut.json" "$TT_TMP/cut.pcap"
        python3 "$TT_ROOT/tests/golden/content.py" "$TT_TMP/cut.json" > "$TT_TMP/cut.txt"
        expect_same "$name $mode" "$TT_TMP/whole.txt" "$TT_TMP/cut.txt"
    done
done
done_testing
