"""An update: validates every flow, runs the tables in order, and notes what happened."""
