# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Meet the loss: who is my partner?
#
# **Every anchor stands before a line-up and must pick its partner.**
#
# ![A photo of a handwritten 3, and four photos to choose from](pictures/01.svg)
#
# You found the other 3 at once. Now let a toy machine choose. Click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore

line_up = explore("line-up", level=1)
line_up

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (40 minutes)</summary>
#
# **Do:** move points on a circle, guess, and watch one number.
#
# **Learn** to
#
# - say what an embedding and a cosine are;
# - turn a row of cosines into shares by hand;
# - give the loss of pure chance for any number of candidates;
# - say why the loss stops above 0.
#
# **Need:** the warm-up, no more.
#
# </details>
#
# <details><summary><b>Warm-up</b>: five questions, no marks</summary>
#
# **1.** Two arrows of length 1 stand 60 degrees apart. What is their dot product?
#
# <details><summary>Answer</summary>
#
# One half: the cosine of the angle. It is 1 for the same way, 0 at right angles, −1 for opposite ways.
#
# </details>
#
# **2.** What is log 1?
#
# <details><summary>Answer</summary>
#
# 0, since *e* to the power 0 is 1.
#
# </details>
#
# **3.** What is the softmax of two equal numbers?
#
# <details><summary>Answer</summary>
#
# One half each. Softmax takes *e* to the power of each number and divides by the sum.
#
# </details>
#
# **4.** Where does a gradient point?
#
# <details><summary>Answer</summary>
#
# Uphill, the steepest way.
#
# </details>
#
# **5.** You are sure of a wrong answer. What does cross-entropy do?
#
# <details><summary>Answer</summary>
#
# It grows large: it is minus the logarithm of the right answer's share.
#
# </details>
#
# </details>

# %% [markdown]
# ## One anchor, four candidates
#
# A machine turns each photo into a point. These eight points are made up, with a mistake to mend: two of each digit 3,
# 8, 0 and 1. The round 3 at the top is the **anchor**. Its line-up is its partner, the diamond, and three squares.
# The bars are its vote. It picks the wrong one: 58 % for 8, and 37 % for its partner.
#
# The arrows are forces on the anchor: its partner's *pull*, the squares' *push*, and their sum, the *net*. *Chance* and
# *best here* come further down.
#
# **Guess.** What helps anchor 3?
#
# - A: move its partner, `p3`, nearer: to 100 degrees.
# - B: move the square 8, `p8`, away: to 20 degrees.
# - C: either.
#
# Drag it there, or choose it at **Move**, type the degrees and press Enter. **start** puts all back.

# %% tags=["M2", "nbval-check-output"]
for point, degrees in (("p3", 100), ("p8", 20)):
    line_up.reset()
    line_up.move(point, degrees)
    print(f"{point} at {degrees}: {line_up.sentence.split('. ')[0]}.")

# %% [markdown] tags=["M2"]
# C. And B helps more: the partner gets 60 %, against 54 %, though it has not moved.
#
# So the others matter, too. The partner is anchor 3's **positive**. The other pairs' positives are its
# **negatives**. The bars are its **shares**. They add up to 1 (to rounding), so what one candidate loses, the others
# win. The pale marks are the other anchors: they stand in no line-up.

# %% [markdown]
# ## A photo becomes an arrow
#
# A photo is a list of grey values. Read it as an arrow, with a dimension for each value, and make the arrow 1 long.
#
# **Guess.** Take the photos at the top. Which arrow points most nearly the anchor's way: A, B, C or D?

# %% tags=["nbval-check-output"]
from npair_viz import scenes

digits = scenes.digits().paired()
for letter, digit in zip("ABCD", (8, 3, 1, 0), strict=True):
    print(letter, f"{digits.anchors[3] @ digits.positives[digit]:.3f}")

# %% [markdown]
# B, the other 3: 0.880, against 0.665 for the 8.
#
# A photo's arrow is its **embedding**. The number is the **cosine** of the angle between two arrows. A network makes
# better arrows than grey values do, and the loss is what trains it.
#
# The points on the circle are tips of invented arrows, not of these: there, 8 is picked.
#
# For arrows of length 1 the cosine is the dot product: $s = a \cdot p$.

# %% [markdown]
# ## From cosines to shares
#
# Back to the circle. At the start its anchor 3 has cosine 0.643 with its partner, and 0.866, a third more, with the
# square 8.
#
# **Guess.** How much larger is the share of 8? A: a third. B: about a half. C: ten times.
#
# Take a calculator. Divide each cosine by tao, here 0.5. Take *e* to that power. Divide by the sum of all. Then set
# `mine = [...]`, four numbers, and run the cell.

# %% tags=["nbval-check-output"]
from npair_viz import exercise

task = exercise(1)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# Stuck? `task.hint()`. Here is the way, step by step:

# %% tags=["nbval-check-output"]
line_up.reset()
cosines = line_up.reading.forces.similarities[0]
powers = (cosines / 0.5).exp()
shares = powers / powers.sum()
assert shares.allclose(line_up.reading.forces.weights[0])
for row in (cosines, powers, shares):
    print(row.round(decimals=3).tolist())
print(f"The share of 8 is {shares[1] / shares[0]:.2f} times its partner's.")

