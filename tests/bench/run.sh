#!/bin/bash
# run.sh [--gate] [--packets N] [--lengths A,B] - what `make bench` does: makes a capture of 10,000 devices, then counts instructions
# per packet (callgrind, difference of two lengths, so that start-up cancels), CPU time per packet (median of 5, same
# difference) against a libpcap loop that does nothing, and peak memory, and compares them with the targets. --gate: exit
# code 1 when one is missed. Nothing is kept but what it prints; RESULTS.md says how figures get there.
set -eu
cd "$(dirname "$0")/../.."
telltale=${TELLTALE:-$PWD/build/telltale}
gate=no packets=1000000 short=300000 long=600000 rounds=5
while [ $# -gt 0 ]; do
    case $1 in
    --gate) gate=yes ;;
    --packets) packets=$2 && shift ;;
    --lengths) short=${2%,*} long=${2#*,} && shift ;;
    *) echo "usage: run.sh [--gate] [--packets N] [--lengths A,B]" >&2 && exit 2 ;;
    esac
    shift
done
work=$(mktemp -d "${TMPDIR:-/tmp}/telltale-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
mixed=coap=60,mqtt=20,dns=8,radius=4,smpp=4,gtp=4
missed=0
made_packets=0 made_octets=0 made_messages=0 made_connections=0 made_alarms=0 made_seconds=0

say() { # figure, value, unit, target or -, verdict or -
    printf '%-58s %10s %-12s %10s  %s\n' "$1" "$2" "$3" "$4" "$5"
}

judge() { # figure, value, unit, most
    local verdict=ok
    if awk "BEGIN { exit !($2 > $4) }"; then
        verdict=MISSED missed=$((missed + 1))
    fi
    say "$1" "$2" "$3" "<= $4" $verdict
}

build() {
    for program in generate noop measure; do
        "${CC:-cc}" -O2 -std=gnu11 -o "$work/$program" "tests/bench/$program.c" -lpcap
    done
    awk -f tests/bench/rules.awk > "$work/rules"
    "$work/generate" "$work/long.pcap" "$packets" > "$work/long.txt"
    "$work/generate" "$work/b.pcap" "$long" > /dev/null
    "$work/generate" "$work/a.pcap" "$short" > /dev/null
    "$work/generate" "$work/mqtt.pcap" 20000 > /dev/null
    "$work/generate" "$work/mixed.pcap" 20000 10000 "$mixed" > /dev/null
    eval "$(sed 's/^/made_/' "$work/long.txt")"
}

# An independent program must find nothing wrong with the capture, and as many messages.
check_capture() {
    if ! command -v tshark > /dev/null; then
        say 'capture against tshark' - - - skipped
        return
    fi
    local name bad
    for name in mqtt mixed; do
        bad=$(tshark -r "$work/$name.pcap" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
            -Y '_ws.malformed || tcp.checksum.status == 0 || udp.checksum.status == 0 || ip.checksum.status == 0 ||
            tcp.analysis.flags' 2> "$work/tshark.txt" | wc -l)
        judge "packets that tshark finds wrong, first 20,000 of $name" "$bad" packets 0
    done
}

read_with() { # kind, capture: the command line of a run
    local types=alert
    [ "$1" = records ] && types=alert,mqtt
    command=("$telltale" read -q --set "eve.types=$types" -S "$work/rules" --json "$work/eve.json" "$2")
    [ "$1" != noop ] || command=("$work/noop" "$2")
}

instructions() { # kind, capture
    read_with "$1" "$2"
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "${command[@]}" > "$work/out.txt" 2> "$work/callgrind.txt" || true
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/callgrind.txt"
}

per_packet() { # kind, two captures, packets between them: instructions
    local a b
    a=$(instructions "$1" "$2")
    b=$(instructions "$1" "$3")
    awk "BEGIN { printf \"%.0f\n\", ($b - $a) / $4 }"
}

of_shares() { # shares of the protocols: instructions per packet, alerts only
    local n=$((long - short))
    "$work/generate" "$work/shares.a.pcap" $((n / 2)) 10000 "$1" > /dev/null
    "$work/generate" "$work/shares.b.pcap" "$n" 10000 "$1" > /dev/null
    per_packet alerts "$work/shares.a.pcap" "$work/shares.b.pcap" $((n - n / 2))
}

# CPU µs of all rounds, sorted: the middle one. Kinds take turns, so that what else runs here hits all alike.
time_all() {
    local i kind name
    for ((i = 0; i < rounds; i++)); do
        for kind in noop alerts records; do
            for name in a long; do
                read_with "$kind" "$work/$name.pcap"
                "$work/measure" "${command[@]}" >> "$work/time.$kind.$name"
            done
        done
    done
}

middle() { # kind, capture: CPU µs
    awk '{ print $1 + $2 }' "$work/time.$1.$2" | sort -n | sed -n "$((rounds / 2 + 1))p"
}

nanoseconds() { # kind
    awk "BEGIN { printf \"%.0f\n\", ($(middle "$1" long) - $(middle "$1" a)) * 1000 / ($packets - $short) }"
}

hits() {
    read_with alerts "$work/long.pcap"
    "${command[@]}"
    local got
    got=$(grep -c '"signature_id":9100000,' "$work/eve.json" || true)
    judge "hits of the one rule that matches: $made_alarms expected" "$((got > made_alarms ? got - made_alarms : made_alarms - got))" wrong 0
    judge 'other alerts' "$(($(wc -l < "$work/eve.json") - got))" alerts 0
}

build
echo "$made_packets packets, $made_octets octets, $made_messages MQTT messages, $made_connections connections, 10000 devices," \
    "$made_seconds s; 100 rules, baselines on"
echo "instructions: $short to $long packets; CPU: $short to $packets packets, median of $rounds; $(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg)"
say FIGURE VALUE UNIT TARGET VERDICT
check_capture
hits
judge 'instructions per packet, alerts only' "$(per_packet alerts "$work/a.pcap" "$work/b.pcap" $((long - short)))" instructions 1400
judge 'instructions per packet, a record for every transaction' "$(per_packet records "$work/a.pcap" "$work/b.pcap" $((long - short)))" instructions 2500
say 'instructions per packet, libpcap loop' "$(per_packet noop "$work/a.pcap" "$work/b.pcap" $((long - short)))" instructions - -
for protocol in coap dns radius smpp gtp; do
    say "instructions per packet, only $protocol, alerts only" "$(of_shares $protocol=100)" instructions - -
done
judge "instructions per packet, mixed, alerts only" "$(of_shares "$mixed")" instructions 1500
time_all
noop=$(nanoseconds noop) alerts=$(nanoseconds alerts) records=$(nanoseconds records)
say 'CPU time per packet, libpcap loop' "$noop" ns - -
say 'CPU time per packet, alerts only' "$alerts" ns - -
say 'CPU time per packet, a record for every transaction' "$records" ns - -
judge 'CPU time against the libpcap loop, alerts only' "$(awk "BEGIN { printf \"%.2f\n\", $alerts / $noop }")" times 3
say 'CPU time against the libpcap loop, records' "$(awk "BEGIN { printf \"%.2f\n\", $records / $noop }")" times - -
say 'CPU time of a whole run, alerts only' "$(awk "BEGIN { printf \"%.0f\n\", $(middle alerts long) / 1000 }")" ms - -
peak=$(cat "$work"/time.alerts.long "$work"/time.records.long | sort -n -k3 | tail -n 1 | cut -d' ' -f3)
judge 'peak memory at 10,000 devices' "$(awk "BEGIN { printf \"%.1f\n\", $peak / 1024 }")" MiB 128
if [ "$missed" -gt 0 ]; then
    echo "$missed targets missed"
    [ $gate = no ] || exit 1
fi
