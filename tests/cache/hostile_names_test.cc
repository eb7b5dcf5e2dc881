// Every class of name that a bucket may hold (reference/b2.md §1.15) and its one answer
// (design/product.md §2, rules 6, 9 and 10), whichever way it is asked for: listed, looked up, in
// an index, as of a time.
#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "cache/catalog.h"
#include "cache/indexer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"

namespace annofs::testing {
namespace {

using ::testing::UnorderedElementsAreArray;

struct HostileCase {
  std::string what;
  std::vector<std::string> keys;   // in the bucket
  std::vector<std::string> paths;  // shown, in order of keys; a directory's with its '/'
  std::map<std::string, std::string> problems = {};  // by key: how the reason begins
};

void PrintTo(const HostileCase& hostile, std::ostream* out) { *out << hostile.what; }

std::string Bytes(size_t count) { return std::string(count, 'n'); }

std::vector<HostileCase> Cases() {
  const std::string nul("a\0b", 3);
  std::string all_controls;
  for (char c = 1; c < 0x20; ++c) all_controls += c;
  all_controls += '\x7f';
  std::string deep;
  std::vector<std::string> chain;
  for (int i = 0; i < 512; ++i) {
    deep += i == 0 ? "d" : "/d";
    chain.push_back(deep + (i < 511 ? "/" : ""));
  }
  return {
      {"an object and a directory of one name",
       {"a", "a/b"},
       {"a.object", "a/", "a/b"},
       {{"a", "shown as a.object"}}},
      {"whose other name is taken",
       {"a", "a.object", "a/b"},
       {"a.object.2", "a.object", "a/", "a/b"},
       {{"a", "shown as a.object.2"}}},
      {"whose other name is a directory",
       {"a", "a.object/x", "a/b"},
       {"a.object.2", "a.object/", "a.object/x", "a/", "a/b"},
       {{"a", "shown as a.object.2"}}},
      {"a chain of them",
       {"a", "a.object", "a.object/x", "a/b"},
       {"a.object.2", "a.object.object", "a.object/", "a.object/x", "a/", "a/b"},
       {{"a", "shown as a.object.2"}, {"a.object", "shown as a.object.object"}}},
      {"with names between them",
       {"a", "a!", "a-", "a-/x", "a/b"},
       {"a.object", "a!", "a-.object", "a-/", "a-/x", "a/", "a/b"},
       {{"a", "shown as a.object"}, {"a-", "shown as a-.object"}}},
      {"whose other name would be too long",
       {Bytes(249), Bytes(249) + "/x"},
       {Bytes(249) + "/", Bytes(249) + "/x"},
       {{Bytes(249), "left out"}}},
      {"whose other name just fits",
       {Bytes(248), Bytes(248) + "/x"},
       {Bytes(248) + ".object", Bytes(248) + "/", Bytes(248) + "/x"},
       {{Bytes(248), "shown as"}}},
      {"whose next free name is too long",
       {Bytes(248), Bytes(248) + ".object", Bytes(248) + "/x"},
       {Bytes(248) + ".object", Bytes(248) + "/", Bytes(248) + "/x"},
       {{Bytes(248), "left out"}}},
      {"a marker of a directory", {"d/", "d/x"}, {"d/", "d/x"}},
      {"a marker alone", {"d/"}, {"d/"}},
      {"a marker and an object of its name",
       {"d", "d/"},
       {"d.object", "d/"},
       {{"d", "shown as d.object"}}},
      {"a marker in a marker", {"d/e/"}, {"d/", "d/e/"}},
      {"what the web page makes a folder with", {"d/.bzEmpty"}, {"d/", "d/.bzEmpty"}},
      {"the same at the root", {".bzEmpty"}, {".bzEmpty"}},
      {"an empty component", {"a//b", "a/c"}, {"a/", "a/c"}, {{"a//", "left out: empty name"}}},
      {"an empty first component", {"/a", "b"}, {"b"}, {{"/", "left out: empty name"}}},
      {"slashes alone", {"/", "//", "///"}, {}, {{"/", "left out: empty name"}}},
      {"an empty last component but one", {"a//"}, {"a/"}, {{"a//", "left out: empty name"}}},
      {"a dot", {"."}, {}, {{".", "left out: a directory cannot hold the name"}}},
      {"two dots", {".."}, {}, {{"..", "left out: a directory cannot hold the name"}}},
      {"a dot that is a directory",
       {"./a", "a/./b"},
       {"a/"},
       {{"./", "left out"}, {"a/./", "left out"}}},
      {"a way up",
       {"../a", "a/../../b", "a/.."},
       {"a/"},
       {{"../", "left out"}, {"a/../", "left out"}, {"a/..", "left out"}}},
      {"a marker of a way up",
       {"../", "a/../"},
       {"a/"},
       {{"../", "left out"}, {"a/../", "left out"}}},
      {"three dots", {"...", ".a", "..a"}, {"...", "..a", ".a"}},
      {"255 bytes",
       {Bytes(255), Bytes(255) + "x"},
       {Bytes(255)},
       {{Bytes(255) + "x", "left out: name longer"}}},
      {"a directory of 255 bytes", {Bytes(255) + "/x"}, {Bytes(255) + "/", Bytes(255) + "/x"}},
      {"a directory of 256 bytes",
       {Bytes(256) + "/x"},
       {},
       {{Bytes(256) + "/", "left out: name longer"}}},
      {"1,024 bytes in one", {Bytes(1024)}, {}, {{Bytes(1024), "left out: name longer"}}},
      {"1,023 bytes in 512 components", {deep}, chain},
      {"invalid UTF-8",
       {"\xff\xfe", "\xc3", "a\x80/\xed\xa0\x80"},
       {"a\x80/", "a\x80/\xed\xa0\x80", "\xc3", "\xff\xfe"}},
      {"control bytes",
       {all_controls, "new\nline", "tab\t", "\x1b[31mred"},
       {all_controls, "\x1b[31mred", "new\nline", "tab\t"}},
      {"a NUL", {nul, nul + "/x"}, {}, {{nul, "left out"}, {nul + "/", "left out"}}},
      {"names that differ by case", {"A", "a", "B/x", "b/x"}, {"A", "B/", "B/x", "a", "b/", "b/x"}},
      {"names that differ by normal form", {"\xc3\xa9", "e\xcc\x81"}, {"e\xcc\x81", "\xc3\xa9"}},
      {"backslashes, spaces, shell words",
       {"a\\b", " ", "-rf", "*", "$(x)", "a b ", "~"},
       {" ", "$(x)", "*", "-rf", "a b ", "a\\b", "~"}},
      {"percent signs stay", {"a%2Fb", "%2e%2e", "%"}, {"%", "%2e%2e", "a%2Fb"}},
      {"names that mounts use",
       {"views/x", ".annofs/y", "views.object"},
       {".annofs/", ".annofs/y", "views.object", "views/", "views/x"}},
      {"prefixes of each other",
       {"a", "aa", "aaa", "aa/x", "a0", "a."},
       {"a", "a.", "a0", "aa.object", "aaa", "aa/", "aa/x"},
       {{"aa", "shown as aa.object"}}},
  };
}

class HostileNames : public ::testing::TestWithParam<HostileCase> {
 protected:
  HostileNames() {
    for (const std::string& key : GetParam().keys) store_.Put(key, key.size());
  }

