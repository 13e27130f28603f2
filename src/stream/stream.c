/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The door of the stream room: memory and caps of a worker, life of a connection's state,
 * checksums, and the fast path for the packet that continues an open connection in order, which is
 * nearly every one. Anything else goes to handshake.c and segment.c.
 */
#include "stream/recall.h"

#include <stdlib.h>

#define DEFAULT_STREAMS  (1u << 17)
#define DEFAULT_OCTETS   (64u << 20)
#define DEFAULT_FLOW     (256u << 10)
#define DEFAULT_SEGMENTS 256
#define FEWEST_SEGMENTS  8
#define FEWEST_BLOCKS    2

/* NOP, NOP, timestamp, length 10: what every sender writes. */
#define TIMESTAMP_WORD 0x0101080au

struct tt_streams *tt_streams_new(const struct tt_stream_options *o,
                                  const struct tt_stream_sink *sink)
{
    struct tt_streams *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->options = *o;
    s->sink = *sink;
    uint32_t streams = o->max_streams ? o->max_streams : DEFAULT_STREAMS;
    uint64_t octets = o->max_octets ? o->max_octets : DEFAULT_OCTETS;
    uint32_t flow = o->max_flow_octets ? o->max_flow_octets : DEFAULT_FLOW;
    uint32_t segments = o->max_flow_segments ? o->max_flow_segments : DEFAULT_SEGMENTS;
    uint64_t blocks = octets / sizeof(struct block);
    blocks = blocks < FEWEST_BLOCKS ? FEWEST_BLOCKS : blocks > (1u << 24) ? 1u << 24 : blocks;
    s->max_blocks = flow / BLOCK_OCTETS < FEWEST_BLOCKS ? FEWEST_BLOCKS : flow / BLOCK_OCTETS;
    s->max_blocks = s->max_blocks > 0xffff ? 0xffff : s->max_blocks;
    s->max_pieces = segments < FEWEST_SEGMENTS ? FEWEST_SEGMENTS
                    : segments > 0xffff        ? 0xffff
                                               : segments;
    uint32_t pieces = (uint32_t)blocks * 4 < s->max_pieces ? s->max_pieces : (uint32_t)blocks * 4;
    if (!tt_slab_init(&s->streams, sizeof(struct tt_stream) + (-sizeof(struct tt_stream) & 15),
                      streams) ||
        !tt_slab_init(&s->pieces, sizeof(struct piece) + (-sizeof(struct piece) & 15), pieces) ||
        !tt_slab_init(&s->blocks, sizeof(struct block), (uint32_t)blocks)) {
        tt_streams_free(s);
        return NULL;
    }
    tt_slab_sparse(&s->pieces);
    tt_slab_sparse(&s->blocks);
    return s;
}

void tt_streams_free(struct tt_streams *s)
{
    if (s) {
        tt_slab_free(&s->streams);
        tt_slab_free(&s->pieces);
        tt_slab_free(&s->blocks);
        free(s);
    }
}

enum tt_stream_policy tt_stream_policy_of(enum tt_receiver system)
{
    switch (system) {
    case TT_RECEIVER_FIRST:
    case TT_RECEIVER_VISTA:
        return TT_POLICY_FIRST;
    case TT_RECEIVER_LAST:
        return TT_POLICY_LAST;
    case TT_RECEIVER_BSD:
    case TT_RECEIVER_BSD_RIGHT:
    case TT_RECEIVER_WINDOWS:
    case TT_RECEIVER_WINDOWS2K3:
    case TT_RECEIVER_HPUX10:
    case TT_RECEIVER_IRIX:
    case TT_RECEIVER_MACOS:
        return TT_POLICY_BSD;
    case TT_RECEIVER_OLD_LINUX:
        return TT_POLICY_OLD_LINUX;
    case TT_RECEIVER_SOLARIS:
    case TT_RECEIVER_OLD_SOLARIS:
    case TT_RECEIVER_HPUX11:
        return TT_POLICY_SOLARIS;
    default:
        return TT_POLICY_LINUX;
    }
}

static enum tt_stream_policy policy_at(const struct tt_streams *s, const struct tt_address *a)
{
    return s->options.receivers ? tt_stream_policy_of(tt_receivers_of(s->options.receivers, a))
                                : s->options.policy;
}

static struct tt_stream *stream_new(struct tt_streams *s, const struct tt_flow *f)
{
    uint32_t i = tt_slab_take(&s->streams);
    if (i == TT_SLAB_NONE) {
        return NULL;
    }
    struct tt_stream *n = tt_slab_at(&s->streams, i);
    memset(n, 0, sizeof *n);
    for (int dir = 0; dir < 2; dir++) {
        n->way[dir].first = n->way[dir].last = n->way[dir].blocks = TT_SLAB_NONE;
    }
    n->policies = (uint8_t)(policy_at(s, tt_flow_server(f)) << 4 * TT_TO_SERVER |
                            policy_at(s, tt_flow_client(f)) << 4 * TT_TO_CLIENT);
    s->counts[COUNT_SESSIONS]++;
    s->counts[COUNT_ACTIVE]++;
    return n;
}

