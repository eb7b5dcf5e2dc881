// Tar shards of a WebDataset as files of the tree: their sizes, any range of them, and what is
// asked of the bucket for that.
#include <algorithm>
#include <map>
#include <random>
#include <thread>

#include "cache/base/status.h"
#include "gmock/gmock.h"
#include "tests/cache/ring_testing.h"
#include "tests/formats/backup_maker.h"
#include "tests/formats/tar_reading.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

constexpr char kShard[] = "views/street/wds/train-000000.tar";

class ShardsTest : public ::testing::Test {
 protected:
  // Images called 000.jpg and so on, of those sizes; frames of one subset but for the last, which
  // is val.
  void MakeBucket(const std::vector<uint64_t>& sizes) {
    std::string xml =
        "<annotations><version>1.1</version><meta><task><name>street</name><labels><label>"
        "<name>car</name></label></labels></task></meta>\n";
    for (size_t i = 0; i < sizes.size(); ++i) {
      const std::string name = absl::StrCat(i < 10 ? "00" : i < 100 ? "0" : "", i);
      images_[name] = ContentOf(i, sizes[i]);
      store_.Put(name + ".jpg", images_[name]);
      absl::StrAppend(&xml, "<image id=\"", i, "\" name=\"", name, ".jpg\" subset=\"",
                      i + 1 < sizes.size() ? "train" : "val",
                      "\" width=\"100\" height=\"50\"><box label=\"car\" occluded=\"0\" xtl=\"1\" "
                      "ytl=\"2\" xbr=\"30\" ybr=\"40\" z_order=\"0\"></box></image>\n");
    }
    store_.Put("annotations.xml", xml + "</annotations>\n");
    ASSERT_TRUE(mount_.Open().ok());
  }
  // Reads the shard in pieces of so many bytes.
  std::string Forward(Mounted& mount, uint64_t length, absl::string_view path = kShard) {
    const NodeAttr shard = mount.At(path).value();
    std::string bytes;
    while (bytes.size() < shard.size) {
      const absl::StatusOr<std::string> more = mount.Bytes(shard.id, {bytes.size(), length});
      EXPECT_TRUE(more.ok()) << more.status();
      if (!more.ok() || more->empty()) break;
      bytes += *more;
    }
    EXPECT_EQ(bytes.size(), shard.size);
    return bytes;
  }
  std::vector<uint64_t> RandomSizes(size_t count, uint64_t most) {
    std::mt19937 random(3);
    std::vector<uint64_t> sizes;
    for (size_t i = 0; i < count; ++i) sizes.push_back(random() % most);
    return sizes;
  }

  MemoryStore store_;
  Mounted mount_{store_};
  std::map<std::string, std::string> images_;  // by stem
};

TEST_F(ShardsTest, AShardHasTheImagesOfTheBucketAndTheJsonOfByFrame) {
  MakeBucket({0, 1, 511, 512, 513, 100'000, 3'000'000, 70'000});
  EXPECT_THAT(mount_.Names("views/street/wds").value(),
              ::testing::UnorderedElementsAre("classes.txt", "train-000000.tar", "val-000000.tar"));
  std::map<std::string, std::string> files = TarFiles(Forward(mount_, 1 << 20));
  files.merge(TarFiles(Forward(mount_, 1 << 20, "views/street/wds/val-000000.tar")));
  ASSERT_EQ(files.size(), 2 * images_.size());
  for (const auto& [stem, image] : images_) {
    EXPECT_TRUE(files[stem + ".jpg"] == image) << stem;
    EXPECT_EQ(files[stem + ".json"], mount_.Text("views/street/by-frame/" + stem + ".json"));
  }
}

