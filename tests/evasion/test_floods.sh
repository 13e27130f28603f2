#!/bin/bash
# Floods, first against small tables (sanitizers), then at size against the usual ones: every marker of the devices among them is
# reported, every packet is accounted for, memory stays bounded. TT_FLOOD_PACKETS: packets of a flood at size (1000000 for all of it).
. "$(dirname "$0")/../lib.sh"
packets=0 flood=0 markers=0
size=${TT_FLOOD_PACKETS:-200000}
most=${TT_FLOOD_MIB:-256}

"${CC:-cc}" -O2 -std=gnu11 -o "$TT_TMP/floods" "$TT_ROOT/tests/evasion/floods.c"
"${CC:-cc}" -O2 -std=gnu11 -o "$TT_TMP/measure" "$TT_ROOT/tests/bench/measure.c"
echo 'alert mqtt any any -> any any (msg:"marker"; mqtt.publish.message; content:"EVILMARK"; sid:1;)' > "$TT_TMP/marker.rules"
small=(--set flows.max=512 --set fragments.max=64 --set devices.max=64 --set stream.memory=1mb --set dissect.memory=1mb)

# The line of the account: sum of what it names, and the number before one name (0 without).
account() { grep '^Packets: ' "$TT_TMP/stdout"; }
sum_of() { account | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) n += $i } END { print n + 0 }'; }
part() { account | tr -d ',;' | awk -v name="$1" '{ for (i = 2; i <= NF; i++) if ($i == name) n = $(i - 1) } END { print n + 0 }'; }

# name, arguments of telltale…: sets packets, flood, markers
one() {
    local name=$1
    shift
    run read "$@" -S "$TT_TMP/marker.rules" --json "$TT_TMP/eve.json" "$TT_TMP/$name.pcap"
    markers=$(grep -c '"signature_id":1,' "$TT_TMP/eve.json")
}

make_flood() { # name, packets
    eval "$("$TT_TMP/floods" "$1" "$2" "$TT_TMP/$1.pcap" | sed 's/ /=/')"
}

# To the packet: fragments that nobody completes are shed and nothing else is; of each device's messages in fragments, one piece
# joins the other.
expect_account() { # what, name
    expect_equal "$1: every packet is accounted for" "$(sum_of)" "$packets"
    expect_no_text "$1: the account closes" stdout 'do not add up'
    local shed=0
    [[ $2 != fragments && $2 != tails ]] || shed=$flood
    expect_equal "$1: pieces of markers joined" "$(part fragments_joined)" 50
    expect_equal "$1: packets shed as fragments" \
        "$(($(part fragments_cap) + $(part fragments_waiting) + $(part fragments_timeout)))" "$shed"
    expect_equal "$1: packets inspected" "$(part inspected)" "$((packets - 50 - shed))"
}

small_flood() { # name, exit code, counter that must be in the summary
    make_flood "$1" 20000
    one "$1" "${small[@]}"
    expect_exit "$1 flood ends well" "$2"
    expect_equal "$1 flood hides no marker" "$markers" 200
    expect_account "$1 flood" "$1"
    [ -z "${3:-}" ] || expect_text "$1 flood is counted" stdout "$3: [1-9]"
    rm -f "$TT_TMP/$1.pcap"
}

full_flood() { # name
    make_flood "$1" "$size"
    local workers peak what
    for workers in 1 4; do
        what="$1 flood of $size, workers: $workers"
        one "$1" --workers "$workers"
        expect_equal "$what, hides no marker" "$markers" 200
        expect_account "$what" "$1"
        "$TT_TMP/measure" "$TELLTALE" read --workers "$workers" -S "$TT_TMP/marker.rules" --json "$TT_TMP/eve.json" \
            "$TT_TMP/$1.pcap" > "$TT_TMP/cost" 2> /dev/null
        peak=$(awk '{ printf "%d\n", ($3 + 1023) / 1024 }' "$TT_TMP/cost")
        if [ "$peak" -le "$most" ]; then
            ok "$what: peak memory ($peak MiB, $(awk '{ printf "%.1f", ($1 + $2) / 1e6 }' "$TT_TMP/cost") s of CPU)"
        else
            fail "$what: peak memory" "$peak MiB, at most $most"
        fi
    done
    rm -f "$TT_TMP/$1.pcap"
}

small_flood none 0
small_flood syn 4 telltale.flow.evicted
small_flood udp 4 telltale.flow.evicted
small_flood fragments 4 defrag.max_trackers_reached
small_flood tails 4 'defrag.max_(frags|trackers)_reached'
small_flood clients 4 telltale.flow.evicted
small_flood behind 4 telltale.flow.evicted
small_flood holes 4 tcp.segment_memcap_drop
small_flood deep 4 'tcp.(insert_flow_cap|segment_memcap_drop)'
small_flood announced 4 telltale.dissect.octets_refused
small_flood flights 4 telltale.dissect.transactions_dropped
small_flood topics 4 device.forgotten
small_flood alarms 0
small_flood clocks 4

TELLTALE=$TELLTALE_FAST
for name in syn udp fragments tails clients behind holes deep announced flights topics alarms clocks; do
    full_flood "$name"
done
done_testing
