"""The explorer of many rows: a cloud, and any row of it before its line-up."""
