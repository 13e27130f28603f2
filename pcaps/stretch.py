#!/usr/bin/env python3
"""Move the exchanges of a capture that was recorded fast to their scheduled times.

    stretch.py [--port 1883] [--per-connection] SCHEDULE IN.pcap OUT.pcap

SCHEDULE has one line per exchange of a device: its address, a tab, the time in microseconds since
1970, and columns that are not for this program. An exchange keeps its inner spacing and moves as a
whole. It is a PUBLISH and everything up to the next PUBLISH of that device, where each device has
one long connection (what comes before its first PUBLISH moves to LEAD_US before it); or a whole
connection, where a device connects for each reading (--per-connection). Only times and the order
of packets change, never a byte of a packet. Standard library only.
"""

import argparse
import socket
import struct
import sys
from collections import defaultdict

LEAD_US = 2_000_000
PUBLISH = 3
ETHERNET = 1


def fail(text):
    sys.exit(f"stretch.py: {text}")


def read_pcap(path):
    """Yield (time in microseconds, packet bytes) of a classic pcap, either byte order, us or ns."""
    with open(path, "rb") as file:
        blob = file.read()
    magics = {0xA1B2C3D4: 1, 0xA1B23C4D: 1000}
    for order in "<>":
        if len(blob) >= 24 and struct.unpack_from(order + "I", blob)[0] in magics:
            divisor = magics[struct.unpack_from(order + "I", blob)[0]]
            break
    else:
        fail(f"{path}: not a pcap file")
    if struct.unpack_from(order + "I", blob, 20)[0] != ETHERNET:
        fail(f"{path}: only Ethernet captures can be stretched")
    position = 24
    while position < len(blob):
        if len(blob) - position < 16:
            fail(f"{path}: cut at byte {position}")
        seconds, fraction, kept, wire = struct.unpack_from(order + "IIII", blob, position)
        if kept != wire or len(blob) - position - 16 < kept:
            fail(f"{path}: incomplete packet at byte {position}")
        yield seconds * 1_000_000 + fraction // divisor, blob[position + 16 : position + 16 + kept]
        position += 16 + kept


def write_pcap(path, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET))
        for when, packet in packets:
            seconds, micros = divmod(when, 1_000_000)
            file.write(struct.pack("<IIII", seconds, micros, len(packet), len(packet)))
            file.write(packet)


def tcp_of(packet):
    """Return (source, source port, destination, destination port, payload) of IPv4 TCP, or None."""
    if len(packet) < 34 or packet[12:14] != b"\x08\x00" or packet[14] >> 4 != 4 or packet[23] != 6:
        return None
    total = struct.unpack_from(">H", packet, 16)[0]
    tcp = 14 + (packet[14] & 15) * 4
    source_port, target_port = struct.unpack_from(">HH", packet, tcp)
    payload = packet[tcp + (packet[tcp + 12] >> 4) * 4 : 14 + total]
    return (socket.inet_ntoa(packet[26:30]), source_port, socket.inet_ntoa(packet[30:34]),
            target_port, payload)


def is_one_publish(payload):
    """True for a segment that holds exactly one PUBLISH (MQTT 3.1.1, 2.2.3 for the length)."""
    if len(payload) < 2 or payload[0] >> 4 != PUBLISH:
        return False
    length = shift = 0
    for index in range(1, min(5, len(payload))):
        length |= (payload[index] & 127) << shift
        shift += 7
        if payload[index] < 128:
            return index + 1 + length == len(payload)
    return False


def read_schedule(path):
    schedule = defaultdict(list)
    with open(path, encoding="ascii") as file:
        for line in file:
            columns = line.rstrip("\n").split("\t")
            schedule[columns[0]].append(int(columns[1]))
    return schedule


def segments_of(path, port):
    """Yield (client address, client port, payload sent by the client, (time, packet))."""
    for when, packet in read_pcap(path):
        segment = tcp_of(packet)
        if segment is None:
            fail(f"{path}: a packet that is not IPv4 TCP; record with a filter")
        source, source_port, target, target_port, payload = segment
        if target_port == port:
            yield source, source_port, payload, (when, packet)
        else:
            yield target, target_port, b"", (when, packet)


def publishes_of(path, port):
    """Return {client: [opening, exchange, …]}; each is a list of (time, packet)."""
    connections = {}
    exchanges = defaultdict(lambda: [[]])
    for client, client_port, payload, item in segments_of(path, port):
        if connections.setdefault(client, client_port) != client_port:
            fail(f"{client} made a second connection; record again")
        if is_one_publish(payload):
            exchanges[client].append([])
        elif payload and len(exchanges[client]) > 1:
            fail(f"{client}: a segment after the first PUBLISH is not one PUBLISH; record again")
        exchanges[client][-1].append(item)
    return exchanges


def connections_of(path, port):
    """Return {client: [connection, …]} in the order of their first packets."""
    connections = defaultdict(dict)
    for client, client_port, _, item in segments_of(path, port):
        connections[client].setdefault(client_port, []).append(item)
    return {client: list(ports.values()) for client, ports in connections.items()}


def stretch(schedule, exchanges):
    for client, groups in exchanges.items():
        starts = schedule.get(client, [])
        if len(starts) != len(groups):
            fail(f"{client}: {len(groups)} exchanges recorded, {len(starts)} scheduled")
        for index, (start, group) in enumerate(zip(starts, groups)):
            end = start + group[-1][0] - group[0][0]
            if index + 1 < len(starts) and end >= starts[index + 1]:
                fail(f"{client}: exchange {index} would overlap the next one")
            for when, packet in group:
                yield start + when - group[0][0], packet


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("schedule")
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--per-connection", action="store_true")
    options = parser.parse_args()
    schedule = read_schedule(options.schedule)
    if options.per_connection:
        exchanges = connections_of(options.source, options.port)
    else:
        exchanges = publishes_of(options.source, options.port)
        schedule = {client: [times[0] - LEAD_US] + times for client, times in schedule.items()}
    missing = set(schedule) - set(exchanges)
    if missing:
        fail(f"no packet of {', '.join(sorted(missing))}; record again")
    write_pcap(options.target, sorted(stretch(schedule, exchanges), key=lambda item: item[0]))


if __name__ == "__main__":
    main()
