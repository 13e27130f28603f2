# shellcheck shell=bash disable=SC2034,SC2154 # sourced by record.sh, which has the variables
# The groups of record.sh: each function records the captures that README.md names beside it.

GROUPS_IN_ORDER=(meters door reconnect mqtt31 mqtt311 mqtt5 properties logins wildcard aedes ipv6
    cooked large life thrown midstream smpp kannel ucp cimd2
    coap coaptcp coapjs radius gtp)

# pub ADDRESS CLIENT-ID ARGUMENT...
pub() {
    local address=$1 id=$2
    shift 2
    dev mosquitto_pub -h "$TT_HOST" -A "$address" -i "$id" "$@" 2>>"$TMP/log/pub.log"
}

# sub ADDRESS CLIENT-ID ARGUMENT...: in the background, until the broker has its subscription.
sub() {
    local address=$1 id=$2
    shift 2
    spawn "$DEV" "$id" mosquitto_sub -h "$TT_HOST" -A "$address" -i "$id" "$@"
    wait_log broker "Sending SUBACK to $id"
}

# finish PID: a program that ends by itself, and must have succeeded.
finish() { wait "$1" || die "a peer failed, see its log"; }

# finish_any PID: a program that ends by itself with any result.
finish_any() { wait "$1" || true; }

# run LOG COMMAND...: a device program that ends by itself.
run() {
    spawn "$DEV" "$@"
    finish "$LAST"
}

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
    readings 10.77.0.18 |
        python3 -c 'import sys; [print(bytes.fromhex(line).decode()) for line in sys.stdin]' |
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
        pub 10.77.0.30 facility-app -V mqttv311 -u facility -P 'open sesame' -q 1 \
            -t $prefix/cmd -m "$1"
        sleep 0.5
    }
    app '{"action":"unlock","user":"m.weber"}'
    app '{"action":"lock","user":"m.weber"}'
    # A stranger: no login, an address and a client id that nobody has seen before.
    pub 10.77.0.66 x1 -V mqttv311 -q 0 -t $prefix/cmd -m '{"action":"unlock"}'
    sleep 0.5
    pub 10.77.0.66 x2 -V mqttv5 -q 1 -t $prefix/cmd -m '{"action":"unlock"}'
    sleep 0.5
    stop "$BROKER_PID"
    record_stop
}

NEEDS[reconnect]="$MOSQUITTO gzip"
group_reconnect() {
    local schedule=$TMP/schedule.tsv line
    python3 "$PEERS/sleepy.py" >"$schedule"
    mosquitto_with
    ip netns exec "$DEV" sysctl -qw net.ipv4.tcp_timestamps=0
    record_start fast.pcap tcp port 1883
    while IFS=$'\t' read -r _ _ line; do
        pub 10.77.0.32 water-0501 -V mqttv311 -k 60 -q 1 -t plant/water-0501 -m "$line" </dev/null
    done <"$schedule"
    record_stop
    ip netns exec "$DEV" sysctl -qw net.ipv4.tcp_timestamps=1
    python3 "$HERE/stretch.py" --per-connection "$schedule" "$TMP/new/fast.pcap" \
        "$TMP/new/meter-reconnect.pcap"
    gzip -n -9 "$TMP/new/meter-reconnect.pcap"
    rm "$TMP/new/fast.pcap"
}

NEEDS[mqtt31]="$MOSQUITTO"
group_mqtt31() {
    local qos first second
    mosquitto_with
    record_start mqtt31-qos.pcap
    sub 10.77.0.30 collector -V mqttv31 -q 2 -t 'tank/+/level' -t tank/1/alarm -C 5 -W 10
    first=$LAST
    sub 10.77.0.31 display -V mqttv31 -q 0 -t 'tank/#' -C 5 -W 10
    second=$LAST
    for qos in 0 1 2; do
        pub 10.77.0.17 tank-1 -V mqttv31 -q "$qos" -t tank/1/level -m "$((40 + qos)) cm"
    done
    pub 10.77.0.18 tank-2 -V mqttv31 -q 1 -r -u tank -P secret --will-topic tank/2/gone \
        --will-payload bye --will-qos 1 -t tank/2/level -m '88 cm'
    pub 10.77.0.17 tank-1 -V mqttv31 -q 2 -r -t tank/1/alarm -m 'low water'
    finish "$first"
    finish "$second"
    run late mosquitto_sub -V mqttv31 -h "$BROKER" -A 10.77.0.7 -i late -q 1 -t 'tank/#' -C 2 -W 10
    record_stop
}

