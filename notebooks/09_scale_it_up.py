# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Scale it up: more pairs than fit
#
# **The loss needs every similarity, but never all of them at once.**
#
# ![Extra memory over the number of pairs: one line bends down from the others](pictures/09.svg)
#
# Each anchor stands before a line-up of n. That makes n times n shares. Click the grey cell and press **Shift+Enter**.

# %%
from npair_viz import explore

explore("pixels", drawer="shares")

# %% [markdown]
# <details><summary><b>What you'll do, what you'll learn, what you'll need</b> (30 minutes)</summary>
#
# **Do:** count bytes, take a matrix apart, read a measurement, run a small one.
#
# **Learn** to
#
# - estimate the memory of a loss before you run it;
# - say why a matrix that is needed need not be stored;
# - choose a kernel, and know when the choice is not worth a thought.
#
# **Need:** lesson 1, and to have trained something with torch. This lesson is an extra: no other one builds on it.
#
# </details>

# %% [markdown]
# ## Count before you run
#
# The picture shows ten line-ups of ten, as a table of shares: a row is an anchor, a column a candidate. Ten times ten
# is nothing. A large batch has thousands of pairs.
#
# **Guess.** 4,096 pairs of 256 numbers, four bytes each. Some code first lists every anchor's negatives, as vectors.
# How much memory does that list take? A: 17 MB. B: 67 MB. C: 17 GB.

# %% tags=["nbval-check-output"]
n, d, bytes_each = 4096, 256, 4
print(f"anchors and positives: {2 * n * d * bytes_each / 1e6:.1f} MB")
print(f"the table: {n * n * bytes_each / 1e6:.0f} MB")
print(f"the negatives, listed: {n * (n - 1) * d * bytes_each / 1e9:.1f} GB")
print(f"twice the pairs: {(2 * n) ** 2 / n**2:.0f} times the table")

# %% [markdown]
# C: 17.2 GB, for 8.4 MB of points. The list repeats each positive n - 1 times.
#
# The table is the better way: one product of two matrices, $A P^\top$, holds every similarity. It takes 67 MB, and the
# way back, `backward`, more.
#
# **Guess.** You double the number of pairs. How does the table grow? A: to twice its size. B: to four times. C: not.

# %% [markdown]
# ## Take the table apart
#
# B. So who needs the whole table? An anchor's loss needs *its row*. When a few rows have given their losses, they can
# go.

# %% tags=["nbval-check-output"]
import torch
from torch.nn.functional import normalize

from npair_viz import npair_loss

seeded = torch.Generator().manual_seed(9)
anchors, positives = normalize(torch.randn(2, 1024, 128, generator=seeded), dim=2)
losses = []
for start in range(0, 1024, 256):
    strip = anchors[start : start + 256] @ positives.T / 0.1
    losses.append(strip.logsumexp(dim=1) - strip.diagonal(start))
print(f"a strip of {len(strip)} rows at a time: {torch.cat(losses).mean():.3f}")
print(f"the whole table: {npair_loss(anchors, positives, tao=0.1, kernel='plain'):.3f}")

# %% [markdown]
# The same number, from a quarter of the memory. With more pairs it is a smaller part: strips can get thinner.
#
# The way back is the trick. Most code keeps the table until `backward`. But a row of shares is all that its gradient
# needs, too. So the strip gives both, its losses and its part of the gradients, and then it is written over.
#
# **Guess.** What does `backward` find kept for it? A: the table. B: a strip. C: points, but no similarities.

# %% tags=["nbval-check-output"]
from torch.autograd.graph import saved_tensors_hooks

for kernel in ("plain", "dense", "streaming"):
    kept, leaves = [], (anchors.clone().requires_grad_(), positives.clone().requires_grad_())
    with saved_tensors_hooks(kept.append, print):
        loss = npair_loss(*leaves, tao=0.1, kernel=kernel)
    places = {one.data_ptr(): one.nbytes for one in kept}
    print(f"{kernel}: {sum(places.values()) / 1e6:.1f} MB kept, loss {loss:.3f}")

# %% [markdown]
# C. A **kernel** here is the code that computes the loss, not the notebook's. *Plain* is the loss in ordinary
# operations, and *dense* in the fewest: both keep the table. *Streaming* keeps the points and their gradients, 2.1 MB,
# and no table.
#
# ## Read a measurement
#
# Others compute this loss, too. Here is everyone, forward and backward, on one machine with two cores.

# %%
import json
from pathlib import Path

from plotly.graph_objects import Figure

record = json.loads(Path("../benchmarks/results/2026-11-24-cpu.json").read_text(encoding="utf-8"))
cells = [cell for cell in record["cells"] if cell["table"] == "pairs"]
runs = [cell for cell in cells if cell["mode"] == "forward_backward"]
figure = Figure(layout={"xaxis_type": "log", "yaxis_type": "log", "width": 800, "height": 420})
figure.update_layout(xaxis_title="pairs", yaxis_title="extra memory, MiB")
for name in dict.fromkeys(run["contender"] for run in runs):
    line = [run for run in runs if run["contender"] == name and run["size"]["d"] == 128 and run["ms"]]
    pairs, memory = [run["size"]["n"] for run in line], [run["extra_mib"] for run in line]
    figure.add_scatter(name=name, x=pairs, y=memory)
