#!/bin/bash
# telltale watch on a veth pair between a real broker and real clients: what mosquitto's log says it received is what is recorded; rules are
# loaded again on SIGHUP, a bad file leaves the old ones in force, SIGTERM ends cleanly, kernel drops are told.
. "$(dirname "$0")/../lib.sh"

for program in ip mosquitto mosquitto_pub; do
    if ! command -v $program > /dev/null; then
        fail "watch" "$program is not installed: make deps-test"
        done_testing
    fi
done
a=ttw-a$$ b=ttw-b$$
if ! ip netns add $a 2> "$TT_TMP/ns"; then
    skip "watch" "no network namespaces here: $(cat "$TT_TMP/ns")"
    done_testing
fi
ip netns add $b
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null; done
    wait 2> /dev/null
    ip netns del "$a"
    ip netns del "$b"
}
trap finish EXIT
ip link add vtw-a netns $a type veth peer name vtw-b netns $b
for side in a b; do
    ns=${!side}
    ip -n "$ns" addr add "10.78.0.$([ $side = a ] && echo 1 || echo 2)/24" dev vtw-$side
    ip -n "$ns" link set vtw-$side up
    ip -n "$ns" link set lo up
done
printf 'listener 1883 10.78.0.2\nallow_anonymous true\nlog_type all\nlog_dest file %s\nuser root\n' "$TT_TMP/broker.log" > "$TT_TMP/mosquitto.conf"
ip netns exec $b mosquitto -c "$TT_TMP/mosquitto.conf" > /dev/null 2>&1 &
pids+=($!)
wait_for 10 grep -q 'running' "$TT_TMP/broker.log" || fail "broker" "it did not start"

rule() { # sid, word
    echo "alert mqtt any any -> any 1883 (msg:\"$2\"; mqtt.publish.message; content:\"$2\"; sid:$1;)"
}
publish() { # message, count
    for _ in $(seq "$2"); do
        ip netns exec $a mosquitto_pub -h 10.78.0.2 -q 1 -i "pump-$1" -t "plant/$1" -m "$1"
    done
}
rule 1 open > "$TT_TMP/live.rules"
ip netns exec $a "$TELLTALE" watch -i vtw-a -S "$TT_TMP/live.rules" --json "$TT_TMP/live.json" -q 2> "$TT_TMP/watch.err" &
sensor=$!
pids+=("$sensor")
wait_for 20 grep -q 'watching vtw-a' "$TT_TMP/watch.err" || fail "watch starts" "$(head -n 3 "$TT_TMP/watch.err")"
sleep 0.5

publish open 5
publish shut 3
alerts() { grep -c "\"signature_id\":$1," "$TT_TMP/live.json"; }
wait_for 10 bash -c "[ \$(grep -c '\"signature_id\":1,' '$TT_TMP/live.json') -ge 5 ]"
expect_equal "alerts of the first rules" "$(alerts 1)" 5

rule 2 shut > "$TT_TMP/live.rules"
kill -HUP $sensor
wait_for 20 grep -q 'rules loaded again: 1 loaded' "$TT_TMP/watch.err" || fail "SIGHUP" "$(tail -n 2 "$TT_TMP/watch.err")"
publish open 2
publish shut 4
wait_for 10 bash -c "[ \$(grep -c '\"signature_id\":2,' '$TT_TMP/live.json') -ge 4 ]"
expect_equal "alerts of the rules loaded again" "$(alerts 2)" 4
expect_equal "the rules of before are gone" "$(alerts 1)" 5

rm "$TT_TMP/live.rules"
kill -HUP $sensor
wait_for 20 grep -q 'old rules stay in force' "$TT_TMP/watch.err" || fail "SIGHUP without rules" "$(tail -n 2 "$TT_TMP/watch.err")"
publish shut 1
wait_for 10 bash -c "[ \$(grep -c '\"signature_id\":2,' '$TT_TMP/live.json') -ge 5 ]"
expect_equal "a bad reload leaves the old rules in force" "$(alerts 2)" 5

kill -TERM $sensor
wait $sensor
code=$?
cp "$TT_TMP/watch.err" "$TT_TMP/stderr"
expect_exit "SIGTERM ends cleanly" 0
expect_text "kernel drops are told" stderr 'dropped: 0 by the kernel'
received=$(grep -c 'Received PUBLISH from pump-' "$TT_TMP/broker.log")
expect_equal "as many PUBLISH as mosquitto received" "$(grep -c '"event_type":"mqtt".*"publish":' "$TT_TMP/live.json")" "$received"
expect_equal "as many CONNECT as mosquitto accepted" "$(grep -c '"event_type":"mqtt".*"connect":' "$TT_TMP/live.json")" \
    "$(grep -c 'New client connected' "$TT_TMP/broker.log")"

run watch -i no-such-interface
expect_exit "no such interface" 3
expect_text "no such interface says which" stderr "no-such-interface"
run watch
expect_exit "no interface named" 2
done_testing
