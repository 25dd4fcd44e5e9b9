# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-calls, allow-untyped-decorators
"""The two passes of `triton_fused`, as Triton compiles them; with TRITON_INTERPRET=1 a CPU runs them, slowly.

A program holds `held` rows, and `passing` rows pass it at a time. Rows have d numbers, tiles `width`, a power of two.
"""

import triton
import triton.language as tl

LN2 = tl.constexpr(0.6931471805599453)
NEVER = tl.constexpr(-1e38)  # below every logit, and finite: NEVER - NEVER is 0


@triton.jit
def _load(rows, start, count, d: tl.constexpr, width: tl.constexpr, size: tl.constexpr):
    """Rows start .. start + size of (count, d), 0 beyond the last one."""
    places, numbers = tl.arange(0, size), tl.arange(0, width)
    inside = (start + places >= 0) & (start + places < count)
    block = rows + tl.cast(start, tl.int64) * d  # n · d may be more than 2^31
    return tl.load(
        block + places[:, None] * d + numbers[None, :], mask=inside[:, None] & (numbers < d)[None, :], other=0.0
    )


@triton.jit
def _store(rows, start, count, d: tl.constexpr, width: tl.constexpr, size: tl.constexpr, found):
    places, numbers = tl.arange(0, size), tl.arange(0, width)
    block = rows + tl.cast(start, tl.int64) * d
    inside = (start + places < count)[:, None] & (numbers < d)[None, :]
    tl.store(block + places[:, None] * d + numbers[None, :], found, mask=inside)


@triton.jit
def _multiply(left, right, total, precision: tl.constexpr, interpreted: tl.constexpr):
    if interpreted:  # the interpreter multiplies bfloat16 as integers
        left, right = left.to(tl.float32), right.to(tl.float32)
    return tl.dot(left, right, total, input_precision=precision)


@triton.jit
def _gather(terms, rows, total, precision: tl.constexpr, interpreted: tl.constexpr):
    """total + terms @ rows. float16 would round small terms to 0; TF32 would not, and holds any float16 exactly."""
    if rows.dtype == tl.float16:
        rows = rows.to(tl.float32)
    return _multiply(terms.to(rows.dtype), rows, total, precision, interpreted)


@triton.jit
def _silence(logits, left, right, labels, n, touching):
    """-inf where the pairs' numbers or labels are equal: those are not negatives."""
    if labels is not None:
        left_labels = tl.load(labels + left, mask=left < n, other=0)
        right_labels = tl.load(labels + right, mask=right < n, other=0)
        logits = tl.where(left_labels[:, None] == right_labels[None, :], float("-inf"), logits)
    elif touching:
        logits = tl.where(left[:, None] == right[None, :], float("-inf"), logits)
    return logits


@triton.jit
def _slope(x):
    """The sigmoid of x · ln 2, and the exponential it is made of."""
    small = tl.exp2(-tl.abs(x))
    return tl.where(x >= 0, 1.0, small) / (1.0 + small), small


@triton.jit
def _log1p(x):
    """log(1 + x) of x >= 0, exact for small x: 2 artanh(x / (2 + x)) as a series up to 1."""
    part = tl.minimum(x, 1.0)
    part = part / (2.0 + part)
    square = part * part
    series = 1 / 9 + square * (1 / 11 + square * (1 / 13 + square * (1 / 15)))
    series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * series)))
    return tl.where(x < 1, 2 * part * series, tl.log(1.0 + x))


@triton.jit
def _either(x, y):
    return x + y + x * y  # (1 + x)(1 + y) - 1


