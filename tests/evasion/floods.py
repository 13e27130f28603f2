#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""floods.py DIR COUNT [NAME…] - writes floods of COUNT packets or connections, with 200 markers of one known device between them.

syn: SYNs from random addresses; clients: short MQTT sessions with ever new client ids; fragments: first fragments that nobody
completes; udp: datagrams from everywhere; topics: one device, ever new topics; holes: segments behind a hole on many connections;
pings: the smallest messages that make the most records. A sensor must report all markers in bounded memory."""
import os
import random
import struct
import sys

from generate import ACK, EVIL, PSH, SYN, Wire, connack, connect, publish


class Flood:
    def __init__(self, path, count):
        self.f = open(path, "wb")
        self.f.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        self.rng = random.Random(5)
        self.count, self.now = count, 1_700_000_000 * 10 ** 9
        self.victim = Wire(7, "whole")
        self.victim.login(client=b"pump-1")
        self.take(self.victim)
        self.markers = 0

    def take(self, w):
        for _, length, frame in w.records:
            self.now += 20_000
            self.f.write(struct.pack("<IIII", self.now // 10 ** 9, self.now % 10 ** 9, len(frame), length) + frame)
        w.records.clear()

    def run(self, one):
        for i in range(self.count):
            one(self, i)
            if i * 200 // self.count > self.markers or i == self.count - 1:
                self.markers += 1
                self.victim.c(publish(EVIL + b" %d" % self.markers, b"pump/1"))
                self.take(self.victim)
        self.f.close()

    def stranger(self):
        w = Wire(2, "whole", sport=self.rng.randint(1024, 65535), isn=self.rng.getrandbits(32))
        w.client4 = struct.pack("!I", self.rng.getrandbits(31))
        return w


def syn(f, _):
    w = f.stranger()
    w.send(flags=SYN, ack=0)
    f.take(w)


def clients(f, i):
    w = f.stranger()
    w.handshake()
    w.c(connect(client=b"bot-%d" % i))
    w.s(connack())
    w.c(publish(b"x", b"bot/%d" % i))
    f.take(w)


def fragments(f, i):
    w = f.stranger()
    w.ip(b"f" * 64, more=1, offset=0, ident=i & 0xFFFF)
    f.take(w)


def udp(f, _):
    w = f.stranger()
    body = f.rng.randbytes(20)
    w.ip(struct.pack("!HHHH", w.sport, f.rng.randint(1, 65535), 8 + len(body), 0) + body, proto=17)
    f.take(w)


def topics(f, i):
    if i == 0:
        f.talker = Wire(3, "whole")
        f.talker.login(client=b"talker")
    f.talker.c(publish(b"x", b"topic/%d" % i))
    f.take(f.talker)


def holes(f, _):
    w = f.stranger()
    w.handshake()
    w.c(connect())
    w.send(b"h" * 600, seq=w.snd + 100)
    f.take(w)


def pings(f, i):
    if i == 0:
        f.talker = Wire(4, "whole")
        f.talker.login(client=b"pinger")
    f.talker.c(b"\xc0\0" * 700)
    f.take(f.talker)


FLOODS = {"syn": syn, "clients": clients, "fragments": fragments, "udp": udp, "topics": topics, "holes": holes, "pings": pings}


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[3:] or FLOODS:
        Flood(os.path.join(folder, name + ".pcap"), count).run(FLOODS[name])


if __name__ == "__main__":
    main()
