"""What all explorers share: controls, history, runs, the figure on the page."""
