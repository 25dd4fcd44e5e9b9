# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Turn the temperature: who counts?
#
# **tao decides who counts, not who wins.**
#
# ![The shares of one line-up at three temperatures. A: one ahead. B: one alone. C: nearly equal](pictures/04.svg)
#
# One line-up, three times. Only tao differs. Which one is the coldest? Click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore

line_up = explore("line-up")
line_up

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (45 minutes)</summary>
#
# **Do:** guess, slide tao, and see who profits.
#
# **Learn** to
#
# - predict the shares at tao 0.05, 0.5 and 5;
# - say when a lower tao raises the loss;
# - compare two runs fairly;
# - choose tao for the number of negatives that shall count.
#
# **Need:** lessons 1 and 2. From lesson 3 only what pull and push are.
#
# </details>

# %% [markdown]
# ## Colder
#
# You met this in lesson 2. Do you still know it, and why? Leave tao alone for a moment.

# %% tags=["M5", "M6"]
from npair_viz import predict

predict(3)

# %% [markdown]
# Now slide tao down, slowly. Watch the bars and the loss. Then run the cell.

# %% tags=["M6", "nbval-check-output"]
for tao in (0.5, 0.25, 0.05, 0.01):
    line_up.set(tao=tao)
    losses = ", ".join(f"{loss:.2f}" for loss in line_up.reading.losses)
    print(f"tao {tao}: loss {line_up.reading.loss:.3f}; of anchors 3, 8, 0, 1: {losses}")

# %% [markdown] tags=["M6"]
# The loss falls a little, to 0.370, and then it climbs: 1.119 at tao 0.05. Look at the anchors. Three of them pick
# their partner, and their surprise dies away. Anchor 3 picks 8, and its surprise grows without end.
#
# Cold makes every opinion louder: right ones and wrong ones.
#
# In *tidy* that mistake is mended: `p3` stands at 100 degrees.

# %%
predict(4)

# %% [markdown]
# Choose *tidy* at **Scene**, and slide again. *Loss over tao*, under the picture, draws the whole curve of the
# scene that is chosen.

# %% tags=["nbval-check-output"]
line_up.set(scene="tidy")
for tao in (0.5, 0.25, 0.05, 0.01):
    line_up.set(tao=tao)
    print(f"tao {tao}: loss {line_up.reading.loss:.2g}")

# %% [markdown] tags=["M6"]
# From 0.38 to 0.022, and on to nearly 0. The same act raises one loss and lowers the other. In the end, cold raises
# the loss while any anchor is wrong, and brings it to 0 when all are right.
#
# ## Who counts?
#
# Back to the line-up, anchor 3.

# %% tags=["M8"]
predict(5)

# %% [markdown]
# Press **start**, and slide tao from 5 down to 0.1. Watch the bars of the squares: how many are left?

# %% tags=["M8", "M13", "nbval-check-output"]
line_up.reset()
for tao in (5, 2, 0.5, 0.1):
    line_up.set(tao=tao)
    reading = line_up.reading
    push = ", ".join(f"{part:.2f}" for part in reading.push_shares[0, 1:])
    picks = [reading.names[j] for j in reading.forces.similarities.argmax(dim=1)]
    print(f"tao {tao}: push from 8, 0, 1: {push}; {reading.effective[0]:.2f} count; picks {picks}")

# %% [markdown] tags=["M8", "M13"]
# Hot, at tao 5, the three negatives share the push: 41, 31 and 28 %. Cold, at 0.1, the most similar one has it all. The
# others could be gone, and nothing would change. So the coldest line-up at the top is B, at tao 0.05; A is at 0.5
# and C at 5.
#
# But the picks are the same in every row. tao divides all similarities by one number, so their order stays. A lower
# tao makes no anchor pick better. It only says it louder.
#
# How many count? If three have equal parts of the push, three. If one has it all, one. In between, the parts $r_j$
# count for so many **effective negatives**; the sum is known as their *entropy*:
#
# $$\exp\Big(-\sum_j r_j \log r_j\Big)$$
#
# The other way round: `suggest_tao` finds the tao at which so many count.

# %% [markdown] tags=["M5"]
# ## Is it a learning rate?
#
# **Guess.** "Dividing by tao is a factor on the loss. I can double the loss instead." What does a doubled loss do to
# the *parts* of the push? A: the same as half the tao. B: nothing. C: it evens them out.

# %% tags=["M5", "nbval-check-output"]
from npair_viz import read

