# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Choose the pairs: who gets into the line-up?
#
# **The batch decides what can be learned.**
#
# ![Twelve photos of handwritten digits: how many of them does the loss look at?](pictures/06.svg)
#
# Say a number. Then click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import Scene, explore, scenes

digits, rows = scenes.digits(), [4, 9, 7, 14, 3, 19, 2, 24, 17, 13, 29, 41]
batch = Scene("batch", "Who is used?", digits.embeddings[rows], digits.labels[rows], digits.images[rows])
explore(batch, picture="pairs")

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (40 minutes)</summary>
#
# **Do:** count pairs, find a wrong label, fill a batch by hand, move one point under two losses.
#
# **Learn** to
#
# - count pairs, negatives and unused rows, from labels alone;
# - spot a false negative, and take it out;
# - do a step of hard class mining by hand;
# - say what changes when every negative has a duel of its own.
#
# **Need:** lessons 1 and 2.
#
# </details>

# %% [markdown] tags=["M19"]
# ## From labels to pairs
#
# Twelve photos went in: four 4s, three 9s, two 7s, two 3s, one 2. The picture has four anchors, and the chosen one has
# its partner and three squares.
#
# **Guess.** Four pairs are eight photos. Where are the other four? A: they are negatives, too. B: they wait for a later
# step. C: some wait for a later step, one can't get in from this batch.

# %% tags=["M19", "nbval-check-output"]
from npair_viz import select_pairs

print(batch.labels.tolist())
print(select_pairs(batch.labels, policy="first").report())

# %% [markdown] tags=["M19"]
# C. Each class gives one **pair**: an anchor and its positive. The other rows of the class sit out, and so does a row
# that is alone in its class: no partner, no pair, not even a place as a negative.
#
# So with $n$ pairs an anchor meets $n - 1$ negatives: here 3, and not 11. In training the pairs are drawn anew at each
# step, and rows that wait get their turn. Only the 2 has to wait for another batch.
#
# The labels need not be 0, 1, 2, ...: the loss asks only which of them are equal.

# %% [markdown] tags=["M17"]
# ## A batch of one class
#
# Fewer pairs, fewer negatives. How few can there be?

# %% tags=["M17"]
from npair_viz import predict

predict(14)

# %% tags=["M17", "nbval-check-output"]
from npair_viz import narrate, read

print(narrate(read(scenes.named("one pair"))))
threes = digits.labels[digits.labels == 3]
pairs = select_pairs(threes)
print(f"{len(threes)} photos of a 3: pairs {pairs.n_pairs}, negatives {pairs.n_negatives[0]}")

# %% [markdown] tags=["M17"]
# A line-up of one: its only candidate gets all of the share, so there is no surprise, and no force. 183 photos of one
# class are still one pair.
#
# So a loss of 0 need not say that anything was learned. It may say that there was nobody to confuse. Data sorted by
# class make such batches; `NPairLoss` warns of them.

# %% [markdown] tags=["M18"]
# ## A wrong label
#
# The labels say who is a negative, and labels can be wrong. A mission: find the wrong one, and drag nothing. The
# picture tells you when you have it.

# %% tags=["M18"]
from npair_viz import Stage

Stage(mission="a wrong label")

# %% [markdown] tags=["M18"]
# It is the 8 that stands beside 3's partner, even nearer to the anchor. The loss pushes the anchor away from a photo of
# its own class. Such a negative is called **false**.
#
# **Guess.** Tao goes from 5 down to 0.05. What part of the push on anchor 3 comes from the false 8? A: always about a
# third. B: ever less. C: in the end all of it.

# %% tags=["M6", "M18", "nbval-check-output"]
twin = explore("twin")
for tao in (5, 1, 0.5, 0.1, 0.05):
    twin.set(tao=tao)
    share, pull = twin.reading.push_shares[0, 1], twin.reading.forces.pull[0].norm()
    print(f"tao {tao}: {share:.3f} of the push comes from 8, the partner pulls with {pull:.3f}")
for same in ((), (3, 8)):
    twin.set(tao=0.5, same=same)
    print(f"tao 0.5, one class {same}: loss of anchor 3 {twin.reading.losses[0]:.3f}")

# %% [markdown] tags=["M6", "M18"]
# C: from 0.416 to 1.000. And the partner must pull ever harder against it: first 0.006, then 0.497. A small tao listens
# to the nearest negative alone, and a false one is likely to be the nearest. So a small tao trusts labels the most just
# where they are wrong.
#
# The mend is to **mask** it. Told that 3 and 8 are one class, the loss of anchor 3 falls from 0.739 to 0.063. In code
# it is `npair_loss(..., labels=...)`: rows with equal labels are not each other's negatives.
#
# $$L_i = \log\Big(1 + \sum_{j:\ y_j \ne y_i} e^{(s_{ij} - s_{ii})/\tau}\Big)$$

# %% [markdown]
# ## Fill a batch by hand
#
# Ten classes, and four places. What is far away hardly pushes, so you want classes that are easily confused. Compare
# their mean photos, each less the mean of all.

# %% tags=["nbval-check-output"]
import torch
from torch.nn.functional import normalize

