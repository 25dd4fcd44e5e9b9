# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Debug your embeddings: what is wrong with this batch?
#
# **Ask the batch first, then the model.**
#
# ![The photo of a 5 before its line-up. The candidate that it picks is the same photo, labelled 3](pictures/08.svg)
#
# Somebody spoilt a set of photos. Click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore, scenes

digits = scenes.digits()
digits.embeddings[13], digits.images[13] = digits.embeddings[5], digits.images[5]
sick = explore(digits, row=5)
sick

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (45 minutes)</summary>
#
# **Do:** meet five sick batches. Each time: look, guess, ask the doctor, mend, check.
#
# **Learn** to
#
# - name the fault from its symptoms;
# - say the mend in one line of code;
# - check that it helped.
#
# **Need:** lessons 1 to 6.
#
# </details>

# %% [markdown] tags=["M18"]
# ## 1. The stubborn anchor
#
# Every dot is a photo. Row 5 is the anchor. The upper bars are the photos nearest to it, of other digits and its own;
# the lower ones its line-up in a batch, one pair of each digit. Click any dot, and it becomes the anchor. **start**
# brings row 5 back.
#
# Row 5 picks row 13. Its partner gets next to nothing.
#
# **Guess.** What is wrong? Look at the small photos beside the bars. A: the encoder. B: tao. C: a label.

# %% tags=["M18", "nbval-check-output"]
from npair_viz import doctor

print(sick.sentence.split(". ")[0])
report = doctor(digits.embeddings, digits.labels, tao=0.1, l2_reg=0.0)
print(report.findings[0])

# %% [markdown]
# C. Row 13 is the very photo of row 5, but its label says 3. The loss believes labels: it pushes a photo away from
# itself. That is a **false negative**, and no training mends it.
#
# The **doctor** looks at rows, labels and settings. It says first whether the batch retrieves, then what is wrong, the
# worst first. To mend: put the label right, or leave the row out.

# %% tags=["nbval-check-output"]
import torch

keep = torch.arange(1797) != 13
mended = explore(digits.embeddings[keep], digits.labels[keep], row=5)
was, now = (one.reading.similarities[0] for one in (sick, mended))
print(f"the most similar negative: {was:.3f}, now {now:.3f}")
report = doctor(digits.embeddings[keep], digits.labels[keep], tao=0.1, l2_reg=0.0)
print("the worst that is left:", report.findings[0].severity)

# %% [markdown]
# The twin is gone, and only *notes* are left: nothing to mend. Row 5 still picks a wrong one. These are plain pixels,
# and that is work for a model.

# %% [markdown] tags=["M17"]
# ## 2. Loss 0 from the first step
#
# A colleague reports: "Loss 0.000 at once. It must be easy." His loader gives, with each photo, the number of its row.
#
# **Guess.** What does the loss see? A: perfect embeddings. B: no pair at all. C: one class.

# %% tags=["M17", "nbval-check-output"]
print(doctor(digits.embeddings, torch.arange(1797), tao=0.1, l2_reg=0.0).findings[0])

# %% [markdown]
# B. Each row has a class of its own, so nobody has a partner. A loss of 0 says that there was nothing to do.
#
# To mend: pass classes, and at least two rows of a class in each batch. `select_pairs(labels).report()` counts them.

# %% [markdown] tags=["M14"]
# ## 3. A temperature that changes nothing
#
# A real project had its own class, with tao in the first place. It moved to a library whose first place is `l2_reg`,
# and the call stayed as it was.

# %% tags=["M14"]
from npair_viz import predict

predict(16)

# %% tags=["M14", "nbval-check-output"]
from npair_viz import NPairLoss

for number in (0.4, 0.1):
    loss = NPairLoss(number, policy="first")
    value = loss(digits.embeddings, digits.labels)
    print(f"NPairLoss({number}): tao {loss.tao}, l2_reg {loss.l2_reg}, loss {value:.3f}")

# %% [markdown]
# The loss *number* moves, by twice the difference of the two settings: 0.6. No force changes, so the project trained at
# tao 1 whatever it asked for. It looked like a loss that "is not sensitive to the temperature".

# %% tags=["nbval-check-output"]
report = doctor(digits.embeddings[keep], digits.labels[keep], loss=NPairLoss(0.4))
print(report.findings[0])
print(NPairLoss(tao=0.4, l2_reg=0.0))

# %% [markdown]
# One warning tells both halves of the fault: tao stayed 1, and the number that was passed moves nothing. The last line
# is the mend: both settings by name.