NEEDS[mqtt311]="$MOSQUITTO"
group_mqtt311() {
    local qos version=mqttv311 pids=()
    mosquitto_with
    record_start mqtt311-qos.pcap
    for qos in 0 1 2; do
        sub "10.77.0.3$qos" "reader-$qos" -V $version -q $qos -t 'line/+/+' -t line/stop -C 7 -W 10
        pids+=("$LAST")
    done
    for qos in 0 1 2; do
        pub 10.77.0.17 press-1 -V $version -q $qos -t line/1/count -m "$((1000 + qos))"
        pub 10.77.0.18 press-2 -V $version -q $qos -t line/2/count -m "{\"count\":$((70 + qos))}"
    done
    pub 10.77.0.17 press-1 -V $version -q 2 -n -t line/stop
    for qos in "${pids[@]}"; do finish "$qos"; done
    record_stop

    record_start mqtt311-retained-will.pcap
    sub 10.77.0.30 watcher -V $version -q 1 -t 'oven/#'
    pub 10.77.0.17 oven-1 -V $version -r -q 1 -t oven/1/setpoint -m 180
    pub 10.77.0.17 oven-1 -V $version -r -q 0 -t oven/1/mode -m bake
    sub 10.77.0.18 oven-2 -V $version -q 1 -t oven/2/cmd -k 30 --will-topic oven/2/state \
        --will-payload '{"state":"lost"}' --will-qos 1 --will-retain
    sleep 0.3
    stop "$LAST" KILL # no DISCONNECT: the will fires
    wait_log broker "Client oven-2 closed its connection"
    run late mosquitto_sub -V $version -h "$BROKER" -A 10.77.0.7 -i late -q 1 -t 'oven/#' -C 3 -W 10
    pub 10.77.0.17 oven-1 -V $version -r -n -q 1 -t oven/1/mode # deletes the retained message
    run later mosquitto_sub -V $version -h "$BROKER" -A 10.77.0.7 -i later -t 'oven/#' -C 2 -W 10
    record_stop
}

