#!/bin/bash
# What flow records say by nDPI against ndpiReader, flow by flow.
. "$(dirname "$0")/../lib.sh"

if ! command -v ndpiReader > /dev/null; then
    skip "ndpiReader" "not installed: libndpi-bin"
elif ! ldd "$TELLTALE_FAST" | grep -q libndpi; then
    skip "ndpiReader" "built without nDPI"
elif [ -d "$TT_SHARED/captures/tls" ]; then
    if python3 "$TT_ROOT/tests/diff/ndpi.py" "$TELLTALE_FAST" \
        "$TT_SHARED"/captures/{tls,dtls,dnp3,modbus,mixed,websocket,negative}/*.pcap* > "$TT_TMP/out" 2>&1; then
        ok "ndpiReader: $(tail -n 1 "$TT_TMP/out")"
    else
        fail "ndpiReader" "$(head -n 3 "$TT_TMP/out" | tr '\n' ';')"
    fi
else
    skip "captures of others, nDPI" "no ../shared/captures"
fi
done_testing
