/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rate envelope (detectors.md P1) with catch-up credit (P3). For six window lengths from a
 * second to 18 hours it learns the most messages ever seen in a sliding window, and finds odd what
 * passes a × that + b. A device that was cut off and then sends what it had stored is not odd: a
 * gap gives credit for the messages that are missing, and those are not counted. The median gap
 * that this needs is the location of P2. Learns nothing from odd samples; learned limits rise 10 %
 * a day at most.
 */
#include "base/text.h"
#include "device/device.h"
#include "device/lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCALES      6
#define LEARN_LEAST 16 /* messages */
#define SECOND      1000000000LL
#define DAY         86400
#define CREDIT_GAP  0.84799691F /* log2 of 1.8 periods */
#define CREDIT_MOST 8.00001F    /* log2 of 256 periods; a longer silence gives none */
#define QUIET_UNIT  512         /* 16 bits hold 2^63 periods */
#define CREDIT_TTL  900         /* s */
/* of all gaps: outages are rare, the pauses of a bursty stream are not */
#define PAUSES_FEW       5242  /* 8 % */
#define GAPS_LEAST       16    /* intervals before the period counts as known (P2) */
#define SPREAD_FLOOR     0.15F /* of log2 seconds, in the score (P2) */
#define SPREAD_LEAST     0.02F /* below this the estimate could not follow any more */
#define DECAY            0.98  /* of the learned most, each day */
#define RISE             0.1   /* part of itself that a limit may rise in a day, once armed */
#define NO_RHYTHM_LEARNS 7     /* days at least; a heavy tail shows its length late */
#define RISE_STEPS       200
#define PERIODIC         0.5F /* P2: a spread below this is a rhythm */
#define STREAK           3
#define COLD             __attribute__((noinline))

static const uint8_t shift[SCALES] = {0, 3, 6, 9, 12, 16}; /* windows of 1 s … 65,536 s */

struct rate {
    float most[SCALES];      /* learned: most messages in a sliding window */
    float cur[SCALES];       /* messages in the window of the last one */
    float prev[SCALES];      /* in the one before */
    uint64_t last;           /* stamp; 0 = nothing seen yet */
    uint32_t credit_until;   /* second */
    float period, spread;    /* log2 of the gap in seconds: median and median deviation */
    float size, size_spread; /* log2 of the payload's octets + 1, for credit */
    int16_t quiet;   /* the last gap of half a period or more: log2 of periods × QUIET_UNIT */
    uint16_t day;    /* of the last decay */
    uint16_t streak; /* two bits a scale: consecutive messages above the limit, stops at 3 */
    uint16_t pauses; /* share of the gaps above CREDIT_GAP, 65535 = all */
    uint8_t credit, granted;
    uint8_t n, gaps;       /* messages and gaps learned, stop at 255 */
    uint8_t risen[SCALES]; /* how much of today's rise is used up, RISE_STEPS = all */
};

_Static_assert(sizeof(struct rate) <= 120, "device state is kept to 1 KiB with three streams");

static const struct tt_detector detector = {
    .id = "dev.rate-envelope",
    .sid = 3000101,
    .title = "Device sends far faster than it ever has",
    .doc = "Counts the messages of each stream of a device in sliding windows of 1, 8, 64, 512, "
           "4096 and 65536 seconds, and learns the most it has seen in each. Fires when a count "
           "passes 2 times that plus 3; messages that make up for a silence (catch-up credit: gap "
           "divided by the median gap, at most 256) are not counted.",
    .why = "A sensor or meter has a rhythm of its own. One that suddenly sends without pause is "
           "broken, was taken over, or is used by somebody else; it costs airtime and can starve "
           "the server and the devices beside it.",
    .next = "Compare the device's last messages with the ones before, look whether its identity "
            "or firmware changed, and slow or block it at the broker until the cause is known.",
    .category = "Device behaviour",
    .principle = "availability,integrity",
    .attack = "T0806,T0814,T1499",
    .goal = "manipulate",
    .actor = "fraud,hacktivist,criminal",
    .severity = TT_MEDIUM,
};

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* log2(n + 1), straight between powers of two: sizes are compared by factors. n + 1 as a float is
 * 2^e × m; its octets as a number are (e + 127 + m - 1) × 2^23, and the sum e - 1 + m is asked for.
 */
static float log2_roughly(uint32_t n)
{
    float v = (float)((int64_t)n + 1);
    int32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return (float)(bits - (127 << 23)) * 0x1p-23F;
}

static inline int32_t nanoseconds(uint64_t stamp)
{
    return (int32_t)(uint32_t)stamp;
}

