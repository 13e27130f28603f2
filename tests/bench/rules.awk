# rules.awk - prints 100 rules of the kinds that people write for MQTT, none of which matches the generated traffic, and
# sid 9100000, which matches each reading that says "alarm". The same rules every time.
# Use: awk -f tests/bench/rules.awk

function draw(n) { # 0 … n - 1 (Park and Miller: exact in a double)
    seed = (seed * 16807) % 2147483647
    return int(seed / 2147483647 * n)
}

function word() {
    return words[1 + draw(n_words)]
}

# Two or three words and a number: 6 to 25 octets.
function literal(between,    s) {
    s = word() between word()
    if (length(s) < 14 && draw(2)) {
        s = s between word()
    }
    return substr(s between draw(900), 1, 25)
}

function rule(name, direction, what) {
    sid++
    printf "alert mqtt any any -> any any (msg:\"bench: %s\"; flow:established,%s; %s sid:%d; rev:1;)\n", name, direction, what, sid
}

BEGIN {
    seed = 20260516
    sid = 9100000
    n_words = split("reset factory update firmware unlock door valve open shell exec admin config backup export debug key " \
        "token dump root wipe erase flash boot loader relay grid tariff limit override bypass safety motor drive brake", words, " ")
    print "alert mqtt any any -> any any (msg:\"bench: alarm\"; flow:established,to_server; mqtt.publish.message; " \
        "content:\"|22|status|22 3a 22|alarm|22|\"; sid:9100000; rev:1;)"
    for (i = 0; i < 40; i++) {
        rule("topic", "to_server", "mqtt.publish.topic; content:\"" literal("/") "\";")
    }
    for (i = 0; i < 30; i++) {
        rule("message", "to_server", "mqtt.publish.message; content:\"" literal(" ") "\";" (draw(3) ? "" : " nocase;"))
    }
    for (i = 0; i < 8; i++) {
        rule("client", "to_server", "mqtt.connect.clientid; content:\"" literal("-") "\"; startswith;")
    }
    for (i = 0; i < 6; i++) {
        rule("subscription", "to_server", "mqtt.subscribe.topic; content:\"" literal("/") "\";")
    }
    for (i = 0; i < 6; i++) {
        rule("topic and message", "to_client", "mqtt.publish.topic; content:\"/order\"; endswith; mqtt.publish.message; content:\"" literal("_") "\";")
    }
    rule("exactly once", "to_server", "mqtt.type:PUBLISH; mqtt.qos:2;")
    rule("retained", "to_server", "mqtt.type:PUBLISH; mqtt.flags:retain;")
    rule("duplicate", "to_server", "mqtt.flags:dup;")
    rule("refused", "to_client", "mqtt.type:CONNACK; mqtt.reason_code:>0;")
    rule("old version", "to_server", "mqtt.type:CONNECT; mqtt.protocol_version:3;")
    rule("will", "to_server", "mqtt.connect.flags:will;")
    rule("keeps a session", "to_client", "mqtt.connack.session_present:1;")
    rule("leaves with a reason", "to_server", "mqtt.type:DISCONNECT; mqtt.reason_code:4;")
    rule("unsubscribes", "to_server", "mqtt.type:UNSUBSCRIBE;")
    rule("authenticates again", "to_server", "mqtt.type:AUTH;")
}
