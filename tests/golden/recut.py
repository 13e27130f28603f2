#!/usr/bin/env python3
"""recut.py MODE SEED IN OUT - cuts the TCP payload of every packet of a classic pcap (Ethernet or Linux cooked, IPv4 or IPv6) anew.

MODE octets: one segment for each octet, in order; MODE shuffle: pieces of 1 to 40 octets, in random order, some twice. The octets of the
stream stay the same, so what telltale reads from it has to. Checksums are made right, times and directions stay."""
import random
import struct
import sys


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def network(frame, link):
    """offset of the IP header, or None"""
    at, kind = (12, 14) if link == 1 else (14, 16) if link == 113 else (0, 20) if link == 276 else (None, None)
    if at is None:
        return None
    proto = struct.unpack_from("!H", frame, at)[0]
    return kind if proto in (0x0800, 0x86DD) else None


def pieces(rng, mode, payload):
    if mode == "octets":
        return [(i, payload[i:i + 1]) for i in range(len(payload))]
    out, i = [], 0
    while i < len(payload):
        n = rng.randint(1, 40)
        out.append((i, payload[i:i + n]))
        i += n
    out += [p for p in out if rng.random() < 0.2]
    rng.shuffle(out)
    return out


def segment(frame, ip, tcp, header, payload, offset, last):
    head = bytearray(frame[:tcp + header])
    seq = struct.unpack_from("!I", head, tcp + 4)[0]
    struct.pack_into("!I", head, tcp + 4, (seq + offset) & 0xFFFFFFFF)
    if not last:
        head[tcp + 13] &= ~0x09  # FIN and PSH go with the last octet
    struct.pack_into("!H", head, tcp + 16, 0)
    body = bytes(head[tcp:]) + payload
    if head[ip] >> 4 == 4:
        struct.pack_into("!H", head, ip + 2, tcp - ip + len(body))
        struct.pack_into("!H", head, ip + 10, 0)
        struct.pack_into("!H", head, ip + 10, checksum(bytes(head[ip:tcp])))
        pseudo = bytes(head[ip + 12:ip + 20]) + struct.pack("!HH", 6, len(body))
    else:
        struct.pack_into("!H", head, ip + 4, len(body))
        pseudo = bytes(head[ip + 8:ip + 40]) + struct.pack("!II", len(body), 6)
    struct.pack_into("!H", head, tcp + 16, checksum(pseudo + body))
    return bytes(head) + payload


def recut(rng, mode, frame, link):
    ip = network(frame, link)
    if ip is None:
        return [frame]
    if frame[ip] >> 4 == 4:
        tcp, proto, end = ip + (frame[ip] & 15) * 4, frame[ip + 9], ip + struct.unpack_from("!H", frame, ip + 2)[0]
    else:
        tcp, proto, end = ip + 40, frame[ip + 6], ip + 40 + struct.unpack_from("!H", frame, ip + 4)[0]
    if proto != 6 or end > len(frame):
        return [frame]
    header = (frame[tcp + 12] >> 4) * 4
    payload, flags = frame[tcp + header:end], frame[tcp + 13]
    if len(payload) < 2 or flags & 0x06:
        return [frame]
    cut = pieces(rng, mode, payload)
    last = max(i for i, (at, p) in enumerate(cut) if at + len(p) == len(payload))
    return [segment(frame, ip, tcp, header, p, at, i == last) for i, (at, p) in enumerate(cut)]


def main():
    mode, seed, source, target = sys.argv[1:5]
    rng = random.Random(int(seed))
    data = open(source, "rb").read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack_from(order + "I", data, 20)[0]
    out, at = [data[:24]], 24
    while at + 16 <= len(data):
        sec, frac, n, _ = struct.unpack_from(order + "IIII", data, at)
        for frame in recut(rng, mode, data[at + 16:at + 16 + n], link):
            out.append(struct.pack(order + "IIII", sec, frac, len(frame), len(frame)) + frame)
        at += 16 + n
    open(target, "wb").write(b"".join(out))


main()
