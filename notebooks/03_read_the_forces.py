# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Read the forces: who moves me, and how hard?
#
# **The pull is what I am still unsure of.**
#
# ![Anchor 3 on a circle with its four candidates, and their shares: which way will it go?](pictures/03.svg)
#
# Which way will anchor 3 go? Keep your guess in mind, click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore

plane = explore("line-up", normalize=False, selected=2)
plane

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (45 minutes)</summary>
#
# **Do:** draw an arrow, take it apart, find places where it vanishes, write it in one line.
#
# **Learn** to
#
# - compute pull and push from a row of shares;
# - draw the arrow of an anchor;
# - say when it vanishes;
# - write the gradient, and match what torch finds.
#
# **Need:** lessons 1 and 2, and what a gradient is: it points uphill.
#
# </details>

# %% [markdown]
# ## Draw the arrow
#
# Here lengths are free: a point may leave the circle. (Leave `l2_reg` at 0; it has a lesson of its own.)
#
# Anchor 0 is chosen. The blue arrow is the *pull* of its partner, the dashed one the *push* of all its negatives
# together, and the black one, *net*, is the sum of the two. Choose anchors 8 and 1, and look at theirs.
#
# Now anchor 3. Don't choose it yet. Draw its net first.

# %%
from npair_viz import predict

predict(15)

# %% tags=["M8", "nbval-check-output"]
plane.reset()
plane.set(selected=0)
forces = plane.reading.forces
print("pull:", forces.pull[0].round(decimals=3).tolist(), f"length {forces.pull[0].norm():.3f}")
for name, push in list(zip(plane.reading.names, forces.push_from(0), strict=True))[1:]:
    print(f"push from {name}: length {push.norm():.3f}")
print("net: ", (forces.pull + forces.push)[0].round(decimals=3).tolist())

# %% [markdown] tags=["M8"]
# The picture above shows it now: the cell has chosen anchor 3. Its net points left and a little down, not at the
# partner.
#
# The pull has the direction of `p3` as seen *from the centre*, the cross. The push from 8 has the opposite of the
# direction of `p8`, and is nearly as long: 0.290 against 0.314. From 0 and 1 comes next to nothing. Negatives don't
# push alike.
#
# The picture draws all forces longer, and says by how much. Press **Step** a few times: every point takes a small step
# along its own net. Then press **start**.

# %% [markdown]
# ## How long is it?
#
# **Guess.** Which anchor is pulled hardest? A: 3, which is wrong. B: 1, which is surest. C: all alike, since all
# partners have length 1.

# %% tags=["nbval-check-output"]
for i, name in enumerate(plane.reading.names):
    share, pull = forces.weights[i, i], forces.pull[i].norm()
    print(f"anchor {name}: partner's share {share:.3f}, pull {pull:.3f}")

# %% [markdown]
# A. The pull is what the anchor is still unsure of: 1 minus its partner's share, over $n\tau$, here 4 times 0.5. A
# negative's push is its own share, over the same. (All candidates have length 1 here. A longer one pulls or pushes
# harder.)
#
# $$\text{pull}_i = \frac{(1 - w_{ii})\,p_i}{n\tau} \qquad \text{push}_i = -\sum_{j \ne i} \frac{w_{ij}\,p_j}{n\tau}$$

# %% [markdown] tags=["M10"]
# ## They meet
#
# **Guess.** Put `p3` right on anchor 3. What is left of the pull? A: nothing, they have met. B: an arrow outwards, away
# from the centre. C: it turns round.
#
# Choose anchor 3. At **Move**, choose `p3`, type `0, 1` and press Enter. Look at the blue arrow.

# %% tags=["M10", "nbval-check-output"]
plane.move("p3", (0, 1))
for lengths, normalize in (("free", False), ("all 1", True)):
    plane.set(normalize=normalize)
    pull, push = plane.reading.forces.pull[0], plane.reading.forces.push[0]
    arrows = [[f"{x:z.3f}" for x in arrow] for arrow in (pull, pull + push)]
    print(f"lengths {lengths}: pull {arrows[0]}, net {arrows[1]}")

# %% [markdown] tags=["M10"]
# B: 0.226, straight up. The pull is no spring between two points. It makes $a \cdot p$ larger, and a longer $a$ does
# that, too.
#
# Where all lengths are 1, only the part *along the circle* is felt. There the pull is gone when they meet. The push is
# not: 8 still drives anchor 3 to the left. To meet is not to rest.

# %% [markdown]
# ## All anchors in one line
#
# Write the four line-ups below each other: a table of shares, $W$, with the row of anchor 3 on top. Take away 1 on the
# diagonal, the partners' places.
#
# **Guess.** What does each row sum to now? A: 1. B: 0. C: it depends on who is sure.

# %% tags=["nbval-check-output"]
import torch

plane.reset()
scene, W = plane.reading.scene, plane.reading.forces.weights
for row in W - torch.eye(4):
    print(row.round(decimals=3).tolist(), f"sum {row.sum():z.1f}")

