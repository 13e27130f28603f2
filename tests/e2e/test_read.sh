#!/bin/bash
# telltale read as a user calls it: Suricata's habits, every way to name the input, every form of the file.
. "$(dirname "$0")/../lib.sh"

door=$TT_ROOT/pcaps/door-unlock.pcap
meter=$TT_ROOT/pcaps/meter-hourly.pcap
rule='alert mqtt any any -> any any (msg:"unlock"; mqtt.publish.message; content:"unlock"; sid:1000001; rev:3;)'
echo "$rule" > "$TT_TMP/my.rules"

run -r "$door" -S "$TT_TMP/my.rules" -l "$TT_TMP/logs" -k none --set eve.types=alert
expect_exit "Suricata's command line" 0
expect_text "DIR/eve.json is written" "$TT_TMP/logs/eve.json" '"event_type":"alert".*"signature_id":1000001,"rev":3'
# tshark is the judge of how many messages hold the word.
hits=$(tshark -r "$door" -Y 'mqtt.msgtype == 3 && mqtt.msg contains "unlock"' 2> /dev/null | wc -l)
expect_equal "as many alerts as tshark finds messages" "$(grep -c '"signature_id":1000001' "$TT_TMP/logs/eve.json")" "$hits"

run read -S "$TT_TMP/my.rules" --json "$TT_TMP/a.json" "$door"
stdin=$door run read -S "$TT_TMP/my.rules" --json "$TT_TMP/b.json" -
expect_exit "standard input" 0
expect_same "standard input gives the same" "$TT_TMP/a.json" "$TT_TMP/b.json"
gzip -c "$door" > "$TT_TMP/door.pcap.gz"
run read -S "$TT_TMP/my.rules" --json "$TT_TMP/c.json" "$TT_TMP/door.pcap.gz"
expect_same "gzip gives the same" "$TT_TMP/a.json" "$TT_TMP/c.json"
zstd -q -c "$door" > "$TT_TMP/door.pcap.zst"
run read -S "$TT_TMP/my.rules" --json "$TT_TMP/c.json" "$TT_TMP/door.pcap.zst"
expect_same "zstd gives the same" "$TT_TMP/a.json" "$TT_TMP/c.json"
stdin=$TT_TMP/door.pcap.zst run read -S "$TT_TMP/my.rules" --json "$TT_TMP/c.json" -
expect_same "zstd in a pipe gives the same" "$TT_TMP/a.json" "$TT_TMP/c.json"
if command -v editcap > /dev/null; then
    editcap -F pcapng "$door" "$TT_TMP/door.pcapng"
    editcap -F nsecpcap "$door" "$TT_TMP/door-ns.pcap"
    for form in door.pcapng door-ns.pcap; do
        run read -S "$TT_TMP/my.rules" --json "$TT_TMP/d.json" "$TT_TMP/$form"
        expect_same "$form gives the same" "$TT_TMP/a.json" "$TT_TMP/d.json"
    done
else
    fail "other forms" "editcap is not installed: make deps-test"
fi
mkdir -p "$TT_TMP/in"
cp "$door" "$meter" "$TT_TMP/in"
run read --no-rules --set eve.types=mqtt --json "$TT_TMP/folder.json" "$TT_TMP/in"
expect_exit "folder" 0
run read --no-rules --set eve.types=mqtt --json "$TT_TMP/two.json" "$door" "$meter"
sed -i "s/\"pcap_filename\":\"[^\"]*\",//" "$TT_TMP/folder.json" "$TT_TMP/two.json"
expect_same "a folder is its files, the earlier first" "$TT_TMP/folder.json" "$TT_TMP/two.json"

run read --no-rules --json "$TT_TMP/bpf.json" -r "$door" 'host 10.77.0.66'
expect_no_text "BPF filter after -r" "$TT_TMP/bpf.json" '"src_ip":"10.77.0.30"'
expect_text "BPF filter keeps packet numbers" "$TT_TMP/bpf.json" '"src_ip":"10.77.0.66"'
first=$(tshark -r "$door" -Y 'ip.addr == 10.77.0.66 && mqtt' -T fields -e frame.number 2> /dev/null | head -n 2 | tail -n 1)
expect_text "pcap_cnt counts all packets of the file" "$TT_TMP/bpf.json" "\"pcap_cnt\":$first,"

run read --no-rules "$door"
expect_text "a pipe gets one JSON object a line" stdout '^\{"timestamp":"2026-.*\}$'
expect_equal "and nothing else" "$(grep -vc '^{.*}$' "$TT_TMP/stdout")" 0
run read --no-rules --json "$TT_TMP/x.json" --baseline self "$meter"
expect_text "otherwise tables: devices" stdout '^mqtt:meter-0417 '
expect_text "otherwise tables: protocols" stdout '^mqtt +3 '
expect_text "otherwise tables: the rate alert" stdout '3:3000101 '
expect_text "otherwise tables: the payload alert" stdout '3:3000102 '
for key in '"observed"' '"expected"' '"n":' '"since"' '"limits"' '"packets"' '"mitre_technique_id"' '"principle"' '"next"'; do
    expect_text "a behaviour alert carries $key" "$TT_TMP/x.json" "\"gid\":3,.*$key"
done
expect_no_text "the meter that caught up after an outage is not accused" "$TT_TMP/x.json" '"gid":3,.*meter-0418'

run read -q --no-rules --set eve.types=mqtt --json "$TT_TMP/pw.json" "$TT_ROOT/pcaps/login-failures.pcap"
expect_text "passwords are not written" "$TT_TMP/pw.json" '"password":"<redacted>"'
run read -q --no-rules --set eve.types=mqtt --set eve.mqtt.passwords=yes --json "$TT_TMP/pw.json" "$TT_ROOT/pcaps/login-failures.pcap"
expect_no_text "unless asked for" "$TT_TMP/pw.json" '"password":"<redacted>"'
for type in alert flow mqtt; do
    run read -q --set eve.types=$type --json "$TT_TMP/t.json" "$door"
    expect_no_text "eve.types=$type writes nothing else" "$TT_TMP/t.json" "\"event_type\":\"(anomaly|stats$([ $type = alert ] || echo '|alert')$([ $type = flow ] || echo '|flow')$([ $type = mqtt ] || echo '|mqtt'))\""
done
run config --explain
expect_exit "config --explain" 0
cp "$TT_TMP/stdout" "$TT_TMP/all.yaml"
run read -q -c "$TT_TMP/all.yaml" "$door"
expect_exit "what config --explain prints loads again" 0
run detectors dev.rate-envelope
expect_text "detectors ID" stdout 'ATT&CK'
done_testing
