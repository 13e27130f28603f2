#!/bin/bash
# Floods against small tables: every marker of the known device is reported, what was given up is counted, nothing else happens.
. "$(dirname "$0")/../lib.sh"

echo 'alert mqtt any any -> any any (msg:"marker"; mqtt.publish.message; content:"EVILMARK"; sid:1;)' > "$TT_TMP/marker.rules"
python3 "$TT_ROOT/tests/evasion/floods.py" "$TT_TMP/floods" 4000 syn clients fragments udp topics holes
small=(--set flows.max=512 --set fragments.max=64 --set devices.max=64 --set stream.memory=64kb --set dissect.memory=1mb)

flood() { # name, exit code, counter that must be in the summary
    local markers
    run read "${small[@]}" -S "$TT_TMP/marker.rules" --json "$TT_TMP/eve.json" "$TT_TMP/floods/$1.pcap"
    markers=$(grep -c '"signature_id":1,' "$TT_TMP/eve.json")
    expect_exit "$1 flood ends well" "$2"
    expect_equal "$1 flood hides no marker" "$markers" 200
    [ -z "${3:-}" ] || expect_text "$1 flood is counted" stdout "$3: [1-9]"
}

flood syn 4 telltale.flow.evicted
flood clients 4 telltale.flow.evicted
flood fragments 4 defrag.max_trackers_reached
flood udp 4 telltale.flow.evicted
flood holes 4 tcp.segment_memcap_drop
flood topics 0
done_testing
