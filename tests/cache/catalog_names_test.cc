// Names that a directory cannot show as they are (design/product.md §2, rule 10).
#include "cache/catalog.h"
#include "cache/catalog_records.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> ProblemKeys(Catalog& catalog) {
  std::vector<std::string> keys;
  for (const CatalogProblem& problem : catalog.Problems()) keys.push_back(problem.key);
  return keys;
}

class CatalogNamesTest : public CatalogFixture {};

TEST_F(CatalogNamesTest, ADirectoryWinsOverAnObjectOfItsName) {
  store_.Put("a", 5);
  store_.Put("a/b");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("a.object", "a/"));
  const Row object = RowOf(*catalog, "a.object");
  EXPECT_EQ(object.size, 5u);
  EXPECT_EQ(object.key_name, "a");
  EXPECT_EQ(catalog->Key(object.id).value(), "a");
  EXPECT_EQ(catalog->Version(object.id).value().key, "a");
  EXPECT_THAT(Names(*catalog, RowOf(*catalog, "a").id), ElementsAre("b"));
  const std::vector<CatalogProblem> problems = catalog->Problems();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].key, "a");
  EXPECT_EQ(problems[0].reason, "shown as a.object: a directory has the name");
}

TEST_F(CatalogNamesTest, AnObjectMadeWayForTakesTheNextFreeName) {
  store_.Put("d/a");
  store_.Put("d/a.object");
  store_.Put("d/a.object.2");
  store_.Put("d/a/b");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const RowId d = RowOf(*catalog, "d").id;
  EXPECT_THAT(Names(*catalog, d), ElementsAre("a.object.3", "a.object", "a.object.2", "a/"));
  EXPECT_EQ(catalog->Key(RowOf(*catalog, "a.object.3", d).id).value(), "d/a");
  EXPECT_EQ(catalog->Key(RowOf(*catalog, "a.object", d).id).value(), "d/a.object");
}

// Else a damaged record would show a directory, or a file of elsewhere, as a file of this
// directory.
TEST_F(CatalogNamesTest, AnAsideThatIsNoObjectOfItsDirectoryIsDamage) {
  store_.Put("a");
  store_.Put("a/b");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const RowId directory = RowOf(*catalog, "a").id;
  const RowId elsewhere = RowOf(*catalog, "b", directory).id;
  for (const RowId row : {directory, elsewhere, RowId{99}}) {
    ASSERT_TRUE(lmdb_
                    ->Update([&](LmdbWriter& txn) {
                      const SourceNumber source = *FindSource(txn, store_.identity());
                      const Head head = *FindHead(txn, source, kLatest, kRootRow);
                      return txn.Put(kListingsTable, AsideKey(source, head.listing, "a.object"),
                                     Key64(row));
                    })
                    .ok());
    const absl::Status status = catalog->Lookup(kRootRow, "a.object", {}).status();
    EXPECT_TRUE(absl::IsInternal(status)) << row << ": " << status;
    EXPECT_THAT(status.message(), HasSubstr("the catalog is damaged"));
  }
}

TEST_F(CatalogNamesTest, BothOfAChainOfConflictsAreShown) {
  store_.Put("a");
  store_.Put("a/x");
  store_.Put("a.object");
  store_.Put("a.object/x");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("a.object.2", "a.object.object", "a.object/", "a/"));
  EXPECT_EQ(catalog->Key(RowOf(*catalog, "a.object.2").id).value(), "a");
  EXPECT_EQ(catalog->Key(RowOf(*catalog, "a.object.object").id).value(), "a.object");
}

// Names between "a" and "a/" put them on different pages.
TEST_F(CatalogNamesTest, ConflictsAreFoundAcrossPages) {
  store_.Put("a");
  for (char c : {'!', '#', '+', '-', '.'}) store_.Put(std::string("a") + c);
  store_.Put("a/b");
  for (uint32_t page_names : {1, 2, 3, 10}) {
    TempDir directory;
    auto lmdb = OpenCatalogLmdb(directory.path());
    auto catalog = OpenTestCatalog(*lmdb, store_, CatalogOptions::Names::kFresh, page_names);
    EXPECT_THAT(Names(*catalog), ElementsAre("a.object", "a!", "a#", "a+", "a-", "a.", "a/"));
    EXPECT_THAT(ProblemKeys(*catalog), ElementsAre("a"));
  }
}

