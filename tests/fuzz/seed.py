#!/usr/bin/env python3
"""seed.py HARNESS FOLDER - writes the first inputs of a harness, made from pcaps/ and rules/, into FOLDER. A harness that
it does not know gets none: libFuzzer starts from nothing then."""
import glob
import gzip
import os
import shutil
import struct
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DISSECTORS = sorted(name[:-2] for name in os.listdir(os.path.join(ROOT, "src", "dissect", "proto")) if name.endswith(".c"))
LARGEST = 60000  # octets of a seed: long inputs are slow ones


def captures():
    for path in sorted(glob.glob(os.path.join(ROOT, "pcaps", "*.pcap*"))):
        with open(path, "rb") as f:
            raw = f.read()
        yield os.path.basename(path), raw, gzip.decompress(raw) if path.endswith(".gz") else raw


def frames(octets):
    """(link type, frame) of a classic pcap, little-endian as record.sh writes it; nothing from other formats."""
    if octets[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return
    link, at = struct.unpack_from("<I", octets, 20)[0], 24
    while at + 16 <= len(octets):
        n = struct.unpack_from("<I", octets, at + 8)[0]
        yield link, octets[at + 16:at + 16 + n]
        at += 16 + n


def segments(octets):
    """(protocol, addresses and ports in order), direction, payload of each TCP segment and UDP datagram over IPv4 or IPv6 in Ethernet."""
    first = {}
    for link, frame in frames(octets):
        if link != 1 or len(frame) < 42:
            continue
        kind, ip = frame[12:14], frame[14:]
        if kind == b"\x08\x00" and ip[9] in (6, 17):
            head, total, pair = (ip[0] & 15) * 4, struct.unpack_from(">H", ip, 2)[0], (ip[12:16], ip[16:20])
        elif kind == b"\x86\xdd" and ip[6] in (6, 17):
            head, total, pair = 40, 40 + struct.unpack_from(">H", ip, 4)[0], (ip[8:24], ip[24:40])
        else:
            continue
        protocol = ip[9] if kind == b"\x08\x00" else ip[6]
        tcp = ip[head:total]
        src, dst = (pair[0], tcp[0:2]), (pair[1], tcp[2:4])
        key = (protocol, min(src, dst), max(src, dst))
        first.setdefault(key, src)
        payload = tcp[8:] if protocol == 17 else tcp[(tcp[12] >> 4) * 4:]
        if payload:
            yield key, 0 if first[key] == src else 1, payload


def capture():
    for name, raw, _ in captures():
        if len(raw) <= LARGEST:
            yield name, b"\x00" + raw
    for name, raw, octets in captures():
        yield name + "-head", b"\x02" + octets[:2000]
        yield name + "-gz", b"\x00" + gzip.compress(octets[:1000]) + gzip.compress(octets[1000:2000])
        packed = [subprocess.run(["zstd", "-q", "-c"], input=part, stdout=subprocess.PIPE, check=False).stdout
                  for part in (octets[:1000], octets[1000:2000])] if shutil.which("zstd") else []
        yield name + "-zst", b"\x00" + b"".join(packed)
    for magic in (0xa1b2cd34, 0x1c0001ac, 0xa1b2c3d4):  # libpcap's readers: modified headers, an old version
        head = struct.pack("<IHHIIII", magic, 2, 3 if magic == 0xa1b2c3d4 else 4, 0, 0, 65535, 1)
        yield f"rare-{magic:x}", b"\x00" + head + struct.pack("<IIIIIHBBI", 1700000000, 1, 40, 40, 0, 8, 0, 0, 0) * 4


def decode():
    for name, _, octets in captures():
        out = b""
        for link, frame in frames(octets):
            choice = {1: 0, 101: 3, 113: 7, 276: 8}.get(link, 0)
            out += bytes([choice, 0]) + struct.pack(">H", len(frame)) + frame
            if len(out) > 4000:
                break
        if out:
            yield name, out
    yield from tunnels()


def inside(ip, kind):
    """an IPv4 packet, and what stands before it in a tunnel of this kind: (IP protocol or Ethernet type, octets)"""
    frame = bytes(12) + b"\x08\x00" + ip
    ppp = b"\x00\x21" + ip
    udp = {"vxlan": (4789, b"\x08\0\0\0\0\0\x07\0" + frame), "geneve": (6081, b"\x01\0\x65\x58\0\0\x07\0\1\2\0\0" + frame),
           "gtp-u": (2152, b"\x34\xff" + struct.pack(">H", len(ip) + 8) + b"\0\0\0\7\0\0\0\xc0\1\0\7\0" + ip)}
    if kind in udp:
        port, octets = udp[kind]
        return 17, struct.pack(">HHHH", port, port, 8 + len(octets), 0) + octets
    return {"ip": (4, ip), "gre": (47, b"\x30\0\x08\0\0\0\0\7\0\0\0\1" + ip), "bridged": (47, b"\0\0\x65\x58" + frame),
            "pptp": (47, b"\x30\x81\x88\x0b" + struct.pack(">H", len(ppp)) + b"\0\7\0\0\0\1\0\0\0\1" + ppp),
            "erspan-1": (47, b"\0\0\x88\xbe" + frame), "erspan-2": (47, b"\x10\0\x88\xbe\0\0\0\1\x10\7\0\7\0\0\0\0" + frame),
            "erspan-3": (47, b"\x10\0\x22\xeb\0\0\0\1\x20\7\0\7" + bytes(7) + b"\1" + bytes(8) + frame),
            "mpls": (0x8847, b"\0\1\0\x40\0\1\1\x40" + ip), "pseudowire": (0x8847, b"\0\1\1\x40\0\0\0\0" + frame),
            "pppoe": (0x8864, b"\x11\0\0\7" + struct.pack(">H", len(ppp)) + ppp)}[kind]


TUNNELS = ("ip", "gre", "bridged", "pptp", "erspan-1", "erspan-2", "erspan-3", "vxlan", "geneve", "gtp-u", "mpls", "pseudowire", "pppoe")


def carried(ip, kind):
    """the frame of the tunnel around an IPv4 packet"""
    kind, octets = inside(ip, kind)
    if kind < 256:
        octets = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(octets), 0, 64, kind, 0) + b"\xc6\x33\x64\1\xc6\x33\x64\2" + octets
        kind = 0x800
    return b"\2\0\0\0\0\1\2\0\0\0\0\2" + struct.pack(">H", kind) + octets


