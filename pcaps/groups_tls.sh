# shellcheck shell=bash disable=SC2034,SC2154 # sourced by record.sh, which has the variables
# Groups of record.sh with what is encrypted: TLS, DTLS, VPNs. Sourced by it.

GROUPS_IN_ORDER+=(tls dtls mqtts vpn)

# A root, a server and a device that it signed, and a server's certificate as they were made once.
make_certificates() (
    cd "$TMP" || exit
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj '/C=DE/O=Example Meters/CN=Example Root' 2>/dev/null
    for name in server device; do
        openssl req -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj "/C=DE/O=Example Meters/CN=$name-0417.example" 2>/dev/null
        printf 'subjectAltName=DNS:%s-0417.example' $name >$name.ext
        openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -extfile $name.ext -out $name.crt 2>/dev/null
    done
    openssl req -x509 -newkey rsa:1024 -sha1 -nodes -keyout old.key -out old.crt -days 1 -subj '/CN=old.example' 2>/dev/null
)

# tls_server PORT ARGUMENT...: openssl s_server that answers everything in capitals.
tls_server() {
    local port=$1
    shift
    local words=(openssl s_server -accept "$port" -cert "$TMP/server.crt" -key "$TMP/server.key" "$@")
    case " $* " in
    *' -dtls'*) # has no -rev, and ends with its input
        [ -p "$TMP/nothing" ] || mkfifo "$TMP/nothing"
        # shellcheck disable=SC2016
        spawn "$SRV" "s_server-$port" bash -c 'exec "$@" <>"$0"' "$TMP/nothing" "${words[@]}"
        wait_until "s_server on port $port" hears "$port"
        ;;
    *)
        spawn "$SRV" "s_server-$port" "${words[@]}" -rev
        wait_until "s_server on port $port" listens "$port"
        ;;
    esac
    SERVER=$LAST
}

# tls_client PORT ARGUMENT...: says one line and goes.
tls_client() {
    local port=$1
    shift
    (echo 'reading 17'; sleep 0.3) | dev timeout 5 openssl s_client -connect "$BROKER:$port" -quiet -no_ign_eof "$@" >>"$TMP/log/s_client.log" 2>&1 || true
}

NEEDS[tls]='openssl'
group_tls() {
    local psk=(-psk 6d657465722d30343137 -psk_identity meter-0417)
    make_certificates
    record_start tls-openssl.pcap tcp
    tls_server 4433 -alpn mqtt -CAfile "$TMP/ca.crt"
    tls_client 4433 -servername server-0417.example -alpn mqtt,h2 -sess_out "$TMP/session"
    tls_client 4433 -servername server-0417.example -sess_in "$TMP/session"
    tls_client 4433 -tls1_2 -servername server-0417.example -no_ticket -sess_out "$TMP/session"
    tls_client 4433 -tls1_2 -servername server-0417.example -no_ticket -sess_in "$TMP/session"
    tls_client 4433 -tls1_2 -cipher AES128-SHA
    # who does not know the root goes
    tls_client 4433 -tls1_2 -verify_return_error
    stop "$SERVER"
    tls_server 4434 -CAfile "$TMP/ca.crt" -Verify 1 -groups P-384
    tls_client 4434 -tls1_2 -cert "$TMP/device.crt" -key "$TMP/device.key"
    tls_client 4434 -groups X25519:P-384 -cert "$TMP/device.crt" -key "$TMP/device.key"
    tls_client 4434 -tls1_2
    stop "$SERVER"
    tls_server 4435 "${psk[@]}" -nocert
    tls_client 4435 "${psk[@]}"
    tls_client 4435 "${psk[@]}" -tls1_2
    tls_client 4435 -psk 00 -psk_identity meter-0666 -tls1_2
    stop "$SERVER"
    record_stop
    record_start tls-old.pcap tcp
    tls_server 4436 -cipher 'ALL:eNULL:@SECLEVEL=0' -cert "$TMP/old.crt" -key "$TMP/old.key"
    tls_client 4436 -tls1 -cipher 'ALL:@SECLEVEL=0'
    tls_client 4436 -tls1_1 -cipher 'ALL:@SECLEVEL=0'
    tls_client 4436 -tls1_2 -cipher 'ADH-AES128-SHA:@SECLEVEL=0'
    tls_client 4436 -tls1_2 -cipher 'NULL-SHA256:@SECLEVEL=0'
    stop "$SERVER"
    record_stop
}