NEEDS[mqtt5]="$MOSQUITTO mosquitto_rr"
group_mqtt5() {
    local worker
    printf '%s\n' 'topic readwrite #' 'topic deny secret/#' >"$TMP/acl"
    mosquitto_with "acl_file $TMP/acl"
    record_start mqtt5-mosquitto.pcap
    sub 10.77.0.30 log -V mqttv5 -q 2 -t 'cell/#' -c -x 300 \
        -D connect receive-maximum 5 -D connect topic-alias-maximum 3 \
        -D connect maximum-packet-size 4096 -D connect request-problem-information 1 \
        -D connect user-property role log -D subscribe subscription-identifier 7 \
        -D subscribe user-property since today
    for worker in 31 32; do
        sub "10.77.0.$worker" "worker-$worker" -V mqttv5 -q 1 -t "\$share/crew/job/+"
    done
    sub 10.77.0.18 arm-2 -V mqttv5 -q 1 -t cell/cmd --retain-as-published --will-topic cell/2/gone \
        --will-payload '{"gone":true}' --will-qos 1 -D will will-delay-interval 1 \
        -D connect session-expiry-interval 60 -D will content-type application/json \
        -D will message-expiry-interval 60 -D will payload-format-indicator 1 \
        -D will response-topic cell/2/answer -D will correlation-data 42 \
        -D will user-property cause lost
    worker=$LAST
    pub 10.77.0.17 arm-1 -V mqttv5 -q 1 -r -t cell/1/pose -m '{"x":1.5,"y":0.25}' \
        -D publish payload-format-indicator 1 -D publish message-expiry-interval 3600 \
        -D publish content-type application/json -D publish response-topic cell/1/answer \
        -D publish correlation-data 0815 -D publish user-property unit m \
        -D publish user-property frame base -D connect user-property model arm
    printf '%s\n' 21.5 21.6 21.7 | dev mosquitto_pub -h "$BROKER" -A 10.77.0.17 -i arm-1 -V mqttv5 \
        -q 2 -t cell/1/temperature -l -D publish topic-alias 3
    for job in 1 2 3 4; do
        pub 10.77.0.17 arm-1 -V mqttv5 -q 1 -t "job/$job" -m "weld $job"
    done
    pub 10.77.0.17 arm-1 -V mqttv5 -q 1 -t nobody/listens -m x
    pub 10.77.0.17 arm-1 -V mqttv5 -q 1 -t secret/keys -m x || true # 0x87
    # A request and its answer: mosquitto_rr asks, a subscriber's shell answers.
    sub 10.77.0.7 clock -V mqttv5 -q 1 -t cell/ask -C 1
    spawn "$DEV" asker mosquitto_rr -V mqttv5 -h "$BROKER" -A 10.77.0.31 -i asker -q 1 -W 10 \
        -t cell/ask -e cell/ask/answer -m 'what time' -D publish correlation-data q1
    wait_log clock 'what time'
    pub 10.77.0.7 clock -V mqttv5 -q 1 -t cell/ask/answer -m 'noon' -D publish correlation-data q1
    finish "$LAST"
    stop "$worker" KILL
    sleep 1.8
    record_stop
}

NEEDS[properties]="$MQTTJS"
group_properties() {
    printf '%s\n' 'topic readwrite #' 'topic deny secret/#' >"$TMP/acl"
    mosquitto_with "acl_file $TMP/acl"
    record_start mqtt5-properties.pcap
    run properties node "$PEERS/properties.mjs"
    record_stop
}

NEEDS[midstream]="$MOSQUITTO"
group_midstream() {
    local version value
    mosquitto_with
    for version in mqttv311 mqttv5; do
        sub 10.77.0.30 "reader-$version" -V $version -q 1 -t 'silo/#' -k 5
        mkfifo "$TMP/$version.pipe"
        spawn "$DEV" "silo-$version" sh -c "exec mosquitto_pub -V $version -h $BROKER \
            -A 10.77.0.17 -i silo-$version -q 2 -t silo/$version -l <'$TMP/$version.pipe'"
    done
    exec 8>"$TMP/mqttv311.pipe" 9>"$TMP/mqttv5.pipe"
    wait_log broker 'as silo-mqttv5'
    sleep 0.2
    # Only now: no connection's beginning is in the capture.
    record_start midstream.pcap
    for value in 41 42 43 44 45; do
        printf '%s %%\n' $value | tee /dev/fd/9 >&8
        sleep 0.2
    done
    sleep 5.5 # a ping of each reader
    record_stop
    exec 8>&- 9>&-
}

NEEDS[logins]="$MQTTJS $MOSQUITTO mosquitto_passwd"
group_logins() {
    local version user
    mosquitto_passwd -c -b "$TMP/passwd" operator 'correct horse'
    mosquitto_passwd -b "$TMP/passwd" meter 'm3ter'
    mosquitto_with 'allow_anonymous false' "password_file $TMP/passwd"
    record_start login-failures.pcap
    # Somebody mistypes once.
    pub 10.77.0.30 desk -V mqttv311 -u operator -P 'corect horse' -t a -m b || true
    pub 10.77.0.30 desk -V mqttv311 -u operator -P 'correct horse' -q 1 -t a -m b
    # Somebody guesses, and gets in.
    for version in mqttv31 mqttv311 mqttv5; do
        pub 10.77.0.66 guess -V $version -t a -m b || true
        for user in admin:admin root:root operator:operator admin:1234 meter:meter \
            meter:12345 guest:guest; do
            pub 10.77.0.66 guess -V $version -u "${user%%:*}" -P "${user#*:}" -t a -m b || true
        done
    done
    sub 10.77.0.66 guess -V mqttv5 -u meter -P m3ter -t '#' -W 2
    finish_any "$LAST"
    record_stop
}

