#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""mutate.py --count N --seed S --out DIR PROGRAM FAST CAPTURE… - mutates whole captures and reads them.

Every mutant goes through PROGRAM (the sanitizer build) with one worker and through FAST (the optimised build) with one and with
four. It must end with code 0, 3 or 4, without a report of a sanitizer, each line strict JSON, and all three outputs the same octets
(unless a limit was hit, which the program says). What breaks the law stays in DIR. Mutants depend on the seed alone.
Container damage, packet octets (with sums mended or not), times, order, repetition, loss and splices of two captures.
"""
import argparse
import gzip
import json
import os
import random
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from internet import checksum  # noqa: E402

LINKS = {1: 14, 113: 16, 276: 20, 101: 0, 12: 0, 228: 0, 229: 0, 0: 4, 108: 4}


class Capture:
    """A classic pcap taken apart: header, [(time in ns, octets on the wire, frame)]."""

    def __init__(self, raw):
        self.link, self.records = 1, []
        magic = raw[:4]
        order = "<" if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        self.scale = 1 if magic in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
        self.link = struct.unpack(order + "I", raw[20:24])[0]
        at = 24
        while at + 16 <= len(raw):
            s, f, captured, length = struct.unpack(order + "IIII", raw[at:at + 16])
            self.records.append([s * 10 ** 9 + f * self.scale, length, bytearray(raw[at + 16:at + 16 + captured])])
            at += 16 + captured

    def write(self):
        out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, self.link)]
        for time, length, frame in self.records:
            second, rest = divmod(time, 10 ** 9)
            out.append(struct.pack("<IIII", second & 0xFFFFFFFF, rest, len(frame), max(length, len(frame)) & 0xFFFFFFFF))
            out.append(bytes(frame))
        return b"".join(out)


def mend(frame, link):
    """Right sums for IPv4 or IPv6 with TCP or UDP; leaves alone what it does not understand."""
    at = LINKS.get(link)
    try:
        if at is None:
            return
        if frame[at] >> 4 == 4:
            head = (frame[at] & 15) * 4
            end = at + struct.unpack_from("!H", frame, at + 2)[0]
            struct.pack_into("!H", frame, at + 10, 0)
            struct.pack_into("!H", frame, at + 10, checksum(bytes(frame[at:at + head])))
            proto, upper = frame[at + 9], at + head
            pseudo = bytes(frame[at + 12:at + 20]) + struct.pack("!HH", proto, end - upper)
        elif frame[at] >> 4 == 6:
            upper, proto = at + 40, frame[at + 6]
            end = upper + struct.unpack_from("!H", frame, at + 4)[0]
            pseudo = bytes(frame[at + 8:at + 40]) + struct.pack("!II", end - upper, proto)
        else:
            return
        where = upper + {6: 16, 17: 6}[proto]
        if end > len(frame) or where + 2 > end:
            return
        struct.pack_into("!H", frame, where, 0)
        struct.pack_into("!H", frame, where, checksum(pseudo + bytes(frame[upper:end])))
    except (IndexError, KeyError, struct.error):
        return


INTERESTING = (0, 1, 2, 3, 4, 5, 8, 15, 16, 20, 31, 32, 38, 39, 64, 127, 128, 192, 224, 240, 254, 255)


def octets(rng, data, low=0):
    """A few changes anywhere from `low` on."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if len(data) <= low:
            return
        i = rng.randrange(low, len(data))
        kind = rng.randrange(6)
        if kind == 0:
            data[i] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[i] = rng.randrange(256)
        elif kind == 2:
            data[i] = rng.choice(INTERESTING)
        elif kind == 3:
            data[i] = (data[i] + rng.choice((-1, 1, 16, -16))) & 255
        elif kind == 4:
            n = rng.randint(1, 16)
            data[i:i + n] = bytes(rng.randrange(256) for _ in range(min(n, len(data) - i)))
        else:
            j = rng.randrange(low, len(data))
            n = rng.randint(1, 24)
            data[i:i + n] = data[j:j + n][:len(data) - i] or data[i:i + n]


def change_packet(rng, c):
    r = rng.choice(c.records)
    at = LINKS.get(c.link, 0)
    where = rng.random()
    if where < 0.4:
        octets(rng, r[2], min(len(r[2]), at + 52))  # mostly payload
    elif where < 0.8:
        head = r[2][:at + 60]
        octets(rng, head, at)
        r[2][:len(head)] = head
    elif where < 0.85:
        octets(rng, r[2])
    elif where < 0.92:
        del r[2][rng.randrange(len(r[2]) + 1):]
    else:
        r[2] += bytes(rng.randrange(256) for _ in range(rng.randint(1, 40)))
        r[1] = len(r[2])
    if rng.random() < 0.7:
        mend(r[2], c.link)


def change_time(rng, c):
    kind = rng.randrange(6)
    i = rng.randrange(len(c.records))
    if kind == 0:
        c.records[i][0] = rng.choice((0, 1, 10 ** 9, 2 ** 31 * 10 ** 9, (2 ** 32 - 1) * 10 ** 9, 999999999))
    elif kind == 1:
        step = rng.choice((-1, 1)) * rng.choice((1, 10 ** 6, 10 ** 9, 61 * 10 ** 9, 3600 * 10 ** 9, 86400 * 10 ** 9, 400 * 86400 * 10 ** 9))
        for r in c.records[i:]:
            r[0] = max(0, r[0] + step)
    elif kind == 2:
        for r in c.records[i:]:
            r[0] = c.records[i][0]
    elif kind == 3:
        first = c.records[0][0]
        factor = rng.choice((2, 10, 100, 1000))
        for r in c.records:
            r[0] = first + (r[0] - first) * factor
    elif kind == 4:
        for r in c.records:
            r[0] = max(0, r[0] + rng.randint(-3 * 10 ** 9, 3 * 10 ** 9))
    else:
        times = [r[0] for r in c.records]
        for r, t in zip(c.records, reversed(times)):
            r[0] = t


