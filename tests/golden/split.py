#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""split.py TELLTALE FOLDER OCTETS CAPTURE… - whole = split: the records of a capture are those of the same octets cut anew.

Each capture is read as it is (both), with the packets of one side only (client, server), joined later (middle: without the first packets
of each connection, which lie anywhere in a message) and with lost packets (holes). Each of these is compared with its own octets in
segments of one octet, in random pieces, and in pieces shuffled and repeated. Of a capture with more payload only the connections that
fit into OCTETS are taken (0 = all). A limit that only the split one runs into (early segments of a direction; packets after which a
receiver that says nothing is believed to have left the capture) is no difference: those are counted. Prints one test line for each
capture and way to read it."""
import os
import random
import re
import subprocess
import sys

import recut
from content import lines

TYPES = "mqtt,smpp,ucp,cimd2,coap,tls,http,smshttp,websocket,anomaly,stats"
MODES = ("octets", "cuts", "shuffle")
LIMITS = ("insert_flow_cap", "resyncs")  # counters of tcp
VIEWS = ("both", "client", "server", "middle", "holes")


def fitting(frames, most):
    """The first connections whose payload is not more than `most` octets in all; of the first one at least its beginning."""
    segments = [s for s in map(recut.Segment, frames) if s.flow]
    sizes = {}
    for s in segments:
        sizes[s.flow] = sizes.get(s.flow, 0) + len(s.payload)
    taken, total = set(), 0
    for flow, size in sizes.items():
        if not most or not total or total + size <= most:
            taken.add(flow)
            total += size
    out, total = [], 0
    for s in segments:
        if s.flow in taken and (not most or total <= most):
            out.append(s.record)
            total += len(s.payload)
    return out


def clients(segments):
    """Who opened each connection, or has the higher port."""
    out = {}
    for s in segments:
        if s.flow and s.flags & recut.SYN and s.flow not in out:
            out[s.flow] = s.side[1 if s.flags & 16 else 0]
    for s in segments:
        if s.flow:
            out.setdefault(s.flow, max(s.side, key=lambda side: side[-2:]))
    return out


def view(frames, name):
    if name == "both":
        return frames
    if name in ("client", "server"):
        segments = [recut.Segment(f) for f in frames]
        opener = clients(segments)
        return [s.record for s in segments if s.flow and (s.side[0] == opener[s.flow]) == (name == "client")]
    rng = random.Random(len(frames))
    segments = [recut.Segment(f) for f in recut.recut(frames, "cuts", 5)]
    count, out = {}, []
    skipped = {s.flow: rng.randint(1, 6) for s in segments if s.flow}
    for s in segments:
        if s.flow and s.payload:
            count[s.flow] = count.get(s.flow, 0) + 1
        n = count.get(s.flow, 0)
        lost = n <= skipped.get(s.flow, 0) if name == "middle" else s.flow and s.payload and n > 1 and rng.random() < 0.12
        if not lost:
            out.append(s.record)
    return out


def content(telltale, path):
    """lines, how often a limit was hit"""
    run = subprocess.run([telltale, "read", "-q", "--no-rules", "--set", "eve.types=" + TYPES, "--json", "-", path],
                         stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if run.returncode not in (0, 4):
        return [f"code {run.returncode}: {run.stderr.decode(errors='replace')[-300:]}"], 0
    texts = run.stdout.decode().rstrip("\n").split("\n")
    return lines(texts), sum(int(n) for n in re.findall(rf'"(?:{"|".join(LIMITS)})":(\d+)', texts[-1]))


def difference(a, b):
    one, other = set(a) - set(b), set(b) - set(a)
    return f"{len(a)} and {len(b)} records; only whole: {sorted(one)[:1]}; only split: {sorted(other)[:1]}"[:900]


def keep(name, frames):
    if os.environ.get("TT_SPLIT_KEEP"):
        recut.write(os.path.join(os.environ["TT_SPLIT_KEEP"], name), frames)


def compare(telltale, target, label, base):
    """records, modes in which a limit was hit, why it is red"""
    recut.write(target, base)
    whole, hit = content(telltale, target)
    limited = 0
    for mode in MODES if whole else ("octets",):
        cut = recut.recut(base, mode, 7)
        recut.write(target, cut)
        split, more = content(telltale, target)
        if split != whole and more > hit:
            limited += 1
        elif split != whole:
            keep(label + ".whole.pcap", base)
            keep(f"{label}.{mode}.pcap", cut)
            return len(whole), limited, f"{mode}: {difference(whole, split)}"
    return len(whole), limited, ""


def main():
    telltale, folder, most, *paths = sys.argv[1:]
    target = os.path.join(folder, "split.pcap")
    red = told = 0
    for path in paths:
        frames = fitting(recut.read(path), int(most))
        for name in VIEWS if frames else ():
            label = f"{os.path.basename(path)}.{name}"
            n, limited, why = compare(telltale, target, label, view(frames, name))
            told += n
            red += bool(why)
            label += f" ({n} records{f', limits in {limited} of {len(MODES)}' if limited else ''})"
            print(f"not ok {label}: {why}" if why else f"ok {label}", flush=True)
    print(f"{'ok' if told else 'not ok'} {told} records compared")
    return 1 if red or not told else 0


if __name__ == "__main__":
    sys.exit(main())
