"""Interactive pictures in a notebook: explore, train_and_watch, predict."""
