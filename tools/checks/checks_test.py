"""The checks find what they are there to find."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import includes  # noqa: E402
import links  # noqa: E402
import words  # noqa: E402


def include_problems(path, *lines):
    return list(includes.problems_of(Path(path), "\n".join(lines)))


class IncludeLaw(unittest.TestCase):
    def test_a_folder_may_see_itself_and_lower_levels(self):
        self.assertEqual(include_problems("src/plan/x.cpp", '#include "plan/y.h"', '#include "policy/z.h"', "#include <vector>"), [])

    def test_a_higher_level_is_out_of_sight(self):
        self.assertTrue(include_problems("src/sql/x.cpp", '#include "policy/policy.h"'))

    def test_so_is_another_folder_of_the_same_level(self):
        self.assertTrue(include_problems("src/gateway/x.cpp", '#include "admin/server.h"'))

    def test_protocol_and_sql_never_meet(self):
        self.assertTrue(include_problems("src/protocol/x.cpp", '#include "sql/parse.h"'))
        self.assertTrue(include_problems("src/sql/x.cpp", '#include "protocol/wire.h"'))
        self.assertEqual(include_problems("src/protocol/x.cpp", '#include "auth/scram.h"'), [])

    def test_pure_folders_touch_nothing_outside(self):
        for header in ("sqlite3.h", "mutex", "boost/asio/awaitable.hpp", "libpq-fe.h"):
            self.assertTrue(include_problems("src/usage/x.cpp", f"#include <{header}>"), header)
            self.assertEqual(include_problems("src/store/x.cpp", f"#include <{header}>"), [], header)

    def test_heavy_templates_stay_out_of_headers(self):
        self.assertTrue(include_problems("src/net/x.h", "#include <boost/asio/ssl.hpp>"))
        self.assertEqual(include_problems("src/net/x.cpp", "#include <boost/asio/ssl.hpp>"), [])

    def test_the_raw_tree_belongs_to_the_sources_of_sql(self):
        self.assertEqual(include_problems("src/sql/x.cpp", '#include "sql/raw_tree.h"'), [])
        self.assertTrue(include_problems("src/sql/x.h", '#include "sql/raw_tree.h"'))
        self.assertTrue(include_problems("src/plan/x.cpp", '#include "sql/raw_tree.h"'))

    def test_a_folder_without_a_level_is_noticed(self):
        self.assertTrue(include_problems("src/novelty/x.cpp"))


class Links(unittest.TestCase):
    def test_a_link_to_nothing_is_noticed(self):
        with tempfile.TemporaryDirectory() as directory:
            page = Path(directory) / "page.md"
            page.write_text("# A heading, here\n[a](page.md#a-heading-here) [b](#a-heading-here) [c](https://example.org/x)\n")
            self.assertEqual(list(links.problems_of(page, page.read_text())), [])
            self.assertEqual(len(list(links.problems_of(page, "[a](other.md) [b](#nowhere)"))), 2)


class Words(unittest.TestCase):
    def test_paths_of_one_machine_are_noticed(self):
        self.assertTrue(list(words.problems_of(Path("x.md"), "see /home/somebody/notes")))
        self.assertEqual(list(words.problems_of(Path("x.md"), "see /etc/sluice and $HOME/work/x")), [])

    def test_hosts_in_lockfiles_are_noticed(self):
        self.assertTrue(list(words.problems_of(Path("a/package-lock.json"), '"resolved": "https://registry.example/x"')))


if __name__ == "__main__":
    unittest.main()