@triton.jit
def row_pass(
    anchors,
    positives,
    labels,
    valid,
    steepness,
    factors,
    losses,
    levels,
    masses,
    on_anchors,
    m,
    n,
    first,
    d: tl.constexpr,
    width: tl.constexpr,
    held: tl.constexpr,
    passing: tl.constexpr,
    is_mc: tl.constexpr,
    precision: tl.constexpr,
    interpreted: tl.constexpr,
):
    """Loss, level (which is subtracted in exponents), mass on the negatives and gradient of a block of anchors.

    Exponents are to base 2, and 2^top, the largest term so far, is is the unit of the running sums.
    """
    block = tl.program_id(0) * held
    rows = block + tl.arange(0, held)
    steep = tl.load(steepness)
    a = _load(anchors, block, m, d, width, held)
    p_own = _load(positives, first + block, n, d, width, held)
    own = tl.sum(a.to(tl.float32) * p_own.to(tl.float32), 1) * steep
    top = tl.full((held,), NEVER, tl.float32)
    total = tl.zeros((held,), tl.float32)
    loss = tl.zeros((held,), tl.float32)
    pushed = tl.zeros((held, width), tl.float32)
    for start in range(0, n, passing):
        others = start + tl.arange(0, passing)
        p = _load(positives, start, n, d, width, passing)
        logits = _multiply(a, tl.trans(p), tl.zeros((held, passing), tl.float32), precision, interpreted)
        touching = (start < first + block + held) & (start + passing > first + block)
        logits = _silence(logits, first + rows, others, labels, n, touching)
        if valid is not None:
            here = tl.load(valid + others, mask=others < n, other=0)
            logits = tl.where(here[None, :] != 0, logits, float("-inf"))
        elif start + passing > n:
            logits = tl.where(others[None, :] < n, logits, float("-inf"))
        if is_mc:
            new_top = tl.maximum(top, tl.max(logits, 1) * steep)
            terms = tl.exp2(logits * steep - new_top[:, None])
            shrink = tl.exp2(top - new_top)
            total = total * shrink + tl.sum(terms, 1)
            pushed = pushed * shrink[:, None]
            top = new_top
        else:
            leads = logits * steep - own[:, None]
            terms, small = _slope(leads)
            loss += tl.sum(tl.maximum(leads, 0.0), 1) * LN2 + _log1p(tl.reduce(small, 1, _either))
            total += tl.sum(terms, 1)
        if on_anchors is not None:
            pushed = _gather(terms, p, pushed, precision, interpreted)
    here = rows < m
    if is_mc:
        is_some = total > 0
        total = tl.where(is_some, total, 1.0)
        lead = top - own + tl.log2(total)
        mass, small = _slope(lead)
        loss = tl.maximum(lead, 0.0) * LN2 + _log1p(small)
        level = tl.where(is_some, top + tl.log2(total), float("inf"))
        pushed = pushed * (mass / total)[:, None]
    else:
        mass, level = total, own
    tl.store(losses + rows, loss, mask=here)
    tl.store(levels + rows, level, mask=here)
    tl.store(masses + rows, mass, mask=here)
    if on_anchors is not None:
        factor = tl.load(factors + rows, mask=here, other=0.0)
        p_own = _load(positives, first + block, n, d, width, held)
        pushed = (pushed - p_own.to(tl.float32) * mass[:, None]) * factor[:, None]
        _store(on_anchors, block, m, d, width, held, pushed)


@triton.jit
def column_pass(
    anchors,
    positives,
    labels,
    valid,
    steepness,
    levels,
    factors,
    pulls,
    on_positives,
    m,
    n,
    first,
    d: tl.constexpr,
    width: tl.constexpr,
    held: tl.constexpr,
    passing: tl.constexpr,
    is_mc: tl.constexpr,
    precision: tl.constexpr,
    interpreted: tl.constexpr,
):
    """Gradient of a block of positives: the push of every anchor, minus the pull of its own one."""
    block = tl.program_id(0) * held
    columns = block + tl.arange(0, held)
    steep = tl.load(steepness)
    p = _load(positives, block, n, d, width, held)
    pushed = tl.zeros((held, width), tl.float32)
    for start in range(0, m, passing):
        rows = start + tl.arange(0, passing)
        a = _load(anchors, start, m, d, width, passing)
        level = tl.load(levels + rows, mask=rows < m, other=0.0)
        factor = tl.load(factors + rows, mask=rows < m, other=0.0)
        logits = _multiply(p, tl.trans(a), tl.zeros((held, passing), tl.float32), precision, interpreted)
        touching = (first + start < block + held) & (first + start + passing > block)
        logits = _silence(logits, columns, first + rows, labels, n, touching)
        if valid is not None:
            here = tl.load(valid + columns, mask=columns < n, other=0)
            logits = tl.where(here[:, None] != 0, logits, float("-inf"))
        leads = logits * steep - level[None, :]
        if is_mc:
            terms = tl.exp2(leads)
        else:
            terms, _ = _slope(leads)
        pushed = _gather(terms * factor[None, :], a, pushed, precision, interpreted)
    own = columns - first
    pull = tl.load(pulls + own, mask=(own >= 0) & (own < m), other=0.0)
    a_own = _load(anchors, block - first, m, d, width, held)
    _store(on_positives, block, n, d, width, held, pushed - a_own.to(tl.float32) * pull[:, None])


INTERPRETED = not isinstance(row_pass, triton.runtime.JITFunction)
