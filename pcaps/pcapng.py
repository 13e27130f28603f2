#!/usr/bin/env python3
"""Write a classic pcap (little-endian, microseconds) again as pcapng: pcapng.py IN OUT INTERFACE.

One section, one interface, one Enhanced Packet Block per packet (draft-ietf-opsawg-pcapng 4.1-4.3).
The options name the interface and its resolution, and nothing about the machine. Standard library
only.
"""

import struct
import sys


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body):
    total = 12 + len(body)
    return struct.pack("<II", kind, total) + body + struct.pack("<I", total)


def main():
    source, target, interface = sys.argv[1:]
    with open(source, "rb") as file:
        blob = file.read()
    magic, _, _, _, _, snaplen, link = struct.unpack_from("<IHHiIII", blob)
    if magic != 0xA1B2C3D4:
        sys.exit(f"pcapng.py: {source}: not a little-endian pcap with microseconds")
    blocks = [
        block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(1, struct.pack("<HHI", link, 0, snaplen) + option(2, interface.encode("ascii"))
              + option(9, b"\x06") + option(0, b"")),
    ]
    position = 24
    while position < len(blob):
        seconds, micros, kept, wire = struct.unpack_from("<IIII", blob, position)
        packet = blob[position + 16 : position + 16 + kept]
        high, low = divmod(seconds * 1_000_000 + micros, 1 << 32)
        blocks.append(block(6, struct.pack("<IIIII", 0, high, low, kept, wire)
                            + packet + bytes(-kept % 4)))
        position += 16 + kept
    with open(target, "wb") as file:
        file.write(b"".join(blocks))


if __name__ == "__main__":
    main()
