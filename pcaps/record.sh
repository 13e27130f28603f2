#!/bin/bash
# Records the captures of this folder with real programs, in network namespaces of its own.
#
#   record.sh [group...]     all groups, or some of: see `record.sh list`
#
# Runs as root on Debian 12. Installs the packages it misses, puts the npm peers, configurations,
# logs and unfinished captures into a temporary folder, and ends every program it started by its
# pid. A group whose peer is missing is skipped and said so; a capture replaces the old one only
# when its group succeeded.
#   OUT=DIR       write the captures to DIR instead of this folder
#   TT_NPM=DIR    use the npm packages installed in DIR (DIR/node_modules)
#   KEEP=1        keep the temporary folder with the logs
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
PEERS=$HERE/peers
OUT=${OUT:-$HERE}
NPM_PACKAGES=(mqtt@5.16.0 aedes@1.2.0 smpp@0.5.1 coap@1.4.0 ws@8.18.0 diameter@0.7.0)
APT_PACKAGES=(mosquitto mosquitto-clients tcpdump iproute2 ethtool python3 nodejs npm
    kannel kannel-extras curl libcoap3-bin freeradius freeradius-utils osmo-ggsn
    dnsmasq-base bind9-dnsutils freediameterd openssl openvpn wireguard-go wireguard-tools strongswan-swanctl
    strongswan-charon libcharon-extra-plugins)
# Kannel's SMSC of CIMD2
TEST_CIMD2=/usr/lib/kannel/test/test_cimd2
MAX_BYTES=$((200 * 1024))

# One veth pair joins the device side to the broker side.
DEV=tt-pcap-dev-$$
SRV=tt-pcap-srv-$$
BROKER=10.77.0.2
BROKER6=fd77::2
DEV_ADDRESSES=(10.77.0.7 10.77.0.17 10.77.0.18 10.77.0.30 10.77.0.31 10.77.0.32 10.77.0.66)
DEV_ADDRESSES6=(fd77::17 fd77::30)

TMP=$(mktemp -d)
PIDS=()
TCPDUMP=
export TT_NPM=${TT_NPM:-$TMP/npm} TT_HOST=$BROKER

say() { printf '%s\n' "record.sh: $*" >&2; }
die() { say "$*"; exit 1; }

# --- programs and namespaces ---------------------------------------------------------------------

# missing PROGRAM...: prints those that are not there; npm:NAME means an npm package.
missing() {
    local name
    for name in "$@"; do
        case $name in
        npm:*) [ -d "$TT_NPM/node_modules/${name#npm:}" ] || echo "$name" ;;
        *) command -v "$name" >/dev/null || echo "$name" ;;
        esac
    done
}

