/* Wide states without their zero words.
 *
 * A record is a map of the words that are not zero, one bit for each, and then only these words. Most words of a wide
 * state are zero in our models: slots of logs and channels that are not in use. The map costs 1/64 of the
 * state at most. States have equal records if and only if they are equal.
 */
#ifndef QX_COMPACT_H
#define QX_COMPACT_H

#include <stdint.h>
#include <string.h>

/* Below this width all words are kept: the map would save little, and states that can be read in place are faster. */
enum { QX_COMPACT_WORDS_MIN = 9 };

static inline unsigned qx_compact_map_words(unsigned words)
{
    return (words + 63) / 64;
}

/* Returns the length of the record, at most `words` and the words of the map. Without branches: which words are zero
 * cannot be predicted. So `record` needs room for one word more than it gets. */
static inline unsigned qx_compact(const uint64_t *state, unsigned words, uint64_t *record)
{
    unsigned length = qx_compact_map_words(words);
    for (unsigned begin = 0; begin < words; begin += 64) {
        unsigned end = begin + 64 < words ? begin + 64 : words;
        uint64_t map = 0;
        for (unsigned i = begin; i < end; i++) {
            unsigned is_used = state[i] != 0;
            map |= (uint64_t)is_used << (i - begin);
            record[length] = state[i];
            length += is_used;
        }
        record[begin / 64] = map;
    }
    return length;
}

static inline void qx_expand(const uint64_t *record, unsigned words, uint64_t *state)
{
    const uint64_t *used = record + qx_compact_map_words(words);
    memset(state, 0, words * sizeof *state);
    for (unsigned begin = 0; begin < words; begin += 64)
        for (uint64_t map = record[begin / 64]; map != 0; map &= map - 1)
            state[begin + (unsigned)__builtin_ctzll(map)] = *used++;
}

#endif
