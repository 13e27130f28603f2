#!/bin/bash
# Alerts, records, anomalies and flows are those of Suricata 8 itself, but for the differences that SURICATA.md explains. TT_SURICATA is the
# command to run it by (chroot FOLDER suricata, where TT_TMP is seen by the same name); without it, the one in PATH.
. "$(dirname "$0")/../lib.sh"

suricata=${TT_SURICATA:-$(command -v suricata)}
if [ -z "$suricata" ]; then
    skip "suricata" "not installed"
    done_testing
fi
set --
for name in aedes-port-21883.pcap any-cooked-v1.pcap door-unlock.pcap login-failures.pcap mqtt-ipv6.pcap mqtt31-qos.pcap mqtt311-qos.pcap \
    mqtt311-retained-will.pcap mqtt5-mosquitto.pcap mqtt5-properties.pcap server-disconnect.pcap session-life.pcap; do
    set -- "$@" "$TT_ROOT/pcaps/$name"
done
mkdir -p "$TT_TMP/suricata"
python3 "$TT_ROOT/tests/diff/suricata.py" "$suricata" "$TELLTALE_FAST" "$TT_TMP/suricata" "$@" > "$TT_TMP/out" 2>&1
code=$?
grep '^#' "$TT_TMP/out" >&2
grep '^ok' "$TT_TMP/out"
grep '^not ok' "$TT_TMP/out" || expect_equal "suricata: exit code" "$code" 0
! grep -q '^not ok' "$TT_TMP/out" || exit 1
done_testing
