#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""hostile.py DIR - writes captures of MQTT that nobody means well with.

Shapes: every packet type cut at every octet (the announced length cut too, and only the stream cut), 256 MB announced, hundreds of
messages in a segment, every packet id in flight, topic aliases abused, heaps of properties, topics that are no text, payloads of
1 MiB with and without a hole, thousands of units that never end, random octets, one-octet segments of all of that, clocks that
jump, the same ports again while time runs back, alerts in messages too long for a record."""
import os
import random
import struct
import sys

from generate import ACK, PSH, SYN, Wire, connack, connect, publish, text, varint


def unit(first, body):
    return bytes((first,)) + varint(len(body)) + body


def properties(*p):
    b = b"".join(p)
    return varint(len(b)) + b


def samples(level):
    """One full packet of each type: (to server, first octet, body)."""
    five = level == 5
    user = b"\x26" + text(b"key") + text(b"value")
    p = properties(user) if five else b""
    reason = b"\x00" + properties(b"\x1f" + text(b"why"), user) if five else b""
    codes = b"\x00" if five else b""
    will = (properties(b"\x01\x01", b"\x02\0\0\0\x09", b"\x18\0\0\0\x05", user) if five else b"") + text(b"will/topic") + text(b"bye")
    own = properties(b"\x11\0\0\0\x64", b"\x21\0\x14", b"\x27\0\0\x10\0", b"\x22\0\x0a", b"\x19\1", b"\x17\1", user,
                     b"\x15" + text(b"SCRAM"), b"\x16" + text(b"\1\2\3")) if five else b""
    ack = properties(b"\x24\1", b"\x25\1", b"\x13\0\x3c", b"\x12" + text(b"assigned"), b"\x1a" + text(b"info"), b"\x1c" + text(b"other")) if five else b""
    return [
        (True, 0x10, text(b"MQTT") + bytes((level, 0xC6)) + b"\0\x3c" + own + text(b"client") + will + text(b"user") + text(b"secret")),
        (False, 0x20, b"\0\0" + ack),
        (True, 0x3D, text(b"a/b") + b"\0\x07" + (properties(b"\x01\1", b"\x23\0\1", b"\x08" + text(b"answer"), b"\x09" + text(b"\1\2"),
                                                       b"\x03" + text(b"text/plain"), b"\x02\0\0\0\1", user) if five else b"") + b"21.5"),
        (False, 0x40, b"\0\x07" + reason), (False, 0x50, b"\0\x07" + reason), (True, 0x62, b"\0\x07" + reason),
        (False, 0x70, b"\0\x07" + reason),
        (True, 0x82, b"\0\x08" + (properties(b"\x0b\x05", user) if five else b"") + text(b"a/+/c") + b"\1" + text(b"#") + b"\2"),
        (False, 0x90, b"\0\x08" + p + b"\1\2"),
        (True, 0xA2, b"\0\x09" + p + text(b"a/+/c")), (False, 0xB0, b"\0\x09" + p + codes),
        (True, 0xC0, b""), (False, 0xD0, b""), (True, 0xE0, b"\x04" + properties(b"\x11\0\0\0\1", user) if five else b""),
        (True, 0xF0, b"\x18" + properties(b"\x15" + text(b"SCRAM"), b"\x16" + text(b"\1\2\3"), user) if five else b""),
    ]


class Book:
    """Many connections in one capture, each with its own ports or addresses."""

    def __init__(self):
        self.records, self.n = [], 0
        self.now = 1_700_000_000 * 10 ** 9

    def wire(self, login=4):
        self.n += 1
        w = Wire(1 + self.n // 50, "whole", sport=1024 + self.n % 50000)
        w.time = self.now
        if login:
            w.login(level=login)
        return w

    def done(self, w):
        self.records += w.records
        self.now = w.time

    def write(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
            for time, length, frame in self.records:
                f.write(struct.pack("<IIII", time // 10 ** 9, time % 10 ** 9, len(frame), length) + frame)


def say(w, to_server, data, size=1400):
    for i in range(0, len(data), size):
        part = data[i:i + size]
        if to_server:
            w.send(part)
            w.snd += len(part)
        else:
            w.send(part, to_server=False)
            w.rcv += len(part)
        if i // size % 16 == 15:
            w.send(to_server=not to_server, flags=ACK)
    w.send(to_server=not to_server, flags=ACK)


def cut_everywhere(b, size=1400):
    for level in (4, 5):
        for to_server, first, whole in samples(level):
            for n in range(len(whole) + 1):
                for announced in (n, len(whole)):
                    w = b.wire(0 if first == 0x10 else level)
                    if first == 0x10:
                        w.handshake()
                    say(w, to_server, bytes((first,)) + varint(announced) + whole[:n], size)
                    if n % 3 == 0:
                        w.close()
                    b.done(w)


def announced(b):
    for n in range(40):
        w = b.wire()
        say(w, True, b"\x32\xff\xff\xff\x7f" + text(b"big/%d" % n) + b"\0\1" + b"x" * (n * 400))
        b.done(w)


def many(b):
    w = b.wire()
    for _ in range(20):
        say(w, True, publish(b"1") * 140)
        say(w, True, b"\xc0\0" * 700)
        say(w, False, b"\xd0\0" * 700)
    say(w, True, b"\xc0\0" * 20000, 40000)
    b.done(w)


def all_ids(b):
    w = b.wire(5)
    say(w, True, b"".join(unit(0x34, text(b"q/2") + struct.pack("!H", i) + b"\0" + b"p") for i in range(1, 65536)))
    say(w, False, b"".join(unit(0x50, struct.pack("!H", i)) for i in range(65535, 0, -7)))
    say(w, True, b"".join(unit(0x82, struct.pack("!H", i) + b"\0" + text(b"s/%d" % i) + b"\1") for i in range(1, 3000)))
    b.done(w)


def aliases(b, size=1400):
    w = b.wire(5)
    data = b"".join(publish(b"v", b"t/%d" % i, 5, b"\x23" + struct.pack("!H", i)) for i in range(0, 65536, 13))
    data += b"".join(publish(b"v", b"", 5, b"\x23" + struct.pack("!H", i)) for i in range(0, 65536, 17))
    data += publish(b"v", b"", 5) + publish(b"v", b"t", 5, b"\x23\0\1\x23\0\2") + publish(b"v", b"x" * 60000, 5, b"\x23\0\1")
    data += publish(b"v", b"", 5, b"\x23\0\1") * 20
    say(w, True, data, size)
    b.done(w)


def bombs(b, size=1400):
    user = b"\x26" + text(b"k") + text(b"v")
    rng = random.Random(3)
    for p in (user * 6000, user * 1023, user * 1025, b"\x26" + text(b"k" * 65535) + text(b"v" * 65535), b"\x26\0\0\0\0" * 3000, b"\x7f" * 50,
              b"\x01\1" * 40, b"\x26\xff", b"".join(bytes((i,)) + b"\0\0\0\0" for i in range(256)), rng.randbytes(3000)):
        for level_body in (lambda p: (0x10, text(b"MQTT") + b"\5\2\0\x3c" + properties(p) + text(b"c")),
                           lambda p: (0x30, text(b"a") + properties(p) + b"x"), lambda p: (0xE0, b"\0" + properties(p)),
                           lambda p: (0x10, text(b"MQTT") + b"\5\6\0\x3c" + properties() + text(b"c") + properties(p) + text(b"w") + text(b"m")),
                           lambda p: (0x82, b"\0\1" + b"\xff\xff\xff\x7f" + p), lambda p: (0xF0, b"\x18" + varint(len(p) + 9) + p)):
            first, body = level_body(p)
            w = b.wire(0 if first == 0x10 else 5)
            if first == 0x10:
                w.handshake()
            say(w, True, unit(first, body), size)
            w.close()
            b.done(w)


TOPICS = [b"\0", b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b'"\\/\b\f\n\r\t', b"\x7f\x1b[31m", b"", b"+",
          b"#", b"a/#/b", b"/" * 65400, b"x" * 65535, b"\xf0\x9f\x98", b"$SYS/x", b"\xc3" * 1023 + b"\xa9", ("é" * 600).encode(), b"\xef\xbf\xbe", b"%s%n%x"]


def topics(b, size=1400):
    for level in (4, 5):
        for t in TOPICS:
            w = b.wire(level)
            say(w, True, publish(t, t, level) + unit(0x82, b"\0\1" + (b"\0" if level == 5 else b"") + text(t) + b"\0"), size)
            w.close()
            b.done(w)
            w = b.wire(0)
            w.handshake()
            body = text(b"MQTT") + bytes((level, 0xC6)) + b"\0\1" + (b"\0" if level == 5 else b"") + text(t)
            say(w, True, unit(0x10, body + (b"\0" if level == 5 else b"") + text(t) + text(t) + text(t) + text(t)), size)
            b.done(w)


def big(b):
    for size, hole in ((1 << 20, 0), (1 << 20, 300), ((1 << 20) - 60, 5), (3 << 20, 0), (3 << 20, 999)):
        w = b.wire()
        say(w, True, publish(b"m" * size, b"big"))
        say(w, True, publish(b"after", b"after/big"))
        w.close()
        if hole:
            del w.records[hole]
        b.done(w)


def partial(b):
    for n in range(3000):
        w = b.wire(0)
        w.handshake()
        say(w, True, connect() + b"\x30\xff\x7f" + text(b"never/%d" % n) + b"y" * (n % 2000), 3000)
        b.done(w)


def noise(b):
    rng = random.Random(11)
    for n in range(400):
        w = b.wire(0 if n % 2 else rng.choice((4, 5)))
        if n % 2:
            w.handshake()
        for _ in range(rng.randint(1, 6)):
            say(w, rng.random() < 0.7, rng.randbytes(rng.randint(1, 900)), rng.choice((1400, 100, 7)))
        b.done(w)


def octet_by_octet(b):
    for level in (4, 5):
        w = b.wire(0)
        w.handshake()
        for to_server, first, body in samples(level):
            say(w, to_server, unit(first, body), 1)
        w.close()
        b.done(w)
    topics_short = [t for t in TOPICS if len(t) < 2000]
    w = b.wire(5)
    for t in topics_short:
        say(w, True, publish(t, t, 5), 1)
    b.done(w)


def unanswered(b):
    """A question whose record is longer than a record may be, never answered, among others: its record must not borrow theirs."""
    w = b.wire()
    say(w, True, unit(0x82, b"\0\x09" + b"".join(text(b"FIRST/%03d/" % i + b"f" * 300) + b"\0" for i in range(400))))
    w2 = b.wire()
    say(w2, True, publish(b"SECOND", b"second"))
    b.done(w)
    b.done(w2)


def clocks(b):
    """The same ports again on two pairs of hosts, while time runs back between them; jumps; the ends of time."""
    for k, jump in enumerate((0, 10 ** 9, -3600 * 10 ** 9, 86400 * 10 ** 9, 0, 400 * 86400 * 10 ** 9, -400 * 86400 * 10 ** 9, 10 ** 9)):
        for host in (1, 2, 3):
            w = Wire(host, "whole", sport=5000, isn=1000 + 10 ** 6 * k + host)
            w.time = 1_700_000_000 * 10 ** 9 + jump - host * 5 * 10 ** 9
            w.rcv = 700000 + 10 ** 7 * k
            w.login(client=b"host-%d" % host)
            w.marker(publish(b"%d" % k, b"clock"))
            b.records += w.records
    for t in (0, 1, (2 ** 31) * 10 ** 9, (2 ** 32 - 1) * 10 ** 9 + 999999999, 0, 1_700_000_000 * 10 ** 9):
        w = Wire(9, "whole", sport=6000, isn=5000 + t % 977)
        w.login()
        w.c(publish(b"x", b"ends"))
        b.records += [(min(t + i, 2 ** 32 * 10 ** 9 - 1), n, f) for i, (_, n, f) in enumerate(w.records)]


CAPTURES = {"cut": cut_everywhere, "announced": announced, "many": many, "ids": all_ids, "aliases": aliases, "bombs": bombs, "topics": topics,
            "big": big, "partial": partial, "noise": noise, "octets": octet_by_octet, "unanswered": unanswered, "clocks": clocks}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[2:] or CAPTURES:
        b = Book()
        CAPTURES[name](b)
        b.write(os.path.join(folder, name + ".pcap"))


if __name__ == "__main__":
    main()
