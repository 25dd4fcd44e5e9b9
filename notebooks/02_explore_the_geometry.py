# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Explore the geometry: who is my partner?
#
# **Only the other pairs' positives push me.**
#
# ![Eight points on a circle. Anchor 3 picks the square 8, not its partner](pictures/02.svg)
#
# New here? Start with [Meet the loss](01_meet_the_loss.ipynb). If not, click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore

explore("line-up")

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (35 minutes)</summary>
#
# **Do:** guess, drag points one by one, let them go. Then look at photos.
#
# **Learn** to
#
# - name the points that act on a chosen anchor;
# - say which move lowers the loss before you make it;
# - read the ruler of the loss;
# - say what a flat picture of photos keeps.
#
# **Need:** to know what a cosine is.
#
# </details>

# %% [markdown]
# ## Mend it by hand
#
# Anchor 3, the round one at the top, picks the wrong one. Help it.
#
# 1. Drag its partner, the diamond 3, towards it. Where does the sentence say "wavers"? Go on a bit.
# 2. Drag the square 8 away: somebody else's point, and anchor 3 is surer.
# 3. Press **start**. All is as it was.
#
# For exact places use **Move** below.
#
# **Guess.** You slide tao from 0.5 down to 0.05. What will the loss do? A: fall to a tenth. B: fall a bit. C: rise.
#
# Slide it. Then run the next cell: it does the same in code.

# %% tags=["nbval-check-output"]
line_up = explore("line-up")
for point, degrees in (("p3", 120), ("p3", 115), ("p8", 20)):
    line_up.move(point, degrees)
    print(f"{point} at {degrees}: {line_up.sentence.split('. ')[0]}.")
line_up.reset()
line_up.set(tao=0.05)
print(line_up.sentence.split(". ")[0])

# %% [markdown]
# C: from 0.484 to 1.119. A small tao makes every opinion louder, and anchor 3's is wrong.
#
# What you saw has names. A round mark is an **anchor**. The diamond is its **positive**, or partner. A square is a
# **negative**. Digit and colour name the class. The bars are the anchor's **shares**. The **loss** is small when
# partners get large shares.

# %% [markdown]
# ## Change your place
#
# **Guess.** Choose anchor 8 instead of 3. Which marks change their shape? A: none. B: two. C: all.

# %%
line_up.reset()
line_up.set(selected=1)
line_up

# %% [markdown]
# B. The square 8 has become a diamond, the diamond 3 a square. No point has moved.
#
# "Negative" is not a kind of point. It is a **role**: the same point is the partner of one anchor and a negative of
# all others. A pale mark has no role here. It does not act on the chosen anchor.
#
# Click other round marks, or choose at **Anchor**.

# %% [markdown] tags=["M9"]
# ## Who pushes whom?
#
# One round mark on top of another: do they mind?

# %% tags=["M9"]
from npair_viz import predict

predict(6)

# %% [markdown]
# In the picture above press **start**, drag the round 8 onto anchor 3, choose anchor 3, and look at its bars. Then run
# the cell.

# %% tags=["M9", "nbval-check-output"]
for degrees in (20, 90):
    line_up.reset()
    line_up.move("a8", degrees)
    losses = [f"{loss:.3f}" for loss in line_up.reading.losses]
    print(f"a8 at {degrees}: losses of anchors 3, 8, 0, 1 are {', '.join(losses)}")

# %% [markdown] tags=["M9"]
# Anchor 3 stays at 0.990. Only anchor 8's own loss grows, from 0.256 to 0.543, since it has left its partner.
#
# Anchors don't push anchors. The formula says so: in anchor $i$'s loss, the only anchor is $a_i$.
#
# $$L_i = \log\Big(1 + \sum_{j \ne i} e^{(a_i \cdot p_j - a_i \cdot p_i)/\tau}\Big)$$

# %% [markdown] tags=["M11"]
# ## Where should the partner go?
#
# Now for the loss of the batch: the mean of all four anchors.

# %% tags=["M11"]
predict(2)

# %% [markdown] tags=["M11"]
# Find out by hand. The picture tells you when you are there.

# %% tags=["M11"]
from npair_viz import Stage

Stage(mission="a better place")

# %% tags=["M11", "nbval-check-output"]
line_up.reset()
for degrees in (140, 120, 103, 90):
    line_up.move("p3", degrees)
    own = line_up.reading.losses[0]
    print(f"p3 at {degrees}: loss {line_up.reading.loss:.3f}, anchor 3's own {own:.3f}")

# %% [markdown] tags=["M11"]
# Anchor 3 likes its partner best at 90, right on itself. The batch does not: 0.392 there, 0.380 at 103. On its way
# `p3` comes nearer to anchor 8, and there it is a negative.
#
# A positive stands in *every* line-up, an anchor in none. So which single move is the best of all? That is a mission,
# too: `Stage(mission="one move")`.

