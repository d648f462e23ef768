/* Random numbers for runs: each run has a stream of its own, which depends on the seed and the run's number alone.
 *
 * xoshiro256** (Blackman, Vigna: Scrambled Linear Pseudorandom Number Generators, ACM TOMS 47(4), 2021), started from
 * four numbers of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014), as its
 * authors advise. Numbers below a bound are drawn by multiplication, and exactly uniform (Lemire: Fast Random Integer
 * Generation in an Interval, ACM TOMACS 29(1), 2019, algorithm 5).
 */
#ifndef QX_RANDOM_H
#define QX_RANDOM_H

#include "hash.h"

typedef struct {
    uint64_t word[4]; /* not all zero */
} qx_stream;

static inline uint64_t qx_splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* The stream of a run. Runs of one seed start SplitMix64 from different states, seeds far from each other; of four
 * numbers in a row from it at most one is zero. */
static inline qx_stream qx_stream_of(uint64_t seed, uint64_t number)
{
    uint64_t place = qx_splitmix(&seed) + number;
    uint64_t state = qx_splitmix(&place);
    qx_stream stream;
    for (unsigned i = 0; i < 4; i++)
        stream.word[i] = qx_splitmix(&state);
    return stream;
}

static inline uint64_t qx_rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static inline uint64_t qx_draw(qx_stream *stream)
{
    uint64_t *const w = stream->word;
    const uint64_t result = qx_rotate(w[1] * 5, 7) * 9, shifted = w[1] << 17;
    w[2] ^= w[0];
    w[3] ^= w[1];
    w[1] ^= w[2];
    w[0] ^= w[3];
    w[2] ^= shifted;
    w[3] = qx_rotate(w[3], 45);
    return result;
}

/* A number below `count`, which is not 0; all are equally likely. */
static inline uint64_t qx_draw_below(qx_stream *stream, uint64_t count)
{
    qx_uint128 product = (qx_uint128)qx_draw(stream) * count;
    if ((uint64_t)product < count) {
        const uint64_t refused = (UINT64_MAX - count + 1) % count; /* 2^64 modulo count */
        while ((uint64_t)product < refused)
            product = (qx_uint128)qx_draw(stream) * count;
    }
    return (uint64_t)(product >> 64);
}

#endif
