/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counting the octets of a payload by class. One result, two ways: a table for any machine, AVX2
 * where the processor has it.
 */
#ifndef DEVICE_SHAPE_H
#define DEVICE_SHAPE_H

#include "telltale/reader.h"
#include "telltale/window.h"

#include <string.h>

#define TT_SHAPE_OCTETS 4096 /* no more are looked at */

enum tt_byte_class {
    TT_CLASS_CONTROL, /* 0x00-0x1f */
    TT_CLASS_SPACE,   /* 0x20 */
    TT_CLASS_DIGIT,
    TT_CLASS_UPPER,
    TT_CLASS_LOWER,
    TT_CLASS_JSON,  /* " , : [ ] { } */
    TT_CLASS_OTHER, /* the rest of ASCII, with 0x7f */
    TT_CLASS_HIGH,  /* >= 0x80 */
};

/* n <= TT_SHAPE_OCTETS octets at p; n > 0. */
typedef void tt_shape_count_fn(const uint8_t *p, uint32_t n, uint16_t classes[TT_BYTE_CLASSES]);

void tt_shape_count_table(const uint8_t *p, uint32_t n, uint16_t classes[TT_BYTE_CLASSES]);

/* The fastest that this machine runs. */
tt_shape_count_fn *tt_shape_counter(void);

/* The format where it takes more than a look at both ends; classes are counted. */
void tt_shape_unusual(struct tt_bytes payload, struct tt_sample *);

/* tt_payload_shape with the counter looked up beforehand: the packet path. */
static inline void tt_shape_by(tt_shape_count_fn *count, struct tt_bytes payload,
                               struct tt_sample *s)
{
    s->length = payload.n;
    if (payload.n == 0) {
        memset(s->classes, 0, sizeof s->classes);
        s->format = TT_FORMAT_EMPTY;
        return;
    }
    count(payload.p, payload.n < TT_SHAPE_OCTETS ? payload.n : TT_SHAPE_OCTETS, s->classes);
    if (payload.n > 1 && payload.p[0] == '{' && payload.p[payload.n - 1] == '}' &&
        !(s->classes[TT_CLASS_CONTROL] | s->classes[TT_CLASS_HIGH])) {
        s->format = TT_FORMAT_JSON;
        return;
    }
    tt_shape_unusual(payload, s);
}

#endif
