#!/bin/bash
# Every packet of a capture is in one row of the account: of the summary and of the stats record; as many as capinfos counts.
. "$(dirname "$0")/../lib.sh"
TELLTALE=$TELLTALE_FAST

# stats records, one a line: what they account for beyond what decode counted.
not_closed() {
    python3 - "$1" << 'END'
import json, sys
def numbers(x):
    return sum(map(numbers, x.values())) if isinstance(x, dict) else x
with open(sys.argv[1], encoding="utf-8") as f:
    records = [json.loads(line) for line in f]
print(len(records), sum(numbers(r["telltale"]["stats"]["packets"]) != r["stats"]["decoder"]["pkts"] for r in records))
END
}

: > "$TT_TMP/all.json"
open=0 runs=0
one() { # name, file or folder
    local name=$1 packets sum want
    run read --no-rules --set eve.types=stats --json "$TT_TMP/stats.json" "$2"
    [ "$code" != 3 ] || return
    runs=$((runs + 1))
    cat "$TT_TMP/stats.json" >> "$TT_TMP/all.json"
    packets=$(sed -n '1s/ .*//p' "$TT_TMP/stdout")
    sum=$(grep '^Packets: ' "$TT_TMP/stdout" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) n += $i } END { print n + 0 }')
    if [ "$packets" != "$sum" ]; then
        fail "account of $name" "$packets packets, $sum in the account"
        open=$((open + 1))
    fi
    if [ "$code" = 0 ] && [ -f "$2" ] && command -v capinfos > /dev/null; then
        want=$(capinfos -Mc -T -r "$2" 2> /dev/null | awk -F '\t' '{ n += $2 } END { print n + 0 }')
        expect_equal "$name: packets as capinfos counts them" "$packets" "$want"
    fi
}

for file in "$TT_ROOT"/pcaps/*.pcap*; do
    one "${file##*/}" "$file"
done
for folder in "$TT_SHARED"/captures/*/; do
    [ ! -d "$folder" ] || one "${folder#"$TT_SHARED"/}" "$folder"
done
[ -d "$TT_SHARED" ] || skip "accounts of third-party captures" "no $TT_SHARED"
expect_equal "accounts that do not close" "$open" 0
expect_equal "stats records, and those that do not close" "$(not_closed "$TT_TMP/all.json")" "$runs 0"
done_testing
