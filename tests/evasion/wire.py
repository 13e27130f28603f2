# SPDX-License-Identifier: BSD-3-Clause
"""Frames, a few MQTT messages, and Wire: one connection as a SPAN port sees it, with a model of the receiver.

A case (cases.py) is told in terms of Wire. Here the receiver's answers are made up, so that captures can be written anywhere; in
kernel.py the same case is played to the kernel's own stack, and the answers are the kernel's. Owns no case and no verdict."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from internet import checksum  # noqa: E402

SERVER4, SERVER6 = bytes((10, 9, 255, 1)), bytes.fromhex("fd00") + bytes(13) + b"\1"
HARDWARE = b"\x02\0\0\0\0\x01"  # of the receiver; the sender's ends with 2
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128
EVIL, GOOD = b"EVILMARK", b"GOODBYE!"
MD5 = b"\x13\x12" + b"\x5a" * 16 + b"\x01\x01"


def varint(n):
    out = b""
    while True:
        n, low = n >> 7, n & 127
        out += bytes((low | (128 if n else 0),))
        if not n:
            return out


def text(b):
    return struct.pack("!H", len(b)) + b


def connect(client=b"plc-7", level=4, will=None, keepalive=60):
    flags = 2 | (4 if will else 0)
    body = text(b"MQTT") + bytes((level, flags)) + struct.pack("!H", keepalive)
    body += b"\0" if level == 5 else b""
    body += text(client)
    if will:
        body += (b"\0" if level == 5 else b"") + text(will[0]) + text(will[1])
    return b"\x10" + varint(len(body)) + body


def connack(level=4):
    return b"\x20\x03\0\0\0" if level == 5 else b"\x20\x02\0\0"


def publish(payload, topic=b"a/b", level=4, properties=b"", announced=None):
    body = text(topic) + (varint(len(properties)) + properties if level == 5 else b"") + payload
    return b"\x30" + (announced or varint(len(body))) + body


def options(*parts):
    o = b"".join(parts)
    return o + b"\0" * (-len(o) % 4)


def stamp(value, echo=0):
    return b"\x01\x01\x08\x0a" + struct.pack("!II", value & 0xFFFFFFFF, echo)

class Wire:
    """snd and rcv: next sequence numbers of client and server. Frames go to `records` as (time, length on the wire, octets)."""

    def __init__(self, number, variant, version=4, port=1883, isn=1000, sport=40000, snaplen=0, tunnel=None):
        self.client4 = struct.pack("!BBH", 10, 9, number)  # its own in each case: all captures can be read in one run
        self.client6 = bytes.fromhex("fd00") + bytes(12) + struct.pack("!H", number)
        self.variant, self.version, self.port, self.sport, self.snaplen = variant, version, port, sport, snaplen
        self.tunnel = tunnel  # what a frame becomes on the line (tunnels.py): a list of frames
        self.records, self.time, self.ident = [], (1_700_000_000 + 100 * number) * 10 ** 9, 100
        self.snd, self.rcv = isn, 700000
        self.ts = False
        self.clock = 1000

    # ---- frames
    def record(self, frame, tunnel=None):
        tunnel = tunnel or self.tunnel
        for seen in tunnel(frame) if tunnel else [frame]:
            self.time += 1_000_000
            self.records.append((self.time, len(seen), seen[:self.snaplen] if self.snaplen else seen))

    def ethernet(self, ip):
        return HARDWARE + b"\x02\0\0\0\0\x02" + (b"\x86\xdd" if self.version == 6 else b"\x08\x00") + ip

    def frame(self, ip):
        """one frame of the client"""
        self.record(self.ethernet(ip))

    def ip4(self, payload, to_server=True, proto=6, more=0, offset=0, ident=None, opts=b"", version=4, total=None, sum_delta=0, ttl=64):
        src, dst = (self.client4, SERVER4) if to_server else (SERVER4, self.client4)
        self.ident += 1
        head = struct.pack("!BBHHHBBH4s4s", version << 4 | (5 + len(opts) // 4), 0,
                           20 + len(opts) + len(payload) if total is None else total, (self.ident if ident is None else ident) & 0xFFFF,
                           (more << 13) | offset // 8, ttl, proto, 0, src, dst) + opts
        value = (checksum(head) + sum_delta) & 0xFFFF
        return head[:10] + struct.pack("!H", value) + head[12:] + payload

    def ip(self, payload, **how):
        self.frame(self.ip4(payload, **how))

    def ip6(self, payload, to_server=True, chain=b"", first=6):
        src, dst = (self.client6, SERVER6) if to_server else (SERVER6, self.client6)
        return struct.pack("!IHBB", 6 << 28, len(chain) + len(payload), first, 64) + src + dst + chain + payload

    def tcp(self, data=b"", to_server=True, seq=None, ack=None, flags=PSH | ACK, opts=None, window=64000, urgent=0, sum_delta=0,
            offset_words=None, ts=None):
        snd, rcv = (self.snd, self.rcv) if to_server else (self.rcv, self.snd)
        seq, ack = snd if seq is None else seq, rcv if ack is None else ack
        if opts is None:
            opts = options(stamp(self.clock if ts is None else ts)) if self.ts else b""
        sport, dport = (self.sport, self.port) if to_server else (self.port, self.sport)
        words = 5 + len(opts) // 4 if offset_words is None else offset_words
        head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF if flags & ACK or ack else 0, words << 4,
                           flags, window, 0, urgent) + opts
        if self.version == 6:
            src, dst = (self.client6, SERVER6) if to_server else (SERVER6, self.client6)
            pseudo = src + dst + struct.pack("!II", len(head) + len(data), 6)
        else:
            src, dst = (self.client4, SERVER4) if to_server else (SERVER4, self.client4)
            pseudo = src + dst + struct.pack("!HH", 6, len(head) + len(data))
        value = (checksum(pseudo + head + data) + sum_delta) & 0xFFFF
        return head[:16] + struct.pack("!H", value) + head[18:] + data

    def packet(self, segment, to_server=True):
        return self.ip6(segment, to_server) if self.version == 6 else self.ip4(segment, to_server)

    def send(self, data=b"", to_server=True, **how):
        """a segment of the client, or one in the receiver's name"""
        self.frame(self.packet(self.tcp(data, to_server, **how), to_server))

    # ---- the receiver: a model of its answers
    def answer(self, data=b"", **how):
        self.record(self.ethernet(self.packet(self.tcp(data, to_server=False, **how), to_server=False)))

    def ack(self):
        """it acknowledges what it has"""
        self.answer(flags=ACK)

    def synack(self, flags=0, opts=None):
        """it answers the SYN"""
        self.answer(flags=SYN | ACK | flags, opts=self.syn_options() if opts is None else opts)
        self.rcv += 1

    def refusal(self, number):
        """it resets what acknowledged `number`"""
        self.answer(flags=RST, seq=number, ack=0)

    def said(self, data):
        """its application wrote data"""
        self.answer(data)
        self.rcv += len(data)

    def finished(self):
        """its application has read the end and closed"""
        self.answer(flags=FIN | ACK)
        self.rcv += 1

    def over(self):
        """what the application read and wrote: nobody knows"""
        return None, None

    # ---- talk
    def c(self, data, **how):
        """the client's octets in order, acknowledged"""
        self.send(data, **how)
        self.snd += len(data)
        self.ack()

    def s(self, data, **how):
        """the server's octets, acknowledged"""
        self.said(data)
        self.send(flags=ACK, **how)

    def syn_options(self):
        return options(b"\x02\x04\x05\xb4", stamp(self.clock)) if self.ts else options(b"\x02\x04\x05\xb4")

    def syn(self, data=b"", **how):
        self.send(data, **({"flags": SYN, "ack": 0, "opts": self.syn_options()} | how))

    def half_open(self, **how):
        self.syn(**how)
        self.snd += 1
        self.synack()

    def handshake(self):
        self.half_open()
        self.send(flags=ACK)

    def login(self, level=4, **how):
        self.handshake()
        self.c(connect(level=level, **how))
        self.s(connack(level))

    def parts(self, data, mark=EVIL):
        """the variant's segments of data: (offset, octets)"""
        at = data.find(mark)
        if self.variant == "whole" or at < 0:
            return [(0, data)]
        cut = at + len(mark) // 2
        return [(0, data[:cut]), (cut, data[cut:])]

    def marker(self, data=None, mark=EVIL):
        """a publish with the marker, plain, and the end"""
        for _, part in self.parts(publish(mark) if data is None else data, mark):
            self.c(part)
        self.close()

    def close(self):
        self.c(b"\xe0\0")
        self.send(flags=FIN | ACK)
        self.snd += 1
        self.finished()
        self.send(flags=ACK)

    def write(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
            for time, length, frame in self.records:
                f.write(struct.pack("<IIII", time // 10 ** 9, time % 10 ** 9, len(frame), length) + frame)
