# SPDX-License-Identifier: BSD-3-Clause
"""The evasion matrix: each case is one MQTT session that carries a marker (EVILMARK where a receiver is meant to be reached,
GOODBYE! where the receiver keeps harmless octets), sent so that a careless observer reads something else than the receiver.

Two variants: the marker in one segment (whole) and cut in its middle (split). What the receiver reads is not told here: kernel.py finds
out. Told are how a marker that was read is to be seen (message: in the payload of a PUBLISH; will; alias: of a PUBLISH whose topic only
its alias tells; stream: no message is ever complete; answer: in what the
server sends; hidden: the capture has no octets of the client), and `doubt`: what must be
reported because an observer of another kind would have read something else.

The sources of the shapes: Ptacek and Newsham 1998, fragroute, INTANG, SymTCP, Geneva, RFC 1858, 5722, 5961, 6946, 7323."""
import random
import struct

import tunnels
from wire import ACK, CWR, ECE, EVIL, FIN, GOOD, MD5, PSH, RST, SERVER4, SYN, URG
from wire import connack, connect, options, publish, varint

CASES = []


def case(name, seen="message", doubt="", **wire):
    def note(f):
        CASES.append((name, seen, doubt.split(), wire, f))
        return f
    return note


def swap(data):
    return data.replace(EVIL, GOOD)


# ---- controls
@case("001-control-evil")
def _(w):
    w.login()
    w.marker()


@case("002-control-good")
def _(w):
    w.login()
    w.marker(mark=GOOD)


# ---- IP fragments
def fragments(datagram, size):
    return [(i, datagram[i:i + size], i + size < len(datagram)) for i in range(0, len(datagram), size)]


def fragmented(w, build):
    """each segment of the marker as fragments that build yields: (offset, octets, more, further keywords)"""
    for at, part in w.parts(publish(EVIL)):
        ident = 5000 + at
        datagram = w.tcp(part)
        for piece in build(datagram, w.tcp(swap(part) if EVIL in part else b"?" * len(part)), ident):
            w.ip(piece[1], more=int(piece[2]), offset=piece[0], ident=piece[3].get("ident", ident) if len(piece) > 3 else ident,
                 proto=piece[3].get("proto", 6) if len(piece) > 3 else 6)
        w.snd += len(part)
        w.ack()
    w.close()


@case("010-frag-24B-inorder", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: fragments(d, 24))


@case("011-frag-8B-inorder", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: fragments(d, 8))


@case("012-frag-reversed", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: fragments(d, 8)[::-1])


@case("013-frag-dup-identical", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: [x for f in fragments(d, 8)[:-1] for x in (f, f)] + fragments(d, 8)[-1:])


@case("014-frag-overlap-evil-then-good", doubt="decoder.ipv4.frag_overlap stream.segment_in_fragments")
def _(w):
    w.login()
    # every inner fragment again with other octets before the last one comes: what was there stays
    fragmented(w, lambda d, g, i: fragments(d, 8)[:-1] + fragments(g, 8)[2:-1] + fragments(d, 8)[-1:])


@case("015-frag-overlap-good-then-evil", doubt="decoder.ipv4.frag_overlap stream.segment_in_fragments")
def _(w):
    w.login()
    data = publish(GOOD)
    evil = data.replace(GOOD, EVIL)
    for at, part in w.parts(data, GOOD):
        good = w.tcp(part)
        bad = w.tcp(evil[at:at + len(part)])
        # the receiver keeps the first ones; the sums of both datagrams are the receiver's: good's
        for f in fragments(good, 8)[:-1] + fragments(bad, 8)[2:-1] + fragments(good, 8)[-1:]:
            w.ip(f[1], more=int(f[2]), offset=f[0], ident=6000 + at)
        w.snd += len(part)
        w.ack()
    w.close()


@case("016-frag-tiny-tcp-header", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: [(0, d[:8], True), (8, d[8:16], True), (16, d[16:], False)])


