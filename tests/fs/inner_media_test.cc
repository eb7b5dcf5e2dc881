// Images that lie in the zip of their annotations: files of the views, ranges of the zip.
#include "fs/inner_media.h"

#include "cache/base/status.h"
#include "cache/block_cache.h"
#include "formats/zip_directory.h"
#include "fs/build_pool.h"
#include "fs/view_tree.h"
#include "gmock/gmock.h"
#include "tests/cache/ring_testing.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class InnerMediaTest : public ::testing::Test {
 protected:
  // The zip is of `prefix` bytes, then the image.
  void PutZip(const std::string& image, size_t prefix = 0, const std::string& local_extra = "") {
    std::vector<ZipFile> files = {{.name = "a.jpg", .content = image, .local_extra = local_extra},
                                  {.name = "b.jpg", .content = "another image"}};
    zip_ = MakeZip(files, {.prefix = std::string(prefix, '-')});
    version_ = store_.Put("a.zip", zip_);
    media_ = {.header_offset = prefix, .size = image.size()};
  }
  absl::StatusOr<std::string> Read(ByteRange range, Lane lane = Lane::kSlow) {
    std::string bytes;
    int calls = 0;
    absl::Status status = ReadInnerMedia(
        *reader_, version_, media_, range,
        [&](Pieces pieces) {
          bytes = Join(pieces);
          ++calls;
        },
        Soon(lane));
    EXPECT_EQ(calls, status.ok() ? 1 : 0);
    if (!status.ok()) return status;
    return bytes;
  }

  MemoryStore store_;
  Counters counters_;
  std::unique_ptr<BlockCache> blocks_ = NewMemoryBlockCache(uint64_t{64} << 20);
  std::unique_ptr<ObjectReader> reader_ =
      NewObjectReader(store_, *blocks_, counters_, {.source = "test"});
  std::string zip_;
  ObjectVersion version_;
  InnerMedia media_;
};

