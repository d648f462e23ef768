#include "worker.h"

#include <stdlib.h>

static _Thread_local worker *self;

_Noreturn void qx_give_up(qx_trouble trouble, unsigned detail)
{
    self->met = trouble;
    self->met_detail = detail;
    longjmp(*self->escape, 1);
}

void qx_be(worker *w)
{
    self = w;
}

void qx_keep_least(uint64_t **least, const uint64_t *state, unsigned words, bool is_first)
{
    if (!is_first && qx_compare(state, *least, words) >= 0)
        return;
    memcpy(*least, state, words * sizeof *state);
}

bool qx_open_worker(search *s, unsigned number)
{
    worker *w = &s->workers[number];
    qx_run *run = s->run;
    const qx_model *model = run->model;
    const unsigned words = model->words;
    w->search = s;
    w->number = number;
    w->batch = calloc((size_t)(QX_AHEAD + 1) * words, sizeof *w->batch);
    w->scratch = calloc(words, sizeof *w->scratch);
    w->copy = calloc(words, sizeof *w->copy);
    w->least_trouble = calloc(words, sizeof *w->scratch);
    w->work = (qx_work){.room = w->batch, .words = words, .weight = 1, .store = run->store};
    w->work.hashes = calloc(QX_AHEAD, sizeof *w->work.hashes);
    w->work.orbits = calloc(QX_AHEAD, sizeof *w->work.orbits);
    w->work.fired = calloc(model->actions + 1u, sizeof(uint64_t));
    w->work.cuts = calloc(model->bounds + 1u, sizeof(uint64_t));
    w->work.reached = calloc(model->guards + 1u, sizeof(uint64_t));
    w->work.refused = calloc(model->guards + 1u, sizeof(uint64_t));
    bool is_open = w->batch && w->scratch && w->copy && w->least_trouble && w->work.hashes && w->work.orbits
                   && w->work.fired && w->work.cuts && w->work.reached && w->work.refused;
    for (unsigned i = 0; i < QX_GOALS_MAX; i++)
        is_open = (w->least[i] = calloc(words, sizeof *w->least[i])) != NULL && is_open;
    return is_open;
}

static void add_counts(uint64_t *to, const uint64_t *from, unsigned count)
{
    for (unsigned i = 0; from != NULL && i < count; i++)
        to[i] += from[i];
}

/* Adds up what a worker has counted, and frees it. */
void qx_close_worker(qx_run *run, worker *w)
{
    const qx_model *model = run->model;
    run->distinct += w->distinct;
    run->terminal += w->terminal;
    run->generated += w->work.generated;
    add_counts(run->fired, w->work.fired, model->actions);
    add_counts(run->cuts, w->work.cuts, model->bounds);
    add_counts(run->reached, w->work.reached, model->guards);
    add_counts(run->refused, w->work.refused, model->guards);
    void *const memory[] = {w->batch,       w->scratch,    w->copy,      w->least_trouble,  w->work.hashes,
                            w->work.orbits, w->work.fired, w->work.cuts, w->work.reached, w->work.refused};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        free(memory[i]);
    for (unsigned i = 0; i < QX_GOALS_MAX; i++)
        free(w->least[i]);
}
