/* The steps between stored states: how they are recorded. */
#include "edges.h"

#include <stdlib.h>

#include "rows.h"
#include "slots.h"
#include "worker.h"

enum { WORD = 64, KEY_WORDS = 2 };

typedef struct {
    worker walker; /* first, so that generated code's pointer is a pointer to the recorder */
    qx_run *run;
    qx_recorded *recorded;
    qx_means means;
    uint64_t *atoms, *offsets;
    uint32_t *enabled, *targets, *labels;
    uint64_t targets_room, labels_room;
    uint32_t *numbers; /* a hash table of the states met: their numbers + 1; 0: empty */
    uint64_t numbers_count;
    uint32_t *places; /* by state: where among the edges of the state being expanded one may lead there */
    uint32_t met;     /* states */
    uint32_t here;    /* the state being expanded */
    qx_rows constraints, sets, letters;
    uint64_t *enabled_here, *served, *either; /* sets of constraints: of the state, of the next step, of an edge */
    uint32_t rows[QX_AHEAD]; /* what the steps in the batch serve */
} recorder;

static bool fail(recorder *r, qx_lasso_answer why)
{
    if (r->means.failure == QX_LASSO_NONE)
        r->means.failure = why;
    return false;
}

/* -- constraints --------------------------------------------------------------------------------------------------- */

static bool widen_set(recorder *r, uint64_t **set, uint32_t before, uint32_t width)
{
    uint64_t *wider = qx_take(&r->means, width, sizeof *wider);
    if (wider == NULL)
        return false;
    memcpy(wider, *set, before * sizeof *wider);
    qx_drop(&r->means, *set, before, sizeof *wider);
    *set = wider;
    return true;
}

static bool has_place_for(recorder *r, uint32_t constraint)
{
    const uint32_t before = r->sets.width, width = 2 * before;
    if (constraint < before * WORD)
        return true;
    return qx_rows_widen(&r->sets, width) && widen_set(r, &r->enabled_here, before, width)
           && widen_set(r, &r->served, before, width) && widen_set(r, &r->either, before, width);
}

static void serve(qx_work *work, unsigned declaration, uint64_t values, bool is_taken)
{
    recorder *r = (recorder *)work;
    const uint64_t key[KEY_WORDS] = {declaration, values};
    if (r->means.failure != QX_LASSO_NONE)
        return;
    const uint32_t constraint = qx_rows_number(&r->constraints, key);
    if (constraint == QX_NO_ROW || !has_place_for(r, constraint))
        return;
    const uint64_t bit = UINT64_C(1) << constraint % WORD;
    r->enabled_here[constraint / WORD] |= bit;
    if (is_taken)
        r->served[constraint / WORD] |= bit;
}

/* -- edges --------------------------------------------------------------------------------------------------------- */

/* Notes what the step serves that joins the batch. */
static void joins(const void *batch_owner, uint64_t hash)
{
    recorder *r = (recorder *)batch_owner;
    qx_store_prefetch(r->run->store, hash);
    r->rows[r->walker.work.filled] = qx_rows_number(&r->sets, r->served);
    memset(r->served, 0, r->sets.width * sizeof *r->served);
}

/* The number of a stored state, which gets one if it is met for the first time. */
static uint32_t number_of(recorder *r, const uint64_t *state, uint64_t hash)
{
    const qx_ref ref = qx_store_find(r->run->store, state, hash);
    qx_ref *refs = r->recorded->refs;
    uint64_t slot = qx_slots_home(hash, r->numbers_count);
    while (r->numbers[slot] != 0 && refs[r->numbers[slot] - 1] != ref)
        slot = slot + 1 < r->numbers_count ? slot + 1 : 0;
    if (r->numbers[slot] != 0)
        return r->numbers[slot] - 1;
    if (ref == QX_NONE || r->met == r->recorded->graph.states) {
        fail(r, QX_LASSO_BROKEN);
        return QX_NO_ROW;
    }
    refs[r->met] = ref;
    r->numbers[slot] = ++r->met;
    return r->met - 1;
}

/* Adds what a step serves to an edge. */
static void merge(recorder *r, uint32_t *label, uint32_t row)
{
    if (*label == row)
        return;
    for (uint32_t w = 0; w < r->sets.width; w++)
        r->either[w] = qx_row(&r->sets, *label)[w] | qx_row(&r->sets, row)[w];
    *label = qx_rows_number(&r->sets, r->either);
}

