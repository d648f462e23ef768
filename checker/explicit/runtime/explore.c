#include "worker.h"

#include <stdlib.h>

enum { CHUNK = 256 }; /* states that a worker takes at a time */

/* Deciding. */

static void decide(worker *w, uint64_t goals, const uint64_t *state, bool is_next)
{
    uint64_t *seen = is_next ? &w->decided_next : &w->decided_here;
    for (uint64_t left = goals; left != 0; left &= left - 1) {
        const unsigned goal = qx_first(left);
        qx_keep_least(&w->least[goal], state, w->work.words, !(*seen >> goal & 1));
        *seen |= UINT64_C(1) << goal;
    }
}

static void decide_step(qx_work *work, uint64_t goals, const uint64_t *s)
{
    decide((worker *)work, goals, s, false);
}

static void note_trouble(worker *w, const uint64_t *state, bool is_of_judge)
{
    const bool is_first = w->trouble == 0 || (w->is_trouble_of_judge && !is_of_judge);
    if (w->trouble != 0 && !w->is_trouble_of_judge && is_of_judge)
        return; /* a step's trouble is a level nearer */
    if (is_first || qx_compare(state, w->least_trouble, w->work.words) < 0) {
        memcpy(w->least_trouble, state, w->work.words * sizeof *state);
        w->trouble = w->met;
        w->trouble_detail = w->met_detail;
        w->is_trouble_of_judge = is_of_judge;
    }
}

static void let_grow(search *s);

/* Looking up successors. */

static void judge_new(worker *w, const uint64_t *state, uint64_t orbit)
{
    const qx_model *model = w->search->run->model;
    w->distinct += model->symmetry != NULL ? orbit : 1;
    if (w->search->open_goals != 0)
        decide(w, model->judge(state, w->search->open_goals), state, true);
    if (w->uninhabited != 0)
        w->uninhabited &= ~model->inhabited(state, w->uninhabited);
}

static void look_up(worker *w, unsigned i)
{
    uint64_t *state = w->batch + (size_t)i * w->work.words;
    const qx_store *store = w->search->run->store;
    qx_ref ref;
    switch (qx_store_insert(w->search->run->store, w->number, state, w->work.hashes[i], w->source_hash, &ref)) {
    case QX_NEW:
        w->leads_on = true;
        judge_new(w, state, w->work.orbits[i]);
        break;
    case QX_OLD:
        if (w->search->run->model->few_count != 0)
            w->leads_on |= qx_store_is_new(store, ref);
        break;
    default:
        w->is_full = true;
    }
}

static void flush(qx_work *work)
{
    worker *w = (worker *)work;
    jmp_buf here, *outer = w->escape;
    w->escape = &here;
    w->looked = 0;
    if (setjmp(here) != 0) {
        note_trouble(w, w->batch + (size_t)w->looked * work->words, true);
        w->looked++;
    }
    for (; w->looked < work->filled; w->looked++)
        look_up(w, w->looked);
    w->escape = outer;
    work->filled = 0;
    work->room = w->batch;
    if (w->search->is_walking)
        let_grow(w->search);
}

/* Meetings. */

static void grow_if_all_wait(search *s)
{
    if (s->waiting == 0 || s->waiting + s->done != s->run->workers)
        return;
    if (!qx_store_grow(s->run->store))
        s->cannot_grow = true;
    s->waiting = 0;
    s->growths++;
    pthread_cond_broadcast(&s->changed);
}