/* False: the packet is refused for its checksum. */
static bool sum_fits(struct turn *t)
{
    uint16_t good = (uint16_t)(TT_FLOW_SUM_GOOD << t->dir);
    if (!(t->packet->flags & TT_PACKET_BAD_SUM)) {
        if (t->packet->flags & TT_PACKET_SUMMED) {
            t->flow->flags |= good;
        }
        return true;
    }
    if (t->all->options.checksums == TT_CHECKSUM_NONE ||
        (t->all->options.checksums == TT_CHECKSUM_AUTO && !(t->flow->flags & good))) {
        return true;
    }
    t->all->counts[COUNT_BAD_SUM]++;
    raise_event(t, t->dir, EVENT_CHECKSUM);
    return false;
}

/* The state for a packet that has none yet. NULL: it needs none. */
static struct tt_stream *stream_for(struct turn *t)
{
    const struct tt_packet *p = t->packet;
    bool syn = (p->tcp_flags & (TT_SYN | TT_RST)) == TT_SYN;
    bool octets = p->payload_length || p->payload_missing || (p->tcp_flags & TT_FIN);
    if (p->tcp_flags & TT_RST) {
        t->flow->state = TT_FLOW_CLOSED;
        return NULL;
    }
    if (!syn && !(octets && (p->tcp_flags & TT_ACK))) {
        return NULL;
    }
    struct tt_stream *s = stream_new(t->all, t->flow);
    if (!s) {
        t->all->counts[COUNT_REFUSED]++;
        return NULL;
    }
    t->all->counts[COUNT_MIDSTREAM] += !syn;
    return s;
}

static __attribute__((noinline)) bool examine(struct tt_streams *s, struct tt_flow *f,
                                              enum tt_direction dir, const struct tt_packet *p)
{
    struct turn t = {.all = s, .flow = f, .stream = f->stream, .packet = p, .dir = dir};
    s->raised = 0;
    if (!(p->flags & TT_PACKET_TRANSPORT) || !sum_fits(&t)) {
        return true;
    }
    s->counts[COUNT_SLOW]++;
    if (!t.stream) {
        t.stream = f->stream = stream_for(&t);
        if (!t.stream) {
            return true;
        }
    }
    bool same = true;
    if (p->flags & TT_PACKET_REASSEMBLED) {
        raise_event(&t, dir, EVENT_FRAGMENTS);
    }
    read_options(&t);
    if (p->tcp_flags & TT_RST) {
        take_rst(&t);
    } else if (p->tcp_flags & TT_SYN) {
        same = take_syn(&t);
        s->counts[COUNT_REUSED] += !same;
    } else if (!(p->tcp_flags & TT_ACK)) {
        ignore(&t, EVENT_BROKEN_ACK);
    } else {
        take_segment(&t);
    }
    if (same) {
        connection_settle(&t);
    }
    return same;
}

static inline uint32_t load_be32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

/* Options that change nothing: none, or timestamps that do not run back. */
static inline bool options_plain(const struct tt_stream *st, struct way *d,
                                 const struct tt_packet *p)
{
    if (p->tcp_options_length == 0) {
        return true;
    }
    if (p->tcp_options_length != 12 || load_be32(p->tcp_options) != TIMESTAMP_WORD) {
        return false;
    }
    if (st->plain == 2) {
        uint32_t ts = load_be32(p->tcp_options + 4);
        if (seq_before(ts, d->ts_recent)) {
            return false;
        }
        if (ts != d->ts_recent && !seq_before(d->acked, p->seq)) {
            d->ts_recent = ts;
            d->ts_when = slow_clock(p);
        }
    }
    return true;
}

static inline bool take(struct tt_streams *s, struct tt_flow *f, enum tt_direction dir,
                        const struct tt_packet *p, struct way *d, uint16_t sum)
{
    uint32_t n = p->payload_length;
    d->next += n;
    d->sent = seq_max(d->sent, d->next);
    s->counts[COUNT_OCTETS] += n;
    remember(d, p->payload, n, sum);
    s->sink.octets(s->sink.ctx, f, dir, (struct tt_bytes){p->payload, n}, p);
    return true;
}

/* Both apart, so that the many packets without payload need few registers. */
static __attribute__((noinline)) bool take_in_order(struct tt_streams *s, struct tt_flow *f,
                                                    enum tt_direction dir,
                                                    const struct tt_packet *p, struct way *d)
{
    return take(s, f, dir, p, d, p->payload_sum);
}