@case("017-frag-hole-never-completes", doubt="decoder.ipv4.frag_tiny")
def _(w):
    w.login()
    data = publish(EVIL)
    for at, part in w.parts(data):
        f = fragments(w.tcp(part), 8)
        for x in f[:1] + f[2:]:
            w.ip(x[1], more=int(x[2]), offset=x[0], ident=7000 + at)
        w.snd += len(part)  # never acknowledged


@case("018-frag-id-reuse", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    for n, data in enumerate((publish(GOOD), publish(EVIL), publish(GOOD))):
        for at, part in w.parts(data):
            for f in fragments(w.tcp(part), 8):
                w.ip(f[1], more=int(f[2]), offset=f[0], ident=42)
            w.snd += len(part)
            w.ack()
    w.close()


@case("019-frag-wrong-proto-first", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments")
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: [(0, b"U" * 24, True, {"proto": 17})] + fragments(d, 24))


# ---- IPv4 insertion: a good copy in a datagram that the receiver drops, then the real one
def inserted(w, **how):
    for at, part in w.parts(publish(EVIL)):
        w.ip(w.tcp(b"x" * len(part)), **how)
        w.c(part)
    w.close()


def between(w, count, first):
    """fragments of other datagrams of the same sender, that nobody completes"""
    for i in range(count):
        w.ip(b"u" * 64, more=1, ident=first + i, proto=17)


@case("026-frag-63-others-between", doubt="stream.segment_in_fragments")
def _(w):
    w.login()
    for at, part in w.parts(publish(EVIL)):
        halves = fragments(w.tcp(part), 8)
        w.ip(b"".join(f[1] for f in halves[:2]), more=1, ident=5000 + at)
        between(w, 63, 20000 + 100 * at)
        w.ip(b"".join(f[1] for f in halves[2:]), offset=16, ident=5000 + at)
        w.snd += len(part)
        w.ack()
    w.close()


@case("027-frag-64-others-between", doubt="decoder.ipv4.frag_far")
def _(w):
    w.login()
    # with 64 the receiver has forgotten the first half (ipfrag_max_dist), so the datagram is never read
    for at, part in w.parts(publish(EVIL)):
        halves = fragments(w.tcp(b"x" * len(part)), 8)
        w.ip(b"".join(f[1] for f in halves[:2]), more=1, ident=5000 + at)
        between(w, 64, 20000 + 100 * at)
        w.ip(b"".join(f[1] for f in halves[2:]), offset=16, ident=5000 + at)
        w.c(part)
    w.close()


@case("020-ins-ip-bad-checksum", doubt="stream.pkt_invalid_checksum")
def _(w):
    w.login()
    inserted(w, sum_delta=1)


@case("021-ins-ip-version-5", doubt="decoder.ipv4.wrong_ip_version")
def _(w):
    w.login()
    inserted(w, version=5)


@case("022-ins-ip-total-length-too-long", doubt="decoder.ipv4.trunc_pkt")
def _(w):
    w.login()
    inserted(w, total=900)


@case("023-ip-options-lsrr", doubt="decoder.ipv4.opt_invalid")
def _(w):
    w.login()
    inserted(w, opts=b"\x83\x07\x04" + SERVER4 + b"\0")


@case("024-ip-options-bad-length", doubt="decoder.ipv4.opt_invalid_len")
def _(w):
    w.login()
    inserted(w, opts=b"\x07\x27\x04\0")


@case("025-ip-options-nop-legal")
def _(w):
    w.login()
    for at, part in w.parts(publish(EVIL)):
        w.ip(w.tcp(part), opts=b"\x01\x01\x01\0")
        w.snd += len(part)
        w.ack()
    w.close()


# ---- segmentation
def pieces_of(data, sizes):
    out, at = [], 0
    for n in sizes:
        out.append((at, data[at:at + n]))
        at += n
    return [p for p in out if p[1]]


def one_by_one(w, data):
    for i in range(len(data)):
        w.c(data[i:i + 1])


@case("030-tcp-1-byte-segments")
def _(w):
    w.login()
    one_by_one(w, publish(EVIL))
    w.close()


def backwards(w, data, n, mix=None):
    base = w.snd
    cut = [(i, data[i:i + n]) for i in range(0, len(data), n)]
    if mix:
        cut = cut + [mix.choice(cut) for _ in range(len(cut) // 2)]
        mix.shuffle(cut)
    else:
        cut = cut[::-1]
    have = set()
    for i, p in cut:
        w.send(p, seq=base + i)
        have.update(range(i, i + len(p)))
        w.snd = base + next((k for k in range(len(data)) if k not in have), len(data))
        w.ack()
    w.snd = base + len(data)


@case("031-tcp-reversed")
def _(w):
    w.login()
    backwards(w, publish(EVIL), 3 if w.variant == "split" else 15)
    w.close()


@case("032-tcp-interleaved-random")
def _(w):
    w.login()
    backwards(w, publish(b"pad" * 20 + EVIL + b"pad" * 20), 4 if w.variant == "split" else 24, random.Random(7))
    w.close()


@case("033-tcp-connect-1-byte-segments")
def _(w):
    w.handshake()
    one_by_one(w, connect())
    w.s(connack())
    w.marker()


@case("034-tcp-seq-wrap", isn=0xFFFFFFFF - 25)
def _(w):
    # the marker's octets lie around sequence number 0
    w.handshake()
    c = connect(client=b"p")
    w.c(c)
    w.s(connack())
    assert w.snd < 2 ** 32 < w.snd + len(publish(EVIL)), (w.snd - 2 ** 32)
    w.marker()


@case("035-tcp-bounds-split")
def _(w):
    w.handshake()
    for _, p in pieces_of(connect(), (1, 1, 2, 4, 1, 1, 2, 2, 5)):
        w.c(p)
    w.s(connack())
    for _, p in pieces_of(publish(EVIL), (1, 1, 2, 3, 4, 4) if w.variant == "split" else (1, 1, 2, 3, 8)):
        w.c(p)
    w.close()


# ---- overlaps
def body(mark):
    return publish(mark)


@case("040-ovl-full-good-then-evil", doubt="stream.reassembly_overlap_different_data")
def _(w):
    w.login()
    for at, part in w.parts(body(GOOD), GOOD):
        evil = body(EVIL)[at:at + len(part)]
        w.send(part)
        w.send(evil)
        w.snd += len(part)
        w.ack()
        w.ack()
    w.close()


@case("041-ovl-full-evil-then-good", doubt="stream.reassembly_overlap_different_data")
def _(w):
    w.login()
    for at, part in w.parts(body(EVIL)):
        good = body(GOOD)[at:at + len(part)]
        w.send(part)
        w.send(good)
        w.snd += len(part)
        w.ack()
        w.ack()
    w.close()


def out_of_order(w, first, second, late=None):
    """the tail twice, the hole filled last; second may start at another place: (offset, octets)"""
    base, data = w.snd, first[1]
    n = 7  # fixed header and topic
    for _, (at, part) in enumerate(w.parts(data[n:], EVIL if EVIL in data else GOOD)):
        w.send(part, seq=base + n + at)
        w.ack()
    for at, part in second:
        w.send(part, seq=base + at)
        w.ack()
    w.send(data[:n] if late is None else late, seq=base)
    w.snd = base + len(data)
    w.ack()
    w.close()


@case("042-ovl-ooo-good-then-evil", doubt="stream.reassembly_overlap_different_data")
def _(w):
    w.login()
    tail = body(EVIL)[7:]
    second = [(7, tail)] if w.variant == "whole" else [(7, tail[:4]), (11, tail[4:])]
    out_of_order(w, (0, body(GOOD)), second)


@case("043-ovl-ooo-evil-then-good", doubt="stream.reassembly_overlap_different_data")
def _(w):
    w.login()
    tail = body(GOOD)[7:]
    second = [(7, tail)] if w.variant == "whole" else [(7, tail[:4]), (11, tail[4:])]
    out_of_order(w, (0, body(EVIL)), second)


@case("044-ovl-ooo-starts-before", doubt="stream.reassembly_overlap_different_data")
def _(w):
    # queued: good octets; then a segment that begins before them and covers them: Linux takes the new one
    w.login()
    out_of_order(w, (0, body(GOOD)), [(5, body(EVIL)[5:])], late=body(EVIL)[:5])


@case("045-ovl-ooo-ends-after", doubt="stream.reassembly_overlap_different_data")
def _(w):
    # queued: good octets; a segment that begins inside and ends after them keeps only what lies behind
    w.login()
    data, evil = publish(GOOD + b"tail"), publish(EVIL + b"tail")
    base = w.snd
    for at, part in w.parts(data[6:15], GOOD):
        w.send(part, seq=base + 6 + at)
        w.ack()
    w.send(evil[7:], seq=base + 7)
    w.ack()
    w.send(data[:6], seq=base)
    w.snd = base + len(data)
    w.ack()
    w.close()


@case("046-ovl-head-overlap", doubt="stream.reassembly_overlap_different_data")
def _(w):
    # the filler of the hole reaches into queued octets: in order octets win, so evil when whole;
    # split: the first half is queued good and taken over, the second half of the queue stays good
    w.login()
    data, evil = body(GOOD), body(EVIL)
    base = w.snd
    for at, part in w.parts(data[7:], GOOD):
        w.send(part, seq=base + 7 + at)
        w.ack()
    w.send(evil[:11] if w.variant == "split" else evil, seq=base)
    w.snd = base + len(data)
    w.ack()
    w.close()


# ---- TCP insertion: octets in a segment that the receiver refuses, then the real ones
def refused(w, after=None, **how):
    for at, part in w.parts(publish(EVIL)):
        w.send(b"x" * len(part), **how)
        if after:
            after(w)
        w.c(part)
    w.close()


def challenge(w):
    w.ack()


@case("050-ins-tcp-bad-checksum", doubt="stream.pkt_invalid_checksum")
def _(w):
    w.login()
    refused(w, sum_delta=1)


@case("051-ins-tcp-no-flags", doubt="stream.pkt_broken_ack")
def _(w):
    w.login()
    refused(w, flags=0, ack=0)


@case("052-ins-tcp-no-ack-flag", doubt="stream.pkt_broken_ack")
def _(w):
    w.login()
    refused(w, flags=PSH, ack=0)


def stamped(w):
    w.ts = True
    w.clock = 500000
    w.login()


@case("053-ins-tcp-paws-old-timestamp", doubt="stream.pkt_invalid_timestamp")
def _(w):
    stamped(w)
    refused(w, after=challenge, ts=400000)


@case("054-ins-tcp-md5-option", doubt="stream.pkt_unexpected_signature")
def _(w):
    w.login()
    refused(w, opts=MD5)


@case("055-ins-tcp-dataofs-short", doubt="decoder.tcp.invalid_optlen")
def _(w):
    w.login()
    refused(w, offset_words=4)


@case("056-ins-tcp-dataofs-long", doubt="decoder.tcp.hlen_too_small")
def _(w):
    w.login()
    refused(w, offset_words=15)


@case("057-ins-tcp-ack-in-future", doubt="stream.pkt_invalid_ack")
def _(w):
    w.login()
    refused(w, after=challenge, ack=w.rcv + 100000)


@case("058-ins-tcp-syn-flag-in-window", doubt="stream.est_synack_toserver")
def _(w):
    w.login()
    refused(w, after=challenge, flags=SYN | ACK | PSH)


@case("059-ins-tcp-out-of-window", doubt="stream.reassembly_segment_before_base_seq")
def _(w):
    w.login()
    for at, part in w.parts(publish(EVIL)):
        w.send(b"x" * len(part), seq=w.snd - 100000)
        w.ack()
        w.c(part)
    w.close()


@case("060-keepalive-garbage-byte", doubt="stream.keepalive_octet")
def _(w):
    w.login()
    for at, part in w.parts(publish(EVIL)):
        w.send(b"Z", seq=w.snd - 1, flags=ACK)
        w.ack()
        w.c(part)
        w.send(b"Z", seq=w.snd - 1, flags=ACK)
        w.ack()
    w.close()


# ---- teardown and resynchronisation: a forged end that the receiver ignores, then the marker
def forged(w, after=None, **how):
    w.login()
    w.send(**how)
    if after:
        after(w)
    w.marker()


@case("070-rst-bad-checksum", doubt="stream.pkt_invalid_checksum")
def _(w):
    forged(w, flags=RST | ACK, sum_delta=1)


@case("071-rst-out-of-window", doubt="stream.rst_invalid_ack")
def _(w):
    w.login()
    w.send(flags=RST, seq=w.snd + 10_000_000, ack=0)
    w.marker()


@case("072-rst-in-window-not-exact", doubt="stream.rst_invalid_ack")
def _(w):
    w.login()
    w.send(flags=RST, seq=w.snd + 100, ack=0)
    w.ack()
    w.marker()


@case("073-rst-md5-option", doubt="stream.pkt_unexpected_signature")
def _(w):
    forged(w, flags=RST | ACK, opts=MD5)


@case("074-fin-out-of-window", doubt="stream.fin_out_of_window")
def _(w):
    w.login()
    w.send(flags=FIN | ACK, seq=w.snd + 10_000_000)
    w.ack()
    w.marker()


@case("075-fin-no-ack", doubt="stream.pkt_broken_ack")
def _(w):
    forged(w, flags=FIN, ack=0)


@case("076-syn-in-established-new-isn", doubt="stream.est_syn_resend_diff_seq")
def _(w):
    w.login()
    w.syn(seq=w.snd + 5_000_000)
    w.ack()
    w.marker()


@case("077-synack-from-client", doubt="stream.est_synack_toserver")
def _(w):
    w.login()
    w.send(flags=SYN | ACK, seq=w.snd + 5_000_000)
    w.ack()
    w.marker()


@case("078-rst-wrong-flags-fuzz", doubt="stream.rst_invalid_ack stream.pkt_invalid_flags")
def _(w):
    # every flag at once, with a number that is in the window but not the next: ignored
    w.login()
    w.send(flags=FIN | RST | ACK | PSH | URG | ECE | CWR, seq=w.snd + 50, urgent=9)
    w.ack()
    w.marker()


@case("079-rst-exact-then-same-ports", doubt="stream.syn_after_rst")
def _(w):
    w.login()
    w.send(flags=RST, ack=0)
    w.snd, w.rcv = 90_000_000, 80_000_000  # where the kernel begins anew, it says so itself
    w.login()
    w.marker()


@case("080-fin-then-missing-data")
def _(w):
    w.login()
    data, base = publish(EVIL), w.snd
    w.send(flags=FIN | ACK, seq=base + len(data))
    w.ack()
    for at, part in w.parts(data):
        w.send(part, seq=base + at)
        w.snd = base + at + len(part)
        if w.snd == base + len(data):
            w.snd += 1
        w.ack()
    w.finished()
    w.send(flags=ACK)


# ---- handshake
@case("090-syn-twice-different-isn", doubt="stream.3whs_syn_resend_diff_seq_on_syn_recv")
def _(w):
    # the second SYN comes while the first is unanswered: the receiver answers the first (it is in the request queue)
    w.syn()
    w.syn(seq=w.snd + 7_000_000)
    w.snd += 1
    w.synack()
    w.send(flags=ACK)
    w.c(connect())
    w.s(connack())
    w.marker()


@case("091-syn-with-data", doubt="stream.3whs_syn_with_data")
def _(w):
    # octets in the SYN are not acknowledged: they come again after the handshake, other ones
    w.syn(connect(client=b"forged"))
    w.snd += 1
    w.synack()
    w.send(flags=ACK)
    w.c(connect())
    w.s(connack())
    w.marker()


@case("092-syn-with-payload-and-ack-flag-later")
def _(w):
    w.half_open()
    w.c(connect())
    w.s(connack())
    w.marker()


@case("093-no-final-ack")
def _(w):
    w.half_open()
    for at, part in w.parts(connect() + publish(EVIL)):
        w.c(part)
    w.s(connack())
    w.close()


@case("094-ack-fake-before-real", doubt="stream.3whs_right_seq_wrong_ack_evasion")
def _(w):
    w.half_open()
    w.send(flags=ACK, ack=w.rcv + 12345)
    w.refusal(w.rcv + 12345)
    w.send(flags=ACK)
    w.c(connect())
    w.s(connack())
    w.marker()


@case("095-syn-ecn-odd-options")
def _(w):
    w.send(flags=SYN | ECE | CWR, ack=0, opts=options(b"\x02\x04\x02\x18", b"\x03\x03\x0e", b"\x04\x02", b"\xfd\x04\x12\x34", b"\x01"))
    w.snd += 1
    w.synack(flags=ECE, opts=options(b"\x02\x04\x05\xb4", b"\x04\x02", b"\x03\x03\x07"))
    w.send(flags=ACK)
    w.c(connect())
    w.s(connack())
    w.marker()


@case("096-small-window")
def _(w):
    w.half_open(window=1)
    w.send(flags=ACK, window=1)
    w.c(connect(), window=1)
    for b in connack():
        w.s(bytes((b,)), window=1)
    w.marker()


# ---- urgent: the octet before the pointer is taken out of the stream
@case("100-urgent-1-byte-inserted", doubt="stream.urgent_octet")
def _(w):
    w.login()
    data = publish(EVIL)
    data = data[:9] + b"X" + data[9:]  # EV X ILMARK: the length counts the octets without X
    cut = [data] if w.variant == "whole" else [data[:11], data[11:]]
    for i, part in enumerate(cut):
        how = {"flags": PSH | ACK | URG, "urgent": 10} if i == 0 else {}
        w.c(part, **how)
    w.close()


@case("101-urgent-pointer-zero", doubt="stream.urgent_octet")
def _(w):
    # pointer 0 names the first octet as 1 does: a leading octet too many is taken out
    w.login()
    for at, part in w.parts(publish(EVIL)):
        w.c(b"#" + part if at == 0 else part, **({"flags": PSH | ACK | URG, "urgent": 0} if at == 0 else {}))
    w.close()


@case("102-urgent-beyond-segment", doubt="stream.urgent_ahead")
def _(w):
    w.login()
    for at, part in w.parts(publish(EVIL)):
        w.c(part, flags=PSH | ACK | URG, urgent=60000)
    w.close()


# ---- vantage point
def without(w, keep):
    w.records = [r for i, r in enumerate(w.records) if keep(i, r)]


@case("110-midstream-pickup")
def _(w):
    w.login()
    w.c(publish(b"21.5"))
    n = len(w.records)
    w.c(publish(b"21.6"))
    w.marker()
    without(w, lambda i, r: i >= n)


@case("111-client-side-only")
def _(w):
    w.login()
    w.marker()
    without(w, lambda i, r: r[2][26:30] == w.client4)


@case("112-server-side-only-acks", seen="hidden")
def _(w):
    w.login()
    w.marker()
    without(w, lambda i, r: r[2][26:30] == SERVER4)


@case("113-capture-lost-benign-segment", doubt="stream.reassembly_seq_gap")
def _(w):
    w.login()
    w.c(publish(b"20.0"))
    n = len(w.records)
    w.c(publish(b"20.1"))
    w.c(publish(b"20.2"))
    w.marker()
    without(w, lambda i, r: i != n)


@case("114-capture-snaplen-cut", doubt="stream.reassembly_seq_gap", snaplen=96)
def _(w):
    w.login()
    w.c(publish(b"long " * 40))
    w.marker()


@case("115-every-packet-twice")
def _(w):
    w.login()
    w.marker()
    w.records = [(t + k * 1000, n, f) for t, n, f in w.records for k in (0, 1)]


# ---- MQTT
@case("120-mqtt-overlong-varint")
def _(w):
    w.login()
    w.marker(publish(EVIL, announced=bytes((0x80 | 13, 0x80, 0x80, 0))))


@case("121-mqtt-200-publish-one-segment")
def _(w):
    w.login()
    w.marker(publish(b"ok") * 199 + publish(EVIL))


@case("122-mqtt5-topic-alias", doubt="topic_alias_over_maximum", seen="alias")
def _(w):
    w.login(level=5)
    w.c(publish(b"ok", topic=b"plant/evil", level=5, properties=b"\x23\0\x07"))
    w.marker(publish(EVIL, topic=b"", level=5, properties=b"\x23\0\x07"))


@case("123-mqtt-nonstandard-port", port=21883)
def _(w):
    w.login()
    w.marker()


@case("124-mqtt-reserved-type-first", doubt="unassigned_msg_type")
def _(w):
    w.login()
    w.c(b"\x00\x00")
    w.marker()


@case("125-mqtt-marker-in-will", seen="will")
def _(w):
    w.handshake()
    for at, part in w.parts(connect(will=(b"last/words", EVIL))):
        w.c(part)
    w.s(connack())
    w.close()


@case("126-mqtt-two-connects", doubt="double_connect")
def _(w):
    w.login()
    w.c(connect(client=b"someone-else"))
    w.marker()


@case("127-mqtt-huge-announced-length", doubt="oversized_unit unfinished_unit", seen="stream")
def _(w):
    w.login()
    for at, part in w.parts(publish(EVIL, announced=b"\xff\xff\xff\x7f")):
        w.c(part)
    w.send(flags=FIN | ACK)


@case("128-mqtt-publish-before-connect", doubt="unintroduced_message")
def _(w):
    w.handshake()
    w.marker()


@case("129-mqtt-marker-after-1MB")
def _(w):
    w.login()
    filler = publish(b"0123456789" * 1300)
    for _ in range(95):
        w.c(filler)
    w.marker()


@case("130-mqtt-marker-split-1400")
def _(w):
    w.login()
    data = publish(b"B" * 60000 + EVIL)
    cut = [data[i:i + 1400] for i in range(0, len(data), 1400)]
    if w.variant == "split":
        at = data.find(EVIL) + 4
        cut = [data[i:min(i + 1400, at)] for i in range(0, at, 1400)] + [data[at:]]
    for part in cut:
        w.c(part)
    w.close()


@case("131-mqtt-topic-with-nul", doubt="nul_in_string")
def _(w):
    w.login()
    w.marker(publish(EVIL, topic=b"a\0b"))


# ---- IPv6
@case("140-ip6-plain", version=6)
def _(w):
    w.login()
    w.marker()


def in_ipv6(w, wrap):
    for at, part in w.parts(publish(EVIL)):
        wrap(w.tcp(part), 9000 + at)
        w.snd += len(part)
        w.ack()
    w.close()


@case("141-ip6-atomic-fragment", doubt="decoder.ipv6.exthdr_useless_fh", version=6)
def _(w):
    w.login()
    in_ipv6(w, lambda t, i: w.frame(w.ip6(t, chain=struct.pack("!BBHI", 6, 0, 0, i), first=44)))


@case("142-ip6-dstopt-chain", doubt="decoder.ipv6.exthdr_dupl_dh", version=6)
def _(w):
    w.login()
    chain = b"".join(struct.pack("!BB", 60 if k < 7 else 6, 0) + b"\x01\x04\0\0\0\0" for k in range(8))
    in_ipv6(w, lambda t, i: w.frame(w.ip6(t, chain=chain, first=60)))


def ip6_fragments(w, t, ident, size=24):
    for at, part, more in fragments(t, size):
        w.frame(w.ip6(part, chain=struct.pack("!BBHI", 6, 0, at | int(more), ident), first=44))


@case("143-ip6-frag-8B", doubt="decoder.ipv6.frag_tiny stream.segment_in_fragments", version=6)
def _(w):
    w.login()
    in_ipv6(w, lambda t, i: ip6_fragments(w, t, i))


@case("144-ip6-frag-overlap", doubt="decoder.ipv6.frag_overlap", version=6)
def _(w):
    # overlapping fragments: the whole datagram is thrown away; the client sends it again, harmless
    w.login()
    for at, part in w.parts(publish(GOOD), GOOD):
        evil = publish(EVIL)[at:at + len(part)]
        t = w.tcp(evil)
        w.frame(w.ip6(t[:24], chain=struct.pack("!BBHI", 6, 0, 1, 900 + at), first=44))
        w.frame(w.ip6(t[16:], chain=struct.pack("!BBHI", 6, 0, 16, 900 + at), first=44))
        w.frame(w.ip6(t[24:], chain=struct.pack("!BBHI", 6, 0, 24, 900 + at), first=44))
        w.c(part)
    w.close()


# ---- beyond the matrix
@case("900-ip6-mapped-insertion")
def _(w):
    # ::ffff:a.b.c.d inside an IPv6 packet: Linux drops it, and it is not the IPv4 conversation of a.b.c.d
    w.login()
    mapped = bytes(10) + b"\xff\xff"
    for at, part in w.parts(publish(EVIL)):
        t = w.tcp(b"x" * len(part))
        ip = struct.pack("!IHBB", 6 << 28, len(t), 6, 64) + mapped + w.client4 + mapped + SERVER4 + t
        w.version = 6
        w.frame(ip)
        w.version = 4
        w.c(part)
    w.close()


@case("901-offloaded-sums")
def _(w):
    # captured on the client itself: its card makes the sums of the IP and the TCP header, so none is right
    w.login()
    w.marker()
    for i, (t, n, f) in enumerate(w.records):
        if f[26:30] == w.client4:
            w.records[i] = (t, n, f[:24] + b"\0\0" + f[26:50] + b"\x12\x34" + f[52:])


@case("902-taken-late", seen="answer", port=21883)
def _(w):
    # no start, no known port: the server's octets are only understood when the client's are
    w.handshake()
    n = len(w.records)
    for _, part in w.parts(publish(EVIL)):
        w.s(part)
    w.c(publish(b"1") * 3)
    w.close()
    without(w, lambda i, r: i >= n)


# ---- tunnels
def whole_in(w):
    w.login()
    w.marker()


for number, kind in ((150, "vlan"), (151, "qinq"), (152, "gre"), (153, "vxlan"), (154, "gtpu"), (155, "ipip"), (156, "pppoe"), (157, "mpls"),
                     (910, "erspan"), (911, "pseudowire"), (912, "nested")):
    case(f"{number}-{kind}", tunnel=getattr(tunnels, kind))(whole_in)
case("913-ip6-gtpu", tunnel=tunnels.gtpu, version=6)(whole_in)
case("914-vxlan-in-fragments", doubt="decoder.ipv4.frag_tiny", tunnel=tunnels.in_fragments)(whole_in)


@case("915-gtpu-fragments-inside", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments", tunnel=tunnels.gtpu)
def _(w):
    w.login()
    fragmented(w, lambda d, g, i: fragments(d, 8)[::-1])


@case("916-ip6-gre-fragments-inside", doubt="decoder.ipv6.frag_tiny stream.segment_in_fragments", version=6, tunnel=tunnels.gre)
def _(w):
    w.login()
    in_ipv6(w, lambda t, i: ip6_fragments(w, t, i))


@case("917-same-addresses-in-another-tunnel", tunnel=tunnels.gre)
def _(w):
    # another customer has the same addresses, ports and numbers: nothing of his counts here
    w.login()
    for _, part in w.parts(publish(EVIL)):
        w.record(w.ethernet(w.packet(w.tcp(b"x" * len(part)))), tunnels.gre_of_others)
        w.c(part)
    w.close()


@case("918-same-fragments-in-another-tunnel", doubt="decoder.ipv4.frag_tiny stream.segment_in_fragments", tunnel=tunnels.gre)
def _(w):
    # and the same fragment numbers: his pieces are not put between ours
    w.login()
    for at, part in w.parts(publish(EVIL)):
        ours, his = w.tcp(part), w.tcp(b"x" * len(part))
        for f, g in zip(fragments(ours, 8), fragments(his, 8)[::-1]):
            w.record(w.ethernet(w.ip4(g[1], more=int(g[2]), offset=g[0], ident=8000 + at)), tunnels.gre_of_others)
            w.ip(f[1], more=int(f[2]), offset=f[0], ident=8000 + at)
        w.snd += len(part)
        w.ack()
    w.close()