def tunnels():
    """each kind of tunnel, and each in each, around an IPv4 packet, whole and as fragments"""
    ip = next(frame[14:] for _, _, octets in captures() for link, frame in frames(octets) if link == 1 and frame[12:15] == b"\x08\0\x45")
    ip = ip[:struct.unpack_from(">H", ip, 2)[0]]
    data = ip[20:] + bytes(-len(ip) % 8 + 16)
    parts = [ip[:6] + b"\x20\0" + ip[8:20] + data[:16], ip[:6] + b"\0\2" + ip[8:20] + data[16:]]
    parts = [p[:2] + struct.pack(">H", len(p)) + p[4:] for p in parts]
    for kind in TUNNELS:
        out = b""
        for packet in [ip] + parts + [carried(ip, other)[14:] for other in TUNNELS if carried(ip, other)[12:14] == b"\x08\0"]:
            frame = carried(packet, kind)
            out += bytes([0, 0]) + struct.pack(">H", len(frame)) + frame
        yield "tunnel-" + kind, out


def dissect():
    for name, _, octets in captures():
        flows = {}
        for key, direction, payload in segments(octets):
            flows.setdefault(key, []).append((direction, payload))
        for i, (key, parts) in enumerate(sorted(flows.items())[:12]):
            for shape, op in (("whole", 0), ("split", 2)):
                if key[0] == 17 and op:
                    continue
                # a start that was seen; datagrams on CoAP's port
                out = bytes([2 | DISSECTORS.index("coap") << 2 if key[0] == 17 else 1])
                for direction, payload in parts:
                    out += bytes([op | direction]) + struct.pack(">H", len(payload)) + payload
                    if len(out) > 6000:
                        break
                yield f"{name}-{i}-{shape}", out


def rules():
    for path in sorted(glob.glob(os.path.join(ROOT, "rules", "*.rules"))):
        with open(path, "rb") as f:
            lines = [line for line in f.read().split(b"\n") if line and not line.startswith(b"#")]
        for i, line in enumerate(lines):
            yield f"{os.path.basename(path)}-{i}", line


def main():
    harness, folder = sys.argv[1], sys.argv[2]
    made = {"fuzz_capture": capture, "fuzz_decode": decode, "fuzz_dissect": dissect, "fuzz_message": dissect, "fuzz_rules": rules}.get(harness)
    for name, octets in made() if made else ():
        path = os.path.join(folder, "seed-" + name)
        if len(octets) <= LARGEST and not os.path.exists(path):
            with open(path, "wb") as f:
                f.write(octets)


if __name__ == "__main__":
    main()