NEEDS[wildcard]="$MOSQUITTO"
group_wildcard() {
    local room kind
    mosquitto_with 'sys_interval 1'
    for room in 1 2 3 4 5 6 7 8; do
        for kind in temperature humidity window light; do
            pub 10.77.0.17 seed -r -q 1 -t "house/room$room/$kind" -m "$((room * 3)).${#kind}"
        done
    done
    record_start wildcard-burst.pcap
    sub 10.77.0.66 nosy -V mqttv311 -q 1 -t '#' -t "\$SYS/#" -W 2
    finish_any "$LAST"
    run nosy5 mosquitto_sub -V mqttv5 -h "$BROKER" -A 10.77.0.66 -i nosy5 -q 0 -t '#' -C 32 -W 10
    run tame mosquitto_sub -V mqttv311 -h "$BROKER" -A 10.77.0.30 -i tame -t house/+/window \
        -C 8 -W 10
    record_stop
}

NEEDS[aedes]='node npm:mqtt npm:aedes'
group_aedes() {
    spawn "$SRV" aedes node "$PEERS/broker.mjs" "$BROKER" 21883
    wait_until 'aedes on port 21883' listens 21883
    record_start aedes-port-21883.pcap
    export TT_PORT=21883
    run roof node "$PEERS/roof.mjs"
    record_stop
}

NEEDS[ipv6]="$MOSQUITTO"
group_ipv6() {
    local reader
    mosquitto_with
    # Nanoseconds too; and the neighbour discovery that real IPv6 links have.
    record_start mqtt-ipv6.pcap --time-stamp-precision=nano ip6
    TT_HOST=$BROKER6
    sub fd77::30 reader -V mqttv5 -q 2 -t 'farm/#' -C 4 -W 10
    reader=$LAST
    pub fd77::17 soil-1 -V mqttv311 -q 0 -t farm/soil/1 -m 0.31
    pub fd77::17 soil-1 -V mqttv311 -q 1 -t farm/soil/1 -m 0.32
    pub fd77::17 soil-1 -V mqttv5 -q 2 -t farm/soil/1 -m 0.33 -D publish user-property depth 20cm
    pub fd77::17 soil-1 -V mqttv31 -q 1 -t farm/soil/1 -m 0.34
    finish "$reader"
    record_stop
}

NEEDS[cooked]="$MOSQUITTO"
group_cooked() {
    local link reader
    mosquitto_with
    # On "any" libpcap sees the loopback too, whose checksums the kernel never fills in. There it
    # reserves the whole snapshot length per packet, hence the smaller one.
    for link in LINUX_SLL2 LINUX_SLL; do
        INTERFACE=any record_start $link.pcap -s 4096 -y $link tcp port 1883
        sub 10.77.0.30 reader -V mqttv5 -q 1 -t 'lift/#' -C 3 -W 10
        reader=$LAST
        pub 10.77.0.17 lift-1 -V mqttv311 -q 1 -t lift/1/floor -m 4
        pub 10.77.0.18 lift-2 -V mqttv5 -q 2 -t lift/2/floor -m 7
        ip netns exec "$SRV" mosquitto_pub -V mqttv311 -h 127.0.0.1 -i local -t lift/mode -m day
        finish "$reader"
        record_stop
    done
    python3 "$HERE/pcapng.py" "$TMP/new/LINUX_SLL2.pcap" "$TMP/new/any-cooked-v2.pcapng" any
    mv "$TMP/new/LINUX_SLL.pcap" "$TMP/new/any-cooked-v1.pcap"
    rm "$TMP/new/LINUX_SLL2.pcap"
}