  // Paths below a directory; checks each row on the way.
  void Walk(Catalog& catalog, RowId directory, const std::string& path,
            std::vector<std::string>& paths) {
    std::vector<Row> rows;
    const absl::Status status = catalog.Children(directory, 0,
                                                 [&](const Row& row) {
                                                   rows.push_back(row);
                                                   return true;
                                                 },
                                                 {});
    ASSERT_TRUE(status.ok()) << status;
    for (const Row& row : rows) {
      ExpectSafe(row.name);
      const auto found = catalog.Lookup(directory, row.name, {});
      ASSERT_TRUE(found.ok()) << absl::CHexEscape(row.name) << ": " << found.status();
      EXPECT_EQ(found->id, row.id);
      EXPECT_EQ(found->is_directory, row.is_directory);
      ExpectKey(catalog, row);
      const std::string child = path + row.name + (row.is_directory ? "/" : "");
      paths.push_back(child);
      if (row.is_directory) Walk(catalog, row.id, child, paths);
    }
  }

  static void ExpectSafe(const std::string& name) {
    EXPECT_FALSE(name.empty());
    EXPECT_NE(name, ".");
    EXPECT_NE(name, "..");
    EXPECT_LE(name.size(), 255u);
    EXPECT_EQ(name.find('/'), std::string::npos);
    EXPECT_EQ(name.find('\0'), std::string::npos);
  }

