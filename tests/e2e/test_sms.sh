#!/bin/bash
# The event `sms`: the messages that pcaps/groups.sh sends through Kannel are the same whatever carried them, each whole and once.
. "$(dirname "$0")/../lib.sh"

sent() { # capture: the messages to devices, as text
    run read -q --set eve.types=sms --json "$TT_TMP/sms.json" "$TT_ROOT/pcaps/$1"
    expect_exit "$1" 0
    python3 - "$TT_TMP/sms.json" > "$TT_TMP/$1.txt" << 'EOF'
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    sms = record["sms"]
    if sms["direction"] != "to_device" or sms.get("text") == "got it":
        continue  # "got it" answers what a device sent
    ports = sms.get("ports", {})
    print(sms["to"], sms["parts"], sms.get("text", "-"), sms.get("binary", "-"), ports.get("dst", "-"),
          "flash" if sms.get("class") == "flash" else "-", sms.get("protocol_id") or "-", bool(sms.get("account")), sep="|")
EOF
}

long=$(printf 'long %.0s' {1..70})
cat > "$TT_TMP/expected.txt" << EOF
491710000001|1|Meter 7 reading 1234|-|-|-|-|True
491710000001|1|Grüße €|-|-|-|-|True
491710000001|3|$long|-|-|-|-|True
491710000001|1|-|010603|2948|-|-|True
491710000001|1|flash|-|-|flash|-|True
491710000001|1|-|-|-|-|64|True
EOF
for capture in smpp-kannel ucp-kannel cimd2-kannel; do
    sent $capture.pcap
    expect_same "$capture: what was sent" "$TT_TMP/expected.txt" "$TT_TMP/$capture.pcap.txt"
done
run read -q --set eve.types=sms --json "$TT_TMP/sms.json" "$TT_ROOT/pcaps/smpp-kannel.pcap"
expect_text "from a device" "$TT_TMP/sms.json" '"direction":"from_device".*"from":"491710000001","to":"4711","account":"kannel".*"text":"STATUS 42"'
expect_equal "no receipt is a message" "$(grep -c 'stat:DELIVRD' "$TT_TMP/sms.json")" 0
done_testing
