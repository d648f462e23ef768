/* What is claimed of the state stores, whatever their kind. */
#include <pthread.h>
#include <sys/resource.h>

#include "claims.h"
#include "store.h"

enum { WORKERS_MAX = 8 };

static const uint64_t no_limit = UINT64_C(8) << 30;
static const qx_store_kind kinds[] = {QX_EXACT, QX_TREE, QX_FP64};

/* Rounds: every worker inserts a batch, then one thread does what needs quiescence. */

typedef struct crowd crowd;

struct crowd {
    qx_store *store;
    unsigned words, workers;
    uint64_t numbers;     /* states are those of 0 to numbers - 1 */
    uint64_t constant;    /* the hash of every state; 0: qx_hash */
    uint64_t round;
    _Atomic uint64_t news, fulls;
    _Atomic uint8_t *inserted; /* by number: 1 + the round in which it was new */
};

typedef struct {
    crowd *crowd;
    unsigned number;
} worker;

static uint64_t hash_in(const crowd *crowd, const uint64_t *state)
{
    return crowd->constant != 0 ? crowd->constant : qx_hash(state, crowd->words);
}

static void *insert_batch(void *argument)
{
    const worker *me = argument;
    crowd *crowd = me->crowd;
    uint64_t state[QX_WORDS_MAX], scratch[QX_WORDS_MAX], random = crowd->round * WORKERS_MAX + me->number;
    for (unsigned i = 0; i < QX_BATCH; i++) {
        random = mix(random);
        uint64_t number = random % crowd->numbers;
        make_state(number, crowd->words, state);
        qx_ref ref;
        uint64_t hash = hash_in(crowd, state);
        switch (qx_store_insert(crowd->store, me->number, state, hash, 1, &ref)) {
        case QX_FULL:
            crowd->fulls++;
            continue;
        case QX_NEW:
            crowd->news++;
            CHECK(atomic_fetch_add(&crowd->inserted[number], 1) == 0);
            CHECK(memcmp(qx_store_get(crowd->store, ref, scratch), state, crowd->words * sizeof *state) == 0);
            if (random >> 62 == 0)
                qx_store_source(crowd->store, me->number, ref, scratch);
            break;
        case QX_OLD:
            break;
        }
    }
    return NULL;
}

static void run_round(crowd *crowd)
{
    pthread_t threads[WORKERS_MAX];
    worker workers[WORKERS_MAX];
    for (unsigned i = 0; i < crowd->workers; i++) {
        workers[i] = (worker){crowd, i};
        CHECK(pthread_create(&threads[i], NULL, insert_batch, &workers[i]) == 0);
    }
    for (unsigned i = 0; i < crowd->workers; i++)
        pthread_join(threads[i], NULL);
    crowd->round++;
}

static crowd gather(qx_store_kind kind, unsigned words, unsigned workers, uint64_t numbers, uint64_t memory_bytes,
                    uint64_t states_max)
{
    crowd made = {
        .store = qx_store_new(kind, words, workers, memory_bytes, states_max),
        .words = words,
        .workers = workers,
        .numbers = numbers,
        .inserted = calloc(numbers, 1),
    };
    CHECK(made.store != NULL && made.inserted != NULL);
    return made;
}

static void disperse(crowd *crowd)
{
    qx_store_free(crowd->store);
    free(crowd->inserted);
}

/* What must be true at the end of every run, whatever limit it met. */
static void check_contents(const crowd *crowd, bool is_readable)
{
    uint64_t state[QX_WORDS_MAX], scratch[QX_WORDS_MAX], count = 0;
    for (uint64_t number = 0; number < crowd->numbers; number++) {
        make_state(number, crowd->words, state);
        qx_ref ref = qx_store_find(crowd->store, state, hash_in(crowd, state));
        CHECK((ref != QX_NONE) == (crowd->inserted[number] != 0));
        if (ref != QX_NONE && is_readable)
            CHECK(memcmp(qx_store_get(crowd->store, ref, scratch), state, crowd->words * sizeof *state) == 0);
        count += ref != QX_NONE;
    }
    CHECK(count == crowd->news);
    CHECK(count == qx_store_count(crowd->store));
}

/* Counts how often each number is in the level; returns how many states it has. */
static uint64_t walk_level(const crowd *crowd, unsigned level, uint8_t *seen)
{
    uint64_t scratch[QX_WORDS_MAX], total = 0;
    for (size_t i = 0; i < qx_store_segments(crowd->store, level); i++) {
        qx_ref first;
        uint64_t count;
        qx_store_segment(crowd->store, level, i, &first, &count);
        for (qx_ref ref = first; ref < first + count; ref++)
            seen[number_of(qx_store_get(crowd->store, ref, scratch), crowd->words)]++;
        total += count;
    }
    return total;
}

