"""The living picture of a training run that is watched."""
