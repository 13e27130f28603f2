/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The payload's shape (detectors.md P8). Learns how a stream's octets spread over eight classes,
 * scores each message by how badly that spread would have foretold it (relative entropy in bits),
 * and finds odd three of five messages that score more than six deviations above the stream's own
 * scores. Blind where payloads are encrypted already. Never learns from a bad message.
 */
#include "device/device.h"
#include "device/lanes.h"

#include <math.h>
#include <stdio.h>

#define LEARN_LEAST      50 /* messages */
#define LEARN_LEAST_SELF 30 /* …when the capture itself is the baseline, which is short */
#define WARM_UP          8  /* messages before scores count: the profile is only just forming */
#define WINDOW           50 /* messages that the averages remember */
#define SMOOTH           0.005F
#define SMOOTH_BITS      0.056583528F /* log2(1 + 8 × SMOOTH): profiles with it sum to 1 again */
#define DEVIATION_FLOOR  0.05F        /* bits */
#define Z_BAD            6.0F
#define DAY              86400U /* s */

struct shape {
    float even[TT_BYTE_CLASSES / 2]; /* mean share of each class with an even number */
    float odd[TT_BYTE_CLASSES / 2];
    float mean, variance; /* of the score, bits */
    float limit;          /* highest that was in force while learning; may rise 10 % a day */
    uint16_t day;         /* of the last rise or decay of limit */
    uint8_t n;            /* messages learned, stops at 255 */
    uint8_t recent;       /* bit i: the message i before the last was bad */
};

static const struct tt_detector detector = {
    .id = "dev.payload-shape",
    .sid = 3000102,
    .title = "Device sends payloads of a kind it has never sent before",
    .doc = "Sorts the octets of each payload into eight classes (control, space, digit, upper "
           "case, lower case, JSON structure, other ASCII, 0x80 and above) and learns their usual "
           "shares for each stream. The score is the relative entropy of a message against these "
           "shares; bad is a score more than 6 deviations (at least 0.05 bit each) above the mean "
           "of the stream's own scores. Fires at three bad messages of the last five.",
    .why = "What a device says is as regular as when it says it. Random or foreign characters in "
           "place of its readings mean a fault, an attack on whoever parses them, or another "
           "program that speaks in its name.",
    .next = "Look at the payload of the listed packets beside an earlier one, keep the stream's "
            "messages away from what consumes them, and check the device's firmware and "
            "credentials.",
    .category = "Device behaviour",
    .principle = "integrity",
    .attack = "T0856,T0831,T1565.002",
    .goal = "manipulate",
    .actor = "hacktivist,criminal",
    .severity = TT_MEDIUM,
};

static double round_2(double x)
{
    return rint(x * 100) / 100;
}

/* Shares of the eight classes: those with even numbers, those with odd ones. */
struct shares {
    tt_lanes even, odd;
};

static float deviation(const struct shape *s)
{
    float d = sqrtf(s->variance);
    return d > DEVIATION_FLOOR ? d : DEVIATION_FLOOR;
}

/* q × log2(q / p), but for what all classes share; tiny stands for what is nowhere to be seen. */
static inline tt_lanes surprise(tt_lanes q, tt_lanes profile)
{
    return q * tt_lanes_log2((q + 1e-9F) / (profile + SMOOTH));
}

/* Relative entropy of the message's shares against the profile, in bits. */
static inline float score(const struct shape *s, const struct shares *q)
{
    tt_lanes sum =
        surprise(q->even, tt_lanes_load(s->even)) + surprise(q->odd, tt_lanes_load(s->odd));
    float bits = sum[0] + sum[1] + sum[2] + sum[3] + SMOOTH_BITS;
    return bits > 0 ? bits : 0;
}

/* The limit in force once armed: six deviations above the mean, but no more than 10 % a day above
 * what was learned. */
static inline float limit_now(struct shape *s, uint16_t day)
{
    float limit = s->mean + Z_BAD * deviation(s);
    if (day > s->day) {
        double days = day - s->day;
        float low = (float)((double)s->limit * pow(0.98, days)), high = s->limit * 1.1F;
        s->limit = limit > high ? high : limit > low ? limit : low;
        s->day = day;
    }
    return limit < s->limit ? limit : s->limit;
}

/* bits: the score, which does not matter while the profile is only forming. */
static inline void learn(struct shape *s, const struct shares *q, float bits)
{
    float step = s->n < WINDOW ? 1 / ((float)s->n + 1) : 1.0F / WINDOW;
    tt_lanes even = tt_lanes_load(s->even), odd = tt_lanes_load(s->odd);
    tt_lanes_store(s->even, even + step * (q->even - even));
    tt_lanes_store(s->odd, odd + step * (q->odd - odd));
    if (s->n >= WARM_UP) {
        step = s->n < WINDOW + WARM_UP - 1 ? 1 / ((float)s->n - (WARM_UP - 1)) : 1.0F / WINDOW;
        float off = bits - s->mean;
        s->mean += step * off;
        s->variance = (1 - step) * (s->variance + step * off * off);
    }
    s->n = (uint8_t)(s->n + (s->n < UINT8_MAX));
}