figure

# %% [markdown]
# A line ends where the next run would have taken too long or too much memory. *Gathered negatives* are the list:
# forward and backward it needs two. *Tiles* and *chunks* are strips. *Bare products* are no loss at all, only the three
# products of matrices in it: the yardstick.
#
# **Guess.** At 8,192 pairs, who is the slowest? A: twice the tiled products. B: five times. C: more than ten times.

# %% tags=["nbval-check-output"]
here = [run for run in runs if run["size"] == {"n": 8192, "d": 128}]
(tiled,) = (run["ms"] for run in here if run["contender"] == "bare products, tiled")
for run in here:
    said = run["not_run"] or f"{run['ms'] / tiled:.1f} times, {run['extra_mib']:.0f} MiB"
    print(f"{run['contender']}: {said}")

# %% [markdown]
# C: 18.5 times. pytorch-metric-learning lists all pairs of the batch first. The listed negatives did not run at all.
#
# Plain cross-entropy is a good choice until the table no longer fits. Strips need a small part of its memory, and stay
# near the yardstick. torch has them, too: `F.linear_cross_entropy` in chunks.
#
# **Guess.** At 65,536 pairs, who is still there? A: nobody. B: those who work in strips. C: all.

# %% tags=["nbval-check-output"]
for run in runs:
    if run["size"] == {"n": 65536, "d": 128} and "bare" not in run["contender"]:
        said = run["not_run"] or f"{run['ms'] / 1000:.0f} s, {run['extra_mib']:.0f} MiB"
        print(f"{run['contender']}: {said}")
print(f"the table: {65536**2 * 4 / 1e9:.0f} GB")

# %% [markdown]
# B. The table alone would take 17 GB, and the way back more. torch's strips are a little ahead here.
#
# ## Choose
#
# You need not. `kernel="auto"`, the default, takes *dense* for few pairs and *streaming* for many. They give the same
# loss, to rounding: the choice is about time and memory.

# %% tags=["nbval-check-output"]
from npair_viz import NPairLoss

print(NPairLoss(l2_reg=0.0, tao=0.1))

# %% [markdown]
# | you have | then |
# | --- | --- |
# | a common batch, up to a few hundred pairs | think of something else |
# | thousands of pairs | the same call: its memory grows with n, not with n times n |
# | `torch.compile`, or a GPU that must never wait | `max_pairs=`: room for so many pairs, empty or not |
# | several GPUs | `gather=True`: the loss of the batch that all of them hold |
# | an NVIDIA GPU and time to test | `kernel="triton"`: it has not run on a GPU yet |
#
# `max_pairs` has a price: empty rows are computed like full ones. Twice the room is up to four times the work.
#
# Now on your own machine. Which kernel is the faster one, at 64 pairs and at 2,048?

# %%
from timeit import repeat

for n in (64, 2048):
    rows = normalize(torch.randn(2, n, 128), dim=2).requires_grad_()
    for kernel in ("dense", "streaming"):
        run = "npair_loss(*rows, tao=0.1, kernel=kernel).backward()"
        best = min(repeat(run, globals=globals(), number=1, repeat=20))
        print(f"{n} pairs, {kernel}: {1000 * best:.1f} ms")

# %% [markdown]
# *Dense* for few, *streaming* for many, on most machines. A machine that is busy can print anything: run it twice.

# %% [markdown]
# ## On your own
#
# Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try.

# %% tags=["nbval-check-output"]
from npair_viz import exercise

task = exercise(24)
mine = None
print(task, task.check(mine), sep="\n")

# %% [markdown] tags=["M4"]
# ## In practice
#
# - Chance is log n, so a larger batch has a larger loss, and is no worse for it. Compare losses by the ruler of
#   [Meet the loss](01_meet_the_loss.ipynb) alone.
# - A larger batch has harder negatives, and more false ones. It is no end in itself.
# - Strips save the memory of the *loss*. What the network keeps for its own way back is often far more.
# - `make bench` measures your machine. `benchmarks/README.md` says how, `benchmarks/NOTES.md` what was tried.
#
# ## Further reading
#
# - T. Dao and others, [FlashAttention](https://arxiv.org/abs/2205.14135), 2022: the same idea, for attention.
# - E. Wijmans and others, [Cut Your Losses in Large-Vocabulary Language Models](https://arxiv.org/abs/2411.09009),
#   2024: the same idea, for a vocabulary.
# - L. Gao and others, [Scaling Deep Contrastive Learning Batch Size under Memory Limited
#   Setup](https://arxiv.org/abs/2101.06983), 2021: how to save the network's memory, too.
#
# That was the last lesson. Back to the first: [meet the loss](01_meet_the_loss.ipynb).
