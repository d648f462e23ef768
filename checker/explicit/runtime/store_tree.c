/* The store that keeps every state as a tree, and every distinct subtree once.
 *
 * The words of a state are paired, and each distinct pair gets a number; the numbers are paired again, level by level,
 * until one pair is left: the root, 8 bytes, which is all that a state costs if both its halves were seen before. This
 * is the lossless compression of Laarman, van de Pol, Weber: Parallel Recursive State Compression for Free, SPIN 2011,
 * sections 3 and 4. Three tables hold the pairs of words, the pairs of numbers, and the roots. Unlike in the paper a
 * number does not say where in its table a pair is, so that tables can grow. 0 is the number of a pair of zeros, which
 * is stored nowhere: words that are not in use cost nothing. Subtrees are shared between places in the state, too.
 *
 * Successors differ from the state they come from in few words. So each worker remembers the tree of one state, its
 * source, and to insert a state it numbers only the pairs between the words that differ and the root. Pairs of one
 * level do not depend on each other, so their slots are fetched together.
 *
 * Above the pairs of words all levels have a power of two of numbers. So both halves of every part have about as many
 * words; were one much larger it would hardly ever be shared. A number without a partner goes up as it is.
 *
 * Numbers have 32 bits. A state that would need more is refused.
 */
#include "store.h"

#include <string.h>

enum {
    LEAVES_MAX = QX_WORDS_MAX / 2,
    LEVELS_MAX = 11,
    NUMBERS_MAX = 2 * LEAVES_MAX,
    NUMBER_BITS = 32
};

typedef struct {
    qx_ref ref; /* QX_NONE: none of the stored states, but the one whose words are all zero */
    uint64_t *words;
    uint32_t *numbers;
} tree_source;

typedef struct {
    qx_store store;
    unsigned levels;                /* of numbers; the last one has two of them, or one */
    unsigned begin[LEVELS_MAX + 1]; /* where a level is among the numbers of a tree; level 0: pairs of words */
    uint16_t parent[NUMBERS_MAX];   /* by position */
    uint16_t child[NUMBERS_MAX];    /* the first one */
    bool has_pair[NUMBERS_MAX];     /* and whether there is a second, behind it */
    qx_table word_pairs, number_pairs, roots;
    tree_source *sources; /* by worker; one more for those who only look, which never changes */
    char *source_memory;
    size_t source_bytes; /* of each */
} tree_store;

/* Pairs of one level that wait for their numbers. */
typedef struct {
    qx_table *table;
    unsigned worker;
    unsigned count;
    uint64_t pair[LEAVES_MAX][2]; /* two words, or two numbers in one */
    uint64_t hash[LEAVES_MAX];
    uint32_t *number[LEAVES_MAX];
} pair_batch;

/* Ascending positions of one level. */
typedef struct {
    unsigned count;
    uint16_t at[LEAVES_MAX];
} position_list;

static bool open_sources(tree_store *tree);
static bool number_tree(tree_store *tree, unsigned worker, const uint64_t *state, uint32_t *numbers);
static void read_tree(const tree_store *tree, qx_ref ref, uint32_t *numbers, uint64_t *state);
static uint64_t root_of(const tree_store *tree, const uint32_t *numbers);
static uint64_t hash_of_two(const qx_table *table, const uint64_t *record);
static uint64_t hash_of_one(const qx_table *table, const uint64_t *record);

static tree_store *of(qx_store *store)
{
    return (tree_store *)store;
}

static const tree_store *seen(const qx_store *store)
{
    return (const tree_store *)store;
}

/* Opening and closing. */

static unsigned leaves_of(const tree_store *tree)
{
    return tree->begin[1];
}

static unsigned numbers_of(const tree_store *tree)
{
    return tree->begin[tree->levels];
}

/* A level of `width` numbers, above `below` others: evenly, one or two below each. */
static void shape_level(tree_store *tree, unsigned width, unsigned below)
{
    unsigned begin = tree->begin[tree->levels], begin_below = begin - below;
    for (unsigned k = below; k-- > 0;) {
        unsigned at = begin + k * width / below;
        tree->has_pair[at] = tree->child[at] == begin_below + k + 1;
        tree->child[at] = (uint16_t)(begin_below + k);
        tree->parent[begin_below + k] = (uint16_t)at;
    }
    tree->levels++;
    tree->begin[tree->levels] = begin + width;
}

