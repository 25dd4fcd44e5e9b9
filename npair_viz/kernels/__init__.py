"""How the number is computed."""
