"""The demo: invented studios with a lively history, which the ordinary import reads."""
