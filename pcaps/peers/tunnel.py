#!/usr/bin/env python3
"""tunnel.py KIND LOCAL REMOTE INNER - one end of a tunnel where the kernel has none: packets of a TUN device (address INNER) go into gre,
ipip, mpls or pppoe to the other end, and back. The TCP inside is the kernel's. Prints "tunnel ready"; ends when it is told to."""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
GRE_KEY = b"\x20\0\x08\0\0\0\0\x4d"


def wrap(kind, packet, near):
    """what is put before the packet; labels are the sender's, the session is both ends'"""
    if kind == "gre":
        return GRE_KEY + packet
    if kind == "mpls":
        return struct.pack("!II", (100 + near) << 12 | 64, (200 + near) << 12 | 256 | 64) + packet
    if kind == "pppoe":
        return b"\x11\0\0\x07" + struct.pack("!HH", 2 + len(packet), 0x21) + packet
    return packet


def main():
    kind, local, remote, inner = sys.argv[1:]
    near = int(local.rsplit(".", 1)[1])
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun-" + kind.encode(), IFF_TUN | IFF_NO_PI))
    for words in (["address", "add", inner + "/24", "dev", "tun-" + kind], ["link", "set", "tun-" + kind, "mtu", "1400", "up"]):
        subprocess.run(["ip", *words], check=True)
    header = {"gre": 8, "ipip": 0, "mpls": 8, "pppoe": 8}[kind]
    ether = {"mpls": 0x8847, "pppoe": 0x8864}.get(kind)
    if ether:
        line = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ether))
        line.bind(("eth0", ether))
        peer = open("/sys/class/net/eth0/address", encoding="ascii").read().strip()
        mac = bytes.fromhex(peer.replace(":", ""))
        to = ("eth0", ether, 0, 0, mac[:5] + bytes((3 - mac[5],)))  # the two ends are ...:01 and ...:02
    else:
        line = socket.socket(socket.AF_INET, socket.SOCK_RAW, {"gre": 47, "ipip": 4}[kind])
        line.bind((local, 0))
        to = (remote, 0)
    print("tunnel ready", flush=True)
    while True:
        for ready in select.select([tun, line], [], [])[0]:
            if ready is tun:
                packet = os.read(tun, 2000)
                if packet[0] >> 4 == 4:
                    line.sendto(wrap(kind, packet, near), to)
                continue
            octets, sender = line.recvfrom(2000)
            if ether and sender[2] == socket.PACKET_OUTGOING:
                continue
            octets = octets if ether else octets[(octets[0] & 15) * 4:]
            packet = octets[header:]
            os.write(tun, packet[:struct.unpack_from("!H", packet, 2)[0]])


main()
