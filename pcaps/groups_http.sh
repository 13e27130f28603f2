# shellcheck shell=bash disable=SC2034,SC2154 # sourced by record.sh, which has the variables
# Groups of record.sh: HTTP, short messages over it, WebSocket and what goes through it.

GROUPS_IN_ORDER+=(http smshttp websocket)

# get ARGUMENT...: curl from a device.
get() {
    dev curl -s -S --interface 10.77.0.7 -m 5 "$@" >>"$TMP/log/curl.log" 2>&1 || true
    sleep 0.1
}

web() {
    spawn "$SRV" web node "$PEERS/web.mjs" 8080
    wait_log web 'web ready'
}

NEEDS[http]='node curl'
group_http() {
    local at=http://$BROKER:8080
    web
    record_start http-curl.pcap tcp port 8080
    get "$at/reading?meter=0417&api_key=k3y" "$at/moved" "$at/nothing"
    get -I "$at/reading"
    get -u meter:secret -b 'session=1' -e "$at/" -A 'meter/1.0' -d '{"kWh":12.5}' \
        -H 'Content-Type: application/json' "$at/readings"
    get -H 'Transfer-Encoding: chunked' -d 'kWh=12.5' "$at/readings"
    get -H 'Expect: 100-continue' -T "$PEERS/web.mjs" "$at/firmware"
    get -r 0-99 "$at/firmware"
    get --compressed "$at/chunked"
    get --http1.0 "$at/close"
    get -p -x "$at" "http://127.0.0.1:8080/through"
    get -p -x "$at" "http://127.0.0.1:9/refused"
    get -X PATCH --data-binary @"$PEERS/web.mjs" "$at/readings"
    record_stop
}

NEEDS[smshttp]="$KANNEL node /usr/lib/kannel/test/fakesmsc"
group_smshttp() {
    local at=http://10.77.0.7
    web
    record_start smshttp-kannel.pcap tcp port 13013 or tcp port 13000 or tcp port 8080
    kannel 'smsc = fake' 'port = 10000' 'smsc-id = lab' '' 'group = sms-service' 'keyword = meter' \
        "get-url = \"http://$BROKER:8080/mo?from=%p&to=%P&text=%a&smsc=%i\""
    spawn "$DEV" fakesmsc /usr/lib/kannel/test/fakesmsc -H 127.0.0.1 -r 10000 -i 0.2 -m 2 \
        '491710000001 4711 text meter 42'
    submit() { # ARGUMENT...
        ip netns exec "$SRV" curl -s -m 5 "$@" >>"$TMP/log/submit.log" 2>&1 || true
        echo >>"$TMP/log/submit.log"
        sleep 0.3
    }
    local sendsms="$at:13013/cgi-bin/sendsms" login='username=app&password=apppw'
    local back="http%3A%2F%2F$BROKER%3A8080%2Fdlr%3Fid%3D7%26st%3D%25d"
    sleep 1
    submit "$sendsms?$login&to=491710000001&text=Meter+7+reading&dlr-mask=31&dlr-url=$back"
    submit "$sendsms?$login&to=491710000001+491710000002&from=4711&text=Gr%C3%BC%C3%9Fe+%E2%82%AC&coding=2&charset=UTF-8"
    submit "$sendsms?$login&to=491710000001&text=%01%06%03&udh=%06%05%04%0B%84%23%F0&coding=1"
    submit "$sendsms?$login&to=491710000001&text=flash&mclass=0"
    submit "$sendsms?$login&to=491710000001&text=&coding=1&mclass=2&pid=64"
    submit "$sendsms?username=app&password=wrong&to=491710000001&text=x"
    submit "$at:13000/status.txt?password=adm"
    submit "$at:13000/stop-smsc?password=guess&smsc=lab"
    kannel_ends
    record_start smshttp-apis.pcap tcp port 8080
    local api=http://$BROKER:8080
    get -u AC123:secret -d 'To=%2B491710000001&From=%2B15550001&Body=Hello+there' \
        "$api/2010-04-01/Accounts/AC123/Messages.json"
    get -d 'api_key=k&api_secret=s&to=491710000001&from=Bank&text=hi' "$api/sms/json"
    get -H 'Authorization: Bearer t0ken' -H 'Content-Type: application/json' \
        -d '{"from":"4711","to":["491710000001","491710000002"],"text":"\u00c9t\u00e9 \ud83d\ude00"}' \
        "$api/v1/messages"
    get -H 'apiKey: k' -d 'username=me&to=%2B254700000001,%2B254700000002&message=m' \
        "$api/version1/messaging"
    get -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' \
        -d '{"to":"491710000001","from":"x","text":"in chunks"}' "$api/v1/sms"
    record_stop
}

NEEDS[websocket]="$MQTTJS npm:ws"
group_websocket() {
    mosquitto_with 'listener 1883' 'listener 9001' 'protocol websockets'
    wait_until 'mosquitto on port 9001' listens 9001
    record_start websocket-mqtt.pcap tcp port 9001
    run wsmqtt node "$PEERS/wsmqtt.mjs" "$BROKER" 9001
    record_stop
    spawn "$SRV" wscoap node "$PEERS/wscoap.mjs" server 8081
    wait_log wscoap 'ready'
    record_start websocket-coap.pcap tcp port 8081
    run wscoap-client node "$PEERS/wscoap.mjs" client "$BROKER" 8081
    record_stop
    stop "$BROKER_PID"
}
