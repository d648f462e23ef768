/* Paxos, Acceptor = 3, Ballot = 2, Value = 2: 1 words a state. Generated from the model. */

static const uint8_t members_of_AcceptQuorum[] = {
    3u, 5u, 6u,
};

/* AcceptQuorum as Set[Acceptor]. */
static uint64_t Set_Acceptor__of_AcceptQuorum(uint64_t value)
{
    return members_of_AcceptQuorum[value];
}

/* all(Accepted(b, a, v) in self.net for a in q) */
static bool chosen_all(const uint64_t *s, uint64_t b, uint64_t q, uint64_t v)
{
    for (uint64_t a_left = Set_Acceptor__of_AcceptQuorum(q); a_left != 0; a_left &= a_left - 1) {
        const uint64_t a = qx_first(a_left);
        if (!qx_has(s, 51 + (((b) * 3 + a) * 2 + v)))
            return false;
    }
    return true;
}

/* chosen: Return whether a quorum has accepted v in one ballot. */
static bool chosen(const uint64_t *s, uint64_t v)
{
    for (uint64_t b = 0; b < 2; b++) {
        for (uint64_t q = 0; q < 3; q++) {
            if (chosen_all(s, b, q, v))
                return true;
        }
    }
    return false;
}

/* agreement (state) */
static bool agreement(const uint64_t *s)
{
    for (uint64_t v = 0; v < 2; v++) {
        for (uint64_t w = 0; w < 2; w++) {
            if (!(v == w) && chosen(s, v) && chosen(s, w))
                return false;
        }
    }
    return true;
}

/* any(m.value == v for m in self.net.of(Accept)) */
static bool validity_any(const uint64_t *s, uint64_t v)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        if (qx_part(m, 0, 1) == v)
            return true;
    }
    return false;
}

/* validity (state) */
static bool validity(const uint64_t *s)
{
    for (uint64_t v = 0; v < 2; v++) {
        if (chosen(s, v) && !validity_any(s, v))
            return false;
    }
    return true;
}

/* one_value_per_ballot (state) */
static bool one_value_per_ballot(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        {
            const unsigned n_base = (unsigned)((qx_part(m, 1, 1)) * 2);
            for (uint64_t n_left = qx_slice(s, 47 + n_base, 2); n_left != 0; n_left &= n_left - 1) {
                const uint64_t n = n_base + qx_first(n_left);
                if (qx_part(m, 1, 1) == qx_part(n, 1, 1) && !(qx_part(m, 0, 1) == qx_part(n, 0, 1)))
                    return false;
            }
        }
    }
    return true;
}

static const uint8_t every_Accepted[] = {
    0u, 1u, 2u, 3u, 4u, 5u, 8u, 9u, 10u, 11u, 12u, 13u,
};

static const uint8_t members_of_PrepareQuorum[] = {
    3u, 5u, 6u,
};

/* PrepareQuorum as Set[Acceptor]. */
static uint64_t Set_Acceptor__of_PrepareQuorum(uint64_t value)
{
    return members_of_PrepareQuorum[value];
}

/* is_past: Return whether a has promised a ballot above b, and so takes part in b no more. */
static bool is_past(const uint64_t *s, uint64_t a, uint64_t b)
{
    const uint64_t promised = qx_get(s, (2 - ((unsigned)a)) * 2, 2);
    (void)promised;
    return !(promised == 0) && b < qx_some(promised);
}

/* only_for: Return whether a has voted for v in ballot c, or has not voted there and never will (WontVoteIn). */
static bool only_for(const uint64_t *s, uint64_t a, uint64_t c, uint64_t v)
{
    const bool absent = is_past(s, a, c) && !(qx_slice(s, 51 + (unsigned)(((c) * 3 + a) * 2), 2) != 0);
    (void)absent;
    return absent || qx_has(s, 51 + (((c) * 3 + a) * 2 + v));
}

