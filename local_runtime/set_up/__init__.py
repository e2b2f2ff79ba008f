"""Sets up the environments that commands run in: the locked packages, from wherever this machine gets packages."""