/* Learning: whatever is seen is normal, and the limit that it would take is kept. */
static inline void learn_limit(struct shape *s, const struct shares *q, uint16_t day)
{
    bool formed = s->n >= WARM_UP;
    learn(s, q, formed ? score(s, q) : 0);
    if (formed) {
        float limit = s->mean + Z_BAD * deviation(s);
        s->limit = limit > s->limit ? limit : s->limit;
        s->day = day;
    }
}

static const char *const class_name[TT_BYTE_CLASSES] = {
    "control",    "space",          "digit",       "upper-case",
    "lower-case", "JSON structure", "other ASCII", "non-ASCII",
};

static __attribute__((noinline)) void fill(const struct shape *s,
                                           const struct tt_model_context *ctx, tt_lanes even,
                                           tt_lanes odd, float bits, float limit, int n_bad,
                                           struct tt_finding *f)
{
    float share[TT_BYTE_CLASSES], learned_share[TT_BYTE_CLASSES];
    int worst = 0;
    for (int i = 0; i < TT_BYTE_CLASSES; i++) {
        share[i] = i & 1 ? odd[i / 2] : even[i / 2];
        learned_share[i] = i & 1 ? s->odd[i / 2] : s->even[i / 2];
        if (share[i] - learned_share[i] > share[worst] - learned_share[worst]) {
            worst = i;
        }
    }
    float z = (bits - s->mean) / deviation(s);
    f->severity = TT_MEDIUM;
    f->observed = round_2((double)bits);
    f->expected = round_2((double)s->mean);
    snprintf(f->unit, sizeof f->unit, "bits");
    f->n_limits = 1;
    f->limits[0].limit = round_2((double)limit);
    f->limits[0].seen = round_2((double)bits);
    double learned = (double)ctx->n / ((double)ctx->n + 10);
    f->confidence = round_2(learned * (z > 2 * Z_BAD ? 0.99 : 0.9));
    snprintf(f->nots[f->n_nots++], sizeof f->nots[0],
             "single odd message: %d of the last 5 were odd", n_bad);
    snprintf(f->nots[f->n_nots++], sizeof f->nots[0],
             "usual variation: %.0f %% %s octets, learned %.0f %%", 100 * (double)share[worst],
             class_name[worst], 100 * (double)learned_share[worst]);
}

/* The sum of the counts, which fits 16 bits, is the top lane of the product. */
static inline uint32_t octets_of(const uint16_t classes[TT_BYTE_CLASSES])
{
    uint64_t front, back;
    memcpy(&front, classes, sizeof front);
    memcpy(&back, classes + 4, sizeof back);
    return (uint32_t)((front + back) * 0x0001000100010001U >> 48);
}

static inline struct shares shares_of(const uint16_t classes[TT_BYTE_CLASSES], uint32_t octets)
{
    tt_lane_bits pairs; /* of an even class and the odd one above it */
    memcpy(&pairs, classes, sizeof pairs);
    float part = 1 / (float)(int32_t)octets;
    return (struct shares){
        __builtin_convertvector(pairs & 0xffff, tt_lanes) * part,
        __builtin_convertvector(pairs >> 16 & 0xffff, tt_lanes) * part,
    };
}

static enum tt_verdict sample(void *state, const struct tt_model_context *ctx, struct tt_finding *f)
{
    struct shape *s = state;
    const struct tt_sample *m = ctx->sample; /* octets of others were not looked at */
    uint32_t octets = octets_of(m->classes);
    if (octets == 0) {
        return TT_NORMAL;
    }
    struct shares q = shares_of(m->classes, octets);
    uint16_t day = (uint16_t)((uint32_t)(ctx->stamp >> 32) / DAY);
    if (ctx->learning || s->n < (ctx->options->self ? LEARN_LEAST_SELF : LEARN_LEAST)) {
        if (!ctx->alerting) {
            learn_limit(s, &q, day);
        }
        return TT_NORMAL;
    }
    float bits = score(s, &q), limit = limit_now(s, day);
    bool bad = bits > limit;
    s->recent = (uint8_t)((s->recent << 1 | bad) & 31);
    if (bad) {
        int n_bad = __builtin_popcount(s->recent);
        if (n_bad < 3) {
            return TT_SUSPECT;
        }
        fill(s, ctx, q.even, q.odd, bits, limit, n_bad, f);
        return TT_ODD;
    }
    if (!ctx->alerting) {
        learn(s, &q, bits);
    }
    return TT_NORMAL;
}

const struct tt_model tt_model_payload = {
    .name = "payload",
    .detector = &detector,
    .state_size = sizeof(struct shape),
    .sample = sample,
};
