#!/bin/bash
# What is wrong with the input is said with what, where and how to mend it, and with the exit code of the README.
. "$(dirname "$0")/../lib.sh"

meter=$TT_ROOT/pcaps/meter-hourly.pcap
good=$TT_ROOT/pcaps/door-unlock.pcap

run read "$TT_TMP/none.pcap"
expect_exit "missing file" 3
expect_text "missing file says which" stderr "none.pcap: .*[Nn]o such file"

: > "$TT_TMP/empty.pcap"
run read "$TT_TMP/empty.pcap"
expect_exit "empty file" 3
expect_text "empty file says so" stderr "empty.pcap: .*empty"

echo "this is a letter, not a capture" > "$TT_TMP/letter.pcap"
run read "$TT_TMP/letter.pcap"
expect_exit "foreign file" 3
expect_text "foreign file says so" stderr "letter.pcap: "

# Link type 105 is 802.11; one packet of 4 octets.
printf '\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x01\0\x69\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\x04\0\0\0abcd' > "$TT_TMP/wifi.pcap"
run read "$TT_TMP/wifi.pcap"
expect_exit "unsupported link type" 3
expect_text "unsupported link type names it" stderr "wifi.pcap: .*(105|802.11)"

head -c 5000 "$meter" > "$TT_TMP/cut.pcap"
run read --json "$TT_TMP/cut.json" "$TT_TMP/cut.pcap"
expect_exit "cut file" 4
expect_text "cut file says where" stderr "cut.pcap: packet [0-9]+, offset [0-9]+"
packets=$(tshark -r "$TT_TMP/cut.pcap" -T fields -e frame.number 2> /dev/null | tail -n 1)
expect_text "cut file gives everything before the cut" stdout "^$packets packets"

{ head -c 3000 "$meter"; printf '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff'; tail -c +3021 "$meter"; } > "$TT_TMP/damaged.pcap"
run read --json "$TT_TMP/damaged.json" "$TT_TMP/damaged.pcap"
expect_exit "damaged file" 4
expect_text "damaged file says where" stderr "damaged.pcap: packet [0-9]+, offset [0-9]+"

gzip -c "$meter" | head -c 9000 > "$TT_TMP/cut.pcap.gz"
run read --json "$TT_TMP/cutgz.json" "$TT_TMP/cut.pcap.gz"
expect_exit "cut gzip file" 4
expect_text "cut gzip file says where" stderr "cut.pcap.gz: packet [0-9]+, offset [0-9]+"

run read -q "$TT_TMP/none.pcap" "$good"
expect_exit "one of two missing" 3

mkdir -p "$TT_TMP/folder" "$TT_TMP/bare"
cp "$good" "$TT_TMP/folder/a.pcap"
echo note > "$TT_TMP/folder/notes.txt"
run read --json "$TT_TMP/folder.json" "$TT_TMP/folder"
expect_exit "folder with a note beside the capture" 0
cp "$TT_TMP/damaged.pcap" "$TT_TMP/folder/b.pcap"
cp "$TT_TMP/cut.pcap.gz" "$TT_TMP/folder/c.pcap.gz"
zstd -q -c "$good" | head -c 2000 > "$TT_TMP/folder/d.pcap.zst"
cp "$good" "$TT_TMP/folder/e.pcap"
run read -q --set eve.types=stats --json "$TT_TMP/folder.json" "$TT_TMP/folder"
expect_exit "folder with damaged files" 4
for bad in b.pcap c.pcap.gz d.pcap.zst; do
    expect_text "each damaged file is told with its place: $bad" stderr "folder/$bad: packet [0-9]+, offset [0-9]+"
done
run read --no-rules --json "$TT_TMP/folder.json" "$TT_TMP/folder"
expect_text "those behind the damaged ones are read" "$TT_TMP/folder.json" 'folder/e.pcap'
run read "$TT_TMP/bare"
expect_exit "empty folder" 3
expect_text "empty folder says so" stderr "bare"

run read --json "$TT_TMP/x.json" --wrokers 2 "$good"
expect_exit "unknown option" 2
expect_text "unknown option gets the nearest" stderr "--workers"
run read --workers 0 "$good"
expect_exit "number out of bounds" 2
run read
expect_exit "no capture named" 2
run raed "$good"
expect_exit "unknown command" 2
expect_text "unknown command gets the nearest" stderr "read"
run read --set eve.typs=alert "$good"
expect_exit "unknown key" 2
expect_text "unknown key gets the nearest" stderr "eve.types"
run read --set eve.types=alrt "$good"
expect_exit "unknown event type" 2
expect_text "unknown event type gets the nearest" stderr "alert"
run read --fail-on terrible "$good"
expect_exit "unknown severity" 2
run read -k sometimes "$good"
expect_exit "unknown checksum mode" 2
run read -r "$good" 'tcp prot 1883'
expect_exit "bad BPF filter" 2
printf 'flows:\n  max: lots\n' > "$TT_TMP/bad.yaml"
run read -c "$TT_TMP/bad.yaml" "$good"
expect_exit "bad configuration" 2
expect_text "bad configuration says where" stderr "bad.yaml:2:[0-9]+: "
run read -c "$TT_TMP/none.yaml" "$good"
expect_exit "missing configuration" 2

run read -S "$TT_TMP/none.rules" "$good"
expect_exit "missing rules" 2
expect_text "missing rules says which" stderr "none.rules"
cat > "$TT_TMP/half.rules" << 'RULES'
alert mqtt any any -> any any (msg:"unlock"; mqtt.publish.message; content:"unlock"; sid:1;)
alert mqtt any any -> any any (msg:"bad"; mqtt.publish.mesage; content:"unlock"; sid:2;)
alert mqtt any any -> any any (msg:"no sid";)
RULES
run read -S "$TT_TMP/half.rules" --json "$TT_TMP/half.json" "$good"
expect_exit "half-bad rules: the others load" 0
expect_text "half-bad rules says file, line, column and the nearest keyword" stderr \
    "half.rules:2:[0-9]+: .*mqtt.publish.mesage.*mqtt.publish.message"
expect_text "half-bad rules: the good one fires" "$TT_TMP/half.json" '"signature_id":1,'
run read -S "$TT_TMP/half.rules" --init-errors-fatal "$good"
expect_exit "half-bad rules with --init-errors-fatal" 2
run rules check "$TT_TMP/half.rules"
expect_exit "rules check" 2

run read --json /dev/full "$meter"
expect_exit "full disk" 4
expect_text "full disk says so" stderr "/dev/full: .*No space left"
for words in "fields -p mqtt $meter" "schema" "read -l $TT_TMP/full $meter"; do
    # shellcheck disable=SC2086 # words, not one word
    "$TELLTALE" $words > /dev/full 2> "$TT_TMP/stderr" < /dev/null
    code=$?
    expect_exit "${words%% *} onto a full disk" 4
    expect_text "${words%% *} onto a full disk says so" stderr "standard output .*No space left"
done
run read --json "$TT_TMP/no/such/folder/eve.json" "$good"
expect_exit "output folder is missing" 2
expect_text "output folder is missing says so" stderr "folder"
"$TELLTALE" read "$meter" 2> "$TT_TMP/stderr" | head -n 1 > /dev/null
expect_equal "closed pipe is no error" "${PIPESTATUS[0]}" 0

run read -q --fail-on high --baseline self "$meter"
expect_exit "alerts at or above --fail-on" 1
run read -q --fail-on critical "$good"
expect_exit "no alert at or above --fail-on" 0
done_testing
