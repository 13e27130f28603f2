# SPDX-License-Identifier: BSD-3-Clause
"""Tunnels as a SPAN port between their ends sees them: each function puts one around an Ethernet frame, in either direction. The
receiver of a case (wire.py, kernel.py) gets the frame itself: somebody has opened the tunnel before. Built by hand from the RFCs."""
import struct

from wire import HARDWARE, checksum

NEAR, FAR = bytes((198, 51, 100, 1)), bytes((198, 51, 100, 2))
MACS = (b"\x02\0\0\0\0\x0a", b"\x02\0\0\0\0\x0b")


def back(frame):
    """is it the receiver's answer?"""
    return frame[:6] != HARDWARE


def ethernet(frame, kind, payload):
    """what carries crosses between two other machines"""
    ends = MACS if back(frame) else MACS[::-1]
    return ends[0] + ends[1] + struct.pack("!H", kind) + payload


def outer(frame, proto, payload, more=0, offset=0, ident=0):
    src, dst = (FAR, NEAR) if back(frame) else (NEAR, FAR)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, more << 13 | offset // 8, 64, proto, 0, src, dst)
    return ethernet(frame, 0x800, head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload)


def udp(frame, port, payload):
    return outer(frame, 17, struct.pack("!HHHH", 40000, port, 8 + len(payload), 0) + payload)


def vlan(frame):
    return [frame[:12] + b"\x81\0\0\x07" + frame[12:]]


def qinq(frame):
    return [frame[:12] + b"\x88\xa8\0\x07\x81\0\0\x08" + frame[12:]]


def gre(frame, key=7):
    """with checksum, key and sequence number"""
    packet = b"\xb0\0" + frame[12:14] + bytes(4) + struct.pack("!II", key, 1) + frame[14:]
    return [outer(frame, 47, packet[:4] + struct.pack("!H", checksum(packet)) + packet[6:])]


def gre_of_others(frame):
    return gre(frame, 8)


def erspan(frame):
    return [outer(frame, 47, b"\x10\0\x88\xbe\0\0\0\1\x10\0\0\7\0\0\0\0" + frame)]


def vxlan(frame):
    return [udp(frame, 4789, b"\x08\0\0\0\0\0\x07\0" + frame)]


def gtpu(frame):
    """each direction has its own number"""
    ip = frame[14:]
    return [udp(frame, 2152, b"\x32\xff" + struct.pack("!HI", 4 + len(ip), 7 + back(frame)) + bytes(4) + ip)]


def ipip(frame):
    return [outer(frame, 4 if frame[12:14] == b"\x08\0" else 41, frame[14:])]


def pppoe(frame):
    ppp = (b"\0\x21" if frame[12:14] == b"\x08\0" else b"\0\x57") + frame[14:]
    return [frame[:12] + b"\x88\x64\x11\0\0\7" + struct.pack("!H", len(ppp)) + ppp]


def mpls(frame):
    """two labels; those of the other direction are others"""
    label = 20 + back(frame)
    return [frame[:12] + b"\x88\x47" + struct.pack("!II", label << 12 | 64, label + 10 << 12 | 256 | 64) + frame[14:]]


def pseudowire(frame):
    return [ethernet(frame, 0x8847, struct.pack("!II", 20 << 12 | 256 | 64, 0) + frame)]


def nested(frame):
    """six within one another"""
    for tunnel in (gtpu, gre, vxlan, ipip, pppoe, pseudowire):
        macs = frame[:12]
        frame = macs + tunnel(frame)[0][12:] if tunnel is not pseudowire else tunnel(frame)[0]
        frame = frame if tunnel is pseudowire else macs + frame[12:]
    return [frame]


def in_fragments(frame):
    """VXLAN, the carrying packet in pieces of 48 octets"""
    whole = vxlan(frame)[0][34:]
    ident = checksum(frame)
    return [outer(frame, 17, whole[i:i + 48], int(i + 48 < len(whole)), i, ident) for i in range(0, len(whole), 48)]
