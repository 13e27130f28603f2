# SPDX-License-Identifier: BSD-3-Clause
"""The kernel as the receiver: a TAP device in a network namespace of its own, a listening application behind the kernel's stack, and
Player, which plays a case (cases.py) to it. What the application read is the truth. The capture holds both directions as they crossed
the device. Touches nothing outside the namespace, which ends with the process.

A frame that is written to the device goes through the stack before write() returns, and the answers are on the device by then; the
application reads whatever there is after each frame. So nothing waits, and nothing depends on the clock but the kernel's delayed
acknowledgements, which the application switches off."""
import ctypes
import fcntl
import os
import socket
import struct
import time

from wire import HARDWARE, SERVER4, SERVER6, Wire

NEW_NET, NEW_USER = 0x40000000, 0x10000000
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000
SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFHWADDR, SIOCGIFINDEX = 0x8914, 0x8916, 0x891C, 0x8924, 0x8933
IFF_UP, IFF_RUNNING, IFF_NOARP, IFF_MULTICAST = 1, 0x40, 0x80, 0x1000
ETHERNET = 1


class Unavailable(Exception):
    """this machine lets us play to no kernel"""


def enter_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NET) != 0 and libc.unshare(NEW_NET | NEW_USER) != 0:
        raise Unavailable("no network namespace: " + os.strerror(ctypes.get_errno()))


def make_device():
    """a TAP device that is up and has the receiver's addresses; it asks nobody for a hardware address"""
    try:
        tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"tap0", IFF_TAP | IFF_NO_PI))
    except OSError as e:
        raise Unavailable(f"no TAP device: {e.strerror}") from e
    for name in ("conf/tap0/accept_dad", "conf/tap0/autoconf", "conf/tap0/router_solicitations"):
        try:
            with open("/proc/sys/net/ipv6/" + name, "w", encoding="ascii") as f:
                f.write("0")
        except OSError as e:
            raise Unavailable(f"no IPv6: {e.strerror}") from e
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        def set_up(what, value):
            fcntl.ioctl(s, what, struct.pack("16s24s", b"tap0", value))
        set_up(SIOCSIFHWADDR, struct.pack("H6s", ETHERNET, HARDWARE))
        set_up(SIOCSIFADDR, struct.pack("HH4s", socket.AF_INET, 0, SERVER4))
        set_up(SIOCSIFNETMASK, struct.pack("HH4s", socket.AF_INET, 0, bytes((255, 255, 0, 0))))
        set_up(SIOCSIFFLAGS, struct.pack("H", IFF_UP | IFF_RUNNING | IFF_NOARP | IFF_MULTICAST))
        index = struct.unpack("16si", fcntl.ioctl(s, SIOCGIFINDEX, struct.pack("16si20x", b"tap0", 0))[:20])[1]
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFADDR, struct.pack("16sIi", SERVER6, 64, index))
        await_address(s)
    return tap


def await_address(s):
    """the kernel makes an address usable when it gets round to it"""
    for _ in range(200):
        try:
            s.bind((socket.inet_ntop(socket.AF_INET6, SERVER6), 0))
            return
        except OSError:
            time.sleep(0.01)
    raise Unavailable("the IPv6 address of the device does not become usable")


class Application:
    """What listens: keeps the octets that it reads, connection after connection, and writes what the case tells it to."""

    def __init__(self, version, port):
        family = socket.AF_INET6 if version == 6 else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((socket.inet_ntop(family, SERVER6 if version == 6 else SERVER4), port))
        self.listener.listen(8)
        self.listener.setblocking(False)
        self.open = None
        self.octets = self.written = b""

    def step(self):
        """reads what there is; true when anything happened"""
        moved = False
        if self.open is None:
            try:
                self.open, _ = self.listener.accept()
            except BlockingIOError:
                return False
            self.open.setblocking(False)
            moved = True
        while self.open:
            try:
                data = self.open.recv(65536)
                self.open.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            except BlockingIOError:
                break
            except ConnectionError:
                data = b""
            moved = True
            self.octets += data
            if not data:
                self.open.close()
                self.open = None
        return moved

    def write(self, data):
        if self.open:
            self.open.send(data)
            self.written += data

    def close(self):
        for s in (self.open, self.listener):
            if s:
                s.close()


class Player(Wire):
    """A Wire whose receiver is the kernel."""

    def __init__(self, tap, *args, **how):
        super().__init__(*args, **how)
        self.tap, self.application = tap, Application(self.version, self.port)
        self.acked = self.snd  # by the kernel
        self.drain()
        self.begun = True

    begun = False

    def ours(self, frame):
        """the transport part of a frame that the receiver sent to this client, with its protocol; or None"""
        if frame[12:14] == b"\x08\x00" and frame[30:34] == self.client4:
            return frame[23], frame[14 + (frame[14] & 15) * 4:14 + int.from_bytes(frame[16:18], "big")]
        if frame[12:14] == b"\x86\xdd" and frame[38:54] == self.client6:
            return frame[20], frame[54:]
        return None

    def drain(self):
        """takes what the kernel sent; true when there was anything"""
        some = False
        while True:
            try:
                frame = os.read(self.tap, 70000)
            except BlockingIOError:
                return some
            packet = self.ours(frame) if self.begun else None
            if packet:
                some = True
                self.record(frame)
                if packet[0] == 6:
                    self.heard(packet[1])

    def heard(self, segment):
        """where the kernel's own octets are, by each of its segments"""
        sport, dport, seq, ack, words, flags = struct.unpack("!HHIIBB", segment[:14])
        if (sport, dport) != (self.port, self.sport) or flags & 4:
            return
        end = (seq + len(segment) - (words >> 4) * 4 + (flags & 1) + (flags >> 1 & 1)) & 0xFFFFFFFF
        if flags & 2 or (end - self.rcv) & 0xFFFFFFFF < 1 << 31:
            self.rcv = end
        if flags & 16:
            self.acked = ack

    def pump(self):
        for _ in range(100):
            if not (self.application.step() | self.drain()):
                break

    def frame(self, ip):
        super().frame(ip)
        os.write(self.tap, self.ethernet(ip))
        self.pump()

    # ---- the receiver says itself what there is to say
    def ack(self):
        self.pump()

    def synack(self, flags=0, opts=None):
        self.pump()

    def refusal(self, number):
        self.pump()

    def finished(self):
        self.pump()

    def said(self, data):
        self.application.write(data)
        self.pump()

    def over(self):
        """the truth: what the application read, and what it wrote"""
        self.pump()
        self.application.close()
        self.drain()
        return self.application.octets, self.application.written
