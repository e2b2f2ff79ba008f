"""Running one flow: a module for each kind."""