static __attribute__((noinline)) bool take_unsummed(struct tt_streams *s, struct tt_flow *f,
                                                    enum tt_direction dir,
                                                    const struct tt_packet *p, struct way *d)
{
    return take(s, f, dir, p, d, payload_sum(p->payload, p->payload_length));
}

_Static_assert(TT_PACKET_SUMMED == 2 * TT_FLOW_SUM_GOOD, "one shift makes one of the other");

bool tt_stream_packet(struct tt_streams *s, struct tt_flow *f, enum tt_direction dir,
                      const struct tt_packet *p)
{
    struct tt_stream *st = f->stream;
    const unsigned odd_flags =
        TT_PACKET_TRANSPORT | TT_PACKET_BAD_SUM | TT_PACKET_REASSEMBLED | TT_PACKET_DOUBTFUL;
    const unsigned odd_tcp = TT_FIN | TT_SYN | TT_RST | TT_ACK | TT_URG;
    if (__builtin_expect(!st || !st->plain || (p->flags & odd_flags) != TT_PACKET_TRANSPORT ||
                             (p->tcp_flags & odd_tcp) != TT_ACK || p->payload_missing,
                         0)) {
        return examine(s, f, dir, p);
    }
    size_t offset = (0 - (size_t)dir) & sizeof(struct way);
    struct way *d = (struct way *)(void *)((char *)st->way + offset);
    struct way *r = (struct way *)(void *)((char *)st->way + (offset ^ sizeof(struct way)));
    if (__builtin_expect(p->seq != d->next || !seq_before(p->seq, d->edge) || p->ttl < d->ttl ||
                             p->ack - r->acked > r->next - r->acked || !options_plain(st, d, p),
                         0)) {
        return examine(s, f, dir, p);
    }
    f->flags |= (uint16_t)((p->flags & TT_PACKET_SUMMED) / 2u << dir);
    s->counts[COUNT_FAST]++;
    r->acked = p->ack;
    r->edge = seq_max(r->edge, p->ack + ((uint32_t)p->window << d->scale));
    if (p->payload_length == 0) {
        return true;
    }
    return p->flags & TT_PACKET_PAYLOAD_SUM ? take_in_order(s, f, dir, p, d)
                                            : take_unsummed(s, f, dir, p, d);
}

uint64_t tt_stream_end(struct tt_streams *s, struct tt_flow *f)
{
    struct tt_stream *st = f->stream;
    uint64_t events = 0;
    if (!st) {
        return 0;
    }
    for (int dir = 0; dir < 2; dir++) {
        struct turn t = {.all = s, .flow = f, .stream = st, .dir = (enum tt_direction)dir};
        s->raised = 0;
        waiting_flush(&t, (enum tt_direction)dir);
    }
    memcpy(&events, st->events, sizeof st->events);
    f->stream = NULL;
    s->counts[COUNT_ACTIVE]--;
    tt_slab_give(&s->streams,
                 (uint32_t)((size_t)((uint8_t *)st - s->streams.base) / s->streams.piece));
    return events;
}

/* The octets up to the FIN were read; whether what came after it shows
 * it false is not known yet. */
static bool at_fin(const struct way *w)
{
    return (w->flags & WAY_FIN) && ((w->flags & WAY_FIN_DONE) || w->next == w->fin_seq);
}

static const char *closing_name(const struct tt_stream *s)
{
    uint16_t c = s->way[TT_TO_SERVER].flags;
    bool client = at_fin(&s->way[TT_TO_SERVER]), server = at_fin(&s->way[TT_TO_CLIENT]);
    if (client && server) {
        if (c & WAY_FIN_FIRST) {
            return c & WAY_FIN_ACKED ? "time_wait" : "closing";
        }
        return "last_ack";
    }
    if (client) {
        return c & WAY_FIN_ACKED ? "fin_wait2" : "fin_wait1";
    }
    return server ? "close_wait" : "established";
}

const char *tt_stream_state_name(const struct tt_flow *f)
{
    if (!f->stream) {
        if (f->state != TT_FLOW_NEW) {
            return f->state == TT_FLOW_CLOSED ? "closed" : "established";
        }
        bool syn = f->tcp_flags[TT_TO_SERVER] & TT_SYN,
             synack = f->tcp_flags[TT_TO_CLIENT] & TT_SYN;
        return synack ? "syn_recv" : syn ? "syn_sent" : "none";
    }
    switch (f->stream->phase) {
    case PHASE_SYN:
        return "syn_sent";
    case PHASE_SYNACK:
        return "syn_recv";
    case PHASE_OPEN:
        return closing_name(f->stream);
    case PHASE_RESET:
    case PHASE_CLOSED:
        return "closed";
    default:
        return "none";
    }
}
