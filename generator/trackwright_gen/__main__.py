"""`python -m trackwright_gen` is the `trackwright` command."""

from trackwright_gen.cli import main

if __name__ == "__main__":
    main()
