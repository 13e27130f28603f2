#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""generate.py DIR [model|kernel] - writes the cases of the evasion matrix as small captures to DIR/pcaps, and DIR/expected.tsv.

model: the receiver's answers are made up, and what it read is looked up in truth.tsv. kernel: each case is played to the kernel's stack
(kernel.py; root, or user namespaces, and /dev/net/tun), which says what is read: DIR/truth.tsv, in the form of the recorded one. Where
the two differ, that is said and the exit code is 1; where the kernel cannot be had, "skipped" is printed and the exit code is 3.

expected.tsv: case, variant, how often the receiver read the marker, how often its harmless twin, how that is to be seen, events that must
be there, address of the client. truth.tsv: case, variant, octets read, SHA-256 of them (its first 16 digits), marker, harmless twin."""
import hashlib
import os
import sys

from cases import CASES
from wire import ACK, EVIL, GOOD, PSH, SYN, Wire, connack, connect, publish, text, varint  # for hostile.py

HERE = os.path.dirname(os.path.abspath(__file__))
VARIANTS = ("whole", "split")
__all__ = ["ACK", "EVIL", "PSH", "SYN", "Wire", "connack", "connect", "publish", "text", "varint"]


def recorded():
    with open(os.path.join(HERE, "truth.tsv"), encoding="ascii") as f:
        return {tuple(line.split("\t")[:2]): line.rstrip("\n") for line in f if not line.startswith("#")}


def deliver(folder, wire_of):
    """plays all cases; yields number, case, variant, how it is seen, events, client, octets read (None: nobody knows)"""
    for number, (name, seen, doubt, wire, play) in enumerate(CASES):
        for k, variant in enumerate(VARIANTS):
            w = wire_of(2 + 2 * number + k, variant, **wire)
            play(w)
            read, written = w.over()
            octets = written if seen == "answer" else read
            w.write(os.path.join(folder, "pcaps", f"{name}.{variant}.pcap"))
            client = f"fd00::{2 + 2 * number + k:x}" if w.version == 6 else ".".join(map(str, w.client4))
            yield name, variant, seen, doubt, client, octets


def truth_line(name, variant, octets):
    digest = hashlib.sha256(octets).hexdigest()[:16]
    return f"{name}\t{variant}\t{len(octets)}\t{digest}\t{octets.count(EVIL)}\t{octets.count(GOOD)}"


def the_kernel():
    import kernel  # pylint: disable=import-outside-toplevel  # it needs what not every machine has
    try:
        kernel.enter_namespace()
        tap = kernel.make_device()
    except kernel.Unavailable as e:
        print(f"skipped kernel as the receiver: {e}")
        sys.exit(3)
    return lambda *args, **how: kernel.Player(tap, *args, **how)


def main():
    folder, by_kernel = sys.argv[1], sys.argv[2:] == ["kernel"]
    os.makedirs(os.path.join(folder, "pcaps"), exist_ok=True)
    known = recorded() if os.path.exists(os.path.join(HERE, "truth.tsv")) else {}
    differ = 0
    with open(os.path.join(folder, "expected.tsv"), "w", encoding="ascii") as table, \
            open(os.path.join(folder, "truth.tsv"), "w", encoding="ascii") as truth:
        for name, variant, seen, doubt, client, octets in deliver(folder, the_kernel() if by_kernel else Wire):
            line = known.get((name, variant)) if octets is None else truth_line(name, variant, octets)
            if line is None:
                print(f"not ok {name} {variant}: truth.tsv does not tell what is read")
                differ += 1
                continue
            if line != known.get((name, variant)):
                print(f"not ok {name} {variant}: this kernel read otherwise than truth.tsv says: {line!r}")
                differ += 1
            evil, good = line.split("\t")[4:6]
            truth.write(line + "\n")
            table.write("\t".join((name, variant, evil, good, seen, ",".join(doubt) or "-", client)) + "\n")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
