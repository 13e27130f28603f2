# shellcheck shell=bash
# Every field that tshark has too, against tshark itself: what test_tshark.sh and test_others.sh share. Sourced behind lib.sh.
judge=$TT_ROOT/tests/diff/tshark.py

# What tshark has to be told for a capture: ports that it does not know.
options_of() { # name of a capture
    case $1 in
    aedes-port-21883) echo -d tcp.port==21883,mqtt ;;
    ucp-*) echo -d tcp.port==9600,ucp ;;
    cimd2-*) echo -d tcp.port==9971,cimd ;;
    kannel_drive_smpp) echo -d tcp.port==2345,smpp ;;
    kannel_emi | ucp_ops_attacks) echo -d tcp.port==9600,ucp ;;
    lab-ucp-3700) echo -d tcp.port==3700,ucp ;;
    kannel_cimd | lab-cimd2-9971) echo -d tcp.port==9971,cimd ;;
    coap-port-15683) echo -d udp.port==15683,coap -d udp.port==56830,coap ;;
    diameter-port-23868) echo -d tcp.port==23868,diameter ;;
    mqttsn | lab-mqttsn-1885) echo -d udp.port==1885,mqttsn ;;
    mqttsn-port-20885) echo -d udp.port==20885,mqttsn ;;
    mqttsn_*) echo -d udp.port==10000,mqttsn ;;
    dns-port-20053) echo -d udp.port==20053,dns -d tcp.port==20053,dns ;;
    radius-port-21812) echo -d udp.port==21812,radius -d udp.port==21813,radius ;;
    vpn-openvpn-*) echo -d udp.port==11194,openvpn -d tcp.port==11195,openvpn ;;
    ndpi-coap-mqtt) echo -d udp.port==17500,coap ;;
    coap_npm | coap_malformed_npm | lwm2m_session) echo -d udp.port==5783,coap ;;
    coap_libcoap_udp) echo -d udp.port==5793,coap ;;
    coap_multicast) echo -d udp.port==5693,coap ;;
    http-curl) echo -o http.desegment_body:FALSE ;;
    smshttp-*) echo -o http.desegment_body:FALSE -d tcp.port==13013,http -d tcp.port==13000,http ;;
    websocket-* | mqtt_ws_mosquitto) echo -d tcp.port==9001,http -d tcp.port==8081,http ;;
    # midstream: without its CONNECT tshark reads MQTT 5 as 3.1.1, and so do we: nothing on the wire says which
    esac
}

# Protocols by their dissectors; tshark's own name where it is another.
protocols() {
    for file in "$TT_ROOT"/src/dissect/proto/*.c; do
        basename "$file" .c
    done
}

# True: we or tshark see the protocol in the capture. What WebSocket carries tshark 4.0 does not read; short messages over HTTP it has no
# fields for.
speaks() { # protocol, capture, tshark's protocols in it
    case $1/$(basename "$2") in
    smshttp/* | mqtt/websocket-* | coap/websocket-*) return 1 ;;
    esac
    grep -qwE "$(sed 's/^cimd2$/cimd/; s/^dns$/m?dns|llmnr/' <<< "$1")" <<< "$3" || [ "$("$TELLTALE_FAST" fields -p "$1" --names tshark "$2" 2> /dev/null | head -n 2 | wc -l)" -gt 1 ]
}

differ() { # protocol, capture, label, name among the exceptions
    local words
    read -ra words <<< "$(options_of "$(basename "$2" | sed 's/[.]pcap.*//')")"
    if python3 "$judge" "$TELLTALE_FAST" "$1" "$2" --except "$TT_ROOT/tests/diff/exceptions.txt" "$4" "${words[@]}" > "$TT_TMP/diff" 2>&1; then
        ok "$1 $3: $(tail -n 1 "$TT_TMP/diff")"
    else
        fail "$1 $3" "$(tail -n 1 "$TT_TMP/diff"): $(head -n 3 "$TT_TMP/diff" | tr '\n' ';')"
    fi
}
