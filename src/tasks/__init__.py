"""Python files that jobs run beside the pipelines."""