static bool has_room_for_edge(recorder *r)
{
    const uint64_t needed = r->recorded->edges + 1;
    void *targets = r->targets, *labels = r->labels;
    bool is_there = qx_grow(&r->means, &targets, &r->targets_room, needed, sizeof *r->targets);
    is_there = is_there && qx_grow(&r->means, &labels, &r->labels_room, needed, sizeof *r->labels);
    r->targets = targets;
    r->labels = labels;
    return is_there;
}

static void add_edge(recorder *r, uint32_t target, uint32_t row)
{
    const uint64_t begin = r->offsets[r->here], place = r->places[target];
    if (place < r->recorded->edges - begin && r->targets[begin + place] == target) {
        merge(r, &r->labels[begin + place], row);
    } else if (has_room_for_edge(r)) {
        r->places[target] = (uint32_t)(r->recorded->edges - begin);
        r->targets[r->recorded->edges] = target;
        r->labels[r->recorded->edges++] = row;
    }
}

static void add_edges(qx_work *work)
{
    recorder *r = (recorder *)work;
    for (unsigned i = 0; i < work->filled && r->means.failure == QX_LASSO_NONE; i++) {
        const uint32_t target = number_of(r, r->walker.batch + (size_t)i * work->words, work->hashes[i]);
        if (target != QX_NO_ROW)
            add_edge(r, target, r->rows[i]);
    }
    work->filled = 0;
    work->room = r->walker.batch;
}

static void no_decision(qx_work *work, uint64_t goals, const uint64_t *s)
{
    (void)work;
    (void)goals;
    (void)s;
}

/* -- states -------------------------------------------------------------------------------------------------------- */

/* Records a state. False: a predicate has no value there. What gives up elsewhere has ended the search before. */
static bool record(recorder *r)
{
    worker *w = &r->walker;
    jmp_buf here;
    w->escape = &here;
    w->source = qx_store_get(r->run->store, r->recorded->refs[r->here], w->scratch);
    if (setjmp(here) != 0) {
        r->recorded->trouble = w->met;
        r->recorded->trouble_detail = w->met_detail;
        return false;
    }
    r->atoms[r->here] = r->run->model->letter(w->source);
    qx_rows_number(&r->letters, &r->atoms[r->here]);
    memset(r->enabled_here, 0, r->sets.width * sizeof *r->enabled_here);
    r->run->model->expand(w->source, &w->work);
    add_edges(&w->work);
    r->enabled[r->here] = qx_rows_number(&r->sets, r->enabled_here);
    r->offsets[r->here + 1] = r->recorded->edges;
    return true;
}

static void tell_trouble(recorder *r, int64_t level)
{
    r->recorded->trouble_at.level = level;
    memcpy(r->recorded->trouble_at.state, r->walker.source, r->run->model->words * sizeof(uint64_t));
}

static void meet_initial(recorder *r)
{
    const unsigned words = r->run->model->words;
    for (uint64_t i = 0; i < r->run->initial_count && r->means.failure == QX_LASSO_NONE; i++) {
        const uint64_t *state = r->run->initial + i * words;
        number_of(r, state, qx_hash(state, words));
    }
}

static void record_all(recorder *r)
{
    int64_t level = 0;
    meet_initial(r);
    r->recorded->graph.initials = r->met;
    for (uint32_t end = r->met; r->here < r->met && r->means.failure == QX_LASSO_NONE; r->here++) {
        if (r->here == end) {
            level++;
            end = r->met;
        }
        if (r->run->stop)
            fail(r, QX_LASSO_STOPPED);
        else if (!record(r)) {
            tell_trouble(r, level);
            return;
        }
        r->run->seen_queue = r->run->stored - r->here;
    }
    if (r->met != r->run->stored)
        fail(r, QX_LASSO_BROKEN);
}

/* -- beginning and ending ------------------------------------------------------------------------------------------ */

static bool open_recorder(recorder *r, search *s)
{
    const uint64_t states = r->run->stored;
    s->workers = &r->walker;
    bool is_open = qx_open_worker(s, 0) || fail(r, QX_LASSO_NO_MEMORY);
    if (states >= QX_NO_ROW)
        return fail(r, QX_LASSO_TOO_LARGE);
    r->recorded->graph.states = (uint32_t)states;
    r->numbers_count = states + states / 2 + 1;
    r->recorded->refs = qx_take(&r->means, states, sizeof(qx_ref));
    r->atoms = qx_take(&r->means, states, sizeof *r->atoms);
    r->offsets = qx_take(&r->means, states + 1, sizeof *r->offsets);
    r->enabled = qx_take(&r->means, states, sizeof *r->enabled);
    r->numbers = qx_take(&r->means, r->numbers_count, sizeof *r->numbers);
    r->places = qx_take(&r->means, states, sizeof *r->places);
    r->enabled_here = qx_take(&r->means, 1, sizeof(uint64_t));
    r->served = qx_take(&r->means, 1, sizeof(uint64_t));
    r->either = qx_take(&r->means, 1, sizeof(uint64_t));
    is_open &= qx_rows_open(&r->constraints, &r->means, KEY_WORDS);
    is_open &= qx_rows_open(&r->sets, &r->means, 1);
    is_open &= qx_rows_open(&r->letters, &r->means, 1);
    return is_open && r->means.failure == QX_LASSO_NONE;
}