# %% [markdown] tags=["M12"]
# ## Let go
#
# **Guess.** All points follow the loss downhill. Where does that end? A: all in one place. B: in four pairs, evenly
# spread. C: each pair opposite all others.
#
# Go up to the first picture. Press **start**, then **Play**, and wait for the loss to stop.

# %% [markdown] tags=["M12"]
# B: each partner on its anchor, two neighbours at right angles, and only one pair opposite. There is no place that is
# opposite to three others. So the loss stops at 0.254, and not at 0.
#
# The line under the bars is the **ruler**. *Best here* is the lowest loss of four pairs on a circle at this tao.
# *Chance*, 1.386, is that of an anchor that can't tell anyone apart. Beyond it you are sure, and wrong.
#
# $$\text{chance} = \log n \qquad \text{best on a circle} = \log \sum_{k=0}^{n-1} e^{(\cos(2\pi k/n) - 1)/\tau}$$

# %% [markdown] tags=["M20"]
# ## Real photos
#
# Ten pairs of handwritten digits. A photo has 64 grey values, so it is an arrow in 64 dimensions. The screen has two.

# %%
photos = explore("pixels")
photos

# %% [markdown] tags=["M20"]
# The picture is a **shadow** of 64 dimensions. It is cast so that the chosen anchor, a 0, stands straight up: this is
# its **anchor plane**.
#
# **Guess.** What can you read off exactly? A: all distances. B: only the heights. C: nothing.

# %% tags=["M20", "nbval-check-output"]
pairs = photos.reading.scene
heights = [f"{y:.3f}" for y in pairs.positives[1:] @ pairs.anchors[0]]  # anchor 0 stands straight up
print(pairs.dimension, "dimensions; heights:", ", ".join(heights))
assert heights == [f"{cosine:.3f}" for cosine in photos.reading.forces.similarities[0, 1:]]

# %% [markdown] tags=["M20"]
# B. The height of a mark is its cosine with the chosen anchor. So this picture is right about one line-up. Choose
# another anchor, and it turns to that one.
#
# Many plots of embeddings cast another shadow, on the two *principal axes*: they keep as much as one plane can. You
# find it in the settings, at *view*.
#
# **Guess.** In such a plot photos 743 and 1569 lie in one direction: their shadows have cosine 0.999. In truth? A:
# 0.999. B: about 0.9. C: about 0.6.

# %% tags=["M20", "nbval-check-output"]
from torch import cosine_similarity
from torch.linalg import svd

from npair_viz import scenes

digits = scenes.digits()
axes = svd(digits.embeddings, full_matrices=False).Vh[:2]
shadows = digits.embeddings @ axes.T
print("digits:", digits.labels[[743, 1569]].tolist())
for name, rows in (("shadow", shadows), ("truth", digits.embeddings)):
    print(f"{name}: cosine {cosine_similarity(rows[743], rows[1569], dim=0):.3f}")

# %% [markdown] tags=["M20"]
# C: 0.606. One is a 4, the other a 6, and the shadow makes them twins. A flat picture of many dimensions invents
# neighbours. Read the badge in its corner, or ask for the cosine.

# %% [markdown]
# ## On your own
#
# A mission first. Then tell exercise 6 of it: set `mine = stage`, and run the cell again. Exercise 7 wants names, like
# `mine = ["a0", "p0"]`. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["M9"]
stage = Stage(mission="sabotage")
stage

# %% tags=["M9", "nbval-check-output"]
from npair_viz import exercise

task = exercise(6)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["M9", "nbval-check-output"]
task = exercise(7)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# ## In practice
#
# - Anchors and positives are not the same to this loss. Exchange them, and it changes. CLIP, which
#   pairs photos with texts, takes the mean of both ways.
# - SimCLR's loss puts every other point of the batch into each line-up. There anchors do push anchors.
# - In training nobody moves single points. A network does, and when it moves one, others come along.
#
# ## Further reading
#
# - K. Sohn, [Improved Deep Metric Learning with Multi-class N-pair Loss
#   Objective](https://proceedings.neurips.cc/paper/2016/hash/6b180037abbebea991d8b1232f8a8ca9-Abstract.html), NeurIPS
#   2016: its figure 2 draws who is whose negative.
# - T. Wang and P. Isola, [Understanding Contrastive Representation Learning through Alignment and
#   Uniformity](https://arxiv.org/abs/2005.10242), 2020: why the pairs spread evenly when you let go.
#
# Next: [read the forces](03_read_the_forces.ipynb). What does an arrow say?
