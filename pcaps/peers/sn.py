#!/usr/bin/env python3
"""sn.py gateway ADDRESS PORT | client OWN-ADDRESS ADDRESS PORT - a small MQTT-SN 1.2 gateway with its own topics, and clients that use
all of it: search, will, registration, every quality, short and predefined topics, sleep, a forwarder. No program of a distribution
speaks MQTT-SN, so both ends are ours, written after the specification; tshark is the judge of the capture."""
import socket
import struct
import sys
import time

ADVERTISE, SEARCHGW, GWINFO, CONNECT, CONNACK, WILLTOPICREQ, WILLTOPIC, WILLMSGREQ, WILLMSG = 0, 1, 2, 4, 5, 6, 7, 8, 9
REGISTER, REGACK, PUBLISH, PUBACK, PUBCOMP, PUBREC, PUBREL = 10, 11, 12, 13, 14, 15, 16
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = 18, 19, 20, 21, 22, 23, 24
WILLTOPICUPD, WILLTOPICRESP, WILLMSGUPD, WILLMSGRESP = 26, 27, 28, 29


def pack(kind, *parts):
    body = b"".join(p if isinstance(p, bytes) else p.encode() for p in parts)
    n = len(body) + 2
    return bytes((n, kind)) + body if n < 256 else struct.pack(">BHB", 1, n + 2, kind) + body


def unpack(data):
    """(what a forwarder put before it, kind, body)"""
    around = b""
    while data[1] == 0xfe:
        around, data = around + data[:data[0]], data[data[0]:]
    return (around, data[3], data[4:]) if data[0] == 1 else (around, data[1], data[2:])