# %% [markdown] tags=["M6", "M3"]
# ## 4. Worse than a blind guess
#
# "A small tao looks at the hard ones, so we took 0.001. Now the loss is 24.43." Chance for ten classes is 2.303.
#
# **Guess.** Of nine negatives, how many count at this tao? A: about one. B: about five. C: all.

# %% tags=["M6", "nbval-check-output"]
from npair_viz import loss_ruler

for tao in (0.001, 0.05):
    report = doctor(digits.embeddings[keep], digits.labels[keep], tao=tao, l2_reg=0.0, effective=5)
    warnings = [one.title for one in report.findings if one.severity == "warning"]
    print(*report.measures[-2:], *warnings, sep="\n  ")
print(f"chance: {loss_ruler(10, tao=0.05).chance:.3f}")

# %% [markdown]
# A. The hardest negative of each anchor has nearly all of the push, and the anchors that pick wrongly pay in full.
#
# The doctor names the tao at which as many negatives count as you wish. It is a place to start from: as rows move, it
# moves.

# %% [markdown] tags=["M15", "M16"]
# ## 5. The vectors that vanish
#
# Lengths are free here, and `l2_reg` holds them: 0.6, at tao 1. Half of the digits are trained on.
#
# **Guess.** What do 150 steps do to the mean length? A: it settles near 1. B: it grows. C: it falls towards 0.

# %% tags=["M15", "M16", "nbval-check-output"]
from npair_viz import train_and_watch

for l2_reg in (0.6, 0.02):
    lab = train_and_watch("digits", normalize=False, l2_reg=l2_reg, tao=1.0, steps=150)
    lab.play()
    first, last = lab.runs[0][0], lab.runs[0][-1]
    lengths = f"length {first.mean_norm:.1f} -> {last.mean_norm:.1f}"
    print(f"l2_reg {l2_reg}: {lengths}, below chance: {last.chance > last.loss}")

# %% tags=["nbval-check-output"]
for l2_reg in (0.6, 0.02):
    settings = {"tao": 1.0, "l2_reg": l2_reg, "normalize": False}
    report = doctor(10 * digits.embeddings[keep], digits.labels[keep], **settings)
    worst = report.findings[0]
    print(f"l2_reg {l2_reg}: {worst.severity}: {worst.title}")

# %% [markdown]
# C. $2\lambda\tau$ is above 1, and from 1 on the origin is the best place of all (lesson 5). The doctor knows it before
# the first step, from the two settings alone.

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.
#
# Then take a batch of your own:
# `print(doctor(embeddings, labels, loss=your_loss))`, and `explore(embeddings, labels)`, which opens many rows at
# the anchor with the largest loss.

# %% tags=["nbval-check-output"]
from npair_viz import exercise

task = exercise(23)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown]
# ## In practice
#
# | symptom | ask first |
# | --- | --- |
# | loss 0 | are there two classes with two rows each? |
# | loss NaN | which rows are NaN or zero? The doctor gives their numbers. |
# | loss near chance for long | has everything collapsed? Is tao so large that all negatives count alike? |
# | loss above chance | is tao very small, or are labels wrong? |
# | labels that nobody checked | which rows do their neighbours deny? The doctor lists the most doubtful first. |
# | loss far down, retrieval poor | does it retrieve *unseen* classes? (lesson 7) |
# | nothing reacts to a setting | print the loss object: is the setting where you think it is? |
#
# From a shell: `npair-viz doctor embeddings.npz --tao 0.1 --l2-reg 0`. Its exit code is 1 when something is wrong, so a
# nightly job can stop on it.
#
# A run is watched by `watch(loss)`, and two checkpoints by `explore(compare(before, after, labels, tao=0.1))`.
#
# The doctor sees one batch and its settings. It can't see a bug in the sampler that comes later. Whether test data leak
# it sees where it is given the training set, too: `reference=`.

# %% [markdown]
# ## Further reading
#
# - K. Musgrave, S. Belongie and S.-N. Lim, [A Metric Learning Reality Check](https://arxiv.org/abs/2003.08505), 2020:
#   what unfair comparisons hide.
# - C.-Y. Chuang and others, [Debiased Contrastive Learning](https://arxiv.org/abs/2007.00224), 2020: false negatives,
#   and what to do where labels are missing.
#
# Next: [scale it up](09_scale_it_up.ipynb). What does a larger batch cost?
