# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Hold the norms: what does l2_reg do?
#
# **On the circle l2_reg is a number; in the plane it is a spring.**
#
# ![Eight points at rest, at four settings of l2_reg: squares that shrink. The fifth is to be guessed](pictures/05.svg)
#
# The square shrinks as `l2_reg` grows. First a place where it can't. Click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore, predict

circle = explore("line-up", level=3, normalize=True, l2_reg=0.0, drawer="", hide=("why",))
circle

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (45 minutes)</summary>
#
# **Do:** turn `l2_reg` where it is dead, then where it is alive; let lengths grow, rest and collapse.
#
# **Learn** to
#
# - say when `l2_reg` moves points, and when it only moves the number;
# - say before you press Play whether lengths will grow, rest or collapse;
# - find a bug that swaps two numbers.
#
# **Need:** lessons 1 and 2.
#
# </details>

# %% [markdown] tags=["M14"]
# ## A number on the circle
#
# An embedding has a direction and a length. So far all lengths were 1. Many people add a charge for length to the loss,
# and `l2_reg` says how high it is. Here it stands under tao.

# %% tags=["M14"]
predict(8)

# %% [markdown]
# Now slide `l2_reg` to 10 in the picture, and press **Play**. **start** puts all back. The next cell does the same in
# code.

# %% tags=["M14", "nbval-check-output"]
for l2_reg in (0, 0.02, 10):
    circle.reset()
    circle.set(l2_reg=l2_reg)
    loss, penalty = circle.reading.loss, circle.reading.penalty
    force = circle.reading.forces.on_anchors[0].norm()
    circle.play(40)
    place = [round(x, 3) for x in circle.reading.scene.anchors[0].tolist()]
    print(f"l2_reg {l2_reg}: loss {loss:.3f}, penalty {penalty:.2f}, force {force:.3f}; a3 to {place}")

# %% [markdown] tags=["M14"]
# Same force, same path, same place. Only the number is larger: by 0.04 at 0.02, by 20 at 10.
#
# `l2_reg` is the weight of a **penalty** on squared lengths. On the circle they are all 1, so the penalty is the same
# wherever the points stand, and what never changes has no slope:
#
# $$\frac\lambda n \sum_i \left(|a_i|^2 + |p_i|^2\right) = 2\lambda$$
#
# where all lengths are 1; $\lambda$ is `l2_reg`. So it is no second way to normalise, and no extra safety after it.

# %% [markdown]
# ## Free the lengths
#
# Now points may leave the circle. A similarity is then the dot product: the cosine, times both lengths. `l2_reg`
# is 0 for now.

# %%
predict(9)

# %%
plane = explore("line-up", level=3, l2_reg=0.0, drawer="")
plane

# %% [markdown]
# Press **Play**, and watch the marks and the loss. Then run the cell.

# %% tags=["nbval-check-output"]
plane.reset()
for steps in (100, 900, 9000):
    plane.play(steps)
    length, loss = plane.reading.norms.mean(), plane.reading.loss
    print(f"step {plane.state.steps}: mean length {length:.3f}, loss {loss:.5f}")

# %% [markdown]
# They grow for ever, and ever more slowly: 1.607, 1.991, 2.298, each time after ten times the steps. The loss falls
# towards 0, which no circle allows: longer arrows make larger dot products out of the same angles.
#
# It is hardly a better picture. The angles were nearly done by step 100. Since then the arrows have grown, which acts
# like a tao that shrinks. The loss comes ever nearer to 0, and no length reaches it: the **floor** is gone.

# %% [markdown]
# ## A spring
#
# In the picture press **start**, set `l2_reg` to 0.02, and press **Play**. Now the lengths come to rest. Go on with
# 0.1, then 0.5: the same square, smaller. A dotted arrow has come, *shrink*. Here the penalty has a slope: it draws
# each point to the centre, and the harder the longer its arrow, as a **spring** would.

# %% tags=["M15", "M16"]
predict(10)

# %% tags=["M15", "M16", "nbval-check-output"]
runs = []
for l2_reg in (0.02, 0.1, 0.5, 0.9, 2):
    plane.reset()
    plane.set(l2_reg=l2_reg)
    plane.play(600)
    runs.append((plane.state.tao, l2_reg, plane.reading.norms.mean().item()))
    print(f"l2_reg {l2_reg}: mean length {runs[-1][2]:z.3f}, loss {plane.reading.loss:.3f}")

# %% [markdown] tags=["M15", "M16"]
# At 2 all eight points are in the centre. The loss is 1.386: chance. Without length there is no similarity, and no
# force. This is **collapse**.
#
# So more `l2_reg` is not only more of the same. Up to a threshold lengths get smaller; from there on nothing is left.
# And the negatives don't forbid it: the shorter they are, the weaker they push.
#
# $$2\lambda\tau < 1:\ \text{rest} \qquad 2\lambda\tau \ge 1:\ \text{collapse}$$
#
# <details><summary>Why just there?</summary>
#
# Close to the centre all similarities are nearly 0, so every share is $1/n$. Let each partner be on its anchor, and the
# positives be balanced around the centre. Pull and push on $a_i$ then add up to $a_i/(n\tau)$: outwards, and in
# proportion to its length. The spring is $-2\lambda a_i/n$: inwards, in proportion, too. So the length cancels, and the
# larger factor wins: outwards if $1/\tau > 2\lambda$.
#
# Below the threshold, four pairs in the plane rest at the length $r$ with $r^2 = \tau \log\frac{1-x}{x}$, where
# $x = \lambda\tau$.
#
# </details>