NEEDS[large]="$MQTTJS $MOSQUITTO"
group_large() {
    local reader
    mosquitto_with
    python3 -c 'import random; d = random.Random(60); print("\n".join(
        f"{n:05d};{d.uniform(19, 24):.2f};{d.uniform(40, 60):.1f}" for n in range(4000))[:60000])' \
        >"$TMP/log.csv"
    record_start large-publish.pcap
    pub 10.77.0.17 logger -V mqttv311 -q 1 -t log/day -f "$TMP/log.csv"
    head -c 30000 "$TMP/log.csv" >"$TMP/half.csv"
    sub 10.77.0.30 archive -V mqttv5 -q 2 -t log/half -C 1 -W 10
    reader=$LAST
    pub 10.77.0.17 logger -V mqttv5 -q 2 -t log/half -f "$TMP/half.csv" \
        -D publish content-type text/csv
    finish "$reader"
    run burst node "$PEERS/burst.mjs"
    record_stop
}

NEEDS[life]="$MQTTJS"
group_life() {
    local version
    mosquitto_with
    record_start session-life.pcap
    for version in 4 5; do
        run "life$version" node "$PEERS/life.mjs" 10.77.0.31 "$version"
    done
    record_stop
}

NEEDS[thrown]="$MQTTJS $MOSQUITTO"
group_thrown() {
    local frozen
    mosquitto_with 'max_packet_size 2000' 'listener 1883' 'max_keepalive 300' 'max_qos 1' \
        'retain_available false'
    record_start server-disconnect.pcap
    sub 10.77.0.30 watch -V mqttv311 -t 'crane/lost' -t 'belt/lost'
    sub 10.77.0.18 belt -V mqttv5 -k 5 -t belt/cmd --will-topic belt/lost --will-payload 5
    frozen=$LAST
    kill -s STOP "$frozen" # hangs: no more pings
    run thrown node "$PEERS/thrown.mjs"
    # More topic aliases than the broker allows.
    pub 10.77.0.32 aliases -V mqttv5 -q 1 -t a -m b -D publish topic-alias 99 || true
    wait_log broker 'Client belt has exceeded timeout'
    sleep 0.2
    kill -s CONT "$frozen"
    sub 10.77.0.7 last -V mqttv5 -t 'crane/#'
    stop "$BROKER_PID"
    record_stop
}

# --- short messages ------------------------------------------------------------------------------

NEEDS[smpp]='node npm:smpp'
group_smpp() {
    spawn "$SRV" smsc node "$PEERS/smsc.mjs" 2775
    wait_log smsc 'smsc ready'
    record_start smpp-npm.pcap tcp port 2775
    run esme node "$PEERS/esme.mjs" "$BROKER" 2775
    record_stop
}

# kannel LINE...: bearerbox and smsbox on the device side, joined to the SMSC that the lines describe.
kannel() {
    cat >"$TMP/kannel.conf" <<EOF
group = core
admin-port = 13000
admin-password = adm
smsbox-port = 13001
log-file = "$TMP/log/bearerbox.log"
log-level = 1
dlr-storage = internal

group = smsc
$(printf '%s\n' "$@")

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = 13013
log-file = "$TMP/log/smsbox.log"
log-level = 1
global-sender = 4711

group = sendsms-user
username = app
password = apppw
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = "got it"
EOF
    spawn "$DEV" bearerbox-out bearerbox "$TMP/kannel.conf"
    BEARERBOX=$LAST
    wait_until 'bearerbox' dev ss -Hltn 'sport = :13001'
    sleep 1
    spawn "$DEV" smsbox-out smsbox "$TMP/kannel.conf"
    SMSBOX=$LAST
    wait_until 'smsbox' dev curl -s 'http://127.0.0.1:13013/cgi-bin/sendsms?username=x'
    sleep 1
}

