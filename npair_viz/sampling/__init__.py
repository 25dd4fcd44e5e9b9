"""Labels to pairs: which rows of a batch the loss compares."""