# %% [markdown]
# B: 1.56 times. Only the difference of two cosines counts, and tao says how much.
#
# This is a **softmax**, and tao, or $\tau$, is its **temperature**. In anchor $i$'s line-up, candidate $j$ gets
#
# $$w_{ij} = \frac{e^{s_{ij}/\tau}}{\sum_k e^{s_{ik}/\tau}}$$

# %% [markdown]
# ## The loss is a surprise
#
# Now the answer is told. Anchor 3 had given its partner 37 %, anchor 1 had given its own 80 %.
#
# **Guess.** How much more is anchor 3 surprised? A: about twice as much. B: more than four times.

# %% tags=["nbval-check-output"]
partners = line_up.reading.forces.weights.diagonal()
surprises = -partners.log()
print("shares of the partners of 3, 8, 0, 1:", [f"{share:.3f}" for share in partners])
print("surprise of anchors 3, 8, 0, 1:      ", [f"{surprise:.3f}" for surprise in surprises])
print(f"mean surprise {surprises.mean():.3f}, loss in the picture {line_up.reading.loss:.3f}")

# %% [markdown]
# B: 0.990 against 0.221. **Surprise** is minus the logarithm of the right answer's share: 0 for a share of 1, and ever
# larger as the share falls.
#
# The **N-pair loss** is the mean surprise of all anchors. Here it is 0.484, the number over the ruler.
#
# $$L = \frac1n \sum_{i=1}^{n} -\log w_{ii}$$

# %% [markdown]
# ## Chance
#
# How large is the loss of somebody who knows nothing?

# %% tags=["M1", "M3"]
from npair_viz import predict

predict(1)

# %% [markdown]
# In the picture at the top, choose *heap* at **Scene**: all points in one place. Slide tao. Then run the cell.

# %% tags=["M3", "nbval-check-output"]
from math import log

line_up.set(scene="heap")
print("shares:", [f"{share:.2f}" for share in line_up.reading.shares])
for tao in (0.01, 0.5, 100):
    line_up.set(tao=tao)
    print(f"tao {tao}: loss {line_up.reading.loss:.3f}")
print(f"log 4 = {log(4):.3f}, log {2 * 128 - 1} = {log(2 * 128 - 1):.2f}")

# %% [markdown] tags=["M3"]
# 1.386, at every tao. Each candidate gets a quarter, and the surprise at a quarter is log 4.
#
# This is **chance**: the loss of somebody who can't tell anyone apart. With $n$ candidates it is $\log n$. SimCLR, a
# way to train on photos without labels, shows 128 photos twice: 255 candidates for each, and a loss that starts near
# 5.54. Nothing is broken; it is a blind guess.

# %% [markdown]
# ## The floor
#
# And how small can it get?

# %% tags=["M1"]
predict(7)

# %% [markdown]
# Let the points follow the loss downhill: first on the circle, and with the second cell on a globe.

# %%
spread = explore("line-up", level=1, tao=1.0)
spread.play(80)
spread

# %% tags=["M1", "M12", "nbval-check-output"]
for scene, steps in (("line-up", 0), ("globe", 400)):
    spread.set(scene=scene)
    spread.play(steps)
    cosines = [f"{cosine:z.2f}" for cosine in spread.reading.forces.similarities[0]]
    print(f"{scene}: loss {spread.reading.loss:.3f}, partner's share {spread.reading.shares[0]:.0%}")
    print(f"  cosines of anchor 3: {cosines}")

# %% [markdown] tags=["M1", "M12"]
# 0.627 on the circle. Every partner is on its anchor, and still gets only 53 %. The negatives can't leave: two stand
# at right angles, only one opposite, and each keeps a share. A globe has more room, and it helps: 0.583, but not 0.
# Even there no negative is opposite: the cosines are −0.33.
#
# The lowest loss that $n$ pairs can reach is the **floor**. Floor, or *best here*, and chance make the **ruler** in
# the picture. With room enough, the floor is
#
# $$\log\left(1 + (n-1)\, e^{-n/((n-1)\tau)}\right)$$
#
# Chance depends on $n$ alone, the floor on tao, too. So a loss says little by itself: see where it stands on its
# ruler.

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["M3", "nbval-check-output"]
task = exercise(2)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["M1", "M4", "nbval-check-output"]
task = exercise(3)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["nbval-check-output"]
task = exercise(4)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# ## In practice
#
# - In torch the loss is one line of cross-entropy. Row $i$ of the similarities is anchor $i$'s line-up, and its right
#   answer is column $i$. That is why the "labels" are 0, 1, 2, ...
# - The older *triplet* loss shows an anchor one negative at a time. This one shows it all of the batch.
#
# ## Further reading
#
# - K. Sohn, [Improved Deep Metric Learning with Multi-class N-pair Loss
#   Objective](https://proceedings.neurips.cc/paper/2016/hash/6b180037abbebea991d8b1232f8a8ca9-Abstract.html), NeurIPS
#   2016: this loss, in its section 3.
# - A. van den Oord and others, [Representation Learning with Contrastive Predictive
#   Coding](https://arxiv.org/abs/1807.03748), 2018: the same form, called InfoNCE.
#
# Next: [explore the geometry](02_explore_the_geometry.ipynb). Who pushes whom?