/* all(self.only_for(a, c, v) for a in q) */
static bool safe_at_any_all(const uint64_t *s, uint64_t c, uint64_t q, uint64_t v)
{
    for (uint64_t a_left = Set_Acceptor__of_PrepareQuorum(q); a_left != 0; a_left &= a_left - 1) {
        const uint64_t a = qx_first(a_left);
        if (!only_for(s, a, c, v))
            return false;
    }
    return true;
}

/* any(all(self.only_for(a, c, v) for a in q) for q in PrepareQuorum) */
static bool safe_at_any(const uint64_t *s, uint64_t c, uint64_t v)
{
    for (uint64_t q = 0; q < 3; q++) {
        if (safe_at_any_all(s, c, q, v))
            return true;
    }
    return false;
}

/* safe_at: Return whether no value but v is chosen below ballot b, now or ever (SafeAt). */
static bool safe_at(const uint64_t *s, uint64_t b, uint64_t v)
{
    for (uint64_t c = 0; c < 2; c++) {
        if (c < b && !safe_at_any(s, c, v))
            return false;
    }
    return true;
}

/* votes_safe (state) */
static bool votes_safe(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        if (!safe_at(s, qx_part(m, 3, 1), qx_part(m, 0, 1)))
            return false;
    }
    return true;
}

/* votes_proposed (state) */
static bool votes_proposed(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        if (!qx_has(s, 47 + ((qx_part(m, 3, 1)) * 2 + qx_part(m, 0, 1))))
            return false;
    }
    return true;
}

/* has_promised: Return whether a has promised ballot b or one above. */
static bool has_promised(const uint64_t *s, uint64_t a, uint64_t b)
{
    const uint64_t promised = qx_get(s, (2 - ((unsigned)a)) * 2, 2);
    (void)promised;
    return !(promised == 0) && b <= qx_some(promised);
}

/* votes_promised (state) */
static bool votes_promised(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        if (!has_promised(s, qx_part(m, 1, 2), qx_part(m, 3, 1)))
            return false;
    }
    return true;
}

static const uint8_t every_Promise[] = {
    0u, 1u, 2u, 3u, 4u, 8u, 9u, 10u, 11u, 12u, 16u, 17u, 18u, 19u, 20u, 32u,
    33u, 34u, 35u, 36u, 40u, 41u, 42u, 43u, 44u, 48u, 49u, 50u, 51u, 52u,
};

/* promises_recorded (state) */
static bool promises_recorded(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!has_promised(s, qx_part(m, 3, 2), qx_part(m, 5, 1)))
            return false;
    }
    return true;
}

/* votes_told (state) */
static bool votes_told(const uint64_t *s)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t b = 0; b < 2; b++) {
            for (uint64_t v = 0; v < 2; v++) {
                if (qx_get(s, 6 + (2 - ((unsigned)a)) * 3, 3) == ((b << 1 | v) + 1) && !qx_has(s, 51 + (((b) * 3 + a) * 2 + v)))
                    return false;
            }
        }
    }
    return true;
}

/* has_voted_from: Return whether the last vote of a is in ballot b or above. */
static bool has_voted_from(const uint64_t *s, uint64_t a, uint64_t b)
{
    const uint64_t vote = qx_get(s, 6 + (2 - ((unsigned)a)) * 3, 3);
    (void)vote;
    return !(vote == 0) && b <= qx_part(qx_some(vote), 1, 1);
}

/* votes_within_promises (state) */
static bool votes_within_promises(const uint64_t *s)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t b = 0; b < 2; b++) {
            if (has_voted_from(s, a, b) && !has_promised(s, a, b))
                return false;
        }
    }
    return true;
}

/* votes_recorded (state) */
static bool votes_recorded(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        if (!has_voted_from(s, qx_part(m, 1, 2), qx_part(m, 3, 1)))
            return false;
    }
    return true;
}

/* reports_below (state) */
static bool reports_below(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!(qx_part(m, 0, 3) == 0) && !(qx_part(qx_some(qx_part(m, 0, 3)), 1, 1) < qx_part(m, 5, 1)))
            return false;
    }
    return true;
}

