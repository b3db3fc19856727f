"""The dialect that revisions are rendered for: PostgreSQL's, without a database or a driver."""

from typing import Any

from sqlalchemy import create_mock_engine

# Named parameters: with `%s` ones every percent sign in a predicate would be doubled in the file.
POSTGRESQL: Any = create_mock_engine("postgresql://", lambda *_: None, paramstyle="named").dialect