class Gateway:
    def __init__(self, address, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.ids, self.wanted, self.asleep, self.kept, self.number = {}, {}, set(), {}, 900

    def id_of(self, topic):
        return self.ids.setdefault(topic, len(self.ids) + 1)

    def publish(self, flags, topic, payload):
        for (peer, around), (want, kind, number) in list(self.wanted.items()):
            if want != topic and not (want.endswith("#") and topic.startswith(want[:-1])):
                continue
            self.number += 2
            parts = [pack(REGISTER, struct.pack(">HH", self.id_of(topic), self.number), topic)] if want.endswith("#") else []
            number = struct.pack(">H", self.id_of(topic)) if kind == 0 else number
            parts.append(pack(PUBLISH, bytes((flags & 0x60 | kind,)), number, struct.pack(">H", self.number + 1 if flags & 0x60 else 0), payload))
            if peer in self.asleep:
                self.kept.setdefault(peer, []).extend(parts)
                continue
            for part in parts:
                self.socket.sendto(around + part, peer)

    def answer(self, peer, around, kind, body):
        def say(*parts):
            self.socket.sendto(around + pack(*parts), peer)
        if kind == SEARCHGW:
            say(GWINFO, b"\x01")
        elif kind == CONNECT:
            self.asleep.discard(peer)
            say(WILLTOPICREQ) if body[0] & 8 else say(CONNACK, b"\x00" if body[4:] != b"stranger" else b"\x03")
        elif kind == WILLTOPIC:
            say(WILLMSGREQ)
        elif kind == WILLMSG:
            say(CONNACK, b"\x00")
        elif kind == REGISTER:
            say(REGACK, struct.pack(">H", self.id_of(body[4:].decode())), body[2:4], b"\x00")
        elif kind == PUBLISH:
            flags, number = body[0], body[1:3]
            known = {v: k for k, v in self.ids.items()}
            name = number.decode() if flags & 3 == 2 else "predefined" if flags & 3 == 1 else known.get(number[0] << 8 | number[1])
            if flags & 0x60 == 0x20 or not name:
                say(PUBACK, number, body[3:5], b"\x00" if name else b"\x02")
            elif flags & 0x60 == 0x40:
                say(PUBREC, body[3:5])
            if name:
                self.publish(flags & 0x20, name, body[5:])
        elif kind == PUBREL:
            say(PUBCOMP, body)
        elif kind == SUBSCRIBE:
            kinds, topic = body[0] & 3, body[3:]
            name = "predefined" if kinds == 1 else topic.decode()
            self.wanted[(peer, around)] = (name, kinds, topic)
            number = self.id_of(name) if kinds == 0 and not name.endswith("#") else 0
            say(SUBACK, bytes((body[0] & 0x60,)), struct.pack(">H", number), body[1:3], b"\x00")
        elif kind == UNSUBSCRIBE:
            self.wanted.pop((peer, around), None)
            say(UNSUBACK, body[1:3])
        elif kind == PINGREQ:
            for part in self.kept.pop(peer, []):
                self.socket.sendto(around + part, peer)
            say(PINGRESP)
        elif kind == DISCONNECT:
            if body:
                self.asleep.add(peer)
            say(DISCONNECT)
        elif kind in (WILLTOPICUPD, WILLMSGUPD):
            say(kind + 1, b"\x00")

    def run(self):
        print("gateway ready", flush=True)
        while True:
            data, peer = self.socket.recvfrom(65535)
            self.answer(peer, *unpack(data))


class Client:
    def __init__(self, own, address, port, around=b""):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((own, 0))
        self.socket.settimeout(0.3)
        self.peer, self.around = (address, port), around

    def say(self, *parts):
        """Sends, and returns (kind, body) of all that comes back."""
        self.socket.sendto(self.around + pack(*parts), self.peer)
        got = []
        try:
            while True:
                _, kind, body = unpack(self.socket.recvfrom(65535)[0])
                got.append((kind, body))
                if kind == REGISTER:
                    self.socket.sendto(self.around + pack(REGACK, body[:4], b"\x00"), self.peer)
                elif kind == PUBLISH and body[0] & 0x60 == 0x20:
                    self.socket.sendto(self.around + pack(PUBACK, body[1:5], b"\x00"), self.peer)
        except socket.timeout:
            return got


def connect(client, name, flags=4, seconds=60):
    client.say(CONNECT, bytes((flags, 1)), struct.pack(">H", seconds), name)


def clients(own, address, port):
    reader, meter, pump = (Client(own, address, port) for _ in range(3))
    reader.say(SEARCHGW, b"\x01")
    connect(reader, "reader")
    reader.say(SUBSCRIBE, b"\x20\x00\x01", "meter/#")
    connect(meter, "meter-0417", 0x0c)
    meter.say(WILLTOPIC, b"\x30", "meter/0417/gone")
    meter.say(WILLMSG, "lost")
    (_, body), *_ = meter.say(REGISTER, b"\x00\x00\x00\x01", "meter/0417/energy")
    number = body[:2]
    for qos, text in ((0, "1.5 kWh"), (0x20, "1.6 kWh"), (0x40, "1.7 kWh")):
        meter.say(PUBLISH, bytes((qos,)), number, struct.pack(">H", qos >> 4), text)
        if qos == 0x40:
            meter.say(PUBREL, b"\x00\x04")
    meter.say(PUBLISH, b"\x20", number, b"\x00\x09", "x" * 300)
    meter.say(PUBLISH, b"\x20\x00\x63\x00\x0a", "to nobody's number")
    meter.say(WILLTOPICUPD, b"\x10", "meter/0417/lost")
    meter.say(WILLMSGUPD, "gone for good")
    connect(pump, "pump-07")
    pump.say(SUBSCRIBE, b"\x02\x00\x02", "pc")
    pump.say(SUBSCRIBE, b"\x01\x00\x03\x00\x07")
    pump.say(SUBSCRIBE, b"\x20\x00\x04", "pump/7/run")
    pump.say(DISCONNECT, struct.pack(">H", 600))
    meter.say(REGISTER, b"\x00\x00\x00\x0b", "pump/7/run")
    meter.say(PUBLISH, b"\x20\x00\x02\x00\x0c", "on")
    pump.say(PINGREQ, "pump-07")
    pump.say(UNSUBSCRIBE, b"\x00\x00\x05", "pump/7/run")
    Client(own, address, port).say(PUBLISH, b"\x62", "al", b"\x00\x00", "door open")
    connect(Client(own, address, port), "stranger")
    hidden = Client(own, address, port, b"\x05\xfe\x01\x00\x2a")
    connect(hidden, "valve-2")
    hidden.say(REGISTER, b"\x00\x00\x00\x01", "valve/2")
    hidden.say(PUBLISH, b"\x20\x00\x03\x00\x02", "shut")
    hidden.say(DISCONNECT)
    meter.say(DISCONNECT)
    reader.say(DISCONNECT)
    time.sleep(0.1)


if __name__ == "__main__":
    if sys.argv[1] == "gateway":
        Gateway(sys.argv[2], int(sys.argv[3])).run()
    clients(sys.argv[2], sys.argv[3], int(sys.argv[4]))
