/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a unit to a message to a transaction. Calls the dissector, turns its verdict and the table's
 * state into anomalies, and pairs questions with answers by (asker, key). The open transactions of
 * a flow are bounded; the oldest ends unanswered. Never looks at octets itself.
 */
#include "base/work.h"
#include "dissect/app.h"

static struct tx_piece *piece_at(const struct tt_engine *e, uint32_t i)
{
    return tt_slab_at(&e->txs, i);
}

static void begin(struct tt_tx *tx, struct tt_app *a, const struct tt_msg *m,
                  const struct tt_packet *p)
{
    memset(tx, 0, offsetof(struct tt_tx, candidates)); /* of which there are none */
    tx->id = a->n_tx++;
    tx->first_packet = p ? p->number : 0;
    tx->first_time = p ? p->time : 0;
    tx->key = m->tx_key;
    tx->kind = m->kind;
    tx->protocol = m->protocol;
    tx->asker = m->tx_role == TT_TX_ALONE ? m->direction : m->tx_asker;
}

static void finish(struct tt_engine *e, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                   const struct tt_packet *p)
{
    tx->open = 0;
    e->counters[C_TX]++;
    e->counters[C_UNANSWERED] += end == TT_TX_UNANSWERED;
    e->sink.transaction(e->sink.ctx, f, tx, end, p);
}

/* Takes piece i out of the flow's list (prev: the one before it or NO_TX) and ends it. */
static void close_piece(struct tt_engine *e, struct tt_flow *f, uint32_t prev, uint32_t i,
                        enum tt_tx_end end, const struct tt_packet *p)
{
    struct tx_piece *x = piece_at(e, i);
    if (prev == NO_TX) {
        f->app->open = x->next;
    } else {
        piece_at(e, prev)->next = x->next;
    }
    f->app->n_open--;
    finish(e, f, &x->tx, end, p);
    tt_slab_give(&e->txs, i);
}

static uint32_t find(const struct tt_engine *e, const struct tt_app *a, uint8_t asker, uint32_t key,
                     uint32_t *prev)
{
    *prev = NO_TX;
    for (uint32_t i = a->open; i != NO_TX; *prev = i, i = piece_at(e, i)->next) {
        const struct tt_tx *tx = &piece_at(e, i)->tx;
        if (tx->key == key && tx->asker == asker) {
            return i;
        }
    }
    return NO_TX;
}

static void drop_oldest(struct tt_engine *e, struct tt_flow *f, const struct tt_packet *p)
{
    uint32_t prev = NO_TX, i = f->app->open;
    while (piece_at(e, i)->next != NO_TX) {
        prev = i;
        i = piece_at(e, i)->next;
    }
    e->counters[C_TX_DROPPED]++;
    close_piece(e, f, prev, i, TT_TX_UNANSWERED, p);
}

static uint32_t open_piece(struct tt_engine *e, struct tt_flow *f, struct tt_msg *m,
                           const struct tt_packet *p)
{
    struct tt_app *a = f->app;
    if (a->n_open >= e->options.max_transactions) {
        drop_oldest(e, f, p);
        e->sink.anomaly(e->sink.ctx, f, m->direction, A_TOO_MANY_TX, p);
    }
    uint32_t i = tt_slab_take(&e->txs);
    if (i == TT_SLAB_NONE) {
        e->counters[C_TX_DROPPED]++;
        return NO_TX;
    }
    struct tx_piece *x = piece_at(e, i);
    begin(&x->tx, a, m, p);
    x->tx.open = 1;
    x->next = a->open;
    a->open = i;
    a->n_open++;
    return i;
}

static void say_missing(struct tt_engine *e, const struct tt_flow *f, struct tt_msg *m)
{
    const uint16_t hole = TT_FLOW_GAP | TT_FLOW_GAP << 1;
    uint8_t missing = hot_of(e, f->app)->missing[(m->tx_key >> 16) & 63];
    e->counters[C_UNASKED]++;
    if (missing && (f->flags & TT_FLOW_SEEN_SYN) && !(f->flags & hole)) {
        tt_msg_anomaly(m, missing - 1u);
    }
}

/* A transaction of one message. */
static inline void deliver_alone(struct tt_engine *e, struct tt_flow *f, struct tt_msg *m,
                                 const struct tt_packet *p)
{
    struct tt_tx *tx = &e->alone;
    begin(tx, f->app, m, p);
    tx->messages = 1;
    e->sink.message(e->sink.ctx, f, tx, m, p);
    finish(e, f, tx, TT_TX_COMPLETE, p);
}

/* A message of no transaction: the number is that of the next one. */
static void deliver_none(struct tt_engine *e, struct tt_flow *f, struct tt_msg *m,
                         const struct tt_packet *p)
{
    struct tt_tx *tx = &e->alone;
    begin(tx, f->app, m, p);
    f->app->n_tx--;
    tx->messages = f->app->quiet ? 2 : 1; /* the first one makes that the flow is counted */
    f->app->quiet = true;
    e->sink.message(e->sink.ctx, f, tx, m, p);
}

