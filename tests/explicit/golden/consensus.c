/* Consensus, Value = 3: 1 words a state. Generated from the model. */

/* agreement (state) */
static bool agreement(const uint64_t *s)
{
    return ((int64_t)qx_size(qx_get(s, 0, 3))) <= INT64_C(1);
}

/* stability (step) */
static bool stability(const uint64_t *old, const uint64_t *s)
{
    return (qx_get(old, 0, 3) & ~qx_get(s, 0, 3)) == 0;
}

/* Which of the open goals a state decides. */
static uint64_t judge(const uint64_t *s, uint64_t open)
{
    (void)s;
    (void)open;
    uint64_t decided = 0;
    if ((open >> 0 & 1) && !agreement(s))
        decided |= UINT64_C(1) << 0;
    return decided;
}

/* Which of the open goals a step decides. */
static uint64_t judge_step(const uint64_t *old, const uint64_t *s, uint64_t open)
{
    (void)old;
    (void)s;
    (void)open;
    uint64_t decided = 0;
    if ((open >> 1 & 1) && !stability(old, s))
        decided |= UINT64_C(1) << 1;
    return decided;
}

/* Which of the open goals a range decides. */
static uint64_t inhabited(const uint64_t *s, uint64_t open)
{
    (void)s;
    (void)open;
    uint64_t decided = 0;
    return decided;
}

enum { WORDS = 1 };

/* Begins a successor as a copy of a state. */
static uint64_t *successor(qx_work *work, const uint64_t *from)
{
    uint64_t *const t = work->room;
    memcpy(t, from, WORDS * sizeof *t);
    return t;
}

/* Counts a step that leaves the state as it is. */
static void stay(qx_work *work, unsigned action)
{
    work->outcomes++;
    work->generated += work->weight;
    work->fired[action] += work->weight;
}

/* Ends a step from s to t, the successor that was begun last. */
static void took(qx_work *work, const uint64_t *s, uint64_t *t, unsigned action)
{
    stay(work, action);
    if (qx_same(s, t, WORDS))
        return;
    if (work->open_steps != 0) {
        const uint64_t decided = judge_step(s, t, work->open_steps);
        if (decided != 0)
            work->decide_step(work, decided, s);
    }
    work->action = action;
    qx_push(work, qx_hash(t, WORDS));
}

/* Counts the ways of binding what is left of a transition that a bound cuts. */
static void cut(qx_work *work, unsigned bound, uint64_t ways)
{
    work->cuts[bound] += ways * work->weight;
    work->outcomes += ways;
}

/* {v} */
static uint64_t choose_value_makeset(uint64_t v)
{
    uint64_t found = 0;
    found |= UINT64_C(1) << v;
    return found;
}

/* Consensus.choose_value: Value v is chosen, unless one has been already (Next). */
static void choose_value(const uint64_t *s, qx_work *work)
{
    QX_REACHED(0);
    if (!(((int64_t)qx_size(qx_get(s, 0, 3))) == INT64_C(0))) {
        QX_REFUSED(0);
        return;
    }
    for (uint64_t v = 0; v < 3; v++) {
        uint64_t *const t = successor(work, s);
        const uint64_t new_2 = choose_value_makeset(v);
        qx_put(t, 0, 3, new_2);
        took(work, s, t, 0);
    }
}

/* Takes every step from a state. */
static void expand(const uint64_t *s, qx_work *work)
{
    choose_value(s, work);
}

const qx_model qx_system = {
    .name = "Consensus",
    .words = 1,
    .actions = 1,
    .bounds = 0,
    .guards = 1,
    .expand = expand,
    .judge = judge,
    .judge_step = judge_step,
    .inhabited = inhabited,
};
