"""Reading a project's source without running it: files, names, apps, jobs and how they are tracked."""
