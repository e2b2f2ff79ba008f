"""Turns files that other services export into files of this lakehouse's feeds."""
