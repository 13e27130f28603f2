#!/usr/bin/env python3
"""suricata.py SURICATA TELLTALE FOLDER CAPTURE… - one line for each capture: telltale's alerts, records, anomalies and flows are Suricata's.

SURICATA is a command (it may have arguments) that reads the files by the names given here. What differs for a known reason is named in
SURICATA.md; each reason is a test here, of the single alert or record, so a difference without a reason fails. Exit code 1 then."""
import collections
import gzip
import ipaddress
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SLICES = 50  # both programs stop at 15 alerts for a packet: telltale gets the rules in slices, Suricata a higher limit


def rules():
    with open(os.path.join(HERE, "suricata.rules"), encoding="utf-8") as f:
        return {int(re.search(r"sid:(\d+);", line)[1]): line for line in f if "sid:" in line}


def events(lines):
    out = collections.defaultdict(list)
    for line in lines:
        e = json.loads(line)
        for k in ("src_ip", "dest_ip"):
            if k in e:
                e[k] = str(ipaddress.ip_address(e[k]))  # Suricata writes IPv6 in full
        out[e["event_type"]].append(e)
    return out


def theirs(command, folder, capture):
    log = os.path.join(folder, "suricata")
    os.makedirs(log, exist_ok=True)
    eve = os.path.join(log, "eve.json")
    if os.path.exists(eve):
        os.unlink(eve)
    run = subprocess.run([*shlex.split(command), "-c", os.path.join(folder, "suricata.yaml"), "-r", capture, "-l", log, "-k", "none",
                          "--runmode", "single", "-S", os.path.join(folder, "suricata.rules")], capture_output=True, text=True)
    if not os.path.exists(eve):
        sys.exit(f"suricata wrote no eve.json: {run.stderr[-300:]}")
    with open(eve, encoding="utf-8", errors="replace") as f:
        return events(f)


