#!/usr/bin/env python3
"""ndpi.py TELLTALE CAPTURE… - holds what flow records say by nDPI against ndpiReader's own words, flow by flow: protocol, category, risks,
host name. ndpiReader is told to look at as many packets (-T, -U; its count has those without payload, too).

Prints each difference, then a line with counts; exit code 1 when a flow differs and KNOWN does not explain it."""
import json
import os
import re
import subprocess
import sys

LINE = re.compile(r"^\s+\d+\s+(TCP|UDP) (\S+):(\d+) <?->? (\S+):(\d+) (\[.*)")
# capture, what its line has: why it differs
KNOWN = [
    ("zeek-dtls1_2", "4400", "a hello in fragments: four datagrams are not enough"),
    ("arkime-arkime_synthetic", "'SSH'", "ndpiReader takes the program's name for the host's"),
    ("arkime-arkime_synthetic", "TLS Expired Certificate", "ndpiReader's clock never goes back: it judges by the time of an earlier frame"),
    ("arkime-arkime_synthetic", "5060", "SIP, as the octets say: ndpiReader gave it the handshake without payload, too"),
    ("arkime-arkime_synthetic", "6081", "the tunnel of the first datagram is opened here: the flow has one less"),
    ("ndpi-dnscrypt_skype_false_positive", "46858", "four datagrams are not enough"),
    ("ndpi-ossfuzz_seed_fake_traces_1", "'Steam'", "45 s of silence: two flows here"),
    ("ndpi-ossfuzz_seed_fake_traces_1", "'Gnutella'", "293 s of silence before the handshake is complete: two flows here"),
]


def plain(address):
    return address.strip("[]")


def theirs(path):
    out = subprocess.run(["ndpiReader", "-v", "2", "-T", "24", "-U", "8", "-i", path], capture_output=True).stdout.decode(errors="replace")
    flows = {}
    for line in out.split("\n"):
        m = LINE.match(line)
        if not m:
            continue
        proto, a, ap, b, bp, rest = m.groups()
        name = re.search(r"\[proto: [0-9.]+/([^\]]*)\]", rest)
        cat = re.search(r"\[cat: ([^\]]*)/\d+\]", rest)
        risk = re.search(r"\[Risk: ([^\]]*)\]", rest)
        host = re.search(r"\[Hostname/SNI: ([^\]]*)\]", rest)
        risks = {r.strip() for r in risk.group(1).split("**") if r.strip()} if risk else set()
        key = (proto, frozenset([(plain(a), int(ap)), (plain(b), int(bp))]))
        flows.setdefault(key, []).append((name.group(1) if name else "", cat.group(1) if cat else "", risks, host.group(1) if host else ""))
    return flows


def ours(program, path):
    out = subprocess.run([program, "read", "-q", "--no-rules", "--set", "eve.types=flow", "--json", "-", path], capture_output=True).stdout.decode()
    flows = {}
    for line in out.split("\n"):
        if line:
            j = json.loads(line)
            n = j.get("ndpi")
            key = (j["proto"], frozenset([(j["src_ip"], j["src_port"]), (j["dest_ip"], j["dest_port"])]))
            value = (n["protocol"], n["category"].replace("Unspecified", ""), set(n.get("risk", [])), n.get("hostname", "")) if n else None
            flows.setdefault(key, []).append((j.get("app_proto", ""), value))
    return flows


def main():
    program, *paths = sys.argv[1:]
    same = explained = other = claimed = missing = 0
    for path in paths:
        mine, their = ours(program, path), theirs(path)
        name = os.path.basename(path)
        for key, flows in mine.items():
            for i, (app, value) in enumerate(flows):
                if value is None:
                    claimed += 1  # a dissector's, or nothing was said
                    continue
                both = their.get(key, [])
                if i >= len(both):
                    missing += 1
                    continue
                if both[i] == value:
                    same += 1
                    continue
                line = f"{name} {app} {sorted(key[1])}: ours {value}, ndpiReader {both[i]}"
                if any(name.startswith(capture) and part in line for capture, part, _ in KNOWN):
                    explained += 1
                else:
                    other += 1
                    print(line)
    print(f"{same} flows the same, {explained} explained, {other} differ, {claimed} not asked about, {missing} that ndpiReader has not")
    return other != 0


sys.exit(main())