# %% [markdown]
# ## Turn tao instead
#
# The rule has tao in it, too. `l2_reg` is 0.02 again, and tao goes up.

# %%
predict(11)

# %% tags=["nbval-check-output"]
for tao, l2_reg in ((5, 0.02), (20, 0.02), (30, 0.02), (1, 0.25)):
    plane.reset()
    plane.set(tao=tao, l2_reg=l2_reg)
    plane.play(600)
    runs.append((tao, l2_reg, plane.reading.norms.mean().item()))
    print(f"tao {tao}, l2_reg {l2_reg}: length {runs[-1][2]:.3f}, loss {plane.reading.loss:.3f}")

# %% [markdown]
# From 1.516 to 3.315: arrows must be longer now to tell classes apart. But a larger tao weakens pull and push, and not
# the spring: at 20 the square is smaller again, and at 30 it is gone.
#
# The last line repeats a number. At tao 0.5 and `l2_reg` 0.5 the loss was 1.125. With twice the tao and half the
# `l2_reg` it is 1.125 again; only the square is larger, by the root of 2.
#
# **Guess.** Divide each length by the root of its tao, and draw it over `2 * l2_reg * tao`. On how many curves do your
# dots lie? A: one for each tao. B: one for all. C: on none.

# %%
from plotly.graph_objects import Figure

from npair_viz import phase

pressures = [k / 200 for k in range(1, 410)]
curve = [phase(4, tao=1, l2_reg=pressure / 2, dimension=2).optimal_norm for pressure in pressures]
products = [2 * l2_reg * tao for tao, l2_reg, _ in runs]
lengths = [norm / tao**0.5 for tao, _, norm in runs]
figure = Figure(layout={"width": 800, "height": 380, "xaxis_title": "2 * l2_reg * tao"})
figure.update_layout(yaxis_title="length / root of tao")
figure.add_scatter(name="the law", x=pressures, y=curve)
figure.add_scatter(name="your runs", mode="markers", marker_size=11, x=products, y=lengths)
figure

# %% [markdown]
# B. Only the product decides what becomes of them; tao alone then sets the scale.
#
# There are three **phases**: growth where `l2_reg` is 0, rest, and collapse. Open *phase map* under the second
# picture's sentence. Each knob has an axis there, the dot is where your knobs stand, and beyond the dashed line all
# shrinks to the centre.

# %% [markdown] tags=["M14"]
# ## Find the bug
#
# **Guess.** Somebody wants tao 0.4 and writes `NPairLoss(0.4)`. Whatever they put there, the trained model is the same.
# What did they train with? A: tao 0.4. B: tao 1, and a dead `l2_reg`. C: tao 1, and a strong spring.

# %% tags=["M14", "nbval-check-output"]
from npair_viz import NPairLoss, doctor, scenes

photos = scenes.digits().paired()
loss = NPairLoss(0.4)
print(f"l2_reg {loss.l2_reg}, tao {loss.tao}, normalize {loss.normalize}")
print(doctor(photos.embeddings, photos.labels, loss=loss).findings[0])

# %% [markdown]
# B. The first number of `NPairLoss` is `l2_reg`, and it normalises unless told not to. So tao stayed 1, and their knob
# added a number and moved nothing. Write both by name. `doctor` looks for this bug;
# lesson 8 is about it.

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["nbval-check-output"]
from npair_viz import exercise

task = exercise(15)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["M14", "nbval-check-output"]
task = exercise(16)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown] tags=["M14"]
# ## In practice
#
# - `NPairLoss` normalises by default, and its `l2_reg` of 0.02 then adds 0.04 and moves nothing. Give 0, and the number
#   on screen is the loss.
# - To hold lengths: `normalize=False`, and `phase(n, tao, l2_reg)` before you train.
# - Others put a half or a quarter before the penalty, or take lengths without squares. Read the formula before you copy
#   a number.
# - Where rows are normalised, the lengths before that are free. Rows that plain
#   gradient descent moves by themselves can only grow longer; a network's can do either.
# - Weight decay is not this penalty: it acts on the network's weights, not on its embeddings.
#
# ## Further reading
#
# - K. Sohn, [Improved Deep Metric Learning with Multi-class N-pair Loss
#   Objective](https://proceedings.neurips.cc/paper/2016/hash/6b180037abbebea991d8b1232f8a8ca9-Abstract.html), NeurIPS
#   2016: leaves lengths free, and says why it punishes them.
# - F. Wang and others, [NormFace: L2 Hypersphere Embedding for Face Verification](https://arxiv.org/abs/1704.06369),
#   2017: the other way, lengths all 1, and why it then needs a tao.
# - D. Soudry and others, [The Implicit Bias of Gradient Descent on Separable Data](https://arxiv.org/abs/1710.10345),
#   2018: why lengths that nothing holds grow for ever, and ever more slowly.
# - Z. Zhu and others, [A Geometric Analysis of Neural Collapse with Unconstrained
#   Features](https://arxiv.org/abs/2105.02375), NeurIPS 2021: this spring, with a classifier in the positives' place,
#   and why a simplex is its only rest.
# - W. Hong and S. Ling, [Neural Collapse for Unconstrained Feature Model under Cross-entropy Loss with Imbalanced
#   Data](https://arxiv.org/abs/2309.09725), 2023: where such a threshold comes from, and why it is sharp.
#
# Next: [choose the pairs](06_choose_the_pairs.ipynb). Who gets into the line-up?