def change_order(rng, c):
    n = len(c.records)
    kind = rng.randrange(5)
    i, j = sorted((rng.randrange(n), rng.randrange(n)))
    if kind == 0:
        c.records[i], c.records[j] = c.records[j], c.records[i]
    elif kind == 1:
        c.records[j:j] = [[r[0], r[1], bytearray(r[2])] for r in c.records[i:i + rng.randint(1, 20)]]
    elif kind == 2 and n > 4:
        del c.records[i:i + rng.randint(1, max(1, n // 8))]
    elif kind == 3:
        part = c.records[i:i + 12]
        rng.shuffle(part)
        c.records[i:i + 12] = part
    else:
        c.records += [[r[0], r[1], bytearray(r[2])] for r in c.records[:rng.randint(1, n)]]  # the same connections again


def mutant(rng, raws):
    raw = rng.choice(raws)
    if rng.random() < 0.12 or raw[:4] == b"\x0a\x0d\x0d\x0a":
        data = bytearray(raw)
        octets(rng, data)
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)):]
        return bytes(data)
    c = Capture(raw)
    if rng.random() < 0.1:
        other = Capture(rng.choice([r for r in raws if r[:4] != b"\x0a\x0d\x0d\x0a"]))
        if other.link == c.link:
            at = rng.randrange(len(c.records))
            c.records[at:at] = other.records[:rng.randint(1, 200)]
    for _ in range(rng.choice((1, 2, 4, 8, 16, 40))):
        if not c.records:
            break
        what = rng.random()
        (change_packet if what < 0.75 else change_time if what < 0.83 else change_order)(rng, c)
    return c.write()


def no_constant(name):
    raise ValueError(name)


def strict(text):
    json.loads(text, parse_constant=no_constant)


def read(program, path, extra, limit):
    p = subprocess.run([program, "read", "--json", "-", *extra, path], stdin=subprocess.DEVNULL, capture_output=True, timeout=limit)
    return p.returncode, p.stdout, p.stderr


# Marked as losses, but not limits: they depend on the capture alone, not on how many workers share it.
HOLES = {"tcp.reassembly_gap", "tcp.gap_octets", "tcp.resyncs", "telltale.dissect.transactions_dropped"}


def limited(err):
    return any(line.split(":")[0].strip() not in HOLES for line in err.decode(errors="replace").splitlines() if line.startswith("  "))


def judge(options, path, extra):
    """None, or what is wrong."""
    outs = []
    for program, workers in ((options.program, 1), (options.fast, 1), (options.fast, 4), (options.fast, 3)):
        try:
            code, out, err = read(program, path, [*extra, "--workers", str(workers)], options.limit)
        except subprocess.TimeoutExpired:
            return f"{workers} workers: more than {options.limit} s"
        if b"runtime error" in err or b"Sanitizer" in err or code not in (0, 3, 4):
            return f"{workers} workers: code {code}: {err[-600:].decode(errors='replace')}"
        outs.append((code, out, limited(err)))
    for line in outs[0][1].splitlines():
        try:
            strict(line.decode("utf-8", "strict"))
        except ValueError as error:
            return f"not JSON: {error}: {line[:200]!r}"
    if any(o[2] for o in outs):
        return None
    for name, other in (("fast", outs[1]), ("4 workers", outs[2]), ("3 workers", outs[3])):
        if other[:2] != outs[0][:2]:
            a, b = outs[0][1].splitlines(), other[1].splitlines()
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            return (f"{name} differs (codes {outs[0][0]} {other[0]}, lines {len(a)} {len(b)}) at line {at}:\n"
                    f"  {a[at:at + 1]}\n  {b[at:at + 1]}")
    return None


def main():
    a = argparse.ArgumentParser(description="mutates whole captures and reads them")
    a.add_argument("--count", type=int, default=100)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--limit", type=float, default=60)
    a.add_argument("--out", default=".")
    a.add_argument("program")
    a.add_argument("fast")
    a.add_argument("captures", nargs="+")
    options = a.parse_args()
    raws = []
    for path in options.captures:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            raw = file.read()
        if len(raw) < 200000:
            raws.append(raw)
    bad = 0
    for k in range(options.seed, options.seed + options.count):
        rng = random.Random(k)
        path = os.path.join(options.out, f"mutant-{k}.pcap")
        with open(path, "wb") as file:
            file.write(mutant(rng, raws))
        extra = rng.choice(([], [], ["-k", "none"], ["-k", "all"], ["--baseline", "self"], ["--set", "stream.policy=windows"],
                            ["--set", "stream.policy=bsd"], ["--set", "eve.payload=yes"], ["--set", "flows.max=64", "--set", "dissect.transactions=1"],
                            ["--set", "stream.flow-memory=4kb", "--set", "fragments.max=2", "--set", "devices.max=16", "--set", "eve.string-limit=64"]))
        problem = judge(options, path, extra)
        if problem:
            bad += 1
            print(f"{path} {' '.join(extra)}: {problem}", flush=True)
        else:
            os.unlink(path)
    print(f"{options.count} mutants, {bad} bad", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
