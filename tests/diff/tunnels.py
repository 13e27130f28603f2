#!/usr/bin/env python3
"""tunnels.py TELLTALE CAPTURE [TSHARK-OPTION…] - the innermost conversations of a capture: protocol, ends and packets as telltale's flow
records have them, and as tshark's last IP and its TCP or UDP do. Prints what differs and a line with counts; code 1 when anything does."""
import collections
import ipaddress
import json
import re
import subprocess
import sys

FIELDS = ("frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport")


def ours(program, capture):
    """also how many packets came out of a tunnel"""
    lines = subprocess.run([program, "read", "-q", "--no-rules", "--set", "eve.types=flow", "--set", "stream.checksums=none", "--json", "-", capture],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    out, inside = collections.Counter(), 0
    for line in lines.splitlines():
        r = json.loads(line)
        n = r["flow"]["pkts_toserver"] + r["flow"]["pkts_toclient"]
        ends = sorted((ipaddress.ip_address(r[a]), r[p]) for a, p in (("src_ip", "src_port"), ("dest_ip", "dest_port"))) \
            if ":" not in r["src_ip"] + r["dest_ip"] or r["ip_v"] == 6 else None
        out[r["proto"].lower(), *ends] += n
        inside += n if "tunnel" in r.get("telltale", {}) else 0
    return out, inside


def innermost(row):
    """of tshark's layers: the last TCP or UDP, and the IP before it; not what an ICMP message quotes"""
    layers = re.split(r":icmp(?:v6)?(?::|$)", row["frame.protocols"])[0].split(":")
    seen, found = collections.Counter(), None
    network = None
    for layer in layers:
        if layer in ("ip", "ipv6"):
            network = (layer, seen[layer])
            found = None
        elif layer in ("tcp", "udp") and network:
            found = (layer, seen[layer], *network)
        seen[layer] += 1
    if not found:
        return None
    layer, i, ip, k = found
    at = lambda name, n: row[name].split("|")[n]
    ends = ((ipaddress.ip_address(at(ip + ".src", k)), int(at(layer + ".srcport", i))),
            (ipaddress.ip_address(at(ip + ".dst", k)), int(at(layer + ".dstport", i))))
    return (layer, *sorted(ends))


def theirs(capture, options):
    command = ["tshark", "-n", "-r", capture, *options, "-T", "fields", "-E", "aggregator=|", "-E", "occurrence=a"]
    text = subprocess.run(command + [x for f in FIELDS for x in ("-e", f)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    out = collections.Counter()
    for line in text.decode("utf-8", "replace").splitlines():
        row = dict(zip(FIELDS, line.split("\t") + [""] * len(FIELDS)))
        try:
            who = innermost(row)
        except (IndexError, ValueError):
            who = None  # cut in its header
        if who:
            out[who] += 1
    return out


def main():
    program, capture, *options = sys.argv[1:]
    (mine, inside), other = ours(program, capture), theirs(capture, options)
    differ = 0
    for who in sorted(set(mine) | set(other), key=str):
        if mine[who] != other[who]:
            differ += 1
            print(f"{who[0]} {who[1][0]}:{who[1][1]} {who[2][0]}:{who[2][1]}: {mine[who]} packets, tshark {other[who]}")
    print(f"{len(mine)} conversations, {sum(mine.values())} packets, {inside} out of tunnels, {differ} differ")
    return 1 if differ or not mine else 0


if __name__ == "__main__":
    sys.exit(main())
