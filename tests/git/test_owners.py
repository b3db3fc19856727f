"""CODEOWNERS as the two hosting services document it."""

import pytest

from trackwright_gen.git.owners import CodeOwners, find_owners, owners_of_text

GITHUB = """
# everything, unless a later line says otherwise
*             @acme/core @olga
*.sql         @acme/data   # said beside it
/build/logs/  @ops
docs/*        writers@example.com
apps/         @acme/apps
/scripts      @ops @acme/core
**/fixtures   @acme/tests
/apps/public
services/pay/*.py @acme/pay
/with\\ space/  @olga
!refused.py   @never
[ab].py       @never
*.cfg         no-owner
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        pytest.param("a/b/c.py", "@acme/core @olga", id="a lone star is everything"),
        pytest.param("a/b/c.sql", "@acme/data", id="an ending, at any depth; the last line wins"),
        pytest.param("build/logs/2025/x.py", "@ops", id="all below an anchored folder"),
        pytest.param("a/build/logs/x.py", "@acme/core @olga", id="an anchored folder is no other folder"),
        pytest.param("docs/index.py", "writers@example.com", id="directly in a folder"),
        pytest.param("docs/deep/index.py", "@acme/core @olga", id="a last star is one level"),
        pytest.param("x/docs/index.py", "@acme/core @olga", id="a slash in the middle anchors"),
        pytest.param("x/apps/y/z.py", "@acme/apps", id="a folder of that name anywhere"),
        pytest.param("scripts/a/b.py", "@ops @acme/core", id="a name without a slash is its folder too"),
        pytest.param("x/scripts/a.py", "@acme/core @olga", id="a leading slash anchors"),
        pytest.param("t/fixtures/a/b.py", "@acme/tests", id="two stars are any depth"),
        pytest.param("fixtures/b.py", "@acme/tests", id="two stars are no depth"),
        pytest.param("apps/public/x.py", "", id="a line without owners takes them away"),
        pytest.param("services/pay/jobs.py", "@acme/pay", id="a star stays in its folder"),
        pytest.param("services/pay/x/jobs.py", "@acme/core @olga", id="and does not cross a slash"),
        pytest.param("with space/x.py", "@olga", id="an escaped space"),
        pytest.param("refused.py", "@acme/core @olga", id="a negation is refused"),
        pytest.param("a.py", "@acme/core @olga", id="a set of letters is refused"),
        pytest.param("setup.cfg", "@acme/core @olga", id="a line with no valid owner is left out"),
    ],
)
def test_github(path: str, owners: str) -> None:
    assert owners_of_text(GITHUB, "CODEOWNERS", "github").of(path) == tuple(owners.split())


GITLAB = """
* @general
/config/ @@maintainer
\\#odd.py @odd

[Documentation] @docs
docs/
README.md @readme
docs/internal/ @inside
!docs/generated/

^[Database][2] @dba @team/sub
model/db/
model/[ab]*.py
/one/*
/**/deep/*.py

[DOCUMENTATION]
extra.py @extra
ownerless.py
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        pytest.param("x/y.py", "@general", id="entries before any section"),
        pytest.param("config/x/y.py", "@@maintainer", id="a role, the last entry of the section"),
        pytest.param("#odd.py", "@odd", id="an escaped hash"),
        pytest.param(
            "docs/x.py", "@general @docs", id="the section's own owners, beside those of no section"
        ),
        pytest.param("a/docs/x/y.py", "@general @docs", id="a relative folder at any depth"),
        pytest.param("docs/internal/x.py", "@general @inside", id="a later entry of the same section"),
        pytest.param("docs/generated/x.py", "@general", id="an exclusion"),
        pytest.param("a/model/db/x.py", "@general @dba @team/sub", id="a relative path at any depth"),
        pytest.param("model/alpha.py", "@general @dba @team/sub", id="a set of letters"),
        pytest.param("model/charlie.py", "@general", id="another letter"),
        pytest.param("one/x.py", "@general @dba @team/sub", id="one level"),
        pytest.param("one/two/x.py", "@general", id="not two"),
        pytest.param("a/b/deep/x.py", "@general @dba @team/sub", id="two stars in the middle"),
        pytest.param("extra.py", "@general @extra", id="a section under a name in other letters"),
        pytest.param("ownerless.py", "@general", id="no owner, and none of the heading"),
    ],
)
def test_gitlab(path: str, owners: str) -> None:
    assert owners_of_text(GITLAB, ".gitlab/CODEOWNERS", "gitlab").of(path) == tuple(owners.split())


def found(**files: str) -> CodeOwners | None:
    named = {name.replace("__", "/").replace("dot_", "."): text.encode() for name, text in files.items()}
    return find_owners(named.get)


def test_no_file_no_owners() -> None:
    assert found(README="* @x") is None


@pytest.mark.parametrize(
    ("files", "place", "dialect"),
    [
        ({"dot_github__CODEOWNERS": "", "CODEOWNERS": ""}, ".github/CODEOWNERS", "github"),
        ({"CODEOWNERS": "", "docs__CODEOWNERS": ""}, "CODEOWNERS", "github"),
        ({"docs__CODEOWNERS": "[Docs]\n* @a"}, "docs/CODEOWNERS", "gitlab"),
        ({"CODEOWNERS": "* @a", "dot_gitlab-ci.yml": ""}, "CODEOWNERS", "gitlab"),
        ({"dot_gitlab__CODEOWNERS": "* @a"}, ".gitlab/CODEOWNERS", "gitlab"),
    ],
)
def test_the_file_and_whose_rules_it_follows(files: dict[str, str], place: str, dialect: str) -> None:
    owners = found(**files)
    assert owners is not None
    assert (owners.place, owners.dialect) == (place, dialect)


def test_a_byte_order_mark_and_bytes_that_are_no_text() -> None:
    owners = find_owners({"CODEOWNERS": b"\xef\xbb\xbf* @a\n\xff\xfe @b\n"}.get)
    assert owners is not None
    assert owners.of("x.py") == ("@a",)


def test_a_lone_slash_is_no_file() -> None:
    assert owners_of_text("* @all\n/ @nobody\n", "CODEOWNERS", "github").of("a.py") == ("@all",)