static void check_storing(qx_store_kind kind, unsigned words, unsigned workers, uint64_t states)
{
    crowd crowd = gather(kind, words, workers, states / 4, no_limit, UINT64_MAX);
    while (crowd.round * workers * QX_BATCH < states) {
        run_round(&crowd);
        if (qx_store_wants_growth(crowd.store))
            CHECK(qx_store_grow(crowd.store));
    }
    CHECK(crowd.fulls == 0 && qx_store_limit(crowd.store) == NULL);
    check_contents(&crowd, kind != QX_FP64);
    disperse(&crowd);
}

static void every_state_is_stored_once(uint64_t states)
{
    static const unsigned widths[] = {1, 2, 3, 9, 40};
    for (size_t k = 0; k < 3; k++)
        for (size_t w = 0; w < 5; w++) {
            check_storing(kinds[k], widths[w], 1, states / 4);
            check_storing(kinds[k], widths[w], 2, states / 4);
            check_storing(kinds[k], widths[w], 4, states);
        }
    for (size_t k = 0; k < 3; k++) {
        check_storing(kinds[k], 333, 2, states / 20);
        check_storing(kinds[k], QX_WORDS_MAX, 1, states / 200);
    }
}

static void levels_partition_the_states(uint64_t states)
{
    for (size_t k = 0; k < 3; k++)
        for (unsigned words = 3; words <= 40; words += 37) {
            crowd crowd = gather(kinds[k], words, 2, states / 4, no_limit, UINT64_MAX);
            uint8_t *seen = calloc(crowd.numbers, 1);
            uint64_t total = 0;
            for (unsigned level = 0; level < 20; level++) {
                uint64_t before = crowd.news;
                for (uint64_t i = 0; i < states / QX_BATCH / 40 && level % 7 != 3; i++) {
                    run_round(&crowd);
                    if (qx_store_wants_growth(crowd.store))
                        CHECK(qx_store_grow(crowd.store));
                }
                CHECK(qx_store_next_level(crowd.store));
                uint64_t width = walk_level(&crowd, level, seen);
                CHECK(width == crowd.news - before);
                total += width;
            }
            CHECK(total == crowd.news);
            CHECK(memcmp(seen, (const void *)crowd.inserted, crowd.numbers) == 0);
            if (kinds[k] != QX_FP64) { /* which has forgotten them */
                memset(seen, 0, crowd.numbers);
                for (unsigned level = 0; level < 20; level++)
                    walk_level(&crowd, level, seen);
                CHECK(memcmp(seen, (const void *)crowd.inserted, crowd.numbers) == 0);
            }
            CHECK(qx_store_segments(crowd.store, 20) == 0);
            free(seen);
            disperse(&crowd);
        }
}

static void the_limit_of_states_is_exact(uint64_t states)
{
    const uint64_t limits[] = {0, 1, 1000, 4567, states / 10};
    for (size_t k = 0; k < 3; k++)
        for (size_t n = 0; n < 5; n++) {
            crowd crowd = gather(kinds[k], 3, 4, states / 4 + 20000, no_limit, limits[n]);
            while (crowd.fulls == 0) {
                run_round(&crowd);
                if (qx_store_wants_growth(crowd.store))
                    CHECK(qx_store_grow(crowd.store));
            }
            CHECK(crowd.news == limits[n]);
            CHECK(strcmp(qx_store_limit(crowd.store), "the limit of states") == 0);
            check_contents(&crowd, kinds[k] != QX_FP64);
            disperse(&crowd);
        }
}

static void the_limit_of_memory_is_kept(uint64_t states)
{
    for (size_t k = 0; k < 3; k++)
        for (unsigned words = 3; words <= 40; words += 37) {
            const uint64_t room_for_batches = (words < 10 ? UINT64_C(2) : UINT64_C(10)) << 20;
            const uint64_t limit = states * 8 + room_for_batches;
            crowd crowd = gather(kinds[k], words, 2, limit / 16, limit, UINT64_MAX); /* no state needs 16 bytes only */
            while (crowd.fulls == 0) {
                run_round(&crowd);
                CHECK(qx_store_bytes(crowd.store) <= limit);
                if (qx_store_wants_growth(crowd.store))
                    qx_store_grow(crowd.store);
                CHECK(!qx_store_wants_growth(crowd.store));
                CHECK(qx_store_bytes(crowd.store) <= limit);
            }
            CHECK(crowd.news > limit / (1000 + 8 * words));
            CHECK(qx_store_bytes(crowd.store) > limit / 2);
            CHECK(strcmp(qx_store_limit(crowd.store), "the limit of memory") == 0);
            check_contents(&crowd, kinds[k] != QX_FP64);
            disperse(&crowd);
        }
}