install_peers() {
    local absent
    absent=$(missing mosquitto mosquitto_pub tcpdump ip ss ethtool python3 node npm bearerbox curl coap-client-notls radclient sgsnemu \
        dnsmasq dig freeDiameterd)
    if [ -n "$absent" ]; then
        say "installing ${APT_PACKAGES[*]}"
        { apt-get update && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${APT_PACKAGES[@]}"; } \
            >"$TMP/apt.log" 2>&1 || say "apt-get failed: $(tail -n 1 "$TMP/apt.log")"
    fi
    absent=$(missing tcpdump ip ss ethtool python3)
    [ -z "$absent" ] || die "cannot record without: $absent"
    if [ -n "$(missing npm:mqtt npm:aedes npm:smpp npm:coap npm:ws npm:diameter)" ] && [ -z "$(missing npm)" ]; then
        mkdir -p "$TT_NPM"
        npm install --prefix "$TT_NPM" --no-audit --no-fund "${NPM_PACKAGES[@]}" \
            >"$TMP/npm.log" 2>&1 || say "npm install failed: $(tail -n 1 "$TMP/npm.log")"
    fi
}

make_namespaces() {
    local address
    ip netns add "$DEV"
    ip netns add "$SRV"
    ip link add eth0 netns "$DEV" type veth peer name eth0 netns "$SRV"
    ip -n "$DEV" link set eth0 address 02:77:00:00:00:01
    ip -n "$SRV" link set eth0 address 02:77:00:00:00:02
    # Offloads would leave wrong checksums and segments longer than the MTU in the captures.
    for address in "$DEV" "$SRV"; do
        ip netns exec "$address" ethtool -K eth0 tx off rx off gso off tso off gro off >/dev/null
        ip -n "$address" link set lo up
        ip -n "$address" link set eth0 up
    done
    ip -n "$SRV" address add "$BROKER/24" dev eth0
    ip -n "$SRV" address add "$BROKER6/64" dev eth0 nodad
    for address in "${DEV_ADDRESSES[@]}"; do
        ip -n "$DEV" address add "$address/24" dev eth0
    done
    for address in "${DEV_ADDRESSES6[@]}"; do
        ip -n "$DEV" address add "$address/64" dev eth0 nodad
    done
}

# --- programs in the background, ended by pid ----------------------------------------------------

dev() { ip netns exec "$DEV" "$@"; }

# spawn NAMESPACE LOG COMMAND...: sets LAST to the pid (ip execs the command).
spawn() {
    local namespace=$1 log=$TMP/log/$2.log
    shift 2
    ip netns exec "$namespace" "$@" >"$log" 2>&1 &
    LAST=$!
    PIDS+=("$LAST")
}

# stop PID [SIGNAL]: waits until it is gone.
stop() {
    kill -s "${2:-TERM}" "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

stop_all() {
    local pid
    for pid in "${PIDS[@]}"; do
        kill -s CONT "$pid" 2>/dev/null || true
        stop "$pid"
    done
    PIDS=()
}

# wait_until WHAT COMMAND...: polls for at most 15 s (WAIT seconds).
wait_until() {
    local what=$1 tries
    shift
    for ((tries = 0; tries < ${WAIT:-15} * 20; tries++)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    die "waited in vain for $what"
}

listens() { ip netns exec "$SRV" ss -Hltn "sport = :$1" | grep -q LISTEN; }
wait_log() { wait_until "'$2' in the log of $1" grep -q -- "$2" "$TMP/log/$1.log"; }

# mosquitto_with [LINE...]: a broker on port 1883 with these lines in its configuration.
mosquitto_with() {
    printf '%s\n' 'user root' 'persistence false' 'sys_interval 0' 'set_tcp_nodelay true' \
        'log_type all' "$@" >"$TMP/mosquitto.conf"
    grep -q '^listener' "$TMP/mosquitto.conf" || echo 'listener 1883' >>"$TMP/mosquitto.conf"
    grep -q '^allow_anonymous' "$TMP/mosquitto.conf" ||
        echo 'allow_anonymous true' >>"$TMP/mosquitto.conf"
    spawn "$SRV" broker mosquitto -c "$TMP/mosquitto.conf"
    BROKER_PID=$LAST
    wait_until 'mosquitto on port 1883' listens 1883
}

# --- capture -------------------------------------------------------------------------------------

# record_start FILE [TCPDUMP-ARGUMENT...] (default filter: tcp). The file is in $TMP/new until
# its group ends well.
record_start() {
    local file=$TMP/new/$1
    shift
    [ $# -gt 0 ] || set -- tcp
    spawn "$SRV" tcpdump tcpdump -i "${INTERFACE:-eth0}" -n --immediate-mode -U -Z root \
        -w "$file" "$@"
    TCPDUMP=$LAST
    wait_log tcpdump 'listening on'
}

record_stop() {
    sleep 0.3
    stop "$TCPDUMP" INT
    grep -q '^0 packets dropped by kernel' "$TMP/log/tcpdump.log" || die 'tcpdump lost packets'
}

# --- groups: one function each, "needs" says which peers -----------------------------------------

declare -A NEEDS=()
MOSQUITTO='mosquitto mosquitto_pub mosquitto_sub'
MQTTJS='mosquitto node npm:mqtt'
# shellcheck source-path=SCRIPTDIR source=groups.sh
. "$HERE/groups.sh"
# shellcheck source-path=SCRIPTDIR source=groups_names.sh
. "$HERE/groups_names.sh"
# shellcheck source-path=SCRIPTDIR source=groups_http.sh
. "$HERE/groups_http.sh"
# shellcheck source-path=SCRIPTDIR source=groups_tls.sh
. "$HERE/groups_tls.sh"
# shellcheck source-path=SCRIPTDIR source=groups_tunnels.sh
. "$HERE/groups_tunnels.sh"

# --- main ----------------------------------------------------------------------------------------

clean_up() {
    stop_all
    ip netns del "$DEV" 2>/dev/null || true
    ip netns del "$SRV" 2>/dev/null || true
    if [ -n "${KEEP:-}" ]; then say "kept $TMP"; else rm -rf "$TMP"; fi
}

# Publish what a group recorded: every file non-empty and small enough.
accept() {
    local file bytes
    for file in "$TMP"/new/*; do
        bytes=$(stat -c %s "$file")
        [ "$bytes" -gt 200 ] || { say "$(basename "$file") is empty"; return 1; }
        [ "$bytes" -le "$MAX_BYTES" ] || { say "$(basename "$file"): $bytes bytes"; return 1; }
        mv "$file" "$OUT/"
        chmod 644 "$OUT/$(basename "$file")"
        say "$(basename "$file"): $bytes bytes"
    done
}

main() {
    local group result failed=0 skipped=0
    if [ "${1:-}" = list ]; then
        printf '%s\n' "${GROUPS_IN_ORDER[@]}"
        return 0
    fi
    [ "$(id -u)" = 0 ] || die 'must run as root (namespaces, tcpdump)'
    [ $# -gt 0 ] || set -- "${GROUPS_IN_ORDER[@]}"
    for group in "$@"; do
        [ -n "${NEEDS[$group]:-}" ] || die "no group '$group'; there are: ${GROUPS_IN_ORDER[*]}"
    done
    install_peers
    make_namespaces
    for group in "$@"; do
        # shellcheck disable=SC2086 # a list of words
        result=$(missing ${NEEDS[$group]})
        if [ -n "$result" ]; then
            say "SKIPPED $group: missing ${result//$'\n'/ }"
            skipped=$((skipped + 1))
            continue
        fi
        say "== $group"
        rm -rf "$TMP/new" "$TMP/log"
        mkdir "$TMP/new" "$TMP/log"
        # A subshell that is not part of a condition, so that set -e holds inside.
        set +e
        (
            set -e
            PIDS=()
            trap stop_all EXIT
            "group_$group"
        )
        result=$?
        set -e
        if [ "$result" -ne 0 ] || ! accept; then
            say "FAILED $group"
            for result in "$TMP"/log/*.log; do
                say "--- $(basename "$result")"
                tail -n 5 "$result" >&2
            done
            failed=$((failed + 1))
        fi
    done
    say "$(($# - failed - skipped)) recorded, $skipped skipped, $failed failed"
    [ "$failed" -eq 0 ]
}

trap clean_up EXIT
trap 'exit 130' INT TERM
main "$@"