static void shape(tree_store *tree)
{
    unsigned below = (tree->store.words + 1) / 2, width = 1;
    tree->levels = 1;
    tree->begin[1] = below;
    while (2 * width < below)
        width *= 2;
    for (; width >= 2; width /= 2) {
        shape_level(tree, width, below);
        below = width;
    }
}

/* Nodes of the tree that one state can add to a table bound how much room there must be for a batch. */
static qx_table_plan nodes(tree_store *tree, unsigned length, unsigned per_state)
{
    qx_table_plan plan = {
        .slots = qx_store_slots_plan(&tree->store, per_state),
        .length_max = length,
        .is_fixed = true,
        .ref_bits = NUMBER_BITS,
        .refs_used_up = "2^32 distinct parts of states, the most that a tree store can number",
        .hash = length == 1 ? hash_of_one : hash_of_two,
    };
    plan.slots.records_max = UINT64_MAX;
    return plan;
}

static bool open_tree(qx_store *store)
{
    tree_store *tree = of(store);
    shape(tree);
    const qx_table_plan word_pairs = nodes(tree, 2, leaves_of(tree));
    const qx_table_plan number_pairs = nodes(tree, 1, numbers_of(tree) - leaves_of(tree));
    qx_table_plan roots = nodes(tree, 1, 1);
    roots.slots.records_max = store->states_max;
    roots.ref_bits = QX_REF_BITS;
    roots.refs_used_up = "2^40 states, the most that a slot can refer to";
    return qx_table_open(&tree->word_pairs, &store->budget, &word_pairs) &&
           qx_table_open(&tree->number_pairs, &store->budget, &number_pairs) &&
           qx_table_open(&tree->roots, &store->budget, &roots) && open_sources(tree);
}

static bool open_sources(tree_store *tree)
{
    unsigned sources = tree->store.workers + 1;
    size_t words_bytes = leaves_of(tree) * 2 * sizeof(uint64_t);
    size_t bytes = words_bytes + numbers_of(tree) * sizeof(uint32_t);
    tree->source_bytes = (bytes + QX_CACHE_LINE - 1) / QX_CACHE_LINE * QX_CACHE_LINE;
    tree->source_memory = qx_budget_allocate(&tree->store.budget, sources * tree->source_bytes);
    tree->sources = qx_budget_allocate(&tree->store.budget, sources * sizeof *tree->sources);
    if (tree->source_memory == NULL || tree->sources == NULL)
        return false;
    for (unsigned i = 0; i < sources; i++) {
        char *memory = tree->source_memory + i * tree->source_bytes;
        tree->sources[i] = (tree_source){QX_NONE, (uint64_t *)memory, (uint32_t *)(memory + words_bytes)};
    }
    return true;
}

static void close_tree(qx_store *store)
{
    tree_store *tree = of(store);
    unsigned sources = store->workers + 1;
    qx_budget_free(&store->budget, tree->source_memory, sources * tree->source_bytes);
    qx_budget_free(&store->budget, tree->sources, sources * sizeof *tree->sources);
    qx_table_close(&tree->word_pairs);
    qx_table_close(&tree->number_pairs);
    qx_table_close(&tree->roots);
}

/* States. */

static qx_insertion insert(qx_store *store, unsigned worker, const uint64_t *state, uint64_t hash, uint64_t parent_hash,
                           qx_ref *ref)
{
    (void)hash, (void)parent_hash;
    tree_store *tree = of(store);
    uint32_t numbers[NUMBERS_MAX];
    if (!number_tree(tree, worker, state, numbers))
        return QX_FULL;
    uint64_t root = root_of(tree, numbers);
    return qx_table_insert(&tree->roots, worker, &root, 1, qx_hash(&root, 1), ref);
}

