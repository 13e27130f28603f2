# SPDX-License-Identifier: BSD-3-Clause
"""The Internet checksum (RFC 1071), for every script that writes packets."""
import struct


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
