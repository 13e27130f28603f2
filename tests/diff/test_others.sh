#!/bin/bash
# The same on other people's captures, where the folder is there; and against the tables of tshark's answers for them.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/columns.sh"

if command -v tshark > /dev/null; then
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