# send QUERY...: a message through Kannel's HTTP interface.
send() {
    dev curl -s "http://127.0.0.1:13013/cgi-bin/sendsms?username=app&password=apppw&to=491710000001&$1" \
        >>"$TMP/log/sendsms.log"
    echo >>"$TMP/log/sendsms.log"
    sleep 0.3
}

# What an application sends: text, UCS-2, a long text in parts, ports and octets, flash, silent.
send_all() {
    local long
    long=$(printf 'long+%.0s' {1..70})
    send 'text=Meter+7+reading+1234&dlr-mask=31&dlr-url=http://127.0.0.1:9/'
    send 'text=Gr%C3%BC%C3%9Fe+%E2%82%AC&coding=2&charset=UTF-8'
    send "text=$long"
    send 'text=%01%06%03&udh=%06%05%04%0B%84%23%F0&coding=1'
    send 'text=flash&mclass=0'
    send 'text=&coding=1&mclass=2&pid=64'
    sleep 1.5
}

kannel_ends() {
    stop "$SMSBOX"
    stop "$BEARERBOX"
    record_stop
}

KANNEL='bearerbox smsbox curl'
NEEDS[kannel]="$KANNEL node npm:smpp"
group_kannel() {
    spawn "$SRV" smsc node "$PEERS/smsc.mjs" 2775
    wait_log smsc 'smsc ready'
    record_start smpp-kannel.pcap tcp port 2775
    kannel 'smsc = smpp' "host = $BROKER" 'port = 2775' 'smsc-username = kannel' \
        'smsc-password = secret' 'system-type = "VMA"' 'transceiver-mode = true' \
        'interface-version = 34' 'enquire-link-interval = 2'
    send_all
    kannel_ends
}

NEEDS[ucp]="$KANNEL node"
group_ucp() {
    spawn "$SRV" smsc node "$PEERS/ucp-smsc.mjs" 9600
    wait_log smsc 'smsc ready'
    record_start ucp-kannel.pcap tcp port 9600
    kannel 'smsc = emi' "host = $BROKER" 'port = 9600' 'smsc-username = 4711' \
        'smsc-password = secret' 'keepalive = 2' 'my-number = 4711'
    send_all
    kannel_ends
}

NEEDS[cimd2]="$KANNEL $TEST_CIMD2"
group_cimd2() {
    spawn "$SRV" smsc "$TEST_CIMD2" --port 9971 --user foo --password bar --activity 1
    wait_until 'test_cimd2' listens 9971
    record_start cimd2-kannel.pcap tcp port 9971
    kannel 'smsc = cimd2' "host = $BROKER" 'port = 9971' 'smsc-username = foo' \
        'smsc-password = bar' 'keepalive = 2' 'my-number = 4711'
    send_all
    kannel_ends
}

# --- CoAP ----------------------------------------------------------------------------------------

COAP='coap-client-notls coap-server-notls'
hears() { ip netns exec "$SRV" ss -Hlun "sport = :$1" | grep -q ":$1"; }

# ask ARGUMENT...: a client of libcoap that ends by itself, with any answer.
ask() {
    spawn "$DEV" ask coap-client-notls -B 3 "$@"
    finish_any "$LAST"
}

NEEDS[coap]="$COAP"
group_coap() {
    local at=coap://$BROKER watcher
    spawn "$SRV" server coap-server-notls -A "$BROKER" -p 5683 -d 10
    wait_until 'coap-server on port 5683' hears 5683
    record_start coap-libcoap.pcap udp port 5683
    ask "$at/"
    ask "$at/.well-known/core"
    ask -m put -t text -e hello "$at/example_data"
    ask "$at/example_data?x=1&y=abc"
    ask -N "$at/time"
    ask -m post -e x "$at/time"
    ask -m delete "$at/example_data"
    ask "$at/nothing"
    ask -m fetch -t 40 -e x "$at/time"
    ask -O 65,critical "$at/time"
    ask -O 66,elective "$at/time"
    ask -T 0102030405060708 -A 50 "$at/"
    ask -K 2 "$at/async?1"
    ask "$at/separate"
    head -c 3000 /dev/zero | tr '\0' 'b' >"$TMP/body"
    ask -b 256 -m put -t binary -f "$TMP/body" "$at/body"
    ask -b 64 "$at/body"
    spawn "$DEV" watcher coap-client-notls -s 4 -B 8 "$at/time"
    watcher=$LAST
    finish_any "$watcher"
    ask -P "coap://$BROKER" coap://10.77.0.99/x
    record_stop
}

