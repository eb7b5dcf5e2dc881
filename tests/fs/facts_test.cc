// Facts of the nodes of a tree: what the store says of an object, and what annotations say of the
// frames whose image it is.
#include <map>

#include "cache/base/digest.h"
#include "fs/object_facts.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Facts = std::map<std::string, std::string>;

class FactsTest : public ::testing::Test {
 protected:
  explicit FactsTest(std::string name = "b2://bucket") : store_(std::move(name)) {}

  void Open(const FilesystemOptions& options = {}) {
    ASSERT_TRUE(mount_.Open(options).ok());
    ASSERT_TRUE(mount_.fs().IndexDatasets([](const DatasetsProgress&) {}, Soon()).ok());
  }
  Facts At(absl::string_view path) {
    absl::StatusOr<NodeAttr> attr = mount_.At(path);
    EXPECT_TRUE(attr.ok()) << path << ": " << attr.status();
    return attr.ok() ? Of(attr->id) : Facts();
  }
  Facts Of(NodeId node) {
    EXPECT_TRUE(node.tree() == TreeNumber::kControl || node.tree() == TreeNumber::kAt ||
                IsWouldBlock(mount_.fs().Facts(node, Soon(Lane::kFast)).status()));
    absl::StatusOr<std::vector<Fact>> told = mount_.fs().Facts(node, Soon());
    EXPECT_TRUE(told.ok()) << told.status();
    Facts facts;
    std::string before;
    for (const Fact& fact : told.value_or(std::vector<Fact>())) {
      EXPECT_LT(before, fact.name);
      before = fact.name;
      facts[fact.name] = fact.value;
    }
    return facts;
  }
  // Those of annotations alone.
  Facts CvatAt(absl::string_view path) {
    Facts facts = At(path);
    std::erase_if(facts, [](const auto& fact) { return !fact.first.starts_with("user.cvat."); });
    return facts;
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(FactsTest, AnObjectHasItsFileIdAndDigest) {
  const ObjectVersion put = store_.Put("d/notes.txt", "content");
  Open();
  EXPECT_THAT(At("d/notes.txt"),
              ElementsAre(Pair("user.b2.file_id", put.version),
                          Pair("user.b2.sha1", DigestOf(DigestKind::kSha1, "content").Hex())));
}

TEST_F(FactsTest, DirectoriesAndWhatAnnofsMakesHaveNone) {
  store_.Put("labels/a.xml", ImagesXml("street", {"a.jpg"}));
  Open();
  for (const char* path :
       {"", "labels", "views", "views/README.txt", "views/street", "views/street/reports",
        "views/street/reports/about.json", ".annofs", ".annofs/status.json", ".annofs/at"}) {
    EXPECT_THAT(At(path), IsEmpty()) << path;
  }
}

TEST_F(FactsTest, AnImageHasThoseOfItsFrameUnderEveryName) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg", "b.jpg"}));
  store_.Put("a.jpg", "image");
  store_.Put("b.jpg", "image b");
  store_.Put("other.jpg", "no frame");
  Open();
  const Facts facts = CvatAt("a.jpg");
  EXPECT_THAT(facts, ElementsAre(Pair("user.cvat.frame", "0"), Pair("user.cvat.labels", "car"),
                                 Pair("user.cvat.task", "street")));
  EXPECT_EQ(CvatAt("views/street/by-frame/a.jpg"), facts);
  // Without labels; generated files of a frame have what its image has.
  EXPECT_THAT(CvatAt("views/street/by-frame/b.jpg"),
              ElementsAre(Pair("user.cvat.frame", "1"), Pair("user.cvat.task", "street")));
  EXPECT_EQ(CvatAt("views/street/by-frame/a.json"), facts);
  EXPECT_EQ(CvatAt("views/street/by-frame/a.tsv"), facts);
  EXPECT_THAT(CvatAt("other.jpg"), IsEmpty());
}

TEST_F(FactsTest, FramesAreFoundWhereverTheirImagesLie) {
  store_.Put("dataset/a.xml", ImagesXml("places", {"own.jpg", "deep/x/y.jpg", "bare", "é ü.png",
                                                   "one/same.jpg", "two/same.jpg"}));
  for (const char* key : {"dataset/own.jpg", "dataset/images/deep/x/y.jpg", "images/bare.png",
                          "dataset/default/é ü.png", "dataset/one/same.jpg", "dataset/two/same.jpg",
                          "same.jpg", "elsewhere/own.jpg", "y.jpg"}) {
    store_.Put(key, key);
  }
  Open();
  EXPECT_EQ(CvatAt("dataset/own.jpg")["user.cvat.frame"], "0");
  EXPECT_EQ(CvatAt("dataset/images/deep/x/y.jpg")["user.cvat.frame"], "1");
  EXPECT_EQ(CvatAt("images/bare.png")["user.cvat.frame"], "2");
  EXPECT_EQ(CvatAt("dataset/default/é ü.png")["user.cvat.frame"], "3");
  EXPECT_EQ(CvatAt("dataset/one/same.jpg")["user.cvat.frame"], "4");
  EXPECT_EQ(CvatAt("dataset/two/same.jpg")["user.cvat.frame"], "5");
  // Of these names, but not their images.
  for (const char* key : {"same.jpg", "elsewhere/own.jpg", "y.jpg"}) {
    EXPECT_THAT(CvatAt(key), IsEmpty()) << key;
  }
}

TEST_F(FactsTest, SeveralFramesAreLinesInTheOrderOfDatasetsAndFrames) {
  store_.Put("1.xml", ImagesXml("zebra", {"a.jpg", "b.jpg"}));
  store_.Put("2.xml", ImagesXml("ant", {"x.jpg", "y.jpg", "a.jpg"}));
  store_.Put("3.xml", ImagesXml("mole", {"c.jpg", "a.jpg", "a.jpg"}));
  store_.Put("a.jpg", "image");
  Open();
  EXPECT_THAT(CvatAt("a.jpg"), ElementsAre(Pair("user.cvat.frame", "2\n1\n2\n0"),
                                           Pair("user.cvat.labels", "\n\n\ncar"),
                                           Pair("user.cvat.task", "ant\nmole\nmole\nzebra")));
}

TEST_F(FactsTest, ADatasetThatIsNotOpenTellsNothingAndIsNotOpenedForIt) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("a.jpg", "image");
  ASSERT_TRUE(mount_.Open().ok());
  const int gets = store_.gets();
  EXPECT_THAT(CvatAt("a.jpg"), IsEmpty());
  EXPECT_EQ(store_.gets(), gets);
  EXPECT_TRUE(mount_.Names("views/street/by-frame").ok());
  EXPECT_EQ(CvatAt("a.jpg").count("user.cvat.frame"), 1u);
}

