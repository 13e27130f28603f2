#!/bin/bash
# Every field that tshark has too, against tshark itself, on the project's captures; and, where the folder is there, against the tables of
# tshark's answers for other people's captures.
. "$(dirname "$0")/../lib.sh"

if command -v tshark > /dev/null; then
    for capture in "$TT_ROOT"/pcaps/*.pcap "$TT_ROOT"/pcaps/*.pcapng "$TT_ROOT"/pcaps/*.pcap.gz; do
        name=$(basename "$capture") proto=mqtt
        case $name in
        aedes-port-21883.pcap) set -- -d tcp.port==21883,mqtt ;;
        midstream.pcap) # without its CONNECT tshark reads MQTT 5 as 3.1.1, and so do we: nothing on the wire says which
            set -- ;;
        smpp-*) proto=smpp && set -- ;;
        ucp-*) proto=ucp && set -- -d tcp.port==9600,ucp ;;
        cimd2-*) proto=cimd2 && set -- -d tcp.port==9971,cimd ;;
        *) set -- ;;
        esac
        if python3 "$TT_ROOT/tests/diff/tshark.py" "$TELLTALE_FAST" $proto "$capture" "$@" > "$TT_TMP/diff" 2>&1; then
            ok "$name: $(tail -n 1 "$TT_TMP/diff")"
        else
            fail "$name" "$(tail -n 1 "$TT_TMP/diff"): $(head -n 3 "$TT_TMP/diff" | tr '\n' ';')"
        fi
    done
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
    compare 'smpp|ucp' 100
    compare cimd2 91 # three rows that tshark lacks cannot be left out of its tool: see exceptions.txt
else
    skip "captures of others" "no ../shared/captures/expected"
fi
done_testing