TEST_F(ShardsTest, AnyRangeIsThatOfTheWhole) {
  std::vector<uint64_t> sizes = RandomSizes(60, 60'000);
  sizes[20] = 2'500'000;
  sizes[40] = 5'000'000;
  MakeBucket(sizes);
  const std::string whole = Forward(mount_, 1 << 20);
  const NodeAttr shard = mount_.At(kShard).value();
  std::mt19937 random(5);
  Mounted other(store_);  // nothing of it is cached
  ASSERT_TRUE(other.Open().ok());
  const NodeAttr same = other.At(kShard).value();
  EXPECT_EQ(same.size, shard.size);
  for (int i = 0; i < 400; ++i) {
    const uint64_t offset = random() % (whole.size() + 1000);
    const uint64_t length = random() % (i % 3 == 0 ? 300'000 : 3'000);
    const std::string expected =
        offset < whole.size() ? whole.substr(offset, length) : std::string();
    Mounted& mount = i % 2 == 0 ? mount_ : other;
    const absl::StatusOr<std::string> got =
        mount.Bytes(i % 2 == 0 ? shard.id : same.id, {offset, length});
    ASSERT_TRUE(got.ok()) << got.status();
    ASSERT_TRUE(*got == expected) << offset << "+" << length;
  }
}

TEST_F(ShardsTest, ReadersAtOnceGetTheirOwnBytes) {
  MakeBucket(RandomSizes(80, 50'000));
  const std::string whole = Forward(mount_, 100'000);
  Mounted other(store_);
  ASSERT_TRUE(other.Open().ok());
  const NodeAttr shard = other.At(kShard).value();
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t offset = t * 131'072; offset < whole.size(); offset += 8 * 131'072) {
        const absl::StatusOr<std::string> got = other.Bytes(shard.id, {offset, 131'072});
        ASSERT_TRUE(got.ok()) << got.status();
        EXPECT_TRUE(*got == whole.substr(offset, 131'072)) << offset;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ShardsTest, SizesAreToldWithoutARequest) {
  MakeBucket(RandomSizes(50, 100'000));
  mount_.Names("views/street/by-frame").value();  // annotations are read, images are found
  store_.ResetCounts();
  uint64_t size = 0;
  for (const char* part : {"train", "val"}) {
    size += mount_.At(absl::StrCat("views/street/wds/", part, "-000000.tar"))->size;
  }
  uint64_t images = 0;
  for (const auto& [stem, image] : images_) images += image.size();
  EXPECT_GT(size, images);
  EXPECT_EQ(store_.gets() + store_.lists(), 0);
}

TEST_F(ShardsTest, AShardThatIsReadOnceIsOneGetForEachImageAndThenNone) {
  MakeBucket(RandomSizes(120, 90'000));
  mount_.At(kShard).value();
  store_.ResetCounts();
  const std::string first = Forward(mount_, 131'072);
  const int images = int(std::count_if(images_.begin(), images_.end(),
                                       [](const auto& image) { return !image.second.empty(); })) -
                     1;  // but for that of val
  EXPECT_EQ(store_.gets(), images);
  store_.ResetCounts();
  EXPECT_TRUE(Forward(mount_, 70'000) == first);
  ASSERT_TRUE(mount_.Again().ok());
  EXPECT_TRUE(Forward(mount_, 131'072) == first);
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ShardsTest, WhoReadsForwardHasManyImagesFetchedAtOnce) {
  MakeBucket(RandomSizes(100, 20'000));
  const NodeAttr shard = mount_.At(kShard).value();
  store_.SetLatency(absl::Milliseconds(5));
  store_.ResetCounts();
  ASSERT_TRUE(mount_.Bytes(shard.id, {0, 262'144}).ok());
  EXPECT_GE(store_.most_at_once(), 8);
  const int in_range = store_.gets();
  ASSERT_TRUE(mount_.Bytes(shard.id, {262'144, 1000}).ok());
  // What follows is on its way: as many bytes as were read.
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (store_.gets() < 3 * in_range / 2 && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_GE(store_.gets(), 3 * in_range / 2);
}

TEST_F(ShardsTest, ReadsHereAndThereFetchOnlyTheirImages) {
  MakeBucket(std::vector<uint64_t>(100, 20'000));
  const NodeAttr shard = mount_.At(kShard).value();
  store_.ResetCounts();
  for (uint64_t i : {90, 10, 50}) {
    ASSERT_TRUE(mount_.Bytes(shard.id, {i * shard.size / 100, 100}).ok());
  }
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_LE(store_.gets(), 3);
}

// A range of it is fetched by ranges of the object.
TEST_F(ShardsTest, TheMiddleOfALargeImageIsReadWithoutTheRestOfIt) {
  MakeBucket({1000, 20'000'000, 1000, 1000});
  const NodeAttr shard = mount_.At(kShard).value();
  store_.ResetCounts();
  ASSERT_TRUE(mount_.Bytes(shard.id, {10'000'000, 4096}).ok());
  EXPECT_EQ(store_.gets(), 1);
  EXPECT_LT(store_.bytes(), 1'000'000u);
}

TEST_F(ShardsTest, AnImageThatCannotBeReadIsAnErrorAndTheTextsAreNot) {
  MakeBucket({50'000, 50'000, 50'000});
  const NodeAttr shard = mount_.At(kShard).value();
  store_.Fail(MemoryStore::Call::kGet, absl::UnavailableError("down"), 1000);
  EXPECT_TRUE(absl::IsUnavailable(mount_.Bytes(shard.id, {0, shard.size}).status()));
  EXPECT_TRUE(mount_.Bytes(shard.id, {0, 512}).ok());
  store_.Fail(MemoryStore::Call::kGet, absl::OkStatus(), 0);
}

// Small files that views make are kept whole; a shard's bytes are the bucket's.
TEST_F(ShardsTest, NothingOfAShardIsKeptButItsSize) {
  MakeBucket({100, 100, 100});
  const NodeAttr shard = mount_.At(kShard).value();
  ASSERT_LT(shard.size, 64u << 10);
  store_.Fail(MemoryStore::Call::kGet, absl::UnavailableError("down"), 1000);
  EXPECT_FALSE(mount_.Bytes(shard.id, {0, shard.size}).ok());
  store_.Fail(MemoryStore::Call::kGet, absl::OkStatus(), 0);
}

TEST_F(ShardsTest, ImagesInTheSourcesZipAreItsRanges) {
  std::vector<ZipFile> more;
  std::string manifest = "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n";
  for (int i = 0; i < 3; ++i) {
    more.push_back({.name = absl::StrCat("data/", i, ".png"), .content = ContentOf(i, 30'000)});
    absl::StrAppend(&manifest, "{\"name\":\"", i,
                    "\",\"extension\":\".png\",\"width\":1,\"height\":1}\n");
  }
  store_.Put("backup.zip", MakeBackup({.task = R"({"name":"street","subset":"","version":"1.0",
                              "labels":[{"name":"car"}],"data":{"start_frame":0,"stop_frame":2},
                              "jobs":[{"start_frame":0,"stop_frame":2}]})",
                                       .manifest = manifest,
                                       .more = more}));
  ASSERT_TRUE(mount_.Open().ok());
  std::map<std::string, std::string> files;
  const std::vector<std::string> names = mount_.Names("views/street/wds").value();
  for (const std::string& name : names) {
    if (name == "classes.txt") continue;
    files.merge(TarFiles(mount_.Text("views/street/wds/" + name)));
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(files[absl::StrCat(i, ".png")] == ContentOf(i, 30'000)) << i;
  }
}

}  // namespace
}  // namespace annofs::testing