/* reports_true (state) */
static bool reports_true(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!(qx_part(m, 0, 3) == 0) && !qx_has(s, 51 + (((qx_part(qx_some(qx_part(m, 0, 3)), 1, 1)) * 3 + qx_part(m, 3, 2)) * 2 + qx_part(qx_some(qx_part(m, 0, 3)), 0, 1))))
            return false;
    }
    return true;
}

/* reports_none (state) */
static bool reports_none(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (qx_part(m, 0, 3) == 0) {
            for (uint64_t n_left = qx_slice(s, 51 + 0, 12); n_left != 0; n_left &= n_left - 1) {
                const uint64_t n = (uint64_t)every_Accepted[qx_first(n_left)];
                if (!(!(qx_part(n, 1, 2) == qx_part(m, 3, 2)) || qx_part(m, 5, 1) <= qx_part(n, 3, 1)))
                    return false;
            }
        }
    }
    return true;
}

/* reports_from: Return whether a has reported in a promise for b a vote in ballot c or above. */
static bool reports_from(const uint64_t *s, uint64_t b, uint64_t a, uint64_t c)
{
    {
        const unsigned m_base = (unsigned)(((b) * 3 + a) * 5);
        for (uint64_t m_left = qx_slice(s, 17 + m_base, 5); m_left != 0; m_left &= m_left - 1) {
            const uint64_t m = (uint64_t)every_Promise[m_base + qx_first(m_left)];
            if (qx_part(m, 5, 1) == b && qx_part(m, 3, 2) == a && !(qx_part(m, 0, 3) == 0) && c <= qx_part(qx_some(qx_part(m, 0, 3)), 1, 1))
                return true;
        }
    }
    return false;
}

/* reports_last (state) */
static bool reports_last(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!(qx_part(m, 0, 3) == 0)) {
            for (uint64_t n_left = qx_slice(s, 51 + 0, 12); n_left != 0; n_left &= n_left - 1) {
                const uint64_t n = (uint64_t)every_Accepted[qx_first(n_left)];
                if (qx_part(n, 1, 2) == qx_part(m, 3, 2) && qx_part(n, 3, 1) < qx_part(m, 5, 1) && !reports_from(s, qx_part(m, 5, 1), qx_part(m, 3, 2), qx_part(n, 3, 1)))
                    return false;
            }
        }
    }
    return true;
}

/* any(self.is_past(a, b) and Accepted(b, a, v) not in self.net for a in q) */
static bool proposals_safe_any(const uint64_t *s, uint64_t b, uint64_t q, uint64_t v)
{
    for (uint64_t a_left = Set_Acceptor__of_AcceptQuorum(q); a_left != 0; a_left &= a_left - 1) {
        const uint64_t a = qx_first(a_left);
        if (is_past(s, a, b) && !qx_has(s, 51 + (((b) * 3 + a) * 2 + v)))
            return true;
    }
    return false;
}

/* proposals_safe (state) */
static bool proposals_safe(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        for (uint64_t b = 0; b < 2; b++) {
            if (b < qx_part(m, 1, 1)) {
                for (uint64_t v = 0; v < 2; v++) {
                    if (!(v == qx_part(m, 0, 1))) {
                        for (uint64_t q = 0; q < 3; q++) {
                            if (!proposals_safe_any(s, b, q, v))
                                return false;
                        }
                    }
                }
            }
        }
    }
    return true;
}

/* proposals_shown_safe (state) */
static bool proposals_shown_safe(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        if (!safe_at(s, qx_part(m, 1, 1), qx_part(m, 0, 1)))
            return false;
    }
    return true;
}

/* promises_kept (step) */
static bool promises_kept(const uint64_t *old, const uint64_t *s)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t b = 0; b < 2; b++) {
            if (is_past(old, a, b) && !is_past(s, a, b))
                return false;
        }
    }
    return true;
}

/* votes_kept (step) */
static bool votes_kept(const uint64_t *old, const uint64_t *s)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t b = 0; b < 2; b++) {
            if (has_voted_from(old, a, b) && !has_voted_from(s, a, b))
                return false;
        }
    }
    return true;
}