def ours(program, folder, capture, slices):
    lines = []
    for i, name in enumerate(slices):
        run = subprocess.run([program, "read", "-r", capture, "-S", name, "--json", "-", "-k", "none", "-q"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        if run.returncode not in (0, 1, 4):
            sys.exit(f"telltale read {capture}: exit code {run.returncode}")
        lines += [x for x in run.stdout.decode("utf-8", "replace").splitlines() if i == 0 or '"event_type":"alert"' in x]
    return events(lines)


def pair(e):
    return tuple(sorted([(e["src_ip"], e.get("src_port") or 0), (e["dest_ip"], e.get("dest_port") or 0)]))


def ends(e):
    return (e["src_ip"], e.get("src_port"), e["dest_ip"], e.get("dest_port"))


# ---- alerts: what is compared, and what may differ (SURICATA.md has the reasons by these names) ----

def kind(rule):
    if "threshold" in rule or "detection_filter" in rule:
        return "limited"
    if "mqtt." in rule:
        return "transaction"
    if "content:" in rule or "pcre:" in rule:
        return "packet" if "dsize" in rule or "tcp-pkt" in rule or "no_stream" in rule or "alert udp" in rule else "stream"
    return "packet"


KEYS = {
    "transaction": lambda e: (pair(e), e.get("tx_id")),  # Suricata alerts a packet later, in the direction of the question
    "stream": lambda e: ends(e),  # when the octets are acknowledged, and for each chunk that matches
    "packet": lambda e: (e.get("pcap_cnt"), ends(e)),
    "limited": lambda e: pair(e),
}


def explained_more(rule, e, opened):
    """An alert of ours that Suricata has not: its reason, or None. opened: direction of the first message of the transaction."""
    mqtt = e.get("mqtt", {})
    if re.search(r"mqtt\.(flags|qos|protocol_version):", rule) and opened == "to_client":
        return "one-way keywords"
    if "session_present" in rule:
        return "session_present"
    if re.search(r"connect\.flags:[^;]*will", rule):
        return "will bits swapped"
    flow_is = re.search(r"flow:[^;]*(to_client|from_server|to_server)", rule)
    if flow_is and e.get("direction") == flow_is[1].replace("from_server", "to_client") != opened:
        return "direction of answers"
    if "reason_code" in rule and "disconnect" in mqtt:
        return "reason without properties"
    if "publish.topic" in rule and "topic_alias" in mqtt.get("publish", {}).get("properties", {}):
        return "topic alias"
    if "bsize" in rule and ("" in (mqtt.get("connect", {}).get("client_id"), mqtt.get("publish", {}).get("message"))):
        return "empty values"
    if "flags:!S" in rule:
        return "flags:!S"
    if re.search(r" !\d+\.", rule) and ":" in e["src_ip"]:
        return "negated IPv4 address"
    return None


def explained_less(rule, e):
    """An alert of Suricata's that we have not."""
    mqtt = e.get("mqtt", {})
    if re.search(r"connect\.flags:[^;]*will", rule):
        return "will bits swapped"
    if "reason_code" in rule and "disconnect" in mqtt:
        return "reason without properties"
    if "unintroduced_message" in rule and e.get("telltale_midstream"):
        return "mid-stream"
    return None


def alerts(a, b, by_sid, say):
    mine, other = collections.defaultdict(list), collections.defaultdict(list)
    for table, source in ((mine, a), (other, b)):
        for e in source["alert"]:
            if e["alert"]["gid"] == 1:
                table[e["alert"]["signature_id"]].append(e)
    count = sum(len(x) for x in other.values())
    # Suricata tells by sid 103 (any PUBLISH) which transactions the server opened.
    by_server = {KEYS["transaction"](e) for e in other[103] if e.get("direction") == "to_client"}

    def opener(k, e):
        alone = e.get("direction") == "to_client" and {"publish", "pingresp", "disconnect"} & set(e.get("mqtt", {}))
        return "to_client" if k[:2] in by_server or alone else "to_server"

    for sid, rule in by_sid.items():
        what = kind(rule)
        key = KEYS[what]
        if what == "transaction" and "flow:" in rule:
            key = lambda e: (pair(e), e.get("tx_id"), ends(e))
        x, y = collections.defaultdict(list), collections.defaultdict(list)
        for e in mine[sid]:
            x[key(e)].append(e)
        for e in other[sid]:
            y[key(e)].append(e)
        if what == "limited":
            # Packets of one moment come in another order: the same flows alert, not the same messages.
            if bool(x) != bool(y) and not re.search("reason_code|by_both|by_dst|by_rule", rule):
                say(f"sid {sid}: ours {len(mine[sid])}, theirs {len(other[sid])}")
            continue
        for k in sorted(set(x) | set(y), key=str):
            n, m = len(x[k]), len(y[k])
            if what == "stream" or (k in x and k in y and what == "transaction"):
                n, m = min(n, 1), min(m, 1)
            if n > m and not explained_more(rule, x[k][0], opener(k, x[k][0])):
                say(f"sid {sid}: only ours: {k}")
            if m > n and not explained_less(rule, y[k][0]):
                say(f"sid {sid}: only theirs: {k}")
    return count


# ---- records ----

def plain(e):
    mqtt = e["mqtt"]
    for name, m in mqtt.items():
        if name == "connect" and "password" in m:
            m["password"] = "*"
        if name == "publish" and "topic_alias" in m.get("properties", {}):
            m["topic"] = "*"  # topic alias
        for t in m.get("topics", []) if name == "subscribe" else []:
            t["qos"] &= 3  # subscription options
        if name == "unsubscribe":
            m.pop("properties", None)  # properties of UNSUBSCRIBE
        if name == "disconnect" and "reason_code" in m:
            m["reason_code"] = "*"  # reason without properties
    return (pair(e), json.dumps(mqtt, sort_keys=True))


def anomaly(e):
    return (pair(e), e["anomaly"].get("app_proto"), e["anomaly"]["event"])


def flow(e):
    f = {k: e["flow"].get(k) for k in ("pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient", "state", "tx_cnt")}
    t = {k: v for k, v in e.get("tcp", {}).items() if "regions" not in k}
    return (ends(e), e["proto"], e.get("app_proto"), json.dumps([f, t], sort_keys=True))


def same(name, x, y, say):
    x, y = list(x), list(y)
    a, b = collections.Counter(x), collections.Counter(y)
    for k in (a - b).elements():
        say(f"{name}: only ours: {str(k)[:300]}")
    for k in (b - a).elements():
        say(f"{name}: only theirs: {str(k)[:300]}")
    return len(y)


SURICATA_EVENTS = set("missing_connect missing_publish missing_subscribe missing_unsubscribe double_connect unintroduced_message "
                      "invalid_qos_level missing_msg_id unassigned_msg_type too_many_transactions malformed_traffic too_many_messages "
                      "too_many_properties".split())


def compare(a, b, by_sid):
    wrong = []
    starts = {pair(e) for e in a["flow"] if e.get("tcp", {}).get("syn")}
    for e in b["alert"]:
        e["telltale_midstream"] = pair(e) not in starts
    n = alerts(a, b, by_sid, wrong.append)
    m = same("mqtt", map(plain, a["mqtt"]), map(plain, b["mqtt"]), wrong.append)
    known = lambda x: [anomaly(e) for e in x["anomaly"] if e["anomaly"]["type"] == "applayer" and e["anomaly"]["event"] in SURICATA_EVENTS
                       and (pair(e) in starts or e["anomaly"]["event"] != "unintroduced_message")]
    same("anomaly", known(a), known(b), wrong.append)
    turned = lambda x: [flow(e) for e in x["flow"] if e["proto"] in ("TCP", "UDP") and (e["proto"] == "UDP" or pair(e) in starts)]
    f = same("flow", turned(a), turned(b), wrong.append)
    return wrong, f"{n} alerts, {m} records, {f} flows"


def main():
    command, program, folder, *captures = sys.argv[1:]
    by_sid = rules()
    slices = []
    for i in range(SLICES):
        slices.append(os.path.join(folder, f"slice-{i}.rules"))
        with open(slices[-1], "w", encoding="utf-8") as f:
            f.writelines(list(by_sid.values())[i::SLICES])
    for name in ("suricata.yaml", "suricata.rules"):  # the folder is what both programs see
        with open(os.path.join(HERE, name), encoding="utf-8") as f, open(os.path.join(folder, name), "w", encoding="utf-8") as g:
            g.write(f.read())
    bad = False
    for capture in captures:
        name = os.path.basename(capture)
        copy = os.path.join(folder, name.removesuffix(".gz"))
        with (gzip.open if name.endswith(".gz") else open)(capture, "rb") as f, open(copy, "wb") as g:
            g.write(f.read())
        wrong, text = compare(ours(program, folder, copy, slices), theirs(command, folder, copy), by_sid)
        os.unlink(copy)
        bad |= bool(wrong)
        print(f"not ok {name}: {len(wrong)} differences, {text}" if wrong else f"ok {name}: {text}")
        for line in wrong[:int(os.environ.get("TT_SHOW", "4"))]:
            print("#  ", line)
    return bad


sys.exit(main())
