/* The 64-bit hash of a state.
 *
 * The hash places a state in a table, and alone stands for it where only fingerprints are kept; so two states must
 * collide as rarely as under a random function, however little they differ.
 *
 * Words are hashed in pairs: the sum of (a + key) * (b + key') over all pairs, in 128 bits. This is the family NH
 * (Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC: Fast and Secure Message Authentication, CRYPTO 1999, section 4),
 * for which two different states collide with probability 2^-64 over the choice of keys. It costs a multiplication per
 * pair and has no branch, so that zero words need no exception to be cheap. The sum is then stirred down to 64 bits by
 * multiplications and shifts that are not linear in it: otherwise either all or none of the pairs of states with the
 * same difference would collide. States wider than the keys are hashed in pieces, each starting from the hash before.
 *
 * 0 is never a hash: it marks an empty place in tables.
 */
#ifndef QX_HASH_H
#define QX_HASH_H

#include <stdint.h>

__extension__ typedef unsigned __int128 qx_uint128;

enum { QX_HASH_KEYS = 64 };

/* The first numbers of SplitMix64 (Steele, Lea, Flood 2014) from 0: chosen by nobody. */
static const uint64_t qx_hash_keys[QX_HASH_KEYS] = {
    0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec,
    0x1b39896a51a8749b, 0x53cb9f0c747ea2ea, 0x2c829abe1f4532e1, 0xc584133ac916ab3c,
    0x3ee5789041c98ac3, 0xf3b8488c368cb0a6, 0x657eecdd3cb13d09, 0xc2d326e0055bdef6,
    0x8621a03fe0bbdb7b, 0x8e1f7555983aa92f, 0xb54e0f1600cc4d19, 0x84bb3f97971d80ab,
    0x7d29825c75521255, 0xc3cf17102b7f7f86, 0x3466e9a083914f64, 0xd81a8d2b5a4485ac,
    0xdb01602b100b9ed7, 0xa9038a921825f10d, 0xedf5f1d90dca2f6a, 0x54496ad67bd2634c,
    0xdd7c01d4f5407269, 0x935e82f1db4c4f7b, 0x69b82ebc92233300, 0x40d29eb57de1d510,
    0xa2f09dabb45c6316, 0xee521d7a0f4d3872, 0xf16952ee72f3454f, 0x377d35dea8e40225,
    0x0c7de8064963bab0, 0x05582d37111ac529, 0xd254741f599dc6f7, 0x69630f7593d108c3,
    0x417ef96181daa383, 0x3c3c41a3b43343a1, 0x6e19905dcbe531df, 0x4fa9fa7324851729,
    0x84eb4454a792922a, 0x134f7096918175ce, 0x07dc930b302278a8, 0x12c015a97019e937,
    0xcc06c31652ebf438, 0xecee65630a691e37, 0x3e84ecb1763e79ad, 0x690ed476743aae49,
    0x774615d7b1a1f2e1, 0x22b353f04f4f52da, 0xe3ddd86ba71a5eb1, 0xdf268adeb6513356,
    0x2098eb73d4367d77, 0x03d6845323ce3c71, 0xc952c5620043c714, 0x9b196bca844f1705,
    0x30260345dd9e0ec1, 0xcf448a5882bb9698, 0xf4a578dccbc87656, 0xbfdeaed9a17b3c8f,
    0xed79402d1d5c5d7b, 0x55f070ab1cbbf170, 0x3e00a34929a88f1d, 0xe255b237b8bb18fb,
};

/* `start` plus the products of at most QX_HASH_KEYS words. The partner of a last odd word is 0, with the last key. */
static inline qx_uint128 qx_hash_sum(uint64_t start, const uint64_t *words, unsigned count)
{
    qx_uint128 sum = start;
    unsigned i = 0;
    for (; i + 1 < count; i += 2)
        sum += (qx_uint128)(words[i] + qx_hash_keys[i]) * (words[i + 1] + qx_hash_keys[i + 1]);
    if (i < count)
        sum += (qx_uint128)(words[i] + qx_hash_keys[i]) * qx_hash_keys[QX_HASH_KEYS - 1];
    return sum;
}

/* Both halves of a sum as one word, each bit of which depends on every bit of the sum. The low half is mixed before it
 * meets the high half, and the whole by moremur (Evensen 2019), a stronger finalizer than that of MurmurHash3. */
static inline uint64_t qx_hash_stir(qx_uint128 sum)
{
    uint64_t low = (uint64_t)sum;
    low = (low ^ low >> 32) * 0x9e3779b97f4a7c15;
    uint64_t hash = (low ^ low >> 29) + (uint64_t)(sum >> 64);
    hash = (hash ^ hash >> 27) * 0x3c79ac492ba7b653;
    hash = (hash ^ hash >> 33) * 0x1c69b3f74ac4ae35;
    return hash ^ hash >> 27;
}

/* A number that looks like no other, for colours: MurmurHash3's finalizer (Appleby) without its first shift. */
static inline uint64_t qx_stir(uint64_t number)
{
    number *= 0xff51afd7ed558ccd;
    number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53;
    return number ^ number >> 33;
}

static inline uint64_t qx_hash(const uint64_t *state, unsigned words)
{
    uint64_t hash = 0;
    for (; words > QX_HASH_KEYS; words -= QX_HASH_KEYS, state += QX_HASH_KEYS)
        hash = qx_hash_stir(qx_hash_sum(hash, state, QX_HASH_KEYS));
    hash = qx_hash_stir(qx_hash_sum(hash, state, words));
    return hash != 0 ? hash : 1;
}

#endif