NEEDS[dtls]='openssl'
group_dtls() {
    local psk=(-psk 6d657465722d30343137 -psk_identity meter-0417)
    make_certificates
    record_start dtls-openssl.pcap udp
    tls_server 5684 -dtls -listen -mtu 500
    tls_client 5684 -dtls -mtu 500
    stop "$SERVER"
    tls_server 15684 -dtls1_2 "${psk[@]}" -nocert
    tls_client 15684 -dtls1_2 "${psk[@]}"
    stop "$SERVER"
    tls_server 25684 -dtls1 -cipher 'ALL:@SECLEVEL=0' -cert "$TMP/old.crt" -key "$TMP/old.key"
    tls_client 25684 -dtls1 -cipher 'ALL:@SECLEVEL=0'
    stop "$SERVER"
    record_stop
}

NEEDS[mqtts]='mosquitto mosquitto_pub'
group_mqtts() {
    echo 'meter-0417:6d657465722d30343137' >"$TMP/psk"
    chmod 644 "$TMP/psk"
    mosquitto_with 'listener 1883' 'listener 18883' "psk_file $TMP/psk" 'psk_hint meters' 'use_identity_as_username true'
    record_start mqtts-psk-port-18883.pcap tcp
    dev mosquitto_pub -h "$BROKER" -p 18883 --psk 6d657465722d30343137 --psk-identity meter-0417 -t m/417 -m 17 || true
    dev mosquitto_pub -h "$BROKER" -p 18883 --psk 00 --psk-identity meter-0417 -t m/417 -m 17 || true
    record_stop
}

# talk ADDRESS: three datagrams to it.
talk() {
    # shellcheck disable=SC2016
    dev bash -c 'for i in 1 2 3; do echo "reading $i" >"/dev/udp/$0/9"; sleep 0.3; done' "$1" || true
}

# Ends of a tunnel by wireguard-go and by OpenVPN (UDP and TCP).
NEEDS[vpn]='openssl openvpn wireguard-go wg'
group_vpn() {
    local side
    make_certificates
    for side in a b; do
        (umask 077 && wg genkey >"$TMP/wg-$side.key" && wg pubkey <"$TMP/wg-$side.key" >"$TMP/wg-$side.pub")
    done
    spawn "$DEV" wireguard-a env WG_PROCESS_FOREGROUND=1 wireguard-go "wg-a-$$"
    spawn "$SRV" wireguard-b env WG_PROCESS_FOREGROUND=1 wireguard-go "wg-b-$$"
    wait_until 'wireguard-go' ip -n "$DEV" link show "wg-a-$$"
    wait_until 'wireguard-go' ip -n "$SRV" link show "wg-b-$$"
    sleep 0.5
    record_start vpn-wireguard.pcap udp
    ip netns exec "$SRV" wg set "wg-b-$$" listen-port 51820 private-key "$TMP/wg-b.key" \
        peer "$(cat "$TMP/wg-a.pub")" allowed-ips 10.99.0.7/32
    dev wg set "wg-a-$$" private-key "$TMP/wg-a.key" \
        peer "$(cat "$TMP/wg-b.pub")" allowed-ips 10.99.0.0/24 endpoint "$BROKER:51820" persistent-keepalive 1
    ip -n "$SRV" address add 10.99.0.2/24 dev "wg-b-$$"
    ip -n "$DEV" address add 10.99.0.7/24 dev "wg-a-$$"
    ip -n "$SRV" link set "wg-b-$$" up
    ip -n "$DEV" link set "wg-a-$$" up
    talk 10.99.0.2
    sleep 1
    record_stop
    openvpn_with udp 11194
    openvpn_with tcp 11195
}

