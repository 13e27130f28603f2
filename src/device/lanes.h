/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Four floats at once, from the operations that IEEE 754 defines exactly, so that findings depend
 * neither on the machine nor on the version of a mathematics library. The logarithms to base 2 are
 * right to 4e-6, which is far below what a model looks at.
 */
#ifndef DEVICE_LANES_H
#define DEVICE_LANES_H

#include <stdint.h>
#include <string.h>

typedef float tt_lanes __attribute__((vector_size(16)));
typedef int32_t tt_lane_bits __attribute__((vector_size(16)));

#define TT_LANES(x) ((tt_lanes){(x), (x), (x), (x)})

static inline tt_lanes tt_lanes_load(const float *p)
{
    tt_lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void tt_lanes_store(float *p, tt_lanes v)
{
    memcpy(p, &v, sizeof v);
}

/* Two floats; the upper lanes are 0. */
static inline tt_lanes tt_lanes_load_2(const float *p)
{
    int64_t two;
    memcpy(&two, p, sizeof two);
    return (tt_lanes)(int64_t __attribute__((vector_size(16)))){two, 0};
}

static inline void tt_lanes_store_2(float *p, tt_lanes v)
{
    memcpy(p, &v, 2 * sizeof *p);
}

/* Those of a where the mask is all ones, 0 elsewhere. */
static inline tt_lanes tt_lanes_where(tt_lane_bits mask, tt_lanes a)
{
    return (tt_lanes)((tt_lane_bits)a & mask);
}

/* Is a mask anywhere set? */
static inline int tt_lanes_any(tt_lane_bits mask)
{
    int64_t __attribute__((vector_size(16))) both = (int64_t __attribute__((vector_size(16))))mask;
    return (both[0] | both[1]) != 0;
}

/* x = 2^e × m with m from sqrt(1/2) to sqrt(2); log2 m = 2 / ln 2 × artanh s as a series in s to
 * s^5. */
#define TT_LOG2_ROOT 0x3f3504f3
#define TT_LOG2_1    2.8853900817779268F
#define TT_LOG2_3    0.9617966939259756F
#define TT_LOG2_5    0.5770780163555854F

/* Each lane > 0 and normal. */
static inline tt_lanes tt_lanes_log2(tt_lanes x)
{
    tt_lane_bits bits = (tt_lane_bits)x;
    tt_lane_bits e = (bits - TT_LOG2_ROOT) >> 23;
    tt_lanes m = (tt_lanes)(bits - (e << 23));
    tt_lanes s = (m - 1) / (m + 1), q = s * s;
    return __builtin_convertvector(e, tt_lanes) + s * (TT_LOG2_1 + q * (TT_LOG2_3 + q * TT_LOG2_5));
}

/* The same for one: x > 0 and normal. */
static inline float tt_log2(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int32_t e = (bits - TT_LOG2_ROOT) >> 23;
    bits -= (int32_t)((uint32_t)e << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    float s = (m - 1) / (m + 1), q = s * s;
    return (float)e + s * (TT_LOG2_1 + q * (TT_LOG2_3 + q * TT_LOG2_5));
}

#endif
