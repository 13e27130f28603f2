# shellcheck shell=bash disable=SC2034,SC2154 # sourced by record.sh, which has the variables
# Groups of record.sh: who has which name, sensors, signalling.

GROUPS_IN_ORDER+=(dns mqttsn diameter)

ask() { dev dig +tries=1 +time=2 -b 10.77.0.7 "@$BROKER" "$@" >>"$TMP/log/dig.log" 2>&1 || true; }

dns_server() { # port
    spawn "$SRV" dnsmasq dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --port="$1" \
        --listen-address="$BROKER" --bind-interfaces --no-resolv --no-hosts --local-ttl=300 \
        --local=/m2m.example/ --edns-packet-max=1232 \
        --host-record=broker.m2m.example,192.0.2.10,2001:db8::10 \
        --host-record=gw1.m2m.example,192.0.2.11 --host-record=gw2.m2m.example,192.0.2.12 \
        --cname=mqtt.m2m.example,broker.m2m.example --mx-host=m2m.example,mail.m2m.example,10 \
        --srv-host=_mqtt._tcp.m2m.example,broker.m2m.example,1883,0,5 \
        --txt-record=m2m.example,'v=spf1 -all','meters only' \
        --txt-record=long.m2m.example,"$(printf 'a%.0s' {1..250})","$(printf 'b%.0s' {1..250})","$(printf 'c%.0s' {1..250})","$(printf 'd%.0s' {1..250})","$(printf 'e%.0s' {1..250})" \
        --naptr-record=m2m.example,100,50,s,COAP+D2U,,_coap._udp.m2m.example \
        --caa-record=m2m.example,0,issue,ca.example \
        --dns-rr=broker.m2m.example,65,00010000010003026832000300021633 \
        --dns-rr=m2m.example,99,0473706631
    DNSMASQ=$LAST
    wait_until "dnsmasq on port $1" listens "$1"
}

NEEDS[dns]='dnsmasq dig'
group_dns() {
    dns_server 53
    record_start dns-dnsmasq.pcap port 53
    ask broker.m2m.example A
    ask broker.m2m.example AAAA
    ask mqtt.m2m.example A +nocookie
    ask m2m.example MX +noedns
    ask m2m.example TXT +dnssec
    ask _mqtt._tcp.m2m.example SRV +subnet=192.0.2.0/24
    ask m2m.example NAPTR
    ask m2m.example CAA
    ask broker.m2m.example HTTPS
    ask m2m.example TYPE99
    ask -x 192.0.2.11
    ask nobody.m2m.example A +norecurse
    ask elsewhere.example A
    ask long.m2m.example TXT
    ask version.bind TXT CH
    ask gw1.m2m.example A gw2.m2m.example A broker.m2m.example AAAA +tcp +keepopen
    record_stop
    stop "$DNSMASQ"
    dns_server 20053
    record_start dns-port-20053.pcap port 20053
    ask -p 20053 gw1.m2m.example A
    ask -p 20053 gw2.m2m.example A +tcp
    ask -p 20053 nobody.m2m.example A
    record_stop
}

NEEDS[mqttsn]=python3
group_mqttsn() {
    local port server
    for port in 1885 20885; do
        spawn "$SRV" gateway python3 "$PEERS/sn.py" gateway "$BROKER" "$port"
        server=$LAST
        wait_log gateway 'gateway ready'
        record_start "mqttsn-port-$port.pcap" udp
        run clients python3 "$PEERS/sn.py" client 10.77.0.17 "$BROKER" "$port"
        record_stop
        stop "$server"
    done
    mv "$TMP/new/mqttsn-port-1885.pcap" "$TMP/new/mqttsn.pcap"
}

NEEDS[diameter]='node npm:diameter freeDiameterd openssl'
group_diameter() {
    local port
    for port in 3868 23868; do
        spawn "$SRV" server node "$PEERS/diameter.mjs" server "$BROKER" "$port"
        DIAMETER=$LAST
        wait_log server 'server ready'
        record_start "diameter-port-$port.pcap"
        run client node "$PEERS/diameter.mjs" client "$BROKER" "$port"
        record_stop
        stop "$DIAMETER"
    done
    mv "$TMP/new/diameter-port-3868.pcap" "$TMP/new/diameter-npm.pcap"
    # freeDiameter knows the base protocol only: what it refuses
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$TMP/key.pem" -out "$TMP/cert.pem" -days 30 \
        -subj /CN=hss.m2m.example >"$TMP/log/openssl.log" 2>&1
    printf '%s\n' 'Identity = "hss.m2m.example";' 'Realm = "m2m.example";' 'No_SCTP;' 'No_IPv6;' \
        "ListenOn = \"$BROKER\";" 'SecPort = 0;' "TLS_Cred = \"$TMP/cert.pem\", \"$TMP/key.pem\";" \
        "TLS_CA = \"$TMP/cert.pem\";" \
        'ConnectPeer = "pgw.m2m.example" { ConnectTo = "10.77.0.7"; No_TLS; };' >"$TMP/freeDiameter.conf"
    spawn "$SRV" freediameter freeDiameterd -c "$TMP/freeDiameter.conf"
    wait_until 'freeDiameter on port 3868' listens 3868
    sleep 1
    record_start diameter-freediameter.pcap tcp port 3868
    run client node "$PEERS/diameter.mjs" client "$BROKER" 3868 errors
    record_stop
}
