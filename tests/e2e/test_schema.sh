#!/bin/bash
# Every line is valid against the schema that telltale derives from its own rows, and against Suricata's where that is at hand.
. "$(dirname "$0")/../lib.sh"

python=/usr/bin/python3 # Debian's own, for which python3-jsonschema is installed
run schema
expect_exit "schema" 0
cp "$TT_TMP/stdout" "$TT_TMP/schema.json"
set -- "$TT_ROOT"/pcaps/*.pcap "$TT_ROOT"/pcaps/*.pcapng "$TT_ROOT"/pcaps/*.gz
[ ! -d "$TT_SHARED/captures" ] || set -- "$@" "$TT_SHARED"/captures/mqtt/sv-*.pcap "$TT_SHARED"/captures/evasion/*.pcap
"$TELLTALE_FAST" read -q --set eve.types=alert,anomaly,flow,mqtt,stats,sms --set eve.payload=yes --json "$TT_TMP/eve.json" "$@" 2> "$TT_TMP/err"
"$TELLTALE_FAST" read -q --baseline self --json "$TT_TMP/meter.json" "$TT_ROOT/pcaps/meter-hourly.pcap" 2>> "$TT_TMP/err"
cat "$TT_TMP/meter.json" >> "$TT_TMP/eve.json"
for type in alert anomaly flow mqtt stats sms; do
    expect_text "there is a record of type $type" "$TT_TMP/eve.json" "\"event_type\":\"$type\""
done
if $python -c 'import jsonschema' 2> /dev/null; then
    if $python "$TT_ROOT/tests/diff/eve_schema.py" "$TT_TMP/schema.json" "$TT_TMP/eve.json" > "$TT_TMP/out" 2>&1; then
        ok "own schema: $(tail -n 1 "$TT_TMP/out")"
    else
        fail "own schema" "$(head -n 3 "$TT_TMP/out" | tr '\n' ' ')"
    fi
else
    fail "own schema" "python3-jsonschema is not installed: make deps-test"
fi
suricata=$TT_SHARED/siem-validators/eve-suricata-8.0.6.schema.json
if [ -f "$suricata" ]; then
    if $python "$TT_ROOT/tests/diff/eve_schema.py" --suricata "$suricata" "$TT_TMP/schema.json" "$TT_TMP/eve.json" > "$TT_TMP/out" 2>&1; then
        ok "Suricata's schema: $(tail -n 1 "$TT_TMP/out")"
    else
        fail "Suricata's schema" "$(head -n 3 "$TT_TMP/out" | tr '\n' ' ')"
    fi
else
    skip "Suricata's schema" "no ../shared/siem-validators"
fi
done_testing
