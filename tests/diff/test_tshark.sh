#!/bin/bash
# Every field that tshark has too, against tshark itself: each protocol that has fields of tshark's, on the project's captures.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/columns.sh"

if command -v tshark > /dev/null; then
    for capture in "$TT_ROOT"/pcaps/*.pcap "$TT_ROOT"/pcaps/*.pcapng "$TT_ROOT"/pcaps/*.pcap.gz; do
        name=$(basename "$capture")
        read -ra words <<< "$(options_of "${name%%.pcap*}")"
        seen=$(tshark -n -r "$capture" "${words[@]}" -q -z io,phs 2> /dev/null | awk '/frames:/ { print $1 }')
        for protocol in $(protocols); do
            speaks "$protocol" "$capture" "$seen" && differ "$protocol" "$capture" "$name" "${name%%.pcap*}"
        done
    done
else
    fail "tshark" "it is not installed: make deps-test"
fi
done_testing
