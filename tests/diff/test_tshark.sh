#!/bin/bash
# Every field that tshark has too, against tshark itself: for each protocol that has fields of tshark's, on the project's captures; and,
# where the folder is there, on other people's captures, and against the tables of tshark's answers for them.
. "$(dirname "$0")/../lib.sh"
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

if command -v tshark > /dev/null; then
    for capture in "$TT_ROOT"/pcaps/*.pcap "$TT_ROOT"/pcaps/*.pcapng "$TT_ROOT"/pcaps/*.pcap.gz; do
        name=$(basename "$capture")
        read -ra words <<< "$(options_of "${name%%.pcap*}")"
        seen=$(tshark -n -r "$capture" "${words[@]}" -q -z io,phs 2> /dev/null | awk '/frames:/ { print $1 }')
        for protocol in $(protocols); do
            speaks "$protocol" "$capture" "$seen" && differ "$protocol" "$capture" "$name" "${name%%.pcap*}"
        done
    done
    if [ -d "$TT_SHARED/captures/coap" ]; then
        for capture in "$TT_SHARED"/captures/{coap,coap-attack,coap-tcp,lwm2m}/*.pcap \
            "$TT_SHARED"/captures-lab/{coap_[almn],link_ip_f,link_ipv6,lwm2m_,oscore_}*.pcap; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "$capture" .pcap)
            differ coap "$capture" "$folder/$name" "$folder/$name"
        done
        for pair in smpp/{captures/smpp/*,captures-lab/{smpp_all_pdus,smpp_attacks,smpp_perl,sms_auth,kannel_smpp,kannel_drive_smpp}.pcap} \
            ucp/{captures/ucp/*,captures-lab/{kannel_emi,ucp_ops_attacks}.pcap} cimd2/{captures/cimd2/*,captures-lab/kannel_cimd.pcap}; do
            for capture in "$TT_SHARED"/${pair#*/}; do
                folder=$(basename "$(dirname "$capture")") name=$(basename "${capture%.pcap*}")
                differ "${pair%%/*}" "$capture" "$folder/$name" "$folder/$name"
            done
        done
    else
        skip "captures of others, CoAP, SMPP, UCP, CIMD2" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/websocket" ]; then
        for capture in "$TT_SHARED"/captures/{websocket,mqtt-ws}/*.pcap "$TT_SHARED"/captures-lab/mqtt_ws_mosquitto.pcap; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "$capture" .pcap)
            for protocol in http websocket; do
                differ "$protocol" "$capture" "$folder/$name" "$folder/$name"
            done
        done
    else
        skip "captures of others, WebSocket" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/radius" ]; then
        for capture in "$TT_SHARED"/captures/{radius,mixed}/*.pcap "$TT_SHARED"/captures-lab/radius_*.pcap; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "$capture" .pcap)
            [ "$name" = pcpp-radius_wrong ] && continue # BitTorrent from port 1813, as tshark says
            differ radius "$capture" "$folder/$name" "$folder/$name"
        done
    else
        skip "captures of others, RADIUS" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/gtp" ]; then
        for capture in "$TT_SHARED"/captures/gtp/*.pcap* "$TT_SHARED"/captures/mixed/arkime*.pcap "$TT_SHARED"/captures-lab/gtp*.pcap; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "${capture%.pcap*}")
            differ gtp "$capture" "$folder/$name" "$folder/$name"
        done
    else
        skip "captures of others, GTP" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/diameter" ]; then # without SCTP, which nobody decodes here
        for capture in "$TT_SHARED"/captures/{diameter/*,gtp/{open5gs-nonipsec-reg,tempo-{OppoMME,Pixel,nrmodulelogsMME2}},mixed/arkime-arkime_synthetic}.pcap* \
            "$TT_SHARED"/captures-lab/diameter_*.pcap; do
            [ -f "$capture" ] || continue
            folder=$(basename "$(dirname "$capture")") name=$(basename "${capture%.pcap*}")
            differ diameter "$capture" "$folder/$name" "$folder/$name"
        done
    else
        skip "captures of others, Diameter" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/mqtt-sn" ]; then
        for capture in "$TT_SHARED"/captures/mqtt-sn/*.pcap "$TT_SHARED"/captures-lab/mqttsn_*.pcap; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "$capture" .pcap)
            differ mqttsn "$capture" "$folder/$name" "$folder/$name"
        done
    else
        skip "captures of others, MQTT-SN" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/linktype" ]; then
        for capture in "$TT_SHARED"/captures/{attack/slips-test7-malicious,linktype/{zeek-ipv6-fragmented-dns,sv-teredo,pcpp-ip6_fragments},modbus/zeek-modbusSmall,diameter/tempo-ULRerror,gtp/{tempo-enb-gtpu,arkime-gtp-iphone,pcpp-gtp,arkime-ipv6-gtp6},linktype/ndpi-6in4tunnel,mixed/arkime-arkime_synthetic}.pcap \
            "$TT_SHARED"/captures/{dtls/golioth-basics-psk-sll,linktype/pcpp-many_interfaces-1}.pcapng; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "${capture%.pcap*}")
            differ dns "$capture" "$folder/$name" "$folder/$name"
        done
    else
        skip "captures of others, DNS" "no ../shared/captures"
    fi
    if [ -d "$TT_SHARED/captures/tls" ]; then
        for capture in "$TT_SHARED"/captures/{tls,dtls,mixed}/*.pcap* \
            "$TT_SHARED"/captures-lab/{mqtt_tls,mqtt_tls_psk,coap_dtls,smpp_tls,kannel_smpp_tls,oscore_dtlscid}.pcap; do
            folder=$(basename "$(dirname "$capture")") name=$(basename "${capture%.pcap*}")
            differ tls "$capture" "$folder/$name" "$folder/$name"
        done
    else
        skip "captures of others, TLS" "no ../shared/captures"
    fi
else
    fail "tshark" "it is not installed: make deps-test"
fi

if [ -d "$TT_SHARED/captures/expected" ] && [ -f "$TT_SHARED/tools/fieldcmp.py" ]; then
    mkdir -p "$TT_TMP/run/build"
    ln -sf "$TELLTALE_FAST" "$TT_TMP/run/build/telltale"
    compare() { # folders, percent
        if (cd "$TT_TMP/run" && python3 "$TT_SHARED/tools/fieldcmp.py" "$TT_SHARED/captures" --only "^($1)/" --min "$2" \
            --exceptions "$TT_ROOT/tests/diff/exceptions.txt") > "$TT_TMP/out" 2>&1; then
            ok "captures of others, $1: $(tail -n 1 "$TT_TMP/out")"
        else
            fail "captures of others, $1" "$(tail -n 4 "$TT_TMP/out" | tr '\n' ' ')"
        fi
    }
    compare 'mqtt(-attack)?' 100
    compare 'smpp|ucp|radius|mqtt-sn|diameter' 100
else
    skip "captures of others" "no ../shared/captures/expected"
fi
done_testing