TEST_F(CatalogNamesTest, TheSameConflictGivesTheSameRowAgain) {
  store_.Put("a");
  store_.Put("a/b");
  RowId row = 0;
  size_t entries = 0;
  for (int i = 0; i < 3; ++i) {
    auto catalog = OpenTestCatalog(*lmdb_, store_, CatalogOptions::Names::kFresh, 1);
    const RowId now = RowOf(*catalog, "a.object").id;
    EXPECT_TRUE(i == 0 || now == row) << i;
    EXPECT_TRUE(i == 0 || CountEntries(*lmdb_, kListingsTable) == entries) << i;
    row = now;
    entries = CountEntries(*lmdb_, kListingsTable);
  }
}

TEST_F(CatalogNamesTest, NamesThatNoDirectoryHoldsAreLeftOutAndReported) {
  const std::string too_long(256, 'n');
  store_.Put("fine");
  store_.Put(".");
  store_.Put("../up");
  store_.Put("//x");
  store_.Put(std::string("nul\0nul", 7));
  store_.Put(too_long);
  store_.Put(too_long + "/x");
  store_.Put(std::string(1024, 'k'));
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("fine"));
  EXPECT_THAT(ProblemKeys(*catalog),
              UnorderedElementsAre(".", "../", "/", std::string("nul\0nul", 7), too_long,
                                   too_long + "/", std::string(1024, 'k')));
  for (const CatalogProblem& problem : catalog->Problems()) {
    EXPECT_EQ(problem.reason.substr(0, 9), "left out:") << problem.reason;
  }
}

TEST_F(CatalogNamesTest, AnObjectWhoseOtherNameWouldBeTooLongIsLeftOutAndReported) {
  const std::string name(250, 'n');
  store_.Put(name);
  store_.Put(name + "/x");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre(name + "/"));
  EXPECT_THAT(ProblemKeys(*catalog), ElementsAre(name));
}

TEST_F(CatalogNamesTest, NamesAreBytes) {
  store_.Put("\xff\xfe");
  store_.Put("e\xcc\x81");  // e + combining acute
  store_.Put("\xc3\xa9");   // é
  store_.Put("new\nline \x01");
  store_.Put("A");
  store_.Put("a");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog),
              ElementsAre("A", "a", "e\xcc\x81", "new\nline \x01", "\xc3\xa9", "\xff\xfe"));
  EXPECT_THAT(ProblemKeys(*catalog), IsEmpty());
  EXPECT_EQ(catalog->Key(RowOf(*catalog, "\xff\xfe").id).value(), "\xff\xfe");
}

TEST_F(CatalogNamesTest, NamesOf255BytesAreShown) {
  const std::string name(255, 'n');
  store_.Put(name);
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_TRUE(catalog->Lookup(kRootRow, name, {}).ok());
  EXPECT_THAT(Names(*catalog, kRootRow, RowOf(*catalog, name).id), IsEmpty());
}

TEST_F(CatalogNamesTest, DirectoryMarkersAreNoFiles) {
  store_.Put("d/");
  store_.Put("d/x");
  store_.Put("empty/");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("d/", "empty/"));
  EXPECT_THAT(Names(*catalog, RowOf(*catalog, "d").id), ElementsAre("x"));
  EXPECT_THAT(Names(*catalog, RowOf(*catalog, "empty").id), IsEmpty());
  EXPECT_THAT(ProblemKeys(*catalog), IsEmpty());
}

TEST_F(CatalogNamesTest, ProblemsAreKnownOfflineToo) {
  store_.Put("a");
  store_.Put("a/b");
  store_.Put("..");
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    Names(*catalog);
  }
  auto catalog = OpenTestCatalog(*lmdb_, store_, CatalogOptions::Names::kOffline);
  EXPECT_THAT(ProblemKeys(*catalog), IsEmpty());  // nothing has been looked at yet
  EXPECT_THAT(Names(*catalog), ElementsAre("a.object", "a/"));
  EXPECT_THAT(ProblemKeys(*catalog), UnorderedElementsAre("a", ".."));
}

}  // namespace
}  // namespace annofs::testing
