/* How fast the stores are, on one core, and how much memory a state takes: bench_store [MILLIONS [KIND]]
 *
 *   narrow   3 words; one insertion in four is of a new state, the others of random earlier ones
 *   changes  38 words, of which 12 are used, each with 16 values; a state is a random earlier one with one to four of
 *            them changed, so that nearly all insertions are of new states and few subtrees are shared
 *   grid     the same 38 words as counters, breadth first; a step raises one or two: each state is found from many
 *
 * Time is that of the processor, and includes making states and hashing them. Slots are fetched ahead for 64 states at
 * a time.
 */
#include <stdio.h>
#include <time.h>

#include "claims.h"
#include "store.h"

enum { AHEAD = 64, WORDS = 38, USED = 12, VALUES = 16, WORDS_MAX = 38 };

typedef struct {
    qx_store *store;
    unsigned words;
    unsigned count; /* of states that wait for insertion */
    uint64_t states[AHEAD][WORDS_MAX];
    uint64_t hashes[AHEAD];
    uint64_t insertions;
    double growth_seconds;
    bool fetches_states;
} queue;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void flush(queue *queue)
{
    for (unsigned i = 0; i < queue->count; i++) {
        queue->hashes[i] = qx_hash(queue->states[i], queue->words);
        qx_store_prefetch(queue->store, queue->hashes[i]);
    }
    for (unsigned i = 0; i < queue->count && queue->fetches_states; i++)
        qx_store_prefetch_state(queue->store, queue->hashes[i]);
    for (unsigned i = 0; i < queue->count; i++) {
        qx_ref ref;
        CHECK(qx_store_insert(queue->store, 0, queue->states[i], queue->hashes[i], 1, &ref) != QX_FULL);
    }
    queue->insertions += queue->count;
    queue->count = 0;
    if (qx_store_wants_growth(queue->store)) {
        double start = seconds();
        CHECK(qx_store_grow(queue->store));
        queue->growth_seconds += seconds() - start;
    }
}

static uint64_t *place(queue *queue)
{
    if (queue->count == AHEAD)
        flush(queue);
    return queue->states[queue->count++];
}

static void narrow(queue *queue, uint64_t insertions)
{
    uint64_t random = 1, fresh = 1;
    for (uint64_t i = 0; i < insertions; i++) {
        random = mix(random);
        uint64_t number = random % 4 == 0 ? fresh++ : (uint64_t)((qx_uint128)random * fresh >> 64);
        uint64_t *state = place(queue);
        state[0] = number * 77;
        state[1] = number >> 3;
        state[2] = number & 7;
    }
    flush(queue);
}

/* A reference to one of the states of the last level. */
static qx_ref pick(const qx_store *store, unsigned level, uint64_t random)
{
    size_t segments = qx_store_segments(store, level);
    qx_ref first;
    uint64_t count;
    qx_store_segment(store, level, (size_t)(random >> 32) % segments, &first, &count);
    return first + random % count;
}

static void changes(queue *queue, uint64_t insertions)
{
    uint64_t scratch[WORDS], random = 1;
    memset(place(queue), 0, WORDS * sizeof(uint64_t));
    for (unsigned level = 0; queue->insertions < insertions; level++) {
        flush(queue);
        qx_store_next_level(queue->store);
        uint64_t sources = qx_store_count(queue->store) / 4 + 1;
        for (uint64_t k = 0; k < sources && queue->insertions < insertions; k++) {
            random = mix(random);
            const uint64_t *source = qx_store_source(queue->store, 0, pick(queue->store, level, random), scratch);
            for (unsigned i = 0; i < 8; i++) {
                uint64_t *state = memcpy(place(queue), source, WORDS * sizeof(uint64_t));
                random = mix(random);
                for (unsigned n = 0; n <= (random >> 60) % 4; n++)
                    state[(random >> 8 * n) % USED * 3 + 1] = 1 + (random >> (8 * n + 4)) % VALUES;
            }
        }
    }
}

static void grid(queue *queue, uint64_t insertions)
{
    uint64_t scratch[WORDS];
    memset(place(queue), 0, WORDS * sizeof(uint64_t));
    for (unsigned level = 0; queue->insertions < insertions; level++) {
        flush(queue);
        qx_store_next_level(queue->store);
        for (size_t i = 0; i < qx_store_segments(queue->store, level); i++) {
            qx_ref first;
            uint64_t count;
            qx_store_segment(queue->store, level, i, &first, &count);
            for (qx_ref ref = first; ref < first + count && queue->insertions < insertions; ref++) {
                const uint64_t *source = qx_store_source(queue->store, 0, ref, scratch);
                for (unsigned step = 0; step < USED; step++) {
                    uint64_t *state = memcpy(place(queue), source, WORDS * sizeof(uint64_t));
                    state[step * 3 + 1]++;
                    if (step % 3 == 0)
                        state[(step + 5) % USED * 3 + 1] += state[step * 3 + 1] & 1;
                }
            }
        }
    }
    flush(queue);
}

static void measure(qx_store_kind kind, const char *name, unsigned words, void (*work)(queue *, uint64_t),
                    uint64_t insertions)
{
    static queue queue;
    queue.store = qx_store_new(kind, words, 1, UINT64_C(12) << 30, UINT64_MAX);
    queue.words = words;
    queue.fetches_states = kind == QX_EXACT;
    queue.count = 0;
    queue.insertions = 0;
    queue.growth_seconds = 0;
    double start = seconds();
    work(&queue, insertions);
    double elapsed = seconds() - start;
    static const char *const kinds[] = {"exact", "tree", "fp64"};
    uint64_t count = qx_store_count(queue.store);
    printf("%-8s %-6s %6.2f M/s, %4.1f s of which %4.2f growth, %5.2f M states, %5.1f bytes per state\n", name,
           kinds[kind], (double)queue.insertions / elapsed * 1e-6, elapsed, queue.growth_seconds, (double)count * 1e-6,
           (double)qx_store_bytes(queue.store) / (double)count);
    qx_store_free(queue.store);
}

int main(int argc, char **argv)
{
    uint64_t insertions = (argc > 1 ? strtoull(argv[1], NULL, 10) : 10) * 1000000;
    for (qx_store_kind kind = QX_EXACT; kind <= QX_FP64; kind++) {
        if (argc > 2 && (unsigned)kind != strtoul(argv[2], NULL, 10))
            continue;
        measure(kind, "narrow", 3, narrow, insertions);
        measure(kind, "changes", WORDS, changes, insertions / 4);
        measure(kind, "grid", WORDS, grid, insertions);
    }
    return 0;
}
