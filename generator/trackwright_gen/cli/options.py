"""Options that several commands share."""

from pathlib import Path

import click

project_folder = click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    metavar="DIR",
    help="Run as if started in DIR.",
)