# %% [markdown]
# B. What the partner lacks, the others have. The top row says all about anchor 3: pulled with weight 0.628, pushed by 8
# with 0.581. The pull and all pushes together have equal *weights*. Their arrows differ, for they point different ways.
#
# A force goes downhill. It is minus the **gradient** of the loss. Can you write the gradient of all four anchors, with
# `W`, `torch.eye(4)` and `scene.positives`?

# %% tags=["nbval-check-output"]
from npair_viz import exercise

task = exercise(8)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# Stuck? `task.hint()`, twice if need be. torch can find the gradient by itself:

# %% tags=["nbval-check-output"]
from npair_viz import npair_loss

anchors = scene.anchors.clone().requires_grad_()
npair_loss(anchors, scene.positives, tao=0.5).backward()
for row in anchors.grad.round(decimals=3).tolist():
    print(row)

# %% [markdown]
# Its first row is anchor 3's net, turned round. All four rows are one product of tables:
#
# $$\frac{\partial L}{\partial A} = \frac{(W - I)\,P}{n\tau}$$
#
# <details><summary>Where does it come from?</summary>
#
# Anchor $i$'s surprise is $\log \sum_j e^{s_{ij}/\tau} - s_{ii}/\tau$. Its slope in $s_{ij}$ is the share $w_{ij}$ over
# $\tau$, and for the partner 1 less in the numerator: a row of $(W - I)/\tau$. Now $s_{ij} = a_i \cdot p_j$, and its
# slope in $a_i$ is $p_j$. The mean over the anchors divides by $n$.
#
# </details>

# %% [markdown]
# ## Where does it rest?
#
# Back on the circle. Drag the round 3, and find the place where its net vanishes.

# %%
circle = explore("line-up", drawer="landscape")
circle

# %% tags=["nbval-check-output"]
for degrees in (90, 120, 138, 160):
    circle.move("a3", degrees)
    own, net = circle.reading.losses[0], circle.reading.forces.on_anchors[0].norm()
    print(f"a3 at {degrees}: its own loss {own:.3f}, net {net:.3f}")

# %% [markdown]
# At 138. The ring shows the loss that anchor 3 would have, were it elsewhere (dark is low): its **landscape**. The net
# points down this landscape. At the bottom there is none: pull and push hold the balance.
#
# **Guess.** In the heap all points stand in one place, and every candidate gets 25 %. So the pull has weight 0.75. What
# is the net? A: large. B: 0.
#
# **Guess.** In the first picture, let all points go. What becomes of the pull? A: it fades. B: it grows. C: it stays.

# %% tags=["nbval-check-output"]
plane.set(scene="heap", normalize=False)
pull, push = plane.reading.forces.pull[0], plane.reading.forces.push[0]
print(f"heap: pull {pull.norm():.3f}, push {push.norm():.3f}, net {(pull + push).norm():.3f}")
plane.reset()
for steps in (0, 20, 80):
    plane.play(steps)
    share, pull = plane.reading.forces.weights[0, 0], plane.reading.forces.pull[0].norm()
    print(f"{plane.state.steps} steps: partner's share {share:.3f}, pull {pull:.3f}")

# %% [markdown]
# B, then A. The net of an anchor vanishes where
#
# - pull and push hold the balance, as at 138 degrees, or in the heap;
# - the anchor is sure of its partner, so that neither is left.
#
# So a vanished force does not say that all is well. In the heap nothing is.

# %% [markdown]
# ## The other side
#
# A positive is moved, too: pulled by its anchor, pushed by the other pairs' anchors.
#
# **Guess.** Let anchors and positives change places, all four pairs. What does the loss do? A: it stays, the cosines
# are the same. B: it changes.

# %% tags=["nbval-check-output"]
from npair_viz import read

swapped = scene.moved(scene.positives, scene.anchors)
print(f"loss {read(scene).loss:.3f}, swapped {read(swapped).loss:.3f}")
print("column sums:", [f"{total:.3f}" for total in (W - torch.eye(4)).sum(dim=0)])

# %% [markdown]
# B. The same cosines stand in other line-ups, since rows have become columns. A row is shared out; a column is not. So
# on a positive pull and push have different weights:
#
# $$\frac{\partial L}{\partial P} = \frac{(W - I)^\top A}{n\tau}$$

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["nbval-check-output"]
task = exercise(9)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["nbval-check-output"]
task = exercise(10)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# ## In practice
#
# - Nobody writes this gradient by hand: `backward` finds it. To *read* it, ask `npair_gradients` for pulls, pushes and
#   shares.
# - A pair that is sure sends no gradient. A batch of sure pairs trains nothing, however low its loss.
# - In training the arrows act on a network's weights. It moves many points at once, and seldom just as the arrows say.
#
# ## Further reading
#
# - R. Hadsell, S. Chopra and Y. LeCun, [Dimensionality Reduction by Learning an Invariant
#   Mapping](https://doi.org/10.1109/CVPR.2006.100), 2006: an older loss whose pull *is* a spring. Compare.
# - F. Wang and H. Liu, [Understanding the Behaviour of Contrastive Loss](https://arxiv.org/abs/2012.09740), 2021: the
#   gradient of a loss like this, and what the temperature does to it.
#
# Next: [turn the temperature](04_turn_the_temperature.ipynb). Who counts?
