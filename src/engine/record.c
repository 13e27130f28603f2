/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pieces for rendered members. A transaction's handle is class and index in one number (0 = none).
 * Bounded by the slabs: a record that does not fit loses its later messages, which is counted.
 */
#include "engine/record.h"

static const uint32_t octets[RECORD_CLASSES] = {512, 4096, 65536};

static const struct tt_counter rows[] = {
    {"telltale.record.clipped",
     "messages of which a record tells only the kind, or nothing: no room", "messages", 1},
    {"telltale.record.dropped", "records not written: longer than a line may be", "records", 1},
};

bool tt_records_init(struct tt_records *r, uint64_t max_octets)
{
    uint64_t each = (max_octets ? max_octets : UINT64_C(32) << 20) / RECORD_CLASSES;
    for (unsigned i = 0; i < RECORD_CLASSES; i++) {
        if (!tt_slab_init(&r->slabs[i], octets[i], (uint32_t)(each / octets[i]) + 1)) {
            return false;
        }
        tt_slab_sparse(&r->slabs[i]);
    }
    return true;
}

void tt_records_free(struct tt_records *r)
{
    for (unsigned i = 0; i < RECORD_CLASSES; i++) {
        tt_slab_free(&r->slabs[i]);
    }
}

static uint8_t *at(const struct tt_records *r, uint32_t handle)
{
    return tt_slab_at(&r->slabs[(handle - 1) % RECORD_CLASSES], (handle - 1) / RECORD_CLASSES);
}

void tt_records_drop(struct tt_records *r, struct tt_tx *tx)
{
    if (tx->record) {
        tt_slab_give(&r->slabs[(tx->record - 1) % RECORD_CLASSES],
                     (tx->record - 1) / RECORD_CLASSES);
    }
    tx->record = tx->record_length = 0;
}

struct tt_bytes tt_records_get(const struct tt_records *r, const struct tt_tx *tx)
{
    return tx->record ? (struct tt_bytes){at(r, tx->record), tx->record_length}
                      : (struct tt_bytes){NULL, 0};
}

/* A piece that holds `need` octets, with what the transaction has so far. */
static bool move(struct tt_records *r, struct tt_tx *tx, uint32_t need, bool stranger)
{
    for (unsigned c = 0; c < RECORD_CLASSES; c++) {
        if (octets[c] < need) {
            continue;
        }
        uint32_t spare = stranger ? r->slabs[c].cap / 4 : 0;
        uint32_t i =
            r->slabs[c].used + spare < r->slabs[c].cap ? tt_slab_take(&r->slabs[c]) : TT_SLAB_NONE;
        if (i == TT_SLAB_NONE) {
            continue;
        }
        uint32_t n = tx->record_length;
        if (tx->record) {
            memcpy(tt_slab_at(&r->slabs[c], i), at(r, tx->record), n);
            tt_records_drop(r, tx);
        }
        tx->record = 1 + c + i * RECORD_CLASSES;
        tx->record_length = n;
        return true;
    }
    return false;
}

void tt_records_add(struct tt_records *r, struct tt_tx *tx, const uint8_t *members, uint32_t n,
                    bool stranger)
{
    uint32_t need = tx->record_length + n + 1;
    if (n == 0) {
        return;
    }
    if ((!tx->record || need > octets[(tx->record - 1) % RECORD_CLASSES]) &&
        !move(r, tx, need, stranger)) {
        r->counters[0]++;
        return;
    }
    uint8_t *p = at(r, tx->record);
    if (tx->record_length) {
        p[tx->record_length++] = ',';
    }
    memcpy(p + tx->record_length, members, n);
    tx->record_length += n;
}

void tt_records_clipped(struct tt_records *r)
{
    r->counters[0]++;
}

void tt_records_dropped(struct tt_records *r)
{
    r->counters[1]++;
}

struct tt_counter_set tt_records_counters(const struct tt_records *r)
{
    return (struct tt_counter_set){rows, r->counters, 2};
}
