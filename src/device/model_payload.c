/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The payload's shape (detectors.md P8). Learns how a stream's octets spread over eight classes,
 * scores each message by how badly that spread would have foretold it (relative entropy in bits),
 * and finds odd three of five messages that score more than six deviations above the stream's own
 * scores. Blind where payloads are encrypted already. Never learns from a bad message.
 */
#include "device/device.h"
#include "device/log.h"

#include <math.h>
#include <stdio.h>

#define LEARN_LEAST      50 /* messages */
#define LEARN_LEAST_SELF 30 /* …when the capture itself is the baseline, which is short */
#define WARM_UP          8  /* messages before scores count: the profile is only just forming */
#define WINDOW           50 /* messages that the averages remember */
#define SMOOTH           0.005
#define DEVIATION_FLOOR  0.05 /* bits */
#define Z_BAD            6.0
#define DAY              86400000000000LL

struct shape {
    float profile[TT_BYTE_CLASSES]; /* mean share of each class */
    float mean, variance;           /* of the score, bits */
    float limit;    /* highest that was in force while learning; may rise 10 % a day */
    uint16_t day;   /* of the last rise or decay of limit */
    uint8_t n;      /* messages learned, stops at 255 */
    uint8_t recent; /* bit i: the message i before the last was bad */
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

static double deviation(const struct shape *s)
{
    double d = sqrt(s->variance);
    return d > DEVIATION_FLOOR ? d : DEVIATION_FLOOR;
}

/* Relative entropy of the message's shares q against the profile, in bits. */
static double score(const struct shape *s, const double q[TT_BYTE_CLASSES])
{
    double bits = 0;
    for (int i = 0; i < TT_BYTE_CLASSES; i++) {
        if (q[i] > 0) {
            double p = ((double)s->profile[i] + SMOOTH) / (1 + TT_BYTE_CLASSES * SMOOTH);
            bits += q[i] * tt_log2(q[i] / p);
        }
    }
    return bits > 0 ? bits : 0;
}

/* The limit in force: six deviations above the mean, but no more than 10 % a day above what was
 * learned. */
static double limit_now(struct shape *s, int64_t time, bool learning)
{
    double limit = s->mean + Z_BAD * deviation(s);
    uint16_t day = (uint16_t)(time / DAY);
    if (learning) {
        s->limit = (float)(limit > s->limit ? limit : s->limit);
        s->day = day;
        return limit;
    }
    if (day > s->day) {
        double days = day - s->day;
        double low = s->limit * pow(0.98, days), high = s->limit * 1.1;
        s->limit = (float)(limit > high ? high : limit > low ? limit : low);
        s->day = day;
    }
    return limit < s->limit ? limit : s->limit;
}

/* bits: the score, which does not matter while the profile is only forming. */
static void learn(struct shape *s, const double q[TT_BYTE_CLASSES], double bits)
{
    double step = s->n < WINDOW ? 1.0 / (s->n + 1.0) : 1.0 / WINDOW;
    for (int i = 0; i < TT_BYTE_CLASSES; i++) {
        s->profile[i] = (float)(s->profile[i] + step * (q[i] - s->profile[i]));
    }
    if (s->n >= WARM_UP) {
        double n = s->n - WARM_UP + 1.0;
        step = n < WINDOW ? 1 / n : 1.0 / WINDOW;
        double off = bits - s->mean;
        s->mean = (float)(s->mean + step * off);
        s->variance = (float)((1 - step) * (s->variance + step * off * off));
    }
    s->n = (uint8_t)(s->n < UINT8_MAX ? s->n + 1 : UINT8_MAX);
}

static const char *const class_name[TT_BYTE_CLASSES] = {
    "control",    "space",          "digit",       "upper-case",
    "lower-case", "JSON structure", "other ASCII", "non-ASCII",
};

static void fill(const struct shape *s, const struct tt_model_context *ctx,
                 const double q[TT_BYTE_CLASSES], double bits, double limit, int n_bad,
                 struct tt_finding *f)
{
    int worst = 0;
    for (int i = 1; i < TT_BYTE_CLASSES; i++) {
        if (q[i] - s->profile[i] > q[worst] - s->profile[worst]) {
            worst = i;
        }
    }
    double z = (bits - s->mean) / deviation(s);
    f->severity = TT_MEDIUM;
    f->observed = round_2(bits);
    f->expected = round_2(s->mean);
    snprintf(f->unit, sizeof f->unit, "bits");
    f->n_limits = 1;
    f->limits[0].limit = round_2(limit);
    f->limits[0].seen = round_2(bits);
    double learned = (double)ctx->n / ((double)ctx->n + 10);
    f->confidence = round_2(learned * (z > 2 * Z_BAD ? 0.99 : 0.9));
    snprintf(f->nots[f->n_nots++], sizeof f->nots[0],
             "single odd message: %d of the last 5 were odd", n_bad);
    snprintf(f->nots[f->n_nots++], sizeof f->nots[0],
             "usual variation: %.0f %% %s octets, learned %.0f %%", 100 * q[worst],
             class_name[worst], 100 * (double)s->profile[worst]);
}

static enum tt_verdict sample(void *state, const struct tt_model_context *ctx,
                              const struct tt_sample *m, uint32_t extra, struct tt_finding *f)
{
    struct shape *s = state;
    (void)extra; /* their octets were not looked at */
    uint32_t octets = 0;
    for (int i = 0; i < TT_BYTE_CLASSES; i++) {
        octets += m->classes[i];
    }
    if (octets == 0) {
        return TT_NORMAL;
    }
    double q[TT_BYTE_CLASSES];
    for (int i = 0; i < TT_BYTE_CLASSES; i++) {
        q[i] = m->classes[i] / (double)octets;
    }
    bool learning = ctx->learning || s->n < (ctx->options->self ? LEARN_LEAST_SELF : LEARN_LEAST);
    if (learning) {
        if (!ctx->alerting) {
            learn(s, q, s->n >= WARM_UP ? score(s, q) : 0);
            if (s->n > WARM_UP) {
                (void)limit_now(s, ctx->time, true);
            }
        }
        return TT_NORMAL;
    }
    double bits = score(s, q);
    double limit = limit_now(s, ctx->time, false);
    bool bad = bits > limit;
    s->recent = (uint8_t)((s->recent << 1 | bad) & 31);
    int n_bad = __builtin_popcount(s->recent);
    if (bad && n_bad >= 3) {
        fill(s, ctx, q, bits, limit, n_bad, f);
        return TT_ODD;
    }
    if (!bad && !ctx->alerting) {
        learn(s, q, bits);
    }
    return bad ? TT_SUSPECT : TT_NORMAL;
}

const struct tt_model tt_model_payload = {
    .name = "payload",
    .detector = &detector,
    .state_size = sizeof(struct shape),
    .sample = sample,
};
