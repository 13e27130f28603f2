#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""recut.py MODE SEED IN OUT - cuts the TCP payload of a capture anew; a module for split.py, too.

MODE octets: one segment for each octet, in order; cuts: pieces of 1 to 300 octets, in order; shuffle: pieces of 1 to 40 octets, in random
order within a receiver's window and what a careful receiver keeps of it, some twice. The octets of each stream stay the same, so what
telltale reads from it has to. Checksums stay right, or wrong; times, directions and acknowledgements stay.

Reads pcap and pcapng; Ethernet with VLAN tags, Linux cooked, raw IP, loopback; IPv4 and IPv6 without extension headers. Anything else
(fragments, cut frames, other protocols) stays as it is. Writes pcap with nanoseconds."""
import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from internet import checksum  # noqa: E402

FIN, SYN, RST, PSH = 1, 2, 4, 8
WINDOW = 48  # pieces that change places: fewer than what telltale keeps of one direction


def read_pcap(data):
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    unit = 1 if data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
    link, at = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF, 24
    while at + 16 <= len(data):
        sec, frac, n, whole = struct.unpack_from(order + "IIII", data, at)
        if at + 16 + n > len(data):
            return
        yield sec * 10 ** 9 + frac * unit, link, data[at + 16:at + 16 + n], whole
        at += 16 + n


def read_pcapng(data):
    order, at, links = "<", 0, []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, n = struct.unpack_from(order + "II", data, at)
        if n < 12 or at + n > len(data):
            return
        body = data[at + 8:at + n - 4]
        if kind == 1:
            unit, option = 1000, 8
            while option + 4 <= len(body):
                code, size = struct.unpack_from(order + "HH", body, option)
                if code == 9 and body[option + 4] < 10:
                    unit = 10 ** (9 - body[option + 4])
                option += 4 + (size + 3) // 4 * 4
            links.append((struct.unpack_from(order + "H", body, 0)[0], unit))
        elif kind == 6:
            interface, high, low, size, whole = struct.unpack_from(order + "IIIII", body, 0)
            link, unit = links[interface]
            yield (high << 32 | low) * unit, link, body[20:20 + size], whole
        at += n


def read(path):
    """[(time in ns, link type, frame, length on the wire)], of the link type that comes first"""
    with open(path, "rb") as f:
        data = f.read()
    frames = list(read_pcapng(data) if data[:4] == b"\n\r\r\n" else read_pcap(data))
    return [f for f in frames if f[1] == frames[0][1]]


def write(path, frames):
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, frames[0][1] if frames else 1)]
    for time, _, frame, whole in frames:
        out.append(struct.pack("<IIII", time // 10 ** 9, time % 10 ** 9, len(frame), whole) + frame)
    with open(path, "wb") as f:
        f.write(b"".join(out))


def network(link, frame):
    """offset of the IP header, or None"""
    if link in (12, 101, 228, 229):
        return 0
    if link in (0, 108):
        return 4
    at, kind = {1: (12, 14), 113: (14, 16), 276: (0, 20)}.get(link, (None, None))
    while at is not None and kind + 20 <= len(frame):
        proto = struct.unpack_from("!H", frame, at)[0]
        if proto in (0x0800, 0x86DD):
            return kind
        if proto not in (0x8100, 0x88A8):
            return None
        at, kind = at + 4, kind + 4
    return None


class Segment:
    """A TCP packet that can be cut: where its parts lie. None of it when flow is None."""

    def __init__(self, record):
        self.record, self.flow = record, None
        _, link, frame, _ = record
        ip = network(link, frame)
        if ip is None or ip + 40 > len(frame):
            return
        if frame[ip] >> 4 == 4:
            fragment = struct.unpack_from("!H", frame, ip + 6)[0] & 0x3FFF
            tcp, proto, end = ip + (frame[ip] & 15) * 4, frame[ip + 9], ip + struct.unpack_from("!H", frame, ip + 2)[0]
            ends = frame[ip + 12:ip + 16], frame[ip + 16:ip + 20]
        else:
            fragment, tcp, proto, end = 0, ip + 40, frame[ip + 6], ip + 40 + struct.unpack_from("!H", frame, ip + 4)[0]
            ends = frame[ip + 8:ip + 24], frame[ip + 24:ip + 40]
        if proto != 6 or fragment or end > len(frame) or tcp + 20 > end or tcp + (frame[tcp + 12] >> 4) * 4 > end:
            return
        self.ip, self.tcp, self.head = ip, tcp, tcp + (frame[tcp + 12] >> 4) * 4
        ports = frame[tcp:tcp + 2], frame[tcp + 2:tcp + 4]
        self.side = (ends[0] + ports[0], ends[1] + ports[1])
        self.flow = tuple(sorted(self.side))
        self.flags = frame[tcp + 13]
        self.seq = struct.unpack_from("!I", frame, tcp + 4)[0]
        self.payload = frame[self.head:end]
        self.good = checksum(self.pseudo(end - tcp) + frame[tcp:end]) == 0

    def pseudo(self, n):
        frame, ip = self.record[2], self.ip
        if frame[ip] >> 4 == 4:
            return frame[ip + 12:ip + 20] + struct.pack("!HH", 6, n)
        return frame[ip + 8:ip + 40] + struct.pack("!II", n, 6)

    def piece(self, at, n):
        """The record of a packet with n octets of the payload"""
        time, link, frame, _ = self.record
        head, ip, tcp = bytearray(frame[:self.head]), self.ip, self.tcp
        payload = self.payload[at:at + n]
        struct.pack_into("!I", head, tcp + 4, (self.seq + at) & 0xFFFFFFFF)
        if at + n < len(self.payload):
            head[tcp + 13] &= ~(FIN | PSH)  # they go with the last octet
        struct.pack_into("!H", head, tcp + 16, 0)
        body = bytes(head[tcp:]) + payload
        if head[ip] >> 4 == 4:
            struct.pack_into("!H", head, ip + 2, tcp - ip + len(body))
            struct.pack_into("!H", head, ip + 10, 0)
            struct.pack_into("!H", head, ip + 10, checksum(bytes(head[ip:tcp])))
        else:
            struct.pack_into("!H", head, ip + 4, len(body))
        value = checksum(self.pseudo(len(body)) + body)
        struct.pack_into("!H", head, tcp + 16, value if self.good else value ^ 0x5555)
        out = bytes(head) + payload
        return time, link, out, len(out)


def pieces(rng, mode, n):
    if mode == "octets":
        return [(i, 1) for i in range(n)]
    out, i, most = [], 0, 300 if mode == "cuts" else 40
    while i < n:
        size = min(rng.randint(1, most), n - i)
        out.append((i, size))
        i += size
    return out


def mix(rng, cut, first):
    """Shuffles up to WINDOW pieces at a time, some of them twice; keeps the first one in front when `first`."""
    out = cut[:1] if first else []
    cut = cut[len(out):]
    for i in range(0, len(cut), WINDOW):
        part = cut[i:i + WINDOW]
        part += [p for p in part if rng.random() < 0.2]
        rng.shuffle(part)
        out += part
    return out


def recut(frames, mode, seed):
    rng = random.Random(seed)
    segments = [Segment(f) for f in frames]
    started, seen, out = {s.side[0] for s in segments if s.flow and s.flags & SYN}, set(), []
    for s in segments:
        if not s.flow or len(s.payload) < 2 or s.flags & (SYN | RST):
            out.append(s.record)
            continue
        cut = pieces(rng, mode, len(s.payload))
        if mode == "shuffle":
            # what comes first of a stream that was joined later is where it starts
            cut = mix(rng, cut, s.side[0] not in started and s.side not in seen)
        seen.add(s.side)
        out += [s.piece(at, n) for at, n in cut]
    return out


if __name__ == "__main__":
    write(sys.argv[4], recut(read(sys.argv[3]), sys.argv[1], int(sys.argv[2])))