/* agreement_range (range) */
static bool agreement_range(const uint64_t *s)
{
    for (uint64_t v = 0; v < 2; v++) {
        for (uint64_t w = 0; w < 2; w++) {
            if (chosen(s, v) && chosen(s, w))
                return true;
        }
    }
    return false;
}

/* validity_range (range) */
static bool validity_range(const uint64_t *s)
{
    for (uint64_t v = 0; v < 2; v++) {
        if (chosen(s, v))
            return true;
    }
    return false;
}

/* one_value_per_ballot_range (range) */
static bool one_value_per_ballot_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        {
            const unsigned n_base = (unsigned)((qx_part(m, 1, 1)) * 2);
            for (uint64_t n_left = qx_slice(s, 47 + n_base, 2); n_left != 0; n_left &= n_left - 1) {
                const uint64_t n = n_base + qx_first(n_left);
                if (qx_part(m, 1, 1) == qx_part(n, 1, 1))
                    return true;
            }
        }
    }
    return false;
}

/* votes_safe_range (range) */
static bool votes_safe_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        return true;
    }
    return false;
}

/* votes_proposed_range (range) */
static bool votes_proposed_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        return true;
    }
    return false;
}

/* votes_promised_range (range) */
static bool votes_promised_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        return true;
    }
    return false;
}

/* promises_recorded_range (range) */
static bool promises_recorded_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        return true;
    }
    return false;
}

/* votes_told_range (range) */
static bool votes_told_range(const uint64_t *s)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t b = 0; b < 2; b++) {
            for (uint64_t v = 0; v < 2; v++) {
                if (qx_get(s, 6 + (2 - ((unsigned)a)) * 3, 3) == ((b << 1 | v) + 1))
                    return true;
            }
        }
    }
    return false;
}

/* votes_within_promises_range (range) */
static bool votes_within_promises_range(const uint64_t *s)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t b = 0; b < 2; b++) {
            if (has_voted_from(s, a, b))
                return true;
        }
    }
    return false;
}

/* votes_recorded_range (range) */
static bool votes_recorded_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 51 + 0, 12); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Accepted[qx_first(m_left)];
        return true;
    }
    return false;
}

/* reports_below_range (range) */
static bool reports_below_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!(qx_part(m, 0, 3) == 0))
            return true;
    }
    return false;
}

/* reports_true_range (range) */
static bool reports_true_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!(qx_part(m, 0, 3) == 0))
            return true;
    }
    return false;
}

/* reports_none_range (range) */
static bool reports_none_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (qx_part(m, 0, 3) == 0) {
            for (uint64_t n_left = qx_slice(s, 51 + 0, 12); n_left != 0; n_left &= n_left - 1) {
                const uint64_t n = (uint64_t)every_Accepted[qx_first(n_left)];
                return true;
            }
        }
    }
    return false;
}

/* reports_last_range (range) */
static bool reports_last_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 17 + 0, 30); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = (uint64_t)every_Promise[qx_first(m_left)];
        if (!(qx_part(m, 0, 3) == 0)) {
            for (uint64_t n_left = qx_slice(s, 51 + 0, 12); n_left != 0; n_left &= n_left - 1) {
                const uint64_t n = (uint64_t)every_Accepted[qx_first(n_left)];
                if (qx_part(n, 1, 2) == qx_part(m, 3, 2) && qx_part(n, 3, 1) < qx_part(m, 5, 1))
                    return true;
            }
        }
    }
    return false;
}

/* proposals_safe_range (range) */
static bool proposals_safe_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        for (uint64_t b = 0; b < 2; b++) {
            if (b < qx_part(m, 1, 1)) {
                for (uint64_t v = 0; v < 2; v++) {
                    if (!(v == qx_part(m, 0, 1))) {
                        for (uint64_t q = 0; q < 3; q++)
                            return true;
                    }
                }
            }
        }
    }
    return false;
}

