/* What is claimed of hashes, and of the store that has nothing else. */
#include <limits.h>
#include <pthread.h>

#include "claims.h"
#include "store.h"

enum { WORKERS_MAX = 4, SUCCESSORS = 3, SHARE = QX_BATCH / SUCCESSORS, WORDS = 3 };

static const uint64_t no_limit = UINT64_C(8) << 30;

static uint64_t hash_of(uint64_t number)
{
    uint64_t state[WORDS];
    make_state(number, WORDS, state);
    return qx_hash(state, WORDS);
}

/* Hashes. */

/* Elsewhere the same program must find the same states missing. */
static void hashes_are_the_same_on_every_machine(uint64_t states)
{
    (void)states;
    static const struct {
        unsigned words;
        uint64_t hash;
    } expected[] = {
        {1, 0x175cc708a69ff2e9},
        {2, 0xce3e4a34f6b75c7a},
        {3, 0xf41432d05327ee3a},
        {38, 0x3ace96a7274b9a93},
        {64, 0x020e31bf92b766af},
        {65, 0xd4adad53256fb3e3},
        {129, 0x51c4f3ece8ad794c},
        {200, 0xdfd8bb960564305c},
    };
    uint64_t state[200];
    for (unsigned i = 0; i < 200; i++)
        state[i] = mix(i);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK(qx_hash(state, expected[i].words) == expected[i].hash);
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* States that differ as little as states of models do: three counters, in words that lie apart, low or high. */
static uint64_t hash_of_counters(uint64_t number, unsigned words, unsigned shift)
{
    uint64_t state[130] = {0};
    state[0] = (number & 63) << shift;
    state[words / 2] += (number >> 6 & 63) << (57 - shift);
    state[words - 1] += number >> 12 << 6;
    return qx_hash(state, words);
}

/* Among n values of b random bits n^2 / 2^(b+1) pairs are equal, give or take the square root of that. */
static void check_collisions(unsigned words, unsigned shift, unsigned low)
{
    enum { COUNT = 1 << 18, BITS = 28, PAIRS = 128, DEVIATION = 12 };
    uint64_t *hashes = malloc(COUNT * sizeof *hashes);
    for (uint64_t i = 0; i < COUNT; i++)
        hashes[i] = hash_of_counters(i, words, shift) >> low & ((1 << BITS) - 1);
    qsort(hashes, COUNT, sizeof *hashes, compare);
    int pairs = 0;
    for (size_t i = 1; i < COUNT; i++)
        pairs += hashes[i] == hashes[i - 1];
    CHECK(abs(pairs - PAIRS) < 5 * DEVIATION);
    free(hashes);
}

static void hashes_collide_like_random_numbers(uint64_t states)
{
    static const unsigned widths[] = {3, 39, 130};
    for (size_t w = 0; w < 3; w++)
        for (unsigned shift = 0; shift < 58; shift += 19)
            for (unsigned low = 0; low <= 36 && (low == 0 || states >= 1000000); low += 12)
                check_collisions(widths[w], shift, low);
}

/* A breadth-first search of a random graph, by several workers and by the book. */

typedef struct {
    qx_store *store;
    uint64_t numbers;
    unsigned workers, level;
    size_t segment; /* the rest of the level: from `first` in this segment on */
    qx_ref first;
    uint64_t count;
} search;

typedef struct {
    search *search;
    unsigned number;
    qx_ref first;
    uint64_t count;
    uint64_t fulls;
} searcher;

static uint64_t successor(const search *search, uint64_t number, unsigned i)
{
    return mix(number * SUCCESSORS + i) % search->numbers;
}

static void *expand(void *argument)
{
    searcher *me = argument;
    const search *search = me->search;
    uint64_t scratch[WORDS], state[WORDS];
    for (qx_ref ref = me->first; ref < me->first + me->count; ref++) {
        uint64_t number = number_of(qx_store_get(search->store, ref, scratch), WORDS);
        for (unsigned i = 0; i < SUCCESSORS; i++) {
            qx_ref found;
            make_state(successor(search, number, i), WORDS, state);
            me->fulls += qx_store_insert(search->store, me->number, state, qx_hash(state, WORDS), hash_of(number),
                                         &found) == QX_FULL;
        }
    }
    return NULL;
}

/* The next states of the level, at most a share. */
static void take_share(search *search, searcher *me)
{
    while (search->count == 0 && search->segment < qx_store_segments(search->store, search->level))
        qx_store_segment(search->store, search->level, search->segment++, &search->first, &search->count);
    me->first = search->first;
    me->count = search->count < SHARE ? search->count : SHARE;
    search->first += me->count;
    search->count -= me->count;
}

static void expand_level(search *search)
{
    pthread_t threads[WORKERS_MAX];
    searcher searchers[WORKERS_MAX];
    search->segment = search->count = 0;
    do {
        for (unsigned i = 0; i < search->workers; i++) {
            searchers[i] = (searcher){.search = search, .number = i};
            take_share(search, &searchers[i]);
            CHECK(pthread_create(&threads[i], NULL, expand, &searchers[i]) == 0);
        }
        for (unsigned i = 0; i < search->workers; i++) {
            pthread_join(threads[i], NULL);
            CHECK(searchers[i].fulls == 0);
        }
        if (qx_store_wants_growth(search->store))
            CHECK(qx_store_grow(search->store));
    } while (search->count != 0 || search->segment < qx_store_segments(search->store, search->level));
}

static qx_store *explore(unsigned workers, uint64_t numbers)
{
    search search = {.store = qx_store_new(QX_FP64, WORDS, workers, no_limit, UINT64_MAX),
                     .numbers = numbers,
                     .workers = workers};
    uint64_t state[WORDS];
    qx_ref ref;
    make_state(0, WORDS, state);
    CHECK(qx_store_insert(search.store, 0, state, qx_hash(state, WORDS), 0, &ref) == QX_NEW);
    for (;; search.level++) {
        CHECK(qx_store_next_level(search.store));
        if (qx_store_segments(search.store, search.level) == 0)
            return search.store;
        expand_level(&search);
    }
}

typedef struct {
    unsigned depth; /* UINT_MAX: not reached */
    uint64_t parent;
} reached;

/* Level by level over all numbers, as slow as it is plain. */
static reached *explore_by_the_book(uint64_t numbers)
{
    const search graph = {.numbers = numbers};
    reached *all = malloc(numbers * sizeof *all);
    for (uint64_t n = 0; n < numbers; n++)
        all[n] = (reached){UINT_MAX, UINT64_MAX};
    all[0] = (reached){0, 0};
    bool is_grown = true;
    for (unsigned depth = 1; is_grown; depth++) {
        is_grown = false;
        for (uint64_t n = 0; n < numbers; n++)
            for (unsigned i = 0; i < SUCCESSORS && all[n].depth == depth - 1; i++) {
                reached *to = &all[successor(&graph, n, i)];
                if (to->depth == UINT_MAX)
                    to->depth = depth;
                if (to->depth == depth && hash_of(n) < to->parent)
                    to->parent = hash_of(n);
                is_grown = true;
            }
    }
    return all;
}

static void parents_are_least_whoever_is_faster(uint64_t states)
{
    const uint64_t numbers = states / 4;
    reached *all = explore_by_the_book(numbers);
    for (unsigned workers = 1; workers <= 4; workers *= 2) {
        qx_store *store = explore(workers, numbers);
        uint64_t count = 0;
        for (uint64_t n = 0; n < numbers; n++) {
            unsigned depth;
            uint64_t parent;
            bool is_reached = qx_store_parent(store, hash_of(n), &depth, &parent);
            CHECK(is_reached == (all[n].depth != UINT_MAX));
            if (is_reached)
                CHECK(depth == all[n].depth && parent == all[n].parent);
            count += is_reached;
        }
        CHECK(count == qx_store_count(store));
        qx_store_free(store);
    }
    free(all);
}

/* Corners of entries. */

static void insert_hash(qx_store *store, uint64_t hash, uint64_t parent_hash, qx_insertion expected)
{
    qx_ref ref;
    CHECK(qx_store_insert(store, 0, &hash, hash, parent_hash, &ref) == expected);
    if (expected == QX_NEW) {
        uint64_t scratch;
        CHECK(*qx_store_get(store, ref, &scratch) == hash);
    }
}

static void check_parent(const qx_store *store, uint64_t hash, unsigned depth, uint64_t parent_hash)
{
    unsigned depth_found;
    uint64_t parent_found;
    CHECK(qx_store_parent(store, hash, &depth_found, &parent_found));
    CHECK(depth_found == depth && parent_found == parent_hash);
}

/* Hashes that share their high 48 bits, at the ends of the table, where probing goes round, and in the middle. */
static void a_parent_is_the_least_of_its_level_with_its_high_bits(uint64_t states)
{
    (void)states;
    static const uint64_t groups[] = {0, UINT64_C(0x7fffffffffff) << 16, UINT64_C(0xffffffffffff) << 16};
    for (size_t g = 0; g < 3; g++) {
        const uint64_t base = groups[g];
        qx_store *store = qx_store_new(QX_FP64, 1, 1, no_limit, UINT64_MAX);
        insert_hash(store, base | 3, 0, QX_NEW);
        CHECK(qx_store_next_level(store));
        insert_hash(store, base | 9, base | 3, QX_NEW);
        insert_hash(store, base | 7, base | 3, QX_NEW);
        CHECK(qx_store_next_level(store));
        insert_hash(store, base | 0xffff, base | 9, QX_NEW);
        insert_hash(store, base | 5, base | 9, QX_NEW);
        insert_hash(store, base | 7, base | 9, QX_OLD);
        for (uint64_t i = 0; i < 200; i++)
            insert_hash(store, base | (1000 + i), base | 9, QX_NEW);
        check_parent(store, base | 3, 0, 0);
        check_parent(store, base | 7, 1, base | 3);
        check_parent(store, base | 0xffff, 2, base | 7);
        check_parent(store, base | 5, 2, base | 7);
        check_parent(store, base | 1199, 2, base | 7);
        qx_store_free(store);
    }
}

static void the_mark_of_an_empty_entry_is_a_hash_like_others(uint64_t states)
{
    (void)states;
    uint64_t zero = 0, one = 1;
    CHECK(qx_hash(&zero, 1) != 0);
    qx_store *store = qx_store_new(QX_FP64, 1, 1, no_limit, UINT64_MAX);
    CHECK(qx_store_find(store, &zero, 0) == QX_NONE);
    insert_hash(store, 0, 0, QX_NEW);
    insert_hash(store, 0, 0, QX_OLD);
    CHECK(qx_store_find(store, &zero, 0) != QX_NONE);
    CHECK(qx_store_find(store, &one, 1) != QX_NONE); /* a collision, as rare as any other */
    CHECK(qx_store_count(store) == 1);
    qx_store_free(store);
}

static void a_depth_that_does_not_fit_is_a_limit(uint64_t states)
{
    (void)states;
    qx_store *store = qx_store_new(QX_FP64, 1, 1, no_limit, UINT64_MAX);
    for (uint64_t n = 0; n < UINT16_MAX; n++) {
        insert_hash(store, mix(n), n != 0 ? mix(n - 1) : 0, QX_NEW);
        CHECK(qx_store_next_level(store));
        if (qx_store_wants_growth(store))
            CHECK(qx_store_grow(store));
    }
    check_parent(store, mix(UINT16_MAX - 1), UINT16_MAX - 1, mix(UINT16_MAX - 2));
    insert_hash(store, mix(5), mix(UINT16_MAX - 1), QX_OLD);
    insert_hash(store, mix(UINT16_MAX), mix(UINT16_MAX - 1), QX_FULL);
    CHECK(strcmp(qx_store_limit(store), "65535 levels, the most that an entry can tell apart") == 0);
    CHECK(qx_store_count(store) == UINT16_MAX);
    qx_store_free(store);
}

int main(int argc, char **argv)
{
    static const claim claims[] = {
        CLAIM(hashes_are_the_same_on_every_machine),
        CLAIM(hashes_collide_like_random_numbers),
        CLAIM(parents_are_least_whoever_is_faster),
        CLAIM(a_parent_is_the_least_of_its_level_with_its_high_bits),
        CLAIM(the_mark_of_an_empty_entry_is_a_hash_like_others),
        CLAIM(a_depth_that_does_not_fit_is_a_limit),
    };
    return check_claim(argc, argv, claims, sizeof claims / sizeof *claims);
}
