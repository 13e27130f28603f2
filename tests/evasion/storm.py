#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""storm.py DIR SEED N [KIND…] - N random connections played to the kernel's stack (kernel.py), each a capture in DIR, and DIR/read.tsv:
name of the capture, octets that the application read (hexadecimal). KIND: segments (data anywhere, with any flags, acknowledgements,
timestamps), fragments (of IPv4 and IPv6, overlapping), headers (options and extension headers). A seed makes the same
frames, but for the kernel's own numbers, as long as the kernel answers the same. Exit code 3: no kernel to play to.

tests/unit/stream/test_kernel.c holds telltale's stream against read.tsv, octet by octet."""
import os
import random
import struct
import sys

import kernel
from wire import ACK, FIN, MD5, PSH, RST, SYN, URG, options, stamp

LETTERS = bytes(range(48, 123))


class Storm:
    def __init__(self, tap, number, rng, version):
        self.rng, self.sent = rng, 0
        isn = rng.choice((1000, 0xFFFFFFF0, rng.getrandbits(32)))
        self.w = w = kernel.Player(tap, number, "whole", version=version, isn=isn)
        w.ts = rng.random() < 0.5
        w.clock = 500000
        w.handshake()
        self.base = w.snd

    def octets(self, n):
        """never the same twice in a row"""
        self.sent += 1
        return bytes((LETTERS[self.sent % len(LETTERS)],)) * n

    # ---- segments
    def any_ack(self):
        rng, w = self.rng, self.w
        return rng.choice((w.rcv,) * 12 + (w.rcv + 1, w.rcv + rng.randint(2, 200000), w.rcv - rng.randint(1, 300),
                                           w.rcv - rng.randint(1, 1 << 20), w.rcv + rng.getrandbits(32)))

    def any_flags(self):
        rng = self.rng
        return rng.choice((PSH | ACK,) * 30 + (ACK,) * 10 + (0, PSH, SYN, SYN | ACK, SYN | PSH | ACK, PSH | ACK | URG, PSH | ACK | URG, RST,
                                                             RST | ACK, FIN, rng.getrandbits(8)))

    def any_options(self, ack):
        """a stamp from the future only with a right acknowledgement: Linux takes it with one that is far too old, too, but only where
        its header prediction does not look at it"""
        rng, w = self.rng, self.w
        if rng.random() < 0.03:
            return MD5
        if not w.ts or rng.random() < 0.03:
            return options(rng.choice((b"", b"\x01", b"\x08\x0a\0", b"\x05\x0a\0\0\0\1\0\0\0\2", b"\x1e\x04ab")))
        w.clock += rng.randint(0, 3)
        return options(stamp(rng.choice((w.clock,) * 12 + (w.clock - 1, w.clock - 2, w.clock - 100, 0, w.clock + (5000 if ack == w.rcv else 0)))))

    def segment(self):
        rng, w = self.rng, self.w
        flags = self.any_flags()
        at = self.place(flags)
        data = self.octets(rng.choice((0, 1, 1, 2, 3, 8, 20, 40)))
        ack = self.any_ack() if flags & ACK else 0
        w.send(data, seq=at, ack=ack, flags=flags, opts=self.any_options(ack),
               urgent=rng.choice((0, 1, 2, 5, 30, 60000)) if flags & URG else 0, sum_delta=int(rng.random() < 0.02),
               window=rng.choice((64000,) * 8 + (0, 1, 500)))

    def place(self, flags):
        rng, here = self.rng, self.w.acked
        if flags & RST:  # an exact one would end the storm too often
            return here + rng.choice((0, 1, 5, 50, 100000, -1))
        return here + rng.choice((0,) * 10 + tuple(rng.randint(1, 90) for _ in range(14)) +
                                 (-1, -2, -5, -30, -100000, 60000, 200000, rng.getrandbits(31)))

    def segments(self):
        for _ in range(self.rng.randint(10, 60)):
            if self.rng.random() < 0.05:
                self.w.said(b"answer")
            else:
                self.segment()

    # ---- fragments: units of 8 octets, each with the same sum, so that any mixture of them is a right segment
    def unit(self):
        a, b = self.rng.randint(0x3030, 0x7A7A), self.rng.randint(0x3030, 0x7A7A)
        return struct.pack("!HHHH", a, 0xFFFF - a, b, 0xFFFF - b)

    def one_fragment(self, octets, at, more, ident, proto=6):
        w = self.w
        if w.version == 6:
            w.frame(w.ip6(octets, chain=struct.pack("!BBHI", 6, 0, at | int(more), ident), first=44))
        else:
            w.ip(octets, more=int(more), offset=at, ident=ident, proto=proto)

    def datagram(self):
        rng, w = self.rng, self.w
        units = rng.randint(4, 20)
        body = b"".join(self.unit() for _ in range(units))
        w.ts = False
        segment, ident = w.tcp(body, opts=b"\x01" * 4), rng.getrandbits(16)  # data begin at octet 24
        pieces, at = [], 0
        while at < len(segment):
            n = rng.choice((8, 8, 16, 24, 64, 200))
            pieces.append((at, at + n >= len(segment), n))
            at += n
        for _ in range(rng.randint(0, 4)):
            start = 8 * rng.randint(3, len(segment) // 8)
            pieces.append((start, rng.random() < 0.1, 8 * rng.randint(1, 6)))
        if rng.random() < 0.6:
            rng.shuffle(pieces)
        if rng.random() < 0.1:
            pieces.append((8 * rng.randint(0, 3), False, rng.choice((0, 3, 5, 8))))
        for start, last, n in pieces:
            part = segment[start:start + n]
            if start >= 24 and rng.random() < 0.5:
                part = b"".join(self.unit() for _ in range((len(part) + 7) // 8))[:len(part)]
            self.one_fragment(part, start, not last if start + n < len(segment) or rng.random() < 0.1 else False, ident)
        w.pump()
        w.send(body, opts=b"\x01" * 4)  # what did not arrive comes plain: the first to arrive is what is read

    def fragments(self):
        for _ in range(self.rng.randint(3, 12)):
            self.datagram()
            self.w.snd = self.w.acked

    # ---- headers
    def ip4_options(self):
        rng, out = self.rng, b""
        while len(out) < 36 and rng.random() < 0.7:
            kind = rng.choice((0, 1, 1, 7, 68, 131, 134, 136, 137, 148, 130, 30, rng.getrandbits(8)))
            n = rng.choice((2, 3, 4, 7, 8, 11, 12, 0, 1))
            out += bytes((kind,)) if kind < 2 else bytes((kind, n)) + bytes(
                rng.choice((0, 3, 4, 5, 8, 9, 0xF0, 0xF1, 3)) for _ in range(max(0, n - 2)))
        out = out[:40]
        return out + b"\0" * (-len(out) % 4)

    def ip6_options(self):
        rng, out = self.rng, b""
        while rng.random() < 0.75 and len(out) < 60:
            kind = rng.choice((0, 0, 1, 1, 5, 7, 0x1E, 0x3E, 0x31, 0x5E, 0x9E, 0xC2, 0xC9, 0xDE))
            n = rng.choice((0, 1, 2, 4, 4, 6, 16))
            out += b"\0" if kind == 0 else bytes((kind, n)) + rng.choice((b"\0" * n, b"\0" * n, b"\1" * n))
        room = -(len(out) + 2) % 8
        return out + (b"" if room == 0 else b"\0" if room == 1 else bytes((1, room - 2)) + b"\0" * (room - 2))

    def chain(self):
        rng, parts = self.rng, []
        for _ in range(rng.randint(1, 4)):
            kind = rng.choice((0, 43, 44, 60, 60, 51, 135))
            if kind in (0, 60):
                o = self.ip6_options()
                parts.append((kind, lambda nx, o=o: bytes((nx, (len(o) + 2) // 8 - 1)) + o))
            elif kind == 43:
                t, left = rng.choice((0, 1, 2, 3, 4, 5, 253)), rng.choice((0, 0, 1))
                parts.append((kind, lambda nx, t=t, left=left: bytes((nx, 0, t, left)) + b"\0" * 4))
            elif kind == 44:
                parts.append((kind, lambda nx: struct.pack("!BBHI", nx, 0, rng.choice((0, 6)), 77)))
            elif kind == 51:
                parts.append((kind, lambda nx: bytes((nx, 1)) + b"\0" * 10))
            else:
                parts.append((kind, lambda nx: bytes((nx, 0)) + b"\0" * 6))
        out, following = b"", 6
        for kind, make in reversed(parts):
            out, following = make(following) + out, kind
        return out, following

    def headers(self):
        rng, w = self.rng, self.w
        for _ in range(rng.randint(5, 20)):
            data = self.octets(rng.randint(1, 9))
            if w.version == 6:
                chain, first = self.chain()
                w.frame(w.ip6(w.tcp(data), chain=chain, first=first))
            else:
                w.ip(w.tcp(data), **rng.choice(({"opts": self.ip4_options()}, {"opts": self.ip4_options()}, {"ttl": 1}, {"sum_delta": 1},
                                                {"version": rng.randint(0, 15)}, {"total": rng.randint(0, 90)}, {"proto": 6 + 128})))
            w.send(self.octets(len(data)))
            w.snd = w.acked

    def finish(self):
        """fills every hole, then the end"""
        w = self.w
        w.snd = w.acked
        for _ in range(4):
            w.clock += 10
            w.send(self.octets(100), seq=w.acked)
        w.send(flags=FIN | ACK, seq=w.acked)
        return w.over()[0]


def main():
    folder, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    kinds = sys.argv[4:] or ["segments", "fragments", "headers"]
    try:
        kernel.enter_namespace()
        tap = kernel.make_device()
    except kernel.Unavailable as e:
        print(f"no kernel to play to: {e}")
        return 3
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "read.tsv"), "w", encoding="ascii") as table:
        for i in range(count):
            kind = kinds[i % len(kinds)]
            rng = random.Random(f"{seed} {i}")
            storm = Storm(tap, 2 + i % 60000, rng, rng.choice((4, 6)))
            getattr(storm, kind)()
            octets = storm.finish()
            name = f"{seed}-{i}-{kind}.pcap"
            storm.w.write(os.path.join(folder, name))
            table.write(f"{name}\t{octets.hex()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