for factor, tao in ((1, 0.5), (2, 0.5), (1, 2.0)):
    forces = read(line_up.reading.scene, tao=tao, normalize=False).forces
    pushes = factor * forces.push_from(0).norm(dim=1)[1:]
    parts = ", ".join(f"{part:.0%}" for part in pushes / pushes.sum())
    print(f"{factor} times the loss, tao {tao}: push {pushes.sum():.3f}, from 8, 0, 1: {parts}")

# %% [markdown] tags=["M5"]
# B. A factor makes all pushes longer, and that a learning rate can do, too. tao changes who pushes.
#
# ## Is harder better?
#
# Cold puts all weight on the hardest negative. That sounds like good training.
#
# **Guess.** Make tao ever smaller. What does the pull on anchor 3 do, where it is right, in *tidy*? A: it grows and
# grows. B: it grows, then fades. C: it fades from the start.

# %% tags=["M6", "nbval-check-output"]
from npair_viz import scenes

for name in ("line-up", "tidy"):
    for tao in (1, 0.1, 0.05, 0.01):
        forces = read(scenes.named(name), tao=tao, normalize=False).forces
        print(f"{name}, tao {tao}: pull on anchor 3 {forces.pull[0].norm():.3g}")

# %% [markdown] tags=["M6"]
# B: from 0.138 up to 0.584, down to 0.425, and then nearly nothing. Two things meet. The pull is divided by tao, and it
# is multiplied by what the anchor is still unsure of. Once that dies, "harder" has run out.
#
# Where anchor 3 is wrong, it never gets sure of its partner, and the pull grows like 1 over tao: 25 at tao 0.01. So at
# a low tao a batch listens to its mistakes, and hardly to anybody else. Some of them may be wrong labels.
#
# $$\|\text{pull}_i\| = \frac{1 - w_{ii}}{n\tau}$$
#
# ## Compare two runs

# %% tags=["M4"]
predict(12)

# %% tags=["M4", "nbval-check-output"]
from npair_viz import loss_ruler

for n, tao, loss in ((32, 1.0, 2.60), (256, 0.1, 1.10)):
    ruler = loss_ruler(n, tao=tao)
    print(f"n {n}, tao {tao}, loss {loss}: floor {ruler.floor:.3f}, chance {ruler.chance:.3f}", end=", ")
    print(f"score {ruler.score(loss):.3f}")

# %% [markdown] tags=["M4"]
# The first: it has 0.886 of the way from chance to its floor behind it, the second 0.803. The smaller loss is farther
# from its best. Another n moves both ends of the ruler, another tao the floor. So losses at different n or tao compare
# on their rulers only.
#
# The **score** is 1 at the floor, 0 at chance, and negative beyond. It does not say which run finds more partners among
# new photos. That is another question, and another lesson.

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["M7", "nbval-check-output"]
from npair_viz import exercise

task = exercise(11)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["nbval-check-output"]
task = exercise(13)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["nbval-check-output"]
task = exercise(14)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# <details><summary><b>For the curious</b>: can't tao be learned, too?</summary>
#
# It can. Some train the logarithm of tao together with the network, so that tao stays above 0. Gradient descent then
# turns the knob to where the *loss* is lowest. With the points of the line-up that is near 0.25, and anchor 3 is still
# wrong there. When all anchors are right, as in tidy, it never stops: colder is always lower. So people set a limit.
# `NPairLoss(learn_tao=True, tao_range=(0.01, 1))` does both.
#
# </details>
#
# ## In practice
#
# - Some libraries multiply by a *scale*. It is 1 over tao, so it points the other way.
# - When you change tao, the forces change their size, too. Look at the learning rate again.
# - Is there a right tao? Not from the loss. Try a few, and compare what you want in the end, on data held back.
#
# ## Further reading
#
# - F. Wang and H. Liu, [Understanding the Behaviour of Contrastive Loss](https://arxiv.org/abs/2012.09740), 2021: why
#   neither a very small nor a large temperature serves.
# - A. Radford and others, [Learning Transferable Visual Models From Natural Language
#   Supervision](https://arxiv.org/abs/2103.00020), 2021: CLIP learns its temperature, and sets a limit to it.
# - G. Hinton, O. Vinyals and J. Dean, [Distilling the Knowledge in a Neural
#   Network](https://arxiv.org/abs/1503.02531), 2015: the same temperature, for another use.
#
# Next: [hold the norms](05_hold_the_norms.ipynb). What does l2_reg do, and where?
