"""What all explorers share: fields, history, runs, the figure on the page."""