centred = digits.embeddings - digits.embeddings.mean(dim=0)
means = normalize(torch.stack([centred[digits.labels == digit].mean(dim=0) for digit in range(10)]))
print("with       ", *(f"{digit:5}" for digit in range(10)))
for digit in (8, 1):
    print(f"cosine of {digit}", *(f"{cosine:5.2f}" for cosine in means @ means[digit]))

# %% [markdown]
# Start with 8. The largest of its cosines is 0.26, with 1: so 1 gets in.
#
# **Guess.** Who is next, if each step adds the class that is most similar to *one* of those already in? A: 2, a little
# like both. B: 4, unlike 8, but like 1. C: 7.
#
# **Guess.** And the loss of such batches, compared with four classes drawn at random? A: lower. B: the same. C: higher.

# %% tags=["nbval-check-output"]
from npair_viz import NPairLoss, mine_hard_classes

seeded = torch.Generator().manual_seed(6)
loss = NPairLoss(l2_reg=0.0, tao=0.1, generator=seeded)
mined = mine_hard_classes(centred, digits.labels, 4, first=8)
print("mined from 8:", mined.tolist())
losses = {"mined": [], "random": []}
for _ in range(100):
    for name, classes in (("mined", mined), ("random", torch.randperm(10, generator=seeded)[:4])):
        kept = torch.isin(digits.labels, classes)
        losses[name].append(loss(centred[kept], digits.labels[kept]))
for name, found in losses.items():
    print(f"{name}: mean loss {torch.stack(found).mean():.2f}, chance {torch.tensor(4.0).log():.2f}")

# %% [markdown]
# B and C. 4 looks like 1, so a batch with 1 and 4 has somebody to confuse: a class counts by the one that it is nearest
# to. The mean loss is 0.79, against 0.56, and chance is the same for both. A higher loss is no failure here: there is
# more to learn from.
#
# This is **hard negative class mining**. It is greedy: it never takes back a choice. With $m_c$ for the mean of class
# $c$, made 1 long, step $k$ adds
#
# $$c_k = \arg\max_c \ \max_{i<k} \ m_{c_i} \cdot m_c$$

# %% [markdown]
# ## All in one line-up, or one by one
#
# In the scene `tidy` anchor 3 picks its partner, and 8 comes second.
#
# **Guess.** `p1` moves next to `p8`, to 62 degrees. It is a rival of the same kind. What does the share of 8 do? A:
# fall. B: stay. C: rise.

# %% tags=["nbval-check-output"]
tidy = explore("tidy")
for objective in ("mc", "ovo"):
    tidy.reset()
    tidy.set(objective=objective)
    before = tidy.reading.forces.weights[0, 1]
    tidy.move("p1", 62)
    print(f"{objective}: weight of 8 {before:.3f} -> {tidy.reading.forces.weights[0, 1]:.3f}")

# %% [markdown]
# A, in the loss that you know: from 0.426 to 0.298. All stand in *one* line-up, and shares add up to 1, so rivals take
# from each other. This is **multi-class**, or `mc`.
#
# The second line is **one-versus-one**, `ovo`: the partner has a duel with each negative, and the losses of all duels
# are added. There 8 keeps its 0.441, whoever else comes.
#
# $$\texttt{mc}:\ \log\Big(1 + \sum_{j \ne i} e^{(s_{ij} - s_{ii})/\tau}\Big) \qquad
# \texttt{ovo}:\ \sum_{j \ne i} \log\Big(1 + e^{(s_{ij} - s_{ii})/\tau}\Big)$$

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["M19", "nbval-check-output"]
from npair_viz import exercise

task = exercise(17)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["M19", "nbval-check-output"]
task = exercise(18)
mine = None
print(task, task.check(mine), sep="\n")

# %% tags=["nbval-check-output"]
task = exercise(20)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown] tags=["M18"]
# ## In practice
#
# - Draw classes first, then two rows of each. A shuffled batch of many classes has few pairs.
# - `pairs_per_class=2` takes more of a class. Rows of equal label are then masked, as above.
# - `policy="hardest"` takes the two rows of a class that are least alike. It will find your wrong labels first.
# - Mining looks at means, not at photos, so not every start gives a harder batch. And what is hard changes as the model
#   learns: mine again, now and then.
# - In truth you don't know which negatives are false. Mask what you know, and don't make tao too small.
#
# ## Further reading
#
# - K. Sohn, [Improved Deep Metric Learning with Multi-class N-pair Loss
#   Objective](https://proceedings.neurips.cc/paper/2016/hash/6b180037abbebea991d8b1232f8a8ca9-Abstract.html), NeurIPS
#   2016: one pair a class, mining of classes, and `mc` against `ovo`, in its section 3.
# - C.-Y. Chuang and others, [Debiased Contrastive Learning](https://arxiv.org/abs/2007.00224), 2020: false negatives
#   when there are no labels at all.
# - P. Khosla and others, [Supervised Contrastive Learning](https://arxiv.org/abs/2004.11362), 2020: all rows of a class
#   as positives, not just one.
#
# Next: [train and watch](07_train_and_watch.ipynb). Does a low loss retrieve?
