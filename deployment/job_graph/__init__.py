"""What is wrong with the graph of a job's tasks, found in the bundle's files; the CLI deploys all of it unseen."""