/* proposals_shown_safe_range (range) */
static bool proposals_shown_safe_range(const uint64_t *s)
{
    for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
        const uint64_t m = qx_first(m_left);
        return true;
    }
    return false;
}

/* Which of the open goals a state decides. */
static uint64_t judge(const uint64_t *s, uint64_t open)
{
    (void)s;
    (void)open;
    uint64_t decided = 0;
    if ((open >> 0 & 1) && !agreement(s))
        decided |= UINT64_C(1) << 0;
    if ((open >> 1 & 1) && !validity(s))
        decided |= UINT64_C(1) << 1;
    if ((open >> 2 & 1) && !one_value_per_ballot(s))
        decided |= UINT64_C(1) << 2;
    if ((open >> 3 & 1) && !votes_safe(s))
        decided |= UINT64_C(1) << 3;
    if ((open >> 6 & 1) && !votes_proposed(s))
        decided |= UINT64_C(1) << 6;
    if ((open >> 7 & 1) && !votes_promised(s))
        decided |= UINT64_C(1) << 7;
    if ((open >> 8 & 1) && !promises_recorded(s))
        decided |= UINT64_C(1) << 8;
    if ((open >> 9 & 1) && !votes_told(s))
        decided |= UINT64_C(1) << 9;
    if ((open >> 10 & 1) && !votes_within_promises(s))
        decided |= UINT64_C(1) << 10;
    if ((open >> 11 & 1) && !votes_recorded(s))
        decided |= UINT64_C(1) << 11;
    if ((open >> 12 & 1) && !reports_below(s))
        decided |= UINT64_C(1) << 12;
    if ((open >> 13 & 1) && !reports_true(s))
        decided |= UINT64_C(1) << 13;
    if ((open >> 14 & 1) && !reports_none(s))
        decided |= UINT64_C(1) << 14;
    if ((open >> 15 & 1) && !reports_last(s))
        decided |= UINT64_C(1) << 15;
    if ((open >> 16 & 1) && !proposals_safe(s))
        decided |= UINT64_C(1) << 16;
    if ((open >> 17 & 1) && !proposals_shown_safe(s))
        decided |= UINT64_C(1) << 17;
    return decided;
}

/* Which of the open goals a step decides. */
static uint64_t judge_step(const uint64_t *old, const uint64_t *s, uint64_t open)
{
    (void)old;
    (void)s;
    (void)open;
    uint64_t decided = 0;
    if ((open >> 4 & 1) && !promises_kept(old, s))
        decided |= UINT64_C(1) << 4;
    if ((open >> 5 & 1) && !votes_kept(old, s))
        decided |= UINT64_C(1) << 5;
    return decided;
}

