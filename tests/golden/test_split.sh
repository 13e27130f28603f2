#!/bin/bash
# Whole = split: streams cut into one-octet segments, at random, or into shuffled and repeated pieces give the same records, as they are,
# of one side only, joined later, and with holes (split.py). TT_SPLIT_OCTETS=0 takes all of each capture, else its first connections.
. "$(dirname "$0")/../lib.sh"

python3 "$TT_ROOT/tests/evasion/hostile.py" "$TT_TMP/hostile" cut aliases topics noise octets bombs || fail "generator" "code $?"
captures=("$TT_ROOT"/pcaps/*.pcap "$TT_ROOT"/pcaps/*.pcapng "$TT_TMP"/hostile/*.pcap)
if [ -d "$TT_SHARED/captures" ]; then
    for folder in mqtt mqtt-attack evasion smpp ucp cimd2 coap-tcp mqtt-ws websocket tls; do
        for capture in "$TT_SHARED/captures/$folder"/*.pcap*; do
            # joined later: its first packet says where it begins, which is another one when shuffled
            [ "$(basename "$capture")" = sv-tls-der-incomplete.pcap ] || captures+=("$capture")
        done
    done
    captures+=("$TT_SHARED"/captures-lab/{http_sms_apis,kannel_smpp,mqtt_ws_mosquitto}.pcap)
else
    skip "captures of others" "no ../shared/captures"
fi
python3 "$TT_ROOT/tests/golden/split.py" "$TELLTALE_FAST" "$TT_TMP" "${TT_SPLIT_OCTETS:-4000}" "${captures[@]}" || tt_failed=1
done_testing