static void too_little_memory_is_no_store(uint64_t states)
{
    (void)states;
    for (size_t k = 0; k < 3; k++)
        for (uint64_t bytes = 0; bytes < 4 << 20; bytes += 50000)
            qx_store_free(qx_store_new(kinds[k], 40, 2, bytes, UINT64_MAX));
    CHECK(qx_store_new(QX_EXACT, 3, 1, 1000, UINT64_MAX) == NULL);
    CHECK(qx_store_new(QX_EXACT, 0, 1, no_limit, UINT64_MAX) == NULL);
    CHECK(qx_store_new(QX_EXACT, QX_WORDS_MAX + 1, 1, no_limit, UINT64_MAX) == NULL);
}

/* Not for sanitizers, which need address space of their own. */
static void refused_memory_is_a_limit(uint64_t states)
{
    const struct rlimit small = {UINT64_C(200) << 20, UINT64_C(200) << 20};
    CHECK(setrlimit(RLIMIT_AS, &small) == 0);
    for (size_t k = 0; k < 3; k++) {
        crowd crowd = gather(kinds[k], 20, 2, 16 * states, no_limit, UINT64_MAX);
        while (crowd.fulls == 0) {
            run_round(&crowd);
            if (qx_store_wants_growth(crowd.store))
                qx_store_grow(crowd.store);
        }
        CHECK(qx_store_limit(crowd.store) != NULL);
        check_contents(&crowd, kinds[k] != QX_FP64);
        disperse(&crowd);
    }
}

static void states_of_equal_hash_are_told_apart(uint64_t states)
{
    (void)states;
    for (size_t k = 0; k < 2; k++)
        for (unsigned words = 3; words <= 40; words += 37) {
            crowd crowd = gather(kinds[k], words, 4, 1500, no_limit, UINT64_MAX);
            crowd.constant = 0x1234567887654321;
            run_round(&crowd);
            check_contents(&crowd, true);
            disperse(&crowd);
        }
}

static void a_store_that_is_not_grown_refuses(uint64_t states)
{
    for (size_t k = 0; k < 3; k++) {
        crowd crowd = gather(kinds[k], 3, 4, states + 100000, no_limit, UINT64_MAX);
        while (crowd.fulls == 0)
            run_round(&crowd);
        CHECK(strcmp(qx_store_limit(crowd.store), "the size of a table that was not grown in time") == 0);
        check_contents(&crowd, kinds[k] != QX_FP64);
        disperse(&crowd);
    }
}

static uint64_t hash_of_one(const qx_table *table, const uint64_t *record)
{
    (void)table;
    return qx_hash(record, 1);
}

static void references_end_in_a_refusal(uint64_t states)
{
    (void)states;
    qx_budget budget = {.bytes_max = no_limit};
    _Atomic bool wants_growth = false;
    const qx_table_plan plan = {
        .slots = {.workers = 1,
                  .slot_bytes = 8,
                  .records_max = UINT64_MAX,
                  .records_per_batch = 2000,
                  .wants_growth = &wants_growth},
        .length_max = 1,
        .is_fixed = true,
        .ref_bits = 12,
        .refs_used_up = "references of twelve bits",
        .hash = hash_of_one,
    };
    qx_table table;
    CHECK(qx_table_open(&table, &budget, &plan));
    qx_ref ref;
    uint64_t record = 0;
    while (qx_table_insert(&table, 0, &record, 1, qx_hash(&record, 1), &ref) == QX_NEW) {
        CHECK(ref + 1 < 1 << 12);
        record++;
    }
    CHECK(record == (1 << 12) - QX_BLOCK);
    CHECK(strcmp(budget.refusal, "references of twelve bits") == 0);
    qx_table_close(&table);
    CHECK(budget.bytes == 0);
}

static void a_small_run_touches_little_memory(uint64_t states)
{
    (void)states;
    for (size_t k = 0; k < 3; k++) {
        crowd crowd = gather(kinds[k], 20, 2, 4000, no_limit, UINT64_MAX);
        for (int i = 0; i < 4; i++)
            run_round(&crowd);
        CHECK(qx_store_bytes(crowd.store) < 4 << 20);
        disperse(&crowd);
    }
}

int main(int argc, char **argv)
{
    static const claim claims[] = {
        CLAIM(every_state_is_stored_once),
        CLAIM(levels_partition_the_states),
        CLAIM(the_limit_of_states_is_exact),
        CLAIM(the_limit_of_memory_is_kept),
        CLAIM(too_little_memory_is_no_store),
        CLAIM(refused_memory_is_a_limit),
        CLAIM(states_of_equal_hash_are_told_apart),
        CLAIM(a_store_that_is_not_grown_refuses),
        CLAIM(references_end_in_a_refusal),
        CLAIM(a_small_run_touches_little_memory),
    };
    return check_claim(argc, argv, claims, sizeof claims / sizeof *claims);
}
