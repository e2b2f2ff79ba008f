"""The commands: their arguments, what each does, and what a person sees."""
