"""Which dataset reads which: traced without an engine, checked, drawn."""