/* Which of the open goals a range decides. */
static uint64_t inhabited(const uint64_t *s, uint64_t open)
{
    (void)s;
    (void)open;
    uint64_t decided = 0;
    if ((open >> 0 & 1) && agreement_range(s))
        decided |= UINT64_C(1) << 0;
    if ((open >> 1 & 1) && validity_range(s))
        decided |= UINT64_C(1) << 1;
    if ((open >> 2 & 1) && one_value_per_ballot_range(s))
        decided |= UINT64_C(1) << 2;
    if ((open >> 3 & 1) && votes_safe_range(s))
        decided |= UINT64_C(1) << 3;
    if ((open >> 6 & 1) && votes_proposed_range(s))
        decided |= UINT64_C(1) << 6;
    if ((open >> 7 & 1) && votes_promised_range(s))
        decided |= UINT64_C(1) << 7;
    if ((open >> 8 & 1) && promises_recorded_range(s))
        decided |= UINT64_C(1) << 8;
    if ((open >> 9 & 1) && votes_told_range(s))
        decided |= UINT64_C(1) << 9;
    if ((open >> 10 & 1) && votes_within_promises_range(s))
        decided |= UINT64_C(1) << 10;
    if ((open >> 11 & 1) && votes_recorded_range(s))
        decided |= UINT64_C(1) << 11;
    if ((open >> 12 & 1) && reports_below_range(s))
        decided |= UINT64_C(1) << 12;
    if ((open >> 13 & 1) && reports_true_range(s))
        decided |= UINT64_C(1) << 13;
    if ((open >> 14 & 1) && reports_none_range(s))
        decided |= UINT64_C(1) << 14;
    if ((open >> 15 & 1) && reports_last_range(s))
        decided |= UINT64_C(1) << 15;
    if ((open >> 16 & 1) && proposals_safe_range(s))
        decided |= UINT64_C(1) << 16;
    if ((open >> 17 & 1) && proposals_shown_safe_range(s))
        decided |= UINT64_C(1) << 17;
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

/* Paxos.prepare: A proposer asks to lead ballot b (Phase 1a). */
static void prepare(const uint64_t *s, qx_work *work)
{
    for (uint64_t b = 0; b < 2; b++) {
        uint64_t *const t = successor(work, s);
        qx_add(t, 15 + (unsigned)(b));
        took(work, s, t, 0);
    }
}

/* Paxos.promise: Acceptor a promises ballot m.ballot and reports its last vote (Phase 1b). */
static void promise(const uint64_t *s, qx_work *work)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t m_left = qx_slice(s, 15 + 0, 2); m_left != 0; m_left &= m_left - 1) {
            const uint64_t m = qx_first(m_left);
            QX_REACHED(0);
            const uint64_t promised = qx_get(s, (2 - ((unsigned)a)) * 2, 2);
            (void)promised;
            QX_REACHED(1);
            if (!(promised == 0 || qx_some(promised) < qx_part(m, 0, 1))) {
                QX_REFUSED(1);
                continue;
            }
            uint64_t *const t = successor(work, s);
            const uint64_t new_2 = qx_part(m, 0, 1) + 1;
            const unsigned key_1_0 = (unsigned)a;
            qx_put(t, (2 - key_1_0) * 2, 2, new_2);
            qx_add(t, 17 + (unsigned)(((qx_part(m, 0, 1)) * 3 + a) * 5 + qx_get(t, 6 + (2 - ((unsigned)a)) * 3, 3)));
            took(work, s, t, 1);
        }
    }
}

/* all(any(m.ballot == b and m.sender == a for m in self.net.of(Promise)) for a in q) */
static bool propose_all(const uint64_t *s, uint64_t b, uint64_t q)
{
    for (uint64_t a_left = Set_Acceptor__of_PrepareQuorum(q); a_left != 0; a_left &= a_left - 1) {
        const uint64_t a = qx_first(a_left);
        if (!(qx_slice(s, 17 + (unsigned)(((b) * 3 + a) * 5), 5) != 0))
            return false;
    }
    return true;
}

/* {m.vote for m in self.net.of(Promise) if m.ballot == b and m.sender in q and m.vote is not None} */
static uint64_t propose_comprehension(const uint64_t *s, uint64_t b, uint64_t q)
{
    uint64_t found = 0;
    {
        const unsigned m_base = (unsigned)((b) * 15);
        for (uint64_t m_left = qx_slice(s, 17 + m_base, 15); m_left != 0; m_left &= m_left - 1) {
            const uint64_t m = (uint64_t)every_Promise[m_base + qx_first(m_left)];
            if (qx_part(m, 5, 1) == b && !(qx_part(m, 0, 3) == 0) && (Set_Acceptor__of_PrepareQuorum(q) >> qx_part(m, 3, 2) & 1) != 0)
                found |= UINT64_C(1) << qx_some(qx_part(m, 0, 3));
        }
    }
    return found;
}

/* maximal(votes, key=lambda w: w.ballot) */
static uint64_t propose_any_extremum(uint64_t votes)
{
    bool is_found = false;
    uint64_t best_key = 0;
    uint64_t best = 0;
    for (uint64_t w_left = votes; w_left != 0; w_left &= w_left - 1) {
        const uint64_t w = qx_first(w_left);
        const uint64_t key = qx_part(w, 1, 1);
        if (!is_found || key > best_key) {
            is_found = true;
            best_key = key;
            best = 0;
            best |= UINT64_C(1) << w;
        }
        else if (key == best_key)
            best |= UINT64_C(1) << w;
    }
    (void)is_found;
    return best;
}

