"""The trees here are expected output, not tests of this project."""

collect_ignore_glob = ["*"]