openvpn_with() { # udp or tcp, port
    local end=(--ca "$TMP/ca.crt" --dev tun --verb 3 --data-ciphers AES-256-GCM) server=udp client=udp
    [ "$1" = udp ] || { server=tcp-server client=tcp-client; }
    record_start "vpn-openvpn-$1.pcap" "$1"
    spawn "$SRV" openvpn-server openvpn "${end[@]}" --proto "$server" --port "$2" --dh none --mode server --tls-server \
        --cert "$TMP/server.crt" --key "$TMP/server.key" --server 10.98.0.0 255.255.255.0 --topology subnet
    SERVER=$LAST
    wait_log openvpn-server 'Initialization Sequence Completed'
    spawn "$DEV" openvpn-client openvpn "${end[@]}" --proto "$client" --remote "$BROKER" "$2" --client --nobind \
        --cert "$TMP/device.crt" --key "$TMP/device.key"
    CLIENT=$LAST
    wait_log openvpn-client 'Initialization Sequence Completed'
    talk 10.98.0.1
    record_stop
    stop "$CLIENT"
    stop "$SERVER"
}

# Two ends of strongSwan, each with its own /run: version 2, then aggressive mode of version 1 with old algorithms.
NEEDS[ike]='swanctl'
GROUPS_IN_ORDER+=(ike)
group_ike() {
    local side
    for side in a b; do
        mkdir -p "$TMP/ike-$side"
        cat >"$TMP/ike-$side/strongswan.conf" <<EOF
charon {
    i_dont_care_about_security_and_use_aggressive_mode_psk = yes
    send_vendor_id = yes
    load_modular = yes
    filelog { log { path = $TMP/ike-$side/log } }
    plugins { include /etc/strongswan.d/charon/*.conf
        vici { socket = unix://$TMP/ike-$side/vici } }
}
EOF
    done
    ike_configuration "$TMP/ike-a/swanctl.conf" 10.77.0.7 "$BROKER" meter-0417 gateway
    ike_configuration "$TMP/ike-b/swanctl.conf" "$BROKER" 10.77.0.7 gateway meter-0417
    record_start vpn-ike.pcap udp or esp
    for side in b a; do
        spawn "$([ $side = a ] && echo "$DEV" || echo "$SRV")" "charon-$side" unshare -m bash -c \
            "mount -t tmpfs none /run; STRONGSWAN_CONF=$TMP/ike-$side/strongswan.conf exec /usr/lib/ipsec/charon"
        wait_until "charon of $side" test -S "$TMP/ike-$side/vici"
        swanctl --load-all --file "$TMP/ike-$side/swanctl.conf" --uri "unix://$TMP/ike-$side/vici" >>"$TMP/log/swanctl.log" 2>&1
    done
    for side in new old; do
        timeout 10 swanctl --initiate --ike "$side" --uri "unix://$TMP/ike-a/vici" >>"$TMP/log/swanctl.log" 2>&1 || true
        sleep 0.5
        timeout 10 swanctl --terminate --ike "$side" --uri "unix://$TMP/ike-a/vici" >>"$TMP/log/swanctl.log" 2>&1 || true
    done
    record_stop
}

ike_configuration() { # file, own address, other's, own name, other's
    local name version=2 proposals=aes128-sha256-x25519 aggressive=no
    {
        echo 'connections {'
        for name in new old; do
            [ $name = new ] || { version=1 proposals=3des-sha1-modp1024 aggressive=yes; }
            cat <<EOF
  $name {
    version = $version
    aggressive = $aggressive
    proposals = $proposals
    local_addrs = $2
    remote_addrs = $3
    encap = yes
    local { auth = psk
      id = $4 }
    remote { auth = psk
      id = $5 }
  }
EOF
        done
        echo '}'
        echo "secrets { ike { secret = m2m-secret } }"
    } >"$1"
}