static qx_ref find(const qx_store *store, const uint64_t *state, uint64_t hash)
{
    (void)hash;
    tree_store *tree = of((qx_store *)store); /* who only looks changes nothing */
    uint32_t numbers[NUMBERS_MAX];
    if (!number_tree(tree, store->workers, state, numbers))
        return QX_NONE;
    uint64_t root = root_of(tree, numbers);
    return qx_table_find(&tree->roots, &root, 1, qx_hash(&root, 1));
}

static const uint64_t *get(const qx_store *store, qx_ref ref, uint64_t *scratch)
{
    uint32_t numbers[NUMBERS_MAX];
    read_tree(seen(store), ref, numbers, scratch);
    return scratch;
}

static const uint64_t *source(qx_store *store, unsigned worker, qx_ref ref, uint64_t *scratch)
{
    (void)scratch;
    tree_source *source = &of(store)->sources[worker];
    if (source->ref != ref)
        read_tree(seen(store), ref, source->numbers, source->words);
    source->ref = ref;
    return source->words;
}

static uint64_t root_of(const tree_store *tree, const uint32_t *numbers)
{
    const uint32_t *halves = numbers + tree->begin[tree->levels - 1];
    bool has_pair = numbers_of(tree) - tree->begin[tree->levels - 1] == 2;
    return halves[0] | (has_pair ? (uint64_t)halves[1] << 32 : 0);
}

/* From words to numbers. */

static void changed_words(const tree_store *tree, const uint64_t *old, const uint64_t *state, position_list *changed)
{
    unsigned words = tree->store.words;
    changed->count = 0;
    for (unsigned i = 0; i < words / 2; i++) { /* without branches: which words change cannot be predicted */
        changed->at[changed->count] = (uint16_t)i;
        changed->count += ((old[2 * i] ^ state[2 * i]) | (old[2 * i + 1] ^ state[2 * i + 1])) != 0;
    }
    if (words % 2 == 1 && old[words - 1] != state[words - 1])
        changed->at[changed->count++] = (uint16_t)(words / 2);
}

static void changed_parents(const tree_store *tree, position_list *changed)
{
    unsigned count = 0;
    for (unsigned k = 0; k < changed->count; k++) {
        uint16_t parent = tree->parent[changed->at[k]];
        if (count == 0 || changed->at[count - 1] != parent)
            changed->at[count++] = parent;
    }
    changed->count = count;
}

static inline void await_number(pair_batch *batch, uint64_t first, uint64_t second, unsigned length, uint32_t *number)
{
    if ((first | second) == 0) {
        *number = 0;
        return;
    }
    unsigned k = batch->count++;
    batch->pair[k][0] = first;
    batch->pair[k][1] = second;
    batch->hash[k] = qx_hash(batch->pair[k], length);
    batch->number[k] = number;
    qx_table_prefetch(batch->table, batch->hash[k]);
}

/* False: a pair is not there, and is not to be stored, or cannot be. */
static inline bool number_batch(pair_batch *batch, unsigned length, bool is_stored)
{
    for (unsigned k = 0; k < batch->count; k++) {
        qx_ref ref;
        if (!is_stored)
            ref = qx_table_find(batch->table, batch->pair[k], length, batch->hash[k]);
        else if (qx_table_insert(batch->table, batch->worker, batch->pair[k], length, batch->hash[k], &ref) == QX_FULL)
            return false;
        if (ref == QX_NONE)
            return false;
        *batch->number[k] = (uint32_t)(ref + 1);
    }
    return true;
}

static bool number_words(tree_store *tree, unsigned worker, const uint64_t *state, const position_list *changed,
                         uint32_t *numbers)
{
    pair_batch batch;
    batch.table = &tree->word_pairs;
    batch.worker = worker;
    batch.count = 0;
    for (unsigned k = 0; k < changed->count; k++) {
        unsigned word = 2 * changed->at[k];
        uint64_t second = word + 1 < tree->store.words ? state[word + 1] : 0;
        await_number(&batch, state[word], second, 2, &numbers[changed->at[k]]);
    }
    return number_batch(&batch, 2, worker < tree->store.workers);
}