/* log2 of the seconds between two stamps. */
static inline float log2_gap(uint64_t from, uint64_t to)
{
    float x = (float)(int32_t)((to >> 32) - (from >> 32)), least = 0x1p-10F, most = 0x1p24F;
    x += (float)(nanoseconds(to) - nanoseconds(from)) * 1e-9F;
    x = x < most ? x : most;
    return tt_log2(x > least ? x : least);
}

static uint32_t add_capped(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* The counts of the six windows: four of them, and two. */
struct counts {
    tt_lanes front, back;
};

/* Counts n messages at `now` (s, and the part of a second that has passed) in four windows of size
 * seconds (a power of two); then: of the message before. Returns the messages in the windows that
 * end now: the part of the window before that is still covered is taken as evenly filled. */
static inline tt_lanes count_four(tt_lanes *cur, tt_lanes *prev, tt_lane_bits size,
                                  tt_lanes part_of, int32_t now, int32_t then, float part, float n)
{
    tt_lane_bits same = (now ^ then) < size;          /* nothing above the window differs */
    tt_lane_bits next = ((now - size) ^ then) < size; /* a window later */
    tt_lanes done = __builtin_convertvector(now & (size - 1), tt_lanes) + part;
    *prev = tt_lanes_where(same, *prev) + tt_lanes_where(next, *cur);
    *cur = tt_lanes_where(same, *cur) + n;
    return *cur + *prev * (1 - done * part_of);
}

/* then: seconds of the message before. */
static inline struct counts count(struct rate *r, uint64_t stamp, uint32_t then, float n)
{
    static const tt_lane_bits front_size = {1, 1 << 3, 1 << 6, 1 << 9};
    static const tt_lane_bits back_size = {1 << 12, 1 << 16, 1, 1};
    static const tt_lanes front_part = {1, 0x1p-3F, 0x1p-6F, 0x1p-9F};
    static const tt_lanes back_part = {0x1p-12F, 0x1p-16F, 0, 0};
    float part = (float)nanoseconds(stamp) * 1e-9F;
    /* No sign, and room below for the window before. */
    int32_t now = (int32_t)(stamp >> 32 & 0x3fffffff) + (1 << 20);
    int32_t before = (int32_t)(then & 0x3fffffff) + (1 << 20);
    tt_lanes cur = tt_lanes_load(r->cur), prev = tt_lanes_load(r->prev);
    struct counts c;
    c.front = count_four(&cur, &prev, front_size, front_part, now, before, part, n);
    tt_lanes_store(r->cur, cur);
    tt_lanes_store(r->prev, prev);
    cur = tt_lanes_load_2(r->cur + 4);
    prev = tt_lanes_load_2(r->prev + 4);
    c.back = count_four(&cur, &prev, back_size, back_part, now, before, part, n);
    tt_lanes_store_2(r->cur + 4, cur);
    tt_lanes_store_2(r->prev + 4, prev);
    return c;
}

COLD static void decay(struct rate *r, uint16_t day)
{
    double factor = pow(DECAY, day - r->day);
    for (int k = 0; k < SCALES; k++) {
        r->most[k] = (float)(r->most[k] * factor);
    }
    r->day = day;
    memset(r->risen, 0, sizeof r->risen);
}

/* P2: median and median deviation by stochastic approximation. x: log2 of the gap in seconds. */
static void learn_gap(struct rate *r, float x)
{
    if (r->gaps == 0) {
        r->period = x;
        r->spread = 1;
        r->gaps = 1;
        return;
    }
    float s = r->spread, off = x - r->period, away = fabsf(off);
    bool periodic = s < PERIODIC && r->gaps >= GAPS_LEAST;
    if (periodic && away >= 3 * 1.4826F * (s > SPREAD_FLOOR ? s : SPREAD_FLOOR)) {
        return;
    }
    float step = (r->gaps < 64 ? 1 / sqrtf(r->gaps) : 0.02F) * s;
    r->period += away < 1e-3F ? off : copysignf(step, off);
    s += (away > s ? step : -step) / 2;
    r->spread = s < SPREAD_LEAST ? SPREAD_LEAST : s;
    r->gaps = (uint8_t)(r->gaps + (r->gaps < UINT8_MAX));
}

static void learn_size(struct rate *r, float x, bool learning)
{
    float step = learning && r->n < 50 ? 1 / ((float)r->n + 1) : 0.02F;
    r->size_spread += step * (fabsf(x - r->size) - r->size_spread);
    r->size += step * (x - r->size);
}

static bool usual_size(const struct rate *r, float x)
{
    return fabsf(x - r->size) <= 1 + 4 * r->size_spread;
}

/* Periodic as P2 means it, and its pauses are rare: then a pause says how many messages are
 * missing. */
static bool has_rhythm(const struct rate *r)
{
    return r->gaps >= GAPS_LEAST && r->spread < PERIODIC && r->pauses < PAUSES_FEW;
}

/* P3: a long gap gives credit. periods: log2 of the gap in periods. */
COLD static void give_credit(struct rate *r, uint32_t now, float periods)
{
    if (has_rhythm(r) && periods <= CREDIT_MOST) {
        double missing = exp2((double)periods) + 1e-3;
        r->credit = r->granted = (uint8_t)(missing < UINT8_MAX ? missing : UINT8_MAX);
        r->credit_until = now + CREDIT_TTL;
    }
}

static inline void look_for_credit(struct rate *r, uint32_t now, float x)
{
    if (r->gaps < GAPS_LEAST) {
        return;
    }
    float periods = x - r->period;
    bool is_long = periods > CREDIT_GAP;
    if (periods >= -1) {
        r->quiet = (int16_t)(periods * QUIET_UNIT);
    }
    r->pauses = (uint16_t)(r->pauses + ((is_long ? UINT16_MAX : 0) - r->pauses) / 50);
    if (is_long) {
        give_credit(r, now, periods);
    }
}

/* How many of the arrivals are not counted because they make up for a silence. */
COLD static uint32_t take_credit(struct rate *r, uint32_t now, float size, uint32_t arrivals)
{
    if (now > r->credit_until || !usual_size(r, size)) {
        return 0;
    }
    uint32_t free_of_count = arrivals < r->credit ? arrivals : r->credit;
    r->credit = (uint8_t)(r->credit - free_of_count);
    return free_of_count;
}

/* Once armed a limit may rise by a tenth of what it was when the day began. */
COLD static void raise_limits(struct rate *r, tt_lanes front, tt_lanes back)
{
    float c[SCALES];
    tt_lanes_store(c, front);
    tt_lanes_store_2(c + 4, back);
    for (int k = 0; k < SCALES; k++) {
        if (c[k] <= r->most[k]) {
            continue;
        }
        double base = (double)r->most[k] / (1 + RISE * r->risen[k] / RISE_STEPS);
        double top = base * (1 + RISE);
        double to = (double)c[k] < top ? (double)c[k] : top;
        double steps = base > 0 ? ceil((to / base - 1) / RISE * RISE_STEPS) : RISE_STEPS;
        r->most[k] = (float)to;
        r->risen[k] = (uint8_t)clamp(steps, r->risen[k], RISE_STEPS);
    }
}

static inline void learn_most(struct rate *r, const struct counts *c, bool learning)
{
    tt_lanes front = tt_lanes_load(r->most), back = tt_lanes_load_2(r->most + 4);
    tt_lane_bits front_more = c->front > front, back_more = c->back > back;
    if (learning) {
        tt_lanes_store(r->most,
                       tt_lanes_where(front_more, c->front) + tt_lanes_where(~front_more, front));
        tt_lanes_store_2(r->most + 4,
                         tt_lanes_where(back_more, c->back) + tt_lanes_where(~back_more, back));
    } else if (tt_lanes_any(front_more | (back_more & (tt_lane_bits){-1, -1, 0, 0}))) {
        raise_limits(r, c->front, c->back);
    }
}

static double round_2(double x)
{
    return rint(x * 100) / 100;
}

static void fill_nots(const struct rate *r, const struct tt_model_context *ctx,
                      struct tt_finding *f)
{
    char *not = f->nots[f->n_nots++];
    double periods = exp2((double)r->quiet / QUIET_UNIT);
    if (r->granted) {
        snprintf(not, sizeof f->nots[0],
                 "catch-up burst: the last silence explains %u messages, more came", r->granted);
    } else if (!has_rhythm(r)) {
        snprintf(not, sizeof f->nots[0],
                 "catch-up burst: the stream has no rhythm of which messages could be missing");
    } else if (r->quiet > CREDIT_MOST * QUIET_UNIT) {
        snprintf(not, sizeof f->nots[0],
                 "catch-up burst: last gap was %.0f periods, too long for credit", periods);
    } else {
        snprintf(not, sizeof f->nots[0], "catch-up burst: last gap was %.1f periods", periods);
    }
    not = f->nots[f->n_nots++];
    char span[32];
    snprintf(not, sizeof f->nots[0], "too little learned: %llu messages in %s",
             (unsigned long long)ctx->n, tt_text_duration(span, ctx->sample->time - ctx->since));
}

/* Some count is above its limit: says which. Off the path of the usual message. */
COLD static void fill(struct rate *r, const struct tt_model_context *ctx, tt_lanes front,
                      tt_lanes back, float a, float b, struct tt_finding *f)
{
    float c[SCALES];
    tt_lanes_store(c, front);
    tt_lanes_store_2(c + 4, back);
    float worst = 0;
    bool persistent = false;
    unsigned above = 0;
    for (int k = 0; k < SCALES; k++) {
        float limit = a * r->most[k] + b;
        if (c[k] <= limit) {
            r->streak = (uint16_t)(r->streak & ~(STREAK << 2 * k));
            continue;
        }
        if ((r->streak >> 2 * k & STREAK) < STREAK) {
            r->streak = (uint16_t)(r->streak + (1u << 2 * k));
        }
        persistent |= (r->streak >> 2 * k & STREAK) == STREAK;
        f->limits[above].window_s = 1u << shift[k];
        f->limits[above].limit = round_2(limit);
        f->limits[above].seen = round_2(c[k]);
        above++;
        if (c[k] / limit > worst) {
            worst = c[k] / limit;
            f->observed = round_2(c[k]);
            f->expected = round_2(r->most[k]);
            f->observed_window_s = f->expected_window_s = 1u << shift[k];
        }
    }
    f->n_limits = (uint8_t)above;
    f->severity = above >= 2 || persistent ? TT_HIGH : TT_MEDIUM;
    snprintf(f->unit, sizeof f->unit, "messages");
    double learned = (double)ctx->n / ((double)ctx->n + 10);
    double sure = 1 - exp2(-(above + (double)tt_log2(worst)));
    f->confidence = round_2(clamp(learned * sure, 0.05, 0.99));
    fill_nots(r, ctx, f);
}

/* Judges the counts; fills the finding when one passes its limit. */
static inline bool judge(struct rate *r, const struct tt_model_context *ctx,
                         const struct counts *counts, struct tt_finding *f)
{
    float a = ctx->options->rate_a > 0 ? (float)ctx->options->rate_a : 2;
    float b = ctx->options->rate_b > 0 ? (float)ctx->options->rate_b : 3;
    tt_lane_bits front = counts->front > a * tt_lanes_load(r->most) + b;
    tt_lane_bits back = counts->back > a * tt_lanes_load_2(r->most + 4) + b;
    if (!tt_lanes_any(front | (back & (tt_lane_bits){-1, -1, 0, 0}))) {
        r->streak = 0;
        return false;
    }
    fill(r, ctx, counts->front, counts->back, a, b, f);
    return true;
}

/* gap: nothing for the first message of the stream. */
static inline void learn(struct rate *r, const struct counts *c, bool learning, float gap,
                         float size)
{
    learn_most(r, c, learning);
    if (r->last) {
        learn_gap(r, gap);
    }
    learn_size(r, size, learning);
    r->n = (uint8_t)(r->n + (r->n < UINT8_MAX));
}

static enum tt_verdict sample(void *state, const struct tt_model_context *ctx, struct tt_finding *f)
{
    struct rate *r = state;
    /* frames of several inputs may step back */
    uint64_t last = r->last, stamp = ctx->stamp > last ? ctx->stamp : last;
    uint32_t now = (uint32_t)(stamp >> 32), then = (uint32_t)(last >> 32);
    float gap = log2_gap(last, stamp), size = log2_roughly(ctx->sample->length);
    uint32_t counted = add_capped(1, ctx->extra);
    if (now >= (r->day + 1U) * DAY) {
        decay(r, (uint16_t)(now / DAY));
    }
    if (last) {
        if (now - then > CREDIT_TTL) {
            r->granted = 0;
        }
        look_for_credit(r, now, gap);
        if (r->credit) {
            counted -= take_credit(r, now, size, counted);
        }
    }
    struct counts c = count(r, stamp, then, (float)counted);
    enum tt_verdict v = TT_NORMAL;
    if (counted) {
        bool learning = ctx->learning || r->n < LEARN_LEAST;
        if (!learning && judge(r, ctx, &c, f)) {
            v = TT_ODD;
        } else if (!ctx->alerting) {
            learn(r, &c, learning, gap, size);
        }
    }
    r->last = stamp;
    return v;
}

static double period(const void *state)
{
    const struct rate *r = state;
    return r->gaps >= 2 ? exp2((double)r->period) : 0;
}

static bool settled(const void *state, int64_t since, int64_t now)
{
    const struct rate *r = state;
    return has_rhythm(r) || (now - since) / SECOND >= (int64_t)NO_RHYTHM_LEARNS * DAY;
}

const struct tt_model tt_model_rate = {
    .name = "rate",
    .detector = &detector,
    .state_size = sizeof(struct rate),
    .sample = sample,
    .period = period,
    .settled = settled,
};