  // The key that the store is asked for is one that it has.
  void ExpectKey(Catalog& catalog, const Row& row) {
    const std::string key = catalog.Key(row.id).value();
    const auto& keys = GetParam().keys;
    if (row.is_directory) {
      EXPECT_TRUE(std::any_of(keys.begin(), keys.end(), [&](const std::string& each) {
        return absl::StartsWith(each, key);
      })) << absl::CHexEscape(key);
      return;
    }
    EXPECT_NE(std::find(keys.begin(), keys.end(), key), keys.end()) << absl::CHexEscape(key);
    EXPECT_EQ(catalog.Version(row.id).value().size, key.size());
  }

  void ExpectDecided(Catalog& catalog) {
    std::vector<std::string> paths;
    Walk(catalog, kRootRow, "", paths);
    // Of each directory in order of keys; all together in any.
    EXPECT_THAT(paths, UnorderedElementsAreArray(GetParam().paths));
    std::vector<std::string> problems, expected;
    for (const CatalogProblem& problem : catalog.Problems()) {
      problems.push_back(problem.key);
      const auto reason = GetParam().problems.find(problem.key);
      if (reason == GetParam().problems.end()) continue;
      EXPECT_TRUE(absl::StartsWith(problem.reason, reason->second)) << problem.reason;
    }
    for (const auto& [key, reason] : GetParam().problems) expected.push_back(key);
    EXPECT_THAT(problems, UnorderedElementsAreArray(expected));
  }

  TempDir directory_;
  std::unique_ptr<Lmdb> lmdb_ = OpenCatalogLmdb(directory_.path());
  ListingStore store_;
};

TEST_P(HostileNames, AreShownOrLeftOutAsDecided) {
  for (const uint32_t page_names : {1u, 2u, 10000u}) {
    SCOPED_TRACE(page_names);
    auto catalog = OpenTestCatalog(*lmdb_, store_, CatalogOptions::Names::kFresh, page_names);
    ExpectDecided(*catalog);
  }
}

TEST_P(HostileNames, AreTheSameInAnIndex) {
  for (const uint32_t page_names : {1u, 2u, 10000u}) {
    SCOPED_TRACE(page_names);
    const auto info = BuildIndex(*lmdb_, store_, {.requests_at_once = 3, .page_names = page_names},
                                 [](const IndexProgress&) {}, {});
    ASSERT_TRUE(info.ok()) << info.status();
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    ASSERT_EQ(catalog->Info().kind, SnapshotInfo::Kind::kIndex);
    const int lists = store_.lists();
    ExpectDecided(*catalog);
    EXPECT_EQ(store_.lists(), lists);
  }
}

TEST_P(HostileNames, AreTheSameAsOfATime) {
  const absl::Time then = store_.time();
  for (const std::string& key : GetParam().keys) store_.Hide(key);
  store_.Put("later");
  auto catalog = OpenCatalog(*lmdb_, store_, {.at = then, .page_names = 2});
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  std::vector<std::string> paths;
  Walk(**catalog, kRootRow, "", paths);
  EXPECT_THAT(paths, UnorderedElementsAreArray(GetParam().paths));
}

TEST_P(HostileNames, OffersNoOtherWayIn) {
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  for (absl::string_view name : {"", ".", "..", "/", "a/b", "../a", "a/", "/a", "./a", "a//b"}) {
    EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, name, {}).status())) << name;
  }
  EXPECT_TRUE(
      absl::IsNotFound(catalog->Lookup(kRootRow, absl::string_view("a\0b", 3), {}).status()));
  EXPECT_EQ(store_.lists(), 0);
}

INSTANTIATE_TEST_SUITE_P(OfEveryClass, HostileNames, ::testing::ValuesIn(Cases()),
                         [](const auto& test) {
                           std::string name = test.param.what;
                           std::erase_if(
                               name, [](char c) { return !absl::ascii_isalnum(c) && c != ' '; });
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace annofs::testing