TEST_F(InnerMediaTest, EveryRangeIsThatOfTheImage) {
  const std::string image = ContentOf(1, 300'000);
  PutZip(image, 1'500'000);
  for (ByteRange range :
       {ByteRange{0, 300'000}, ByteRange{0, 1}, ByteRange{0, 1 << 20}, ByteRange{1, 131'072},
        ByteRange{131'072, 131'072}, ByteRange{299'999, 10}, ByteRange{262'144, 131'072}}) {
    EXPECT_EQ(Read(range).value(), image.substr(range.offset, range.length)) << range.offset;
  }
  EXPECT_EQ(Read({300'000, 10}).value(), "");
  EXPECT_EQ(Read({5'000'000, 10}).value(), "");
}

TEST_F(InnerMediaTest, ALocalHeaderLongerThanTheDirectorySaysIsPassedOver) {
  for (size_t extra : {4, 600, 65'000}) {
    PutZip("the image", 10, std::string(extra, 'x'));
    EXPECT_EQ(Read({0, 100}).value(), "the image") << extra;
    EXPECT_EQ(Read({4, 2}).value(), "im") << extra;
  }
}

TEST_F(InnerMediaTest, TheFirstReadOfAnImageIsOneRequest) {
  const std::string image = ContentOf(2, 150'000);
  PutZip(image, 3'000'000);
  store_.ResetCounts();
  EXPECT_EQ(Read({0, 150'000}).value(), image);
  EXPECT_EQ(store_.gets(), 1);
}

TEST_F(InnerMediaTest, TheFastLaneAnswersWhatIsCachedAndElseWouldBlock) {
  const std::string image = ContentOf(3, 100'000);
  PutZip(image, 2'000'000);
  EXPECT_TRUE(IsWouldBlock(Read({0, 100'000}, Lane::kFast).status()));
  ASSERT_TRUE(Read({0, 100'000}).ok());
  EXPECT_EQ(Read({0, 100'000}, Lane::kFast).value(), image);
  EXPECT_EQ(Read({70'000, 100'000}, Lane::kFast).value(), image.substr(70'000));
}

TEST_F(InnerMediaTest, WhereNoHeaderStandsNothingIsShown) {
  PutZip("the image");
  for (InnerMedia wrong :
       {InnerMedia{.header_offset = 1, .size = 9}, InnerMedia{.header_offset = 0, .size = 9'000},
        InnerMedia{.header_offset = uint64_t(-20), .size = 9},
        InnerMedia{.header_offset = 0, .size = uint64_t(-20)},
        InnerMedia{.header_offset = zip_.size() - 10, .size = 9},
        InnerMedia{.header_offset = zip_.size() + 10, .size = 9}}) {
    media_ = wrong;
    EXPECT_TRUE(absl::IsDataLoss(Read({0, 5}).status())) << wrong.header_offset;
    EXPECT_TRUE(absl::IsDataLoss(Read({1, 5}).status())) << wrong.header_offset;
  }
}

TEST_F(InnerMediaTest, AnEmptyImageIsAnEmptyFile) {
  PutZip("");
  EXPECT_EQ(Read({0, 4096}).value(), "");
}

TEST_F(InnerMediaTest, AFailureOfTheStoreIsAnError) {
  PutZip("the image");
  store_.Fail(MemoryStore::Call::kGet, absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(Read({0, 5}).status()));
}

// A source whose frames are the entries of its zip.
class EntriesReader : public Reader {
 public:
  ReaderInfo Info() const override { return {.name = "entries", .richness = 1}; }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source&) const override {
    return std::optional<ProbeResult>(ProbeResult());
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    sink.AddTask({.name = "task"});
    ASSIGN_OR_RETURN(const ZipDirectory zip, ZipDirectory::Read(source));
    for (const ZipEntry& entry : zip.entries()) {
      RETURN_IF_ERROR(
          sink.AddFrame({.name = std::string(entry.name), .inner = InnerOf(entry)}).status());
    }
    return absl::OkStatus();
  }
};

// One dataset, whose images may come and go in the bucket.
class OneDataset : public Datasets {
 public:
  explicit OneDataset(std::shared_ptr<DatasetVersion> version) { Show(std::move(version), 1); }
  void Show(std::shared_ptr<DatasetVersion> version, uint64_t revision) {
    auto list = std::make_shared<DatasetList>();
    list->datasets = {std::move(version)};
    list->revision = revision;
    list_ = std::move(list);
  }
  absl::StatusOr<std::shared_ptr<const DatasetList>> List(const CallContext&) override {
    return list_;
  }
  std::shared_ptr<const DatasetList> Known() const override { return list_; }
  absl::Status CheckConfiguration(const CallContext&) override { return absl::OkStatus(); }
  std::string ConfigurationError() const override { return ""; }
  void CatalogChanged() override {}
  absl::Status Refresh(const CallContext&) override { return absl::OkStatus(); }

 private:
  std::shared_ptr<const DatasetList> list_;
};

class InnerFilesTest : public ::testing::Test {
 protected:
  InnerFilesTest() {
    object_ =
        store_.Put("in/task.zip",
                   MakeZip({{.name = "a.jpg", .content = image_},
                            {.name = "sub/b.png", .content = "second"},
                            {.name = "c.jpg", .content = "third, deflated", .deflated = true}}),
                   kModified);
    store_.Put("sub/b.png", "of the bucket");
    cache_ =
        OpenCacheDir({.path = directory_ / "cache", .block_bytes = uint64_t{16} << 20}).value();
    catalog_ = OpenCatalog(*cache_.catalog, store_, {.follow = true}).value();
    reader_ = NewObjectReader(store_, *cache_.blocks, counters_, {.source = store_.identity()});
    ground_.emplace(DatasetGround{.lmdb = *cache_.catalog,
                                  .catalog = *catalog_,
                                  .reader = *reader_,
                                  .pool = pool_,
                                  .ending = ending_,
                                  .build_timeout = absl::Minutes(1),
                                  .generation = generation_});
    version_ = std::make_shared<DatasetVersion>(
        *ground_,
        DatasetEntry{.name = "set", .version = std::string(16, 'v'), .modified = kModified},
        std::make_shared<const DatasetPlan>(DatasetPlan{
            .sources = {{std::string(16, 'v'),
                         FoundSource{.object = object_, .reader = &entries_, .name = "set"}}},
            .index = std::string(16, 'v'),
            .told = {.name = "set"}}));
    datasets_.emplace(version_);
    tree_ = NewViewTree(*cache_.catalog, *catalog_, *reader_, *datasets_);
  }

  absl::StatusOr<NodeAttr> At(Tree& tree, absl::string_view path) {
    NodeId node = kViewsRoot;
    NodeAttr attr;
    for (absl::string_view rest = path; !rest.empty();) {
      const size_t slash = rest.find('/');
      absl::StatusOr<NodeAttr> next = tree.Lookup(node, rest.substr(0, slash), Soon());
      if (!next.ok()) return next;
      attr = *next;
      node = attr.id;
      rest.remove_prefix(slash == absl::string_view::npos ? rest.size() : slash + 1);
    }
    return attr;
  }
  std::string Bytes(NodeId node) {
    std::string bytes;
    absl::Status status = tree_->Read(
        node, {0, 1 << 20}, [&](Pieces data) { bytes = Join(data); }, Soon());
    EXPECT_TRUE(status.ok()) << status;
    return bytes;
  }

  const absl::Time kModified = absl::FromUnixSeconds(1600000000);
  const std::string image_ = ContentOf(7, 70'000);
  MemoryStore store_;
  TempDir directory_;
  Counters counters_;
  CacheDir cache_;
  ObjectVersion object_;
  EntriesReader entries_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ObjectReader> reader_;
  Cancellation ending_;
  std::atomic<uint64_t> generation_{0};
  BuildPool pool_;
  std::optional<DatasetGround> ground_;
  std::shared_ptr<DatasetVersion> version_;
  std::optional<OneDataset> datasets_;
  std::unique_ptr<ViewTree> tree_;
};

TEST_F(InnerFilesTest, AnImageInTheZipIsAFileWithTheZipsTime) {
  NodeAttr attr = At(*tree_, "set/by-frame/a.jpg").value();
  EXPECT_EQ(attr.size, image_.size());
  EXPECT_EQ(attr.modified, kModified);
  EXPECT_EQ(attr.links, 2u);
  EXPECT_TRUE(SameAttr(tree_->Stat(attr.id, Soon()).value(), attr));
  EXPECT_EQ(Bytes(attr.id), image_);
}

TEST_F(InnerFilesTest, ItIsOneFileInAllViewsAndInAllMoments) {
  NodeAttr attr = At(*tree_, "set/by-frame/a.jpg").value();
  EXPECT_TRUE(SameAttr(At(*tree_, "set/by-class/_none/a.jpg").value(), attr));
  SlotOwners owners;
  OneDataset then(version_);
  std::unique_ptr<ViewTree> moment =
      NewViewTree(*cache_.catalog, *catalog_, *reader_, then,
                  {.root_slot = 77, .salt = "then", .owners = &owners});
  ASSERT_TRUE(moment->Lookup(ViewsRoot(77), "set", Soon()).ok());
  EXPECT_EQ(owners.Find(attr.id.slot()), moment.get());
  EXPECT_TRUE(SameAttr(moment->Stat(attr.id, Soon()).value(), attr));
}

TEST_F(InnerFilesTest, TheBucketsImageWins) {
  NodeAttr attr = At(*tree_, "set/by-frame/sub/b.png").value();
  EXPECT_EQ(attr.id.tree(), TreeNumber::kBucket);
}

TEST_F(InnerFilesTest, ACompressedEntryIsNotShownAndAProblem) {
  EXPECT_TRUE(absl::IsNotFound(At(*tree_, "set/by-frame/c.jpg").status()));
  std::shared_ptr<const IndexedDataset> data = version_->Open(Soon()).value();
  std::vector<Problem> problems = data->Problems().value();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].frame, "c.jpg");
}

TEST_F(InnerFilesTest, ItIsMediaOfTheDataset) {
  std::shared_ptr<const IndexedDataset> data = version_->Open(Soon()).value();
  EXPECT_EQ(data->WithMedia().value().size(), 2u);
  std::optional<Media> media = data->GetMedia(data->FindPath("a.jpg").value().value()).value();
  ASSERT_TRUE(media.has_value());
  EXPECT_EQ(media->key, "in/task.zip!a.jpg");
  EXPECT_EQ(media->size, image_.size());
  EXPECT_EQ(media->digest, "");
}

TEST_F(InnerFilesTest, AnOpenFileStaysWhenTheBucketGetsTheImage) {
  NodeAttr inner = At(*tree_, "set/by-frame/a.jpg").value();
  store_.Put("in/a.jpg", "now in the bucket");
  ASSERT_TRUE(catalog_->Refresh([](RowId, absl::string_view) {}, Soon()).ok());
  ++generation_;
  std::shared_ptr<DatasetVersion> matched = version_->Rematch(2, Soon()).value();
  ASSERT_NE(matched, version_);
  datasets_->Show(matched, 2);
  ASSERT_TRUE(tree_->Refresh().ok());
  NodeAttr now = At(*tree_, "set/by-frame/a.jpg").value();
  EXPECT_EQ(now.id.tree(), TreeNumber::kBucket);
  EXPECT_EQ(Bytes(inner.id), image_);
}

TEST_F(InnerFilesTest, OtherOrdinalsAreNoFiles) {
  NodeAttr attr = At(*tree_, "set/by-frame/a.jpg").value();
  for (uint32_t ordinal : {1u, 3u, 0x3fffffffu, 0x40000000u}) {
    NodeId node = NodeId::Make(TreeNumber::kView, attr.id.slot(), ordinal);
    EXPECT_TRUE(absl::IsAborted(tree_->Stat(node, Soon()).status())) << ordinal;
    EXPECT_TRUE(absl::IsAborted(tree_->Read(
        node, {0, 1}, [](Pieces) {}, Soon())))
        << ordinal;
  }
}

}  // namespace
}  // namespace annofs::testing
