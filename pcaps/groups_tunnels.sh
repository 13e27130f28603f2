# shellcheck shell=bash disable=SC2034,SC2154 # sourced by record.sh, which has the variables
# Groups of record.sh: MQTT inside of tunnels, which the capture sees from outside.

GROUPS_IN_ORDER+=(tunnels)

# tunnel_ends KIND NUMBER: both ends, with the addresses 10.78.NUMBER.1 and .2 inside.
tunnel_ends() {
    spawn "$DEV" "$1-near" python3 "$PEERS/tunnel.py" "$1" 10.77.0.7 "$BROKER" "10.78.$2.1"
    wait_log "$1-near" 'tunnel ready'
    spawn "$SRV" "$1-far" python3 "$PEERS/tunnel.py" "$1" "$BROKER" 10.77.0.7 "10.78.$2.2"
    wait_log "$1-far" 'tunnel ready'
}

# VXLAN by the kernel.
vxlan_end() { # namespace, local, remote, inner address
    ip -n "$1" link add vx0 type vxlan id 42 local "$2" remote "$3" dstport 4789 dev eth0
    ip -n "$1" address add "$4/24" dev vx0
    ip -n "$1" link set vx0 up
}

# A session inside, from 10.78.NUMBER.1.
talk_inside() { # number, client id
    TT_HOST=10.78.$1.2 pub "10.78.$1.1" "$2" -V mqttv311 -q 1 -t "inside/$2" -m "from $2"
}

# The user's side of GTP-U is sgsnemu's: a device with the address that the access point gave.
talk_in_gtp() {
    mkdir -p "$TMP/sgsn"
    ip netns exec "$DEV" sgsnemu --listen 10.77.0.7 --remote "$BROKER" --apn meters.m2m --qos 0x0b921f --createif \
        --statedir "$TMP/sgsn" --pidfile "$TMP/sgsn/pid" \
        --imsi 001010000000417 --msisdn 999700000417 --timelimit 6 >"$TMP/log/sgsn.log" 2>&1 &
    local sgsn=$!
    wait_until "the user's address" has_user
    dev ip route replace 10.45.0.1 dev tun0
    TT_HOST=10.45.0.1 pub "$(user_address)" gtp -V mqttv311 -q 1 -t inside/gtp -m 'from gtp'
    wait "$sgsn" || true
}
user_address() { dev ip -4 -o address show dev tun0 | awk '{ sub("/.*", "", $4); print $4 }'; }
has_user() { [ -n "$(user_address)" ]; }

NEEDS[tunnels]="mosquitto mosquitto_pub python3 osmo-ggsn sgsnemu"
group_tunnels() {
    local kind number=1
    mkdir -p "$TMP/ggsn"
    sed "s,@TMP@,$TMP,; s,@ADDRESS@,$BROKER," "$PEERS/osmo-ggsn.cfg" >"$TMP/osmo-ggsn.cfg"
    mosquitto_with
    spawn "$SRV" ggsn osmo-ggsn -c "$TMP/osmo-ggsn.cfg"
    wait_until 'osmo-ggsn on port 2123' hears 2123
    vxlan_end "$DEV" 10.77.0.7 "$BROKER" 10.78.9.1
    vxlan_end "$SRV" "$BROKER" 10.77.0.7 10.78.9.2
    for kind in gre ipip mpls pppoe; do
        tunnel_ends "$kind" "$number"
        number=$((number + 1))
    done
    record_start tunnels.pcap proto 47 or proto 4 or udp or ether proto 0x8847 or ether proto 0x8864
    number=1
    for kind in gre ipip mpls pppoe; do
        talk_inside "$number" "$kind"
        number=$((number + 1))
    done
    talk_inside 9 vxlan
    talk_in_gtp
    record_stop
    ip -n "$DEV" link del vx0
    ip -n "$SRV" link del vx0
}
