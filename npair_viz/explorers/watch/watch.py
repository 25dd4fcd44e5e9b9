"""`watch`, which puts a monitor beside a training loop."""

from npair_viz.explorers.watch.monitor import Monitor
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.validation import check_count


def watch(
    loss: NPairLoss | None = None,
    *,
    every: int = 50,
    encoder: object = None,
    sample: object = None,
    name: str = "",
) -> Monitor:
    """Watch a training loop, of any kind: numbers for a logger, alerts in words, and a living picture in a notebook.

    The loss hands the pairs that it compared to the monitor. Nothing is drawn for it, nothing waits for the device, and
    no other rank is asked: losses, gradients and random state are bit-equal with and without it. A step is a forward
    call with gradients on; at step 0 and every `every`th a sample is taken: at most 256 anchors against all candidates.
    A failure inside it is an NPairWarning and `monitor.error`, and the loop goes on; where the encoder fails on the
    sample, the sample alone is left out. Within a compiled graph, torch.func or a CUDA graph it steps aside with one
    warning.

    Args:
        loss: An `NPairLoss`, which has one monitor: a second `watch` closes the first. A copy, a pickle or an average
            of it is not watched. None: call `monitor(anchors, positives, tao=...)` beside any loss of pairs.
        every: How many steps between two samples.
        encoder: The module that learns, or a function of it, for `sample`; two, one a side, where pairs have two. It is
            called in eval mode without gradients, and every module that it is or names gets its mode back. Of
            DistributedDataParallel its `.module`.
        sample: (inputs, labels), or (inputs, inputs) of pairs; at most 256 rows are used. Inputs are what the encoder
            takes: tensors, dicts, tuples or lists of them, or a list of texts. These rows move in the picture, and
            their retrieval is measured. Without it the picture shows means of classes that come again, or batches.
        name: Stands before the metrics as "name/".

    Returns:
        The monitor.

    Raises:
        ValueError: A number is out of range, labels and rows do not fit, or the encoder is spread over ranks.
        TypeError: The loss is no NPairLoss, or the encoder or the sample is of the wrong type.

    >>> import torch
    >>> from npair_viz import NPairLoss
    >>> loss = NPairLoss(l2_reg=0.0, tao=0.5, policy="first")
    >>> monitor = watch(loss, every=10)
    >>> rows = torch.eye(6).requires_grad_()
    >>> for _ in range(20):
    ...     loss(rows, torch.tensor([0, 0, 1, 1, 2, 2])).backward()
    >>> monitor.step, len(monitor.rows), round(monitor.metrics()["loss"], 4)
    (20, 2, 1.0986)
    """
    if not (loss is None or isinstance(loss, NPairLoss)):
        raise TypeError(
            f"loss must be an NPairLoss, got {type(loss).__name__}: for another loss of pairs use monitor = watch() "
            "and monitor(anchors, positives, tao=...) in the loop"
        )
    if (encoder is None) != (sample is None):
        given, lacking = ("sample", "encoder") if encoder is None else ("encoder", "sample")
        raise TypeError(f"encoder and sample must come together, got {given} without {lacking}")
    return Monitor(loss, every=check_count("every", every), encoder=encoder, sample=sample, name=name)