static void deliver(struct tt_engine *e, struct tt_flow *f, struct tt_msg *m,
                    const struct tt_packet *p)
{
    struct tt_app *a = f->app;
    uint32_t prev = NO_TX, i = NO_TX;
    if (m->tx_role == TT_TX_NONE) {
        deliver_none(e, f, m, p);
        return;
    }
    if (m->tx_role != TT_TX_ALONE) {
        i = find(e, a, m->tx_asker, m->tx_key, &prev);
    }
    if (m->tx_role == TT_TX_OPEN) {
        if (i != NO_TX) {
            close_piece(e, f, prev, i, TT_TX_UNANSWERED, p);
        }
        i = open_piece(e, f, m, p);
    } else if (m->tx_role != TT_TX_ALONE && i == NO_TX) {
        say_missing(e, f, m);
        if (m->tx_role == TT_TX_MORE) {
            i = open_piece(e, f, m, p);
        }
    }
    struct tt_tx *tx = i == NO_TX ? &e->alone : &piece_at(e, i)->tx;
    if (i == NO_TX) {
        begin(tx, a, m, p);
    }
    if (m->tx_role == TT_TX_MORE || m->tx_role == TT_TX_LAST) {
        tx->unasked |= tx->messages == 0;
    }
    tx->messages++;
    e->sink.message(e->sink.ctx, f, tx, m, p);
    if (i == NO_TX) {
        finish(e, f, tx, TT_TX_COMPLETE, p);
    } else if (m->tx_role == TT_TX_LAST) {
        close_piece(e, f, prev, i, TT_TX_COMPLETE, p);
    }
}

static void raise_standard(struct tt_engine *e, struct tt_flow *f, const struct tt_msg *m,
                           const struct tt_packet *p)
{
    if (m->repeated) {
        e->sink.anomaly(e->sink.ctx, f, m->direction, A_REPEATED, p);
    }
    if (m->overflow) {
        e->sink.anomaly(e->sink.ctx, f, m->direction, A_TOO_MANY_VALUES, p);
    }
    if (m->truncated) {
        e->sink.anomaly(e->sink.ctx, f, m->direction, A_TRUNCATED, p);
    }
}

/* Of a unit that is no message. */
static void tell_oddities(struct tt_engine *e, struct tt_flow *f, const struct tt_msg *m,
                          const struct tt_packet *p)
{
    e->counters[C_MESSAGES]--;
    for (uint64_t left = m->anomalies; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        e->sink.anomaly(e->sink.ctx, f, m->direction, TT_ANOMALY_OWN + i, p);
    }
}

void tt_pair_unit(struct tt_engine *e, struct tt_flow *f, enum tt_direction direction,
                  struct tt_bytes unit, const struct tt_packet *p)
{
    struct dissector_hot *h = hot_of(e, f->app);
    struct tt_msg *m = &e->msg;
    tt_msg_clear(m, h->d, h->fields, unit, direction);
    m->protocol = f->app->dissector;
    m->time = p ? p->time : 0;
    e->reader = tt_reader_over(unit);
    TT_LOOKED(unit.n);
    if (!h->d->parse(f->app->state, &e->reader, m)) {
        tt_msg_anomaly(m, 0);
    }
    e->counters[C_MALFORMED] += m->anomalies & 1;
    e->counters[C_MESSAGES]++;
    if (__builtin_expect(m->repeated | m->overflow, 0)) {
        raise_standard(e, f, m, p);
    }
    if (m->tx_role != TT_TX_ALONE) {
        deliver(e, f, m, p);
    } else if (__builtin_expect(!(m->after & TT_AFTER_SILENT), 1)) {
        deliver_alone(e, f, m, p);
    } else {
        tell_oddities(e, f, m, p);
    }
    if (__builtin_expect(m->after, 0)) {
        tt_nest_unit(e, f, direction, p);
    }
}

void tt_pair_datagram(struct tt_engine *e, struct tt_flow *f, enum tt_direction direction,
                      struct tt_bytes b, const struct tt_packet *p)
{
    tt_pair_unit(e, f, direction, b, p);
    bool several = hot_of(e, f->app)->d->several;
    for (uint32_t left = b.n, now; several; left = now) {
        now = tt_reader_left(&e->reader);
        if (now == 0 || now >= left || e->msg.anomalies & 1) {
            return; /* all of it was read, or nothing; or it is no message */
        }
        tt_pair_unit(e, f, direction, (struct tt_bytes){b.p + (b.n - now), now}, p);
    }
}

void tt_pair_head(struct tt_engine *e, struct tt_flow *f, enum tt_direction direction,
                  struct tt_bytes head, uint64_t skipped, const struct tt_packet *p)
{
    struct dissector_hot *h = hot_of(e, f->app);
    struct tt_msg *m = &e->msg;
    tt_msg_clear(m, h->d, h->fields, head, direction);
    m->protocol = f->app->dissector;
    m->time = p ? p->time : 0;
    m->truncated = true;
    m->skipped = skipped > UINT32_MAX ? UINT32_MAX : (uint32_t)skipped;
    struct tt_reader r = tt_reader_over(head);
    TT_LOOKED(head.n);
    if (h->d->parse_head) {
        h->d->parse_head(f->app->state, &r, m);
    }
    e->counters[C_TRUNCATED]++;
    e->counters[C_MESSAGES]++;
    raise_standard(e, f, m, p);
    deliver(e, f, m, p);
}

void tt_pair_end(struct tt_engine *e, struct tt_flow *f)
{
    while (f->app->n_open) {
        uint32_t prev = NO_TX, i = f->app->open;
        while (piece_at(e, i)->next != NO_TX) {
            prev = i;
            i = piece_at(e, i)->next;
        }
        close_piece(e, f, prev, i, TT_TX_UNANSWERED, NULL);
    }
}
