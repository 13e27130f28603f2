#!/bin/bash
# The innermost conversations of captures with tunnels, against tshark's: ours, and those of others where the folder is there.
. "$(dirname "$0")/../lib.sh"
judge=$TT_ROOT/tests/diff/tunnels.py

# Conversations that differ, and why. tshark shows what no receiver reads, or does not open what it could.
explained() { # folder/name of a capture
    case $1 in
    linktype/tcpdump-bigtcp-ipv4-vxlan-ipv4) echo 2 ;;          # BIG TCP: a total length of 0 is the frame's; tshark stops there
    linktype/zeek-pppoe-over-qinq) echo 1 ;;                    # 6 packets announce more octets than PPPoE has: trunc_pkt
    gtp/zeek-gtp9_unknown_or_too_short_payload) echo 2 ;;       # the inner packet announces more than there is: inner_invalid
    mixed/arkime-arkime_synthetic) echo 3 ;;                    # a UDP length of 0; padding that Linux drops in two IPv6 packets
    *) echo 0 ;;
    esac
}

compare() { # capture, folder/name
    local expected differ
    expected=$(explained "$2")
    python3 "$judge" "$TELLTALE_FAST" "$1" > "$TT_TMP/out" 2>&1
    differ=$(tail -n 1 "$TT_TMP/out" | sed -n 's/.* \([0-9]*\) differ$/\1/p')
    if [ "$differ" = "$expected" ]; then
        ok "$2: $(tail -n 1 "$TT_TMP/out"), $expected explained"
    else
        fail "$2" "$(head -n 4 "$TT_TMP/out" | tr '\n' ';')"
    fi
}

if ! command -v tshark > /dev/null; then
    fail "tshark" "it is not installed: make deps-test"
else
    compare "$TT_ROOT/pcaps/tunnels.pcap" tunnels
    inside=$(python3 "$judge" "$TELLTALE_FAST" "$TT_ROOT/pcaps/tunnels.pcap" | sed -n 's/.*, \([0-9]*\) out of tunnels.*/\1/p')
    expect_equal "tunnels: each of the six has a session inside" "$([ "${inside:-0}" -ge 60 ] && echo yes)" yes
    for folder in captures/linktype captures/gtp captures/mixed captures/evasion captures-lab; do
        [ -d "$TT_SHARED/$folder" ] || { skip "captures of others, $folder" "not there"; continue; }
        for capture in "$TT_SHARED/$folder"/*.pcap*; do
            name=$(basename "$folder")/$(basename "${capture%.pcap*}")
            case $name in
            captures-lab/link_* | captures-lab/gtpu_* | mixed/* | gtp/* | evasion/*) compare "$capture" "$name" ;;
            linktype/*gre* | linktype/*[mM]pls* | linktype/*4in6* | linktype/*6in4* | linktype/*PPP* | linktype/*ppp* | linktype/*geneve* | \
                linktype/*vxlan* | linktype/*erspan* | linktype/*stream_rst*) compare "$capture" "$name" ;;
            esac
        done
    done
fi
done_testing
