# shellcheck shell=bash disable=SC2034,SC2154 # sourced by record.sh, which has the variables
# The groups of record.sh: each function records the captures that README.md names beside it.

GROUPS_IN_ORDER=(meters door)

NEEDS[meters]="$MQTTJS $MOSQUITTO"
group_meters() {
    local schedule=$TMP/schedule.tsv meter17 meter18 pump
    python3 "$PEERS/meters.py" >"$schedule"
    readings() { awk -F'\t' -v a="$1" '$1 == a { print $3 }' "$schedule"; }
    # TCP timestamps would keep the time of the recording; small devices do not send them.
    ip netns exec "$DEV" sysctl -qw net.ipv4.tcp_timestamps=0
    mosquitto_with
    record_start fast.pcap tcp port 1883
    readings 10.77.0.17 >"$TMP/17.hex"
    readings 10.77.0.7 >"$TMP/7.hex"
    spawn "$DEV" meter17 sh -c "exec node '$PEERS/feed.mjs' 10.77.0.17 meter-0417 \
        plant/meter-0417 1 7200 <'$TMP/17.hex'"
    spawn "$DEV" pump sh -c "exec node '$PEERS/feed.mjs' 10.77.0.7 pump-07 plant/pump-07 1 43200 \
        <'$TMP/7.hex'"
    mkfifo "$TMP/18.pipe"
    spawn "$DEV" meter18 sh -c "exec mosquitto_pub -V mqttv311 -h $BROKER -A 10.77.0.18 \
        -i meter-0418 -k 65535 -t plant/meter-0418 -q 0 -l <'$TMP/18.pipe'"
    exec 9>"$TMP/18.pipe"
    wait_log broker 'as meter-0418'
    sleep 0.3
    readings 10.77.0.18 | python3 -c 'import sys; [print(bytes.fromhex(l).decode()) for l in sys.stdin]' |
        while read -r line; do
            printf '%s\n' "$line" >&9
            sleep 0.09
        done
    WAIT=120 wait_log meter17 'all published'
    wait_log pump 'all published'
    record_stop
    exec 9>&-
    ip netns exec "$DEV" sysctl -qw net.ipv4.tcp_timestamps=1
    python3 "$HERE/stretch.py" "$schedule" "$TMP/new/fast.pcap" "$TMP/new/meter-hourly.pcap"
    rm "$TMP/new/fast.pcap"
}

NEEDS[door]="$MQTTJS $MOSQUITTO"
group_door() {
    local prefix=site/north/door/3a
    mosquitto_passwd -c -b "$TMP/door.passwd" door-3a 'Tulip-1953'
    mosquitto_passwd -b "$TMP/door.passwd" facility 'open sesame'
    mosquitto_with "password_file $TMP/door.passwd" 'allow_anonymous true'
    record_start door-unlock.pcap
    spawn "$DEV" door node "$PEERS/door.mjs" 10.77.0.31 door-3a $prefix door-3a Tulip-1953
    wait_log door 'door ready'
    app() {
        dev mosquitto_pub -V mqttv311 -h "$BROKER" -A 10.77.0.30 -i facility-app -u facility \
            -P 'open sesame' -q 1 -t $prefix/cmd -m "$1"
        sleep 0.5
    }
    app '{"action":"unlock","user":"m.weber"}'
    app '{"action":"lock","user":"m.weber"}'
    # A stranger: no login, an address and a client id that nobody has seen before.
    dev mosquitto_pub -V mqttv311 -h "$BROKER" -A 10.77.0.66 -i x1 -q 0 -t $prefix/cmd \
        -m '{"action":"unlock"}'
    sleep 0.5
    dev mosquitto_pub -V mqttv5 -h "$BROKER" -A 10.77.0.66 -i x2 -q 1 -t $prefix/cmd \
        -m '{"action":"unlock"}'
    sleep 0.5
    stop "$BROKER_PID"
    record_stop
}
