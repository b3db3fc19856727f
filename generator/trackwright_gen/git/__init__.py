"""What a repository knows: who wrote a line and when, who owns a path, and what a tree held at a commit."""