NEEDS[coaptcp]="$COAP"
group_coaptcp() {
    local at=coap+tcp://$BROKER
    spawn "$SRV" server coap-server-notls -A "$BROKER" -p 5683 -d 10
    wait_until 'coap-server on port 5683' listens 5683
    record_start coap-tcp.pcap tcp port 5683
    ask "$at/"
    ask "$at/.well-known/core"
    ask -m put -t text -e hello "$at/example_data"
    ask "$at/example_data"
    ask "$at/nothing"
    head -c 3000 /dev/zero | tr '\0' 'b' >"$TMP/body"
    ask -m put -t binary -f "$TMP/body" "$at/body"
    ask "$at/body"
    spawn "$DEV" watcher coap-client-notls -s 3 -B 6 "$at/time"
    finish_any "$LAST"
    record_stop
}

NEEDS[coapjs]='node npm:coap'
group_coapjs() {
    spawn "$SRV" server node "$PEERS/lwm2m-server.mjs" 15683
    wait_log server 'server ready'
    record_start coap-port-15683.pcap udp
    run device node "$PEERS/lwm2m-device.mjs" "$BROKER" 15683
    record_stop
}

# radius SERVER-PORT KIND SECRET LINE...: one request by radclient, with any answer.
radius() {
    local port=$1 kind=$2 secret=$3
    shift 3
    printf '%s\n' "$@" >"$TMP/request"
    dev radclient -r 2 -t 1 -f "$TMP/request" "$BROKER:$port" "$kind" "$secret" \
        >>"$TMP/log/radclient.log" 2>&1 || true
}

radius_server() { # port of authentication, of accounting
    sed "s,@TMP@,$TMP,; s,@AUTH@,$1,; s,@ACCT@,$2," "$PEERS/radiusd.conf" >"$TMP/radiusd.conf"
    spawn "$SRV" radiusd freeradius -f -l stdout -d "$TMP" -n radiusd
    RADIUSD=$LAST
    wait_until "freeradius on port $2" hears "$2"
}