static bool number_numbers(tree_store *tree, unsigned worker, const position_list *changed, uint32_t *numbers)
{
    pair_batch batch;
    batch.table = &tree->number_pairs;
    batch.worker = worker;
    batch.count = 0;
    for (unsigned k = 0; k < changed->count; k++) {
        unsigned at = changed->at[k];
        const uint32_t *below = &numbers[tree->child[at]];
        if (tree->has_pair[at])
            await_number(&batch, below[0] | (uint64_t)below[1] << 32, 0, 1, &numbers[at]);
        else
            numbers[at] = below[0];
    }
    return number_batch(&batch, 1, worker < tree->store.workers);
}

/* Numbers the parts in which the state differs from the worker's source. */
static bool number_tree(tree_store *tree, unsigned worker, const uint64_t *state, uint32_t *numbers)
{
    const tree_source *source = &tree->sources[worker];
    position_list changed;
    changed_words(tree, source->words, state, &changed);
    memcpy(numbers, source->numbers, numbers_of(tree) * sizeof *numbers);
    if (!number_words(tree, worker, state, &changed, numbers))
        return false;
    for (unsigned level = 1; level < tree->levels; level++) {
        changed_parents(tree, &changed);
        if (!number_numbers(tree, worker, &changed, numbers))
            return false;
    }
    return true;
}

/* From numbers to words. */

static void read_words(const tree_store *tree, const uint32_t *numbers, uint64_t *state)
{
    static const uint64_t zeros[2];
    unsigned words = tree->store.words;
    for (unsigned i = 0; i < leaves_of(tree); i++) {
        const uint64_t *pair = numbers[i] != 0 ? qx_arena_at(&tree->word_pairs.arena, numbers[i] - 1) : zeros;
        state[2 * i] = pair[0];
        if (2 * i + 1 < words)
            state[2 * i + 1] = pair[1];
    }
}

static void read_tree(const tree_store *tree, qx_ref ref, uint32_t *numbers, uint64_t *state)
{
    unsigned top = tree->begin[tree->levels - 1];
    uint64_t root = *qx_arena_at(&tree->roots.arena, ref);
    numbers[top] = (uint32_t)root;
    if (top + 1 < numbers_of(tree))
        numbers[top + 1] = (uint32_t)(root >> 32);
    for (unsigned at = numbers_of(tree); at-- > leaves_of(tree);) {
        uint32_t *below = &numbers[tree->child[at]];
        if (tree->has_pair[at]) {
            uint64_t pair = numbers[at] != 0 ? *qx_arena_at(&tree->number_pairs.arena, numbers[at] - 1) : 0;
            below[0] = (uint32_t)pair;
            below[1] = (uint32_t)(pair >> 32);
        } else
            below[0] = numbers[at];
    }
    read_words(tree, numbers, state);
}

/* The rest. */

static void prefetch_state(const qx_store *store, uint64_t hash)
{
    (void)store, (void)hash;
}

static bool grow(qx_store *store)
{
    tree_store *tree = of(store);
    bool words_fit = qx_table_grow(&tree->word_pairs);
    bool numbers_fit = qx_table_grow(&tree->number_pairs);
    bool roots_fit = qx_table_grow(&tree->roots);
    return words_fit && numbers_fit && roots_fit;
}

static uint64_t count(const qx_store *store)
{
    return qx_table_count(&seen(store)->roots);
}

static bool next_level(qx_store *store)
{
    return qx_arena_cut(&of(store)->roots.arena, &store->levels) && qx_levels_finish(&store->levels);
}

static uint64_t hash_of_two(const qx_table *table, const uint64_t *record)
{
    (void)table;
    return qx_hash(record, 2);
}

static uint64_t hash_of_one(const qx_table *table, const uint64_t *record)
{
    (void)table;
    return qx_hash(record, 1);
}

static bool is_new(const qx_store *store, qx_ref ref)
{
    return qx_arena_is_new(&seen(store)->roots.arena, ref);
}

const qx_store_methods qx_store_tree = {
    .size = sizeof(tree_store),
    .open = open_tree,
    .close = close_tree,
    .insert = insert,
    .prefetch_state = prefetch_state,
    .source = source,
    .grow = grow,
    .count = count,
    .next_level = next_level,
    .get = get,
    .find = find,
    .is_new = is_new,
};
