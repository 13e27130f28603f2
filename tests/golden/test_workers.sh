#!/bin/bash
# The same input twice, and with 1, 2 or 4 workers, gives the same octets.
. "$(dirname "$0")/../lib.sh"

same() { # name, files…
    local name=$1
    shift
    for w in 1 2 4; do
        "$TELLTALE_FAST" read -q --workers $w --set eve.types=alert,anomaly,flow,sms,mqtt,smpp,ucp,cimd2,coap,tls,ike,wireguard,openvpn,http,smshttp,websocket --json "$TT_TMP/$w.json" "$@" 2> "$TT_TMP/err"
    done
    "$TELLTALE_FAST" read -q --set eve.types=alert,anomaly,flow,sms,mqtt,smpp,ucp,cimd2,coap,tls,ike,wireguard,openvpn,http,smshttp,websocket --json "$TT_TMP/again.json" "$@" 2> /dev/null
    if [ ! -s "$TT_TMP/1.json" ]; then
        fail "$name" "no output: $(head -n 2 "$TT_TMP/err")"
        return
    fi
    expect_same "$name twice" "$TT_TMP/1.json" "$TT_TMP/again.json"
    expect_same "$name 2 workers" "$TT_TMP/1.json" "$TT_TMP/2.json"
    expect_same "$name 4 workers" "$TT_TMP/1.json" "$TT_TMP/4.json"
}

same "all captures of the project" "$TT_ROOT"/pcaps/*.pcap "$TT_ROOT"/pcaps/*.pcapng "$TT_ROOT"/pcaps/*.gz
same "meter-hourly learned on itself" --baseline self "$TT_ROOT/pcaps/meter-hourly.pcap"
if [ -d "$TT_SHARED/captures" ]; then
    same "mqtt captures of others" "$TT_SHARED/captures/mqtt"
    same "attack captures of others" "$TT_SHARED/captures/mqtt-attack"
    same "evasion captures of others" "$TT_SHARED/captures/evasion"
    same "CoAP of others" "$TT_SHARED/captures/coap" "$TT_SHARED/captures/coap-tcp" "$TT_SHARED/captures/lwm2m"
    same "short messages of others" "$TT_SHARED/captures/smpp" "$TT_SHARED/captures/ucp" "$TT_SHARED/captures/cimd2"
    same "other protocols" "$TT_SHARED/captures/coap" "$TT_SHARED/captures/gtp" "$TT_SHARED/captures/attack" "$TT_SHARED/captures/tls" "$TT_SHARED/captures/dtls"
else
    skip "captures of others" "no ../shared/captures"
fi
done_testing