NEEDS[radius]='freeradius radclient'
group_radius() {
    local nas='NAS-IP-Address = 10.77.0.7' sim
    local session='Acct-Session-Id = "0A4D000700000001"'
    sim=('3GPP-IMSI = "001010000000417"' '3GPP-IMEISV = "3520990017614823"'
        'Calling-Station-Id = "999700000417"' 'Called-Station-Id = "meters.m2m"'
        'Framed-IP-Address = 10.45.0.7' '3GPP-RAT-Type = 8'
        '3GPP-SGSN-Address = 192.0.2.10' '3GPP-GGSN-Address = 192.0.2.20'
        '3GPP-SGSN-MCC-MNC = "00101"' '3GPP-Charging-ID = 417' '3GPP-PDP-Type = 0'
        '3GPP-NSAPI = "5"' '3GPP-Selection-Mode = "0"' '3GPP-Charging-Characteristics = "0800"'
        '3GPP-MS-Time-Zone = 0x4000' '3GPP-User-Location-Info = 0x8200f110271000f11000012d01')
    radius_server 1812 1813
    record_start radius-freeradius.pcap udp
    radius 1812 auth m2m-secret 'User-Name = "meter-0417"' 'User-Password = "meters-only"' "$nas" \
        'Message-Authenticator = 0x00' "${sim[@]:0:4}"
    radius 1812 auth m2m-secret 'User-Name = "meter-0417"' 'User-Password = "guessed"' "$nas"
    radius 1812 auth m2m-secret 'User-Name = "meter-0417"' 'CHAP-Password = "meters-only"' "$nas"
    radius 1812 status m2m-secret 'Message-Authenticator = 0x00'
    radius 1813 acct m2m-secret 'Acct-Status-Type = Accounting-On' 'Acct-Session-Id = "boot"' "$nas"
    radius 1813 acct m2m-secret 'Acct-Status-Type = Start' "$session" "$nas" "${sim[@]}"
    radius 1813 acct m2m-secret 'Acct-Status-Type = Interim-Update' "$session" "$nas" "${sim[@]}" \
        'Acct-Input-Octets = 1000' 'Acct-Output-Octets = 4294967295' 'Acct-Session-Time = 900' \
        'Acct-Output-Gigawords = 1'
    radius 1813 acct m2m-secret 'Acct-Status-Type = Stop' "$session" "$nas" "${sim[@]}" \
        'Acct-Input-Octets = 2000' 'Acct-Output-Octets = 17' 'Acct-Session-Time = 1800' \
        'Acct-Output-Gigawords = 2' 'Acct-Terminate-Cause = Idle-Timeout'
    # nobody answers a wrong secret: the same request twice
    radius 1813 acct wrong 'Acct-Status-Type = Start' 'Acct-Session-Id = "forged"' "$nas"
    radius 3799 coa m2m-secret "$session" 'Session-Timeout = 3600'
    radius 3799 disconnect m2m-secret "$session"
    radius 3799 disconnect m2m-secret 'Acct-Session-Id = "none"'
    record_stop
    stop "$RADIUSD"
    radius_server 21812 21813
    record_start radius-port-21812.pcap udp
    radius 21812 auth m2m-secret 'User-Name = "meter-0417"' 'User-Password = "meters-only"' "$nas"
    radius 21813 acct m2m-secret 'Acct-Status-Type = Start' "$session" "$nas" "${sim[@]}"
    record_stop
}

# sgsn ARGUMENT...: a node that opens contexts for its subscriber, pings through them, closes them.
sgsn() {
    mkdir -p "$TMP/sgsn"
    dev sgsnemu --listen 10.77.0.7 --remote "$BROKER" --dns 10.77.0.53 --statedir "$TMP/sgsn" \
        --pidfile "$TMP/sgsn/pid" --apn "${APN:-meters.m2m}" --rai 999.70.00005.07 --userloc 0.999.70.00005.01337 \
        --pinghost 10.45.0.1 --pingcount 1 "$@" >>"$TMP/log/sgsnemu.log" 2>&1 || true
}

NEEDS[gtp]='osmo-ggsn sgsnemu'
group_gtp() {
    local one=(--imsi 999700000000417 --msisdn 999700000417)
    mkdir -p "$TMP/ggsn"
    sed "s,@TMP@,$TMP,; s,@ADDRESS@,$BROKER," "$PEERS/osmo-ggsn.cfg" >"$TMP/osmo-ggsn.cfg"
    spawn "$SRV" ggsn osmo-ggsn -c "$TMP/osmo-ggsn.cfg"
    wait_until 'osmo-ggsn on port 2123' hears 2123
    record_start gtp-osmo.pcap udp
    sgsn "${one[@]}" --imeisv 3520990017614823 --rattype 2 --timelimit 2
    # the same SIM in another device; two contexts of another SIM
    sgsn "${one[@]}" --imeisv 8687030312345601 --timelimit 2
    sgsn --imsi 999700000000418 --msisdn 999700000418 --imeisv 3520990017614824 --contexts 2 --timelimit 2
    # an access point that nobody knows
    APN=nobody.m2m sgsn --imsi 999700000000419 --msisdn 999700000419 --timelimit 2
    record_stop
}