/* any(w.value == v for w in maximal(votes, key=lambda w: w.ballot)) */
static bool propose_any(uint64_t v, uint64_t votes)
{
    for (uint64_t w_left = propose_any_extremum(votes); w_left != 0; w_left &= w_left - 1) {
        const uint64_t w = qx_first(w_left);
        if (qx_part(w, 0, 1) == v)
            return true;
    }
    return false;
}

/* Paxos.propose: The leader of b proposes v, which quorum q shows to be safe (Phase 2a). */
static void propose(const uint64_t *s, qx_work *work)
{
    for (uint64_t b = 0; b < 2; b++) {
        QX_REACHED(2);
        if (!(!(qx_slice(s, 47 + (unsigned)((b) * 2), 2) != 0))) {
            QX_REFUSED(2);
            continue;
        }
        for (uint64_t v = 0; v < 2; v++) {
            for (uint64_t q = 0; q < 3; q++) {
                QX_REACHED(3);
                if (!propose_all(s, b, q)) {
                    QX_REFUSED(3);
                    continue;
                }
                const uint64_t votes = propose_comprehension(s, b, q);
                (void)votes;
                QX_REACHED(4);
                if (!(((int64_t)qx_size(votes)) == INT64_C(0) || propose_any(v, votes))) {
                    QX_REFUSED(4);
                    continue;
                }
                uint64_t *const t = successor(work, s);
                qx_add(t, 47 + (unsigned)((b) * 2 + v));
                took(work, s, t, 2);
            }
        }
    }
}

/* Paxos.accept: Acceptor a votes for m.value unless it promised a higher ballot (Phase 2b). */
static void accept(const uint64_t *s, qx_work *work)
{
    for (uint64_t a = 0; a < 3; a++) {
        for (uint64_t m_left = qx_slice(s, 47 + 0, 4); m_left != 0; m_left &= m_left - 1) {
            const uint64_t m = qx_first(m_left);
            QX_REACHED(5);
            const uint64_t promised = qx_get(s, (2 - ((unsigned)a)) * 2, 2);
            (void)promised;
            QX_REACHED(6);
            if (!(promised == 0 || qx_some(promised) <= qx_part(m, 1, 1))) {
                QX_REFUSED(6);
                continue;
            }
            uint64_t *const t = successor(work, s);
            const uint64_t new_4 = qx_part(m, 1, 1) + 1;
            const unsigned key_3_0 = (unsigned)a;
            qx_put(t, (2 - key_3_0) * 2, 2, new_4);
            const uint64_t new_6 = (qx_part(m, 1, 1) << 1 | qx_part(m, 0, 1)) + 1;
            const unsigned key_5_0 = (unsigned)a;
            qx_put(t, 6 + (2 - key_5_0) * 3, 3, new_6);
            qx_add(t, 51 + (unsigned)(((qx_part(m, 1, 1)) * 3 + a) * 2 + qx_part(m, 0, 1)));
            took(work, s, t, 3);
        }
    }
}

/* Paxos.restart: Acceptor a crashes and comes back; promise and vote were on disk before any message told of them. */
static void restart(const uint64_t *s, qx_work *work)
{
    for (uint64_t a = 0; a < 3; a++) {
        const uint64_t restarted = a;
        (void)restarted;
        stay(work, 4);
    }
}

/* Takes every step from a state. */
static void expand(const uint64_t *s, qx_work *work)
{
    prepare(s, work);
    promise(s, work);
    propose(s, work);
    accept(s, work);
    restart(s, work);
}

const qx_model qx_system = {
    .name = "Paxos",
    .words = 1,
    .actions = 5,
    .bounds = 0,
    .guards = 7,
    .expand = expand,
    .judge = judge,
    .judge_step = judge_step,
    .inhabited = inhabited,
};