static void let_grow(search *s)
{
    if (s->cannot_grow || !qx_store_wants_growth(s->run->store))
        return;
    pthread_mutex_lock(&s->lock);
    const uint64_t before = s->growths;
    s->waiting++;
    grow_if_all_wait(s);
    while (s->growths == before)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

/* Levels. */

static bool list_segments(search *s)
{
    qx_store *store = s->run->store;
    const size_t count = qx_store_segments(store, s->level);
    if (count > s->segments_room) {
        segment *more = realloc(s->segments, count * sizeof *more);
        if (more != NULL)
            s->segments = more;
        uint64_t *starts = realloc(s->starts, count * sizeof *starts);
        if (starts != NULL)
            s->starts = starts;
        if (more == NULL || starts == NULL)
            return false;
        s->segments_room = count;
    }
    s->level_size = 0;
    for (size_t i = 0; i < count; i++) {
        qx_store_segment(store, s->level, i, &s->segments[i].first, &s->segments[i].count);
        s->starts[i] = s->level_size;
        s->level_size += s->segments[i].count;
    }
    s->segments_count = count;
    atomic_store(&s->next_place, 0);
    return true;
}

static size_t segment_of(const search *s, uint64_t place)
{
    size_t low = 0, high = s->segments_count;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (s->starts[middle] <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The number of states that a state stands for. */
static uint64_t orbit_of(worker *w, const uint64_t *state)
{
    const qx_symmetry *symmetry = w->search->run->model->symmetry;
    if (symmetry == NULL)
        return 1;
    memcpy(w->copy, state, w->work.words * sizeof *state);
    return qx_canonical(symmetry, w->copy, w->work.words);
}

/* Expands sets of actions alone until one leads on, to a state that is found in this level, and then nothing else: all
 * that is left out is enabled there too, and so on, level after level, until a state is expanded fully. (Bosnacki,
 * Holzmann: Improving Spin's Partial-Order Reduction for Breadth-First Search, SPIN 2005.) That a state is found in this
 * level, by whomever, does not depend on the number of workers. */
static void expand_few(worker *w, const uint64_t *state)
{
    const qx_model *model = w->search->run->model;
    uint64_t done = 0;
    flush(&w->work);
    for (unsigned i = 0; i <= model->few_count; i++) {
        const uint64_t set = i < model->few_count ? model->few[i] : qx_low(UINT64_MAX, model->actions);
        w->leads_on = false;
        for (uint64_t left = set & ~done; left != 0; left &= left - 1)
            model->steps[qx_first(left)](state, &w->work);
        done |= set;
        flush(&w->work);
        if (w->leads_on)
            return;
    }
}

static void expand(worker *w, qx_ref ref)
{
    search *s = w->search;
    const qx_model *model = s->run->model;
    const uint64_t *state = qx_store_source(s->run->store, w->number, ref, w->scratch);
    w->source = state;
    if (s->run->kind == QX_FP64)
        w->source_hash = qx_hash(state, w->work.words);
    w->work.outcomes = 0;
    w->work.weight = orbit_of(w, state);
    if (model->few_count != 0)
        expand_few(w, state);
    else
        model->expand(state, &w->work);
    if (s->run->kind != QX_EXACT)
        flush(&w->work); /* these stores want to know where a state was reached from */
    if (w->work.outcomes != 0)
        return;
    w->terminal += w->work.weight;
    if (s->open_deadlock != 0)
        decide(w, s->open_deadlock, state, false);
}

/* Expands the states in some places of the level. */
static void expand_places(worker *w, uint64_t from, uint64_t end)
{
    search *s = w->search;
    size_t i = segment_of(s, from);
    jmp_buf here;
    struct {
        size_t segment;
        uint64_t place;
    } volatile at = {i, from};
    w->escape = &here;
    if (setjmp(here) != 0) {
        note_trouble(w, w->source, false);
        flush(&w->work);
    }
    while (at.place < end && !s->run->stop) {
        while (at.place >= s->starts[at.segment] + s->segments[at.segment].count)
            at.segment++;
        const qx_ref ref = s->segments[at.segment].first + (at.place - s->starts[at.segment]);
        at.place++;
        expand(w, ref);
    }
}

static void tell_progress(search *s)
{
    uint64_t generated = 0;
    for (unsigned i = 0; i < s->run->workers; i++)
        generated += s->workers[i].work.generated;
    const uint64_t place = atomic_load_explicit(&s->next_place, memory_order_relaxed);
    s->run->seen_generated = generated;
    s->run->seen_queue = place < s->level_size ? s->level_size - place : 0;
}

static void walk_level(worker *w)
{
    search *s = w->search;
    while (!s->run->stop && !w->is_full) {
        const uint64_t from = atomic_fetch_add(&s->next_place, CHUNK);
        if (from >= s->level_size)
            break;
        expand_places(w, from, from + CHUNK < s->level_size ? from + CHUNK : s->level_size);
        flush(&w->work);
        if (w->number == 0)
            tell_progress(s);
    }
}

static void spot(qx_spot *to, int64_t level, const uint64_t *state, unsigned words)
{
    if (to->level < 0 || level < to->level || qx_compare(state, to->state, words) < 0) {
        to->level = level;
        memcpy(to->state, state, words * sizeof *state);
    }
}

static void gather_goals(search *s, worker *w)
{
    qx_run *run = s->run;
    for (uint64_t left = w->decided_here | w->decided_next; left != 0; left &= left - 1) {
        const unsigned goal = qx_first(left);
        const bool is_next = w->decided_next >> goal & 1;
        spot(&run->decided_at[goal], (int64_t)s->level + is_next, w->least[goal], w->work.words);
        run->decided |= UINT64_C(1) << goal;
    }
    w->decided_here = w->decided_next = 0;
    run->uninhabited &= w->uninhabited;
}

static void gather_trouble(search *s, worker *w)
{
    qx_run *run = s->run;
    if (w->trouble == 0)
        return;
    const int64_t level = (int64_t)s->level + w->is_trouble_of_judge;
    const qx_spot before = run->trouble_at;
    spot(&run->trouble_at, level, w->least_trouble, w->work.words);
    if (before.level < 0 || before.level != run->trouble_at.level
        || qx_compare(run->trouble_at.state, w->least_trouble, w->work.words) == 0) {
        run->trouble = w->trouble;
        run->trouble_detail = w->trouble_detail;
        run->is_trouble_of_judge = w->is_trouble_of_judge;
    }
}

/* Says how the search ends, or that it goes on with the next level. */
static bool is_over(search *s, bool is_full)
{
    qx_run *run = s->run;
    const uint64_t asked = run->state_goals | run->step_goals | run->deadlock_goals;
    if (run->trouble != 0)
        run->ending = QX_TROUBLE;
    else if (asked != 0 && (asked & ~run->decided) == 0 && !run->exhaust)
        run->ending = QX_DECIDED;
    else if (is_full)
        run->ending = QX_LIMIT;
    else if (run->stop)
        run->ending = QX_STOPPED;
    else
        return false;
    return true;
}

static void open_goals(search *s)
{
    qx_run *run = s->run;
    s->open_goals = run->state_goals & ~run->decided;
    s->open_deadlock = run->deadlock_goals & ~run->decided;
    s->open_steps = run->step_goals & ~run->decided;
    for (unsigned i = 0; i < run->workers; i++) {
        s->workers[i].work.open_steps = s->open_steps;
        s->workers[i].uninhabited = run->uninhabited;
    }
}

/* Ends a level, while all workers wait. */
static void end_level(search *s, bool is_first)
{
    qx_run *run = s->run;
    bool is_full = false;
    for (unsigned i = 0; i < run->workers; i++) {
        gather_goals(s, &s->workers[i]);
        gather_trouble(s, &s->workers[i]);
        is_full |= s->workers[i].is_full;
    }
    s->is_over = is_over(s, is_full);
    const bool is_listed = qx_store_next_level(run->store);
    if (!is_first)
        s->level++;
    if (!is_listed || !list_segments(s)) {
        s->is_over = true;
        run->ending = QX_LIMIT;
    }
    if (s->level_size != 0)
        run->depth = s->level;
    run->seen_depth = run->depth;
    if (!s->is_over && s->level_size == 0) {
        s->is_over = true;
        run->ending = QX_COMPLETE;
    } else if (!s->is_over && s->level == run->depth_max) {
        s->is_over = true;
        run->ending = QX_DEEP;
    }
    open_goals(s);
}

static void meet(search *s)
{
    pthread_mutex_lock(&s->lock);
    const uint64_t before = s->levels;
    s->done++;
    grow_if_all_wait(s);
    if (s->done == s->run->workers) {
        s->done = 0;
        end_level(s, false);
        s->levels++;
        pthread_cond_broadcast(&s->changed);
    }
    while (s->levels == before)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void *work(void *argument)
{
    worker *w = argument;
    qx_be(w);
    while (!w->search->is_over) {
        walk_level(w);
        meet(w->search);
    }
    return NULL;
}

/* Beginning and ending. */

static void prefetch_slot(const void *store, uint64_t hash)
{
    qx_store_prefetch(store, hash);
}

static void visit_initial_states(search *s)
{
    const qx_run *run = s->run;
    worker *w = &s->workers[0];
    qx_be(w);
    for (uint64_t i = 0; i < run->initial_count; i++) {
        memcpy(w->work.room, run->initial + i * w->work.words, w->work.words * sizeof *w->work.room);
        w->work.generated++;
        if (run->model->symmetry != NULL)
            qx_push_orbit(&w->work, run->model->symmetry);
        else
            qx_push(&w->work, qx_hash(w->work.room, w->work.words));
        if (qx_store_wants_growth(run->store)) {
            flush(&w->work);
            qx_store_grow(run->store);
        }
    }
    flush(&w->work);
    w->decided_here = w->decided_next; /* initial states are in level 0 already */
    w->decided_next = 0;
    if (w->trouble != 0) {
        gather_trouble(s, w);
        s->run->trouble_at.level = 0;
        w->trouble = 0;
    }
    end_level(s, true);
}

static void run_workers(search *s)
{
    qx_run *run = s->run;
    pthread_t threads[run->workers];
    unsigned started = 1;
    visit_initial_states(s);
    s->is_walking = true;
    while (started < run->workers && pthread_create(&threads[started], NULL, work, &s->workers[started]) == 0)
        started++;
    if (started < run->workers) { /* fewer threads than asked for: the others are done before they begin */
        pthread_mutex_lock(&s->lock);
        for (unsigned i = started; i < run->workers; i++)
            qx_close_worker(run, &s->workers[i]);
        run->workers = started;
        pthread_mutex_unlock(&s->lock);
    }
    work(&s->workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
}

void qx_explore(qx_run *run)
{
    search s = {.run = run};
    run->ending = QX_NO_MEMORY;
    run->uninhabited = run->ranges;
    run->store = qx_store_new(run->kind, run->model->words, run->workers, run->memory_bytes, run->states_max);
    s.workers = calloc(run->workers, sizeof *s.workers);
    bool is_open = run->store != NULL && s.workers != NULL;
    for (unsigned i = 0; is_open && i < run->workers; i++) {
        is_open = qx_open_worker(&s, i);
        s.workers[i].work.flush = flush;
        s.workers[i].work.decide_step = decide_step;
        s.workers[i].work.prefetch = prefetch_slot;
    }
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.changed, NULL);
    open_goals(&s);
    if (is_open)
        run_workers(&s);
    for (unsigned i = 0; s.workers != NULL && i < run->workers; i++)
        qx_close_worker(run, &s.workers[i]);
    if (run->store != NULL)
        run->stored = qx_store_count(run->store);
    pthread_mutex_destroy(&s.lock);
    pthread_cond_destroy(&s.changed);
    free(s.workers);
    free(s.segments);
    free(s.starts);
}

uint64_t qx_seen_states(const qx_run *run)
{
    return run->store != NULL ? qx_store_count(run->store) : 0;
}

uint64_t qx_seen_bytes(const qx_run *run)
{
    return run->store != NULL ? qx_store_bytes(run->store) : 0;
}

const char *qx_limit(const qx_run *run)
{
    return run->store != NULL ? qx_store_limit(run->store) : NULL;
}

void qx_close(qx_run *run)
{
    if (run->store != NULL)
        qx_store_free(run->store);
    run->store = NULL;
}

uint64_t qx_hash_of(const uint64_t *state, unsigned words)
{
    return qx_hash(state, words);
}

uint64_t qx_least_of(const qx_model *model, uint64_t *state)
{
    return model->symmetry != NULL ? qx_canonical(model->symmetry, state, model->words) : 1;
}
