"""An encoder that learns with the loss, the data sets it trains on, and measures of its embeddings."""