TEST_F(FactsTest, AKeyOfManyPartsIsLookedThrough) {
  std::string key;
  for (int i = 0; i < 60; ++i) key += "a/";
  key += "a.jpg";
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("a.jpg", "image");
  store_.Put(key, "deep");
  Open();
  EXPECT_EQ(At(key).count("user.cvat.frame"), 0u);
  EXPECT_EQ(At(key).count("user.b2.file_id"), 1u);
}

class S3FactsTest : public FactsTest {
 protected:
  S3FactsTest() : FactsTest("s3://bucket") {}
};

// The store in memory calls its versions "v1", "v2"…, which are ETags as S3 versions are written.
TEST_F(S3FactsTest, AnObjectHasItsEtag) {
  const ObjectVersion put = store_.Put("a.txt", "content");
  Open();
  EXPECT_EQ(At("a.txt")["user.s3.etag"], put.version);
  EXPECT_EQ(At("a.txt").count("user.s3.version"), 0u);
  EXPECT_EQ(At("a.txt").count("user.b2.file_id"), 0u);
}

class DirectoryFactsTest : public FactsTest {
 protected:
  DirectoryFactsTest() : FactsTest("file:///data") {}
};

TEST_F(DirectoryFactsTest, WhatHasNoStoreHasNoFactsOfOne) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("a.jpg", "image");
  Open();
  EXPECT_THAT(At("a.xml"), IsEmpty());
  EXPECT_EQ(At("a.jpg")["user.cvat.task"], "street");
}

TEST(FrameFactsTest, AValueIsNoLongerThanLinuxTakes) {
  MemoryStore store;
  std::vector<std::string> names;
  store.Put("a.xml", ImagesXml(std::string(70000, 'x'), {"a.jpg"}));
  store.Put("a.jpg", "image");
  Mounted mount(store);
  ASSERT_TRUE(mount.Open().ok());
  ASSERT_TRUE(mount.fs().IndexDatasets([](const DatasetsProgress&) {}, Soon()).ok());
  absl::StatusOr<std::vector<Fact>> facts = mount.fs().Facts(mount.At("a.jpg")->id, Soon());
  ASSERT_TRUE(facts.ok());
  ASSERT_EQ(facts->back().name, "user.cvat.task");
  EXPECT_EQ(facts->back().value.size(), 65536u);
  EXPECT_TRUE(facts->back().value.ends_with("xxx..."));
}

}  // namespace
}  // namespace annofs::testing