static void close_recorder(recorder *r)
{
    qx_run nowhere = {.model = r->run->model, .fired = r->walker.work.fired, .cuts = r->walker.work.cuts,
                      .reached = r->walker.work.reached, .refused = r->walker.work.refused};
    qx_close_worker(&nowhere, &r->walker);
    qx_drop(&r->means, r->numbers, r->numbers_count, sizeof *r->numbers);
    qx_drop(&r->means, r->places, r->recorded->graph.states, sizeof *r->places);
    qx_drop(&r->means, r->constraints.slots, r->constraints.slots_count, sizeof *r->constraints.slots);
    qx_drop(&r->means, r->sets.slots, r->sets.slots_count, sizeof *r->sets.slots);
    qx_drop(&r->means, r->letters.slots, r->letters.slots_count, sizeof *r->letters.slots);
    free(r->enabled_here);
    free(r->served);
    free(r->either);
}

/* Gives back the room for edges that never came. */
static void trim(recorder *r, uint32_t **items, uint64_t room)
{
    const uint64_t edges = r->recorded->edges;
    uint32_t *less = edges != 0 ? realloc(*items, edges * sizeof *less) : NULL;
    if (less == NULL)
        return;
    r->means.bytes -= (room - edges) * sizeof *less;
    *items = less;
}

/* Hands over what was recorded, also if it is incomplete: somebody has to free it. */
static void hand_over(recorder *r)
{
    qx_recorded *to = r->recorded;
    qx_fair_graph *graph = &to->graph;
    trim(r, &r->targets, r->targets_room);
    trim(r, &r->labels, r->labels_room);
    graph->atoms = r->atoms;
    graph->offsets = r->offsets;
    graph->targets = r->targets;
    graph->labels = r->labels;
    graph->enabled = r->enabled;
    graph->label_sets = graph->enabled_sets = r->sets.words;
    graph->words = r->constraints.count != 0 ? r->sets.width : 0;
    to->constraints = r->constraints.words;
    to->constraints_count = r->constraints.count;
    to->letters = r->letters.words;
    to->letters_count = r->letters.count;
    to->bytes = r->means.bytes;
    uint32_t *initial = malloc((graph->initials + UINT64_C(1)) * sizeof *initial);
    for (uint32_t i = 0; initial != NULL && i < graph->initials; i++)
        initial[i] = i;
    graph->initial = initial;
    if (initial == NULL)
        fail(r, QX_LASSO_NO_MEMORY);
}

qx_lasso_answer qx_record_edges(qx_run *run, uint64_t bytes_max, qx_recorded *recorded)
{
    search s = {.run = run};
    const qx_spot spot = recorded->trouble_at;
    *recorded = (qx_recorded){.trouble_at = spot};
    recorder r = {.run = run, .recorded = recorded, .means = {.bytes_max = bytes_max}};
    qx_be(&r.walker);
    const bool is_open = open_recorder(&r, &s);
    qx_work *work = &r.walker.work;
    work->flush = add_edges;
    work->decide_step = no_decision;
    work->serve = serve;
    work->prefetch = joins;
    work->store = &r;
    if (is_open)
        record_all(&r);
    close_recorder(&r);
    hand_over(&r);
    return r.means.failure;
}

void qx_recorded_free(qx_recorded *recorded)
{
    const qx_fair_graph *graph = &recorded->graph;
    const void *const memory[] = {graph->initial, graph->atoms,      graph->offsets, graph->targets,
                                  graph->labels,  graph->enabled,    graph->label_sets, recorded->refs,
                                  recorded->constraints, recorded->letters};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        free((void *)memory[i]);
    const qx_spot spot = recorded->trouble_at;
    *recorded = (qx_recorded){.trouble_at = spot};
}

void qx_recorded_state(const qx_run *run, const qx_recorded *recorded, uint32_t number, uint64_t *state)
{
    uint64_t scratch[QX_WORDS_MAX];
    const uint64_t *stored = qx_store_get(run->store, recorded->refs[number], scratch);
    memcpy(state, stored, run->model->words * sizeof *state);
}
