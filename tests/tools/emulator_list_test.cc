// Listings of the emulator against a plain listing of the same directory.
#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include "absl/strings/match.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

namespace fs = std::filesystem;

struct Listing {
  std::string prefix;
  std::string delimiter;
  std::string start;
};

// What b2_list_file_names has to give over all its pages, by its rules read one after the other.
std::vector<std::string> PlainListing(std::vector<std::string> names, const Listing& listing) {
  std::sort(names.begin(), names.end());
  std::vector<std::string> result;
  for (const std::string& name : names) {
    if (name < listing.start || !absl::StartsWith(name, listing.prefix)) continue;
    size_t cut = listing.delimiter.empty() ? std::string::npos
                                           : name.find(listing.delimiter, listing.prefix.size());
    std::string entry =
        cut == std::string::npos ? name : name.substr(0, cut + listing.delimiter.size());
    if (result.empty() || result.back() != entry) result.push_back(entry);
  }
  return result;
}

class EmulatorListTest : public EmulatorTest {
 protected:
  HttpAnswer List(const Listing& listing, size_t page,
                  absl::string_view call = "v2/b2_list_file_names") {
    JsonWriter json;
    json.BeginObject().Key("bucketId").String(BucketIdOnce());
    json.Key("prefix").String(listing.prefix).Key("startFileName").String(listing.start);
    if (!listing.delimiter.empty()) json.Key("delimiter").String(listing.delimiter);
    json.Key("maxFileCount").Int(static_cast<int64_t>(page)).EndObject();
    return Post(absl::StrCat("/b2api/", call), json.Take());
  }

  // The names of all pages; each page but the last must be full.
  std::vector<std::string> ListAll(Listing listing, size_t page) {
    std::vector<std::string> names;
    while (true) {
      JsonDocument json = List(listing, page).Json();
      JsonValue files = json.root()["files"];
      for (size_t i = 0; i < files.size(); ++i) {
        names.emplace_back(files[i].StringOr("fileName", ""));
      }
      if (json.root()["nextFileName"].is_null()) return names;
      EXPECT_EQ(files.size(), page);
      listing.start = std::string(json.root().StringOr("nextFileName", ""));
      if (names.size() > 100'000) return {};  // does not come to an end
    }
  }

  std::vector<std::string> FilesOnDisk() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path())) {
      if (entry.is_regular_file())
        names.push_back(entry.path().string().substr(directory_.path().size() + 1));
    }
    return names;
  }

 private:
  std::string bucket_id_;
  const std::string& BucketIdOnce() {
    if (bucket_id_.empty()) bucket_id_ = BucketId();
    return bucket_id_;
  }
};

// Random names of the kinds that trip clients.
class NameMaker {
 public:
  explicit NameMaker(unsigned seed) : random_(seed) {}

  std::string Segment() {
    static constexpr absl::string_view kPieces[] = {"a", "b",  "a", "b",  " ", "+",  "%", "%41",
                                                    "#", "?",  "&", "=",  "-", ".",  "!", "~",
                                                    "0", "\\", "'", "\"", "ü", "日", "𐐀", "\uffff"};
    std::string name;
    for (unsigned length = 1 + Below(3); length > 0; --length) {
      absl::StrAppend(&name, kPieces[Below(std::size(kPieces))]);
    }
    return name == "." || name == ".." ? "dots" : name;
  }
  std::string Path() {
    std::string path = Segment();
    for (unsigned depth = Below(4); depth > 0; --depth) absl::StrAppend(&path, "/", Segment());
    return path;
  }
  unsigned Below(size_t limit) { return static_cast<unsigned>(random_() % limit); }

 private:
  std::mt19937 random_;
};

TEST_F(EmulatorListTest, PagesTogetherEqualAPlainListing) {
  NameMaker make(20240607);
  // A name may be a directory already, or lead through a file: such a write fails and is no object.
  for (int i = 0; i < 600; ++i) (void)WriteFile(directory_ / make.Path(), "x");
  fs::create_directories(directory_ / "empty/deep");
  std::vector<std::string> names = FilesOnDisk();
  ASSERT_GT(names.size(), 300u);
  for (int round = 0; round < 100; ++round) {
    std::string some = names[make.Below(names.size())];
    Listing listing;
    if (make.Below(3) > 0) listing.prefix = some.substr(0, make.Below(some.size() + 1));
    if (!IsValidUtf8(listing.prefix)) listing.prefix.clear();
    if (make.Below(3) > 0) listing.delimiter = "/";
    if (make.Below(8) == 0) listing.delimiter = "a";
    if (make.Below(2) > 0) listing.start = make.Path();
    if (make.Below(4) == 0) listing.start = names[make.Below(names.size())];
    size_t page = 1 + make.Below(100);
    EXPECT_EQ(ListAll(listing, page), PlainListing(names, listing))
        << "prefix " << listing.prefix << " delimiter " << listing.delimiter << " start "
        << listing.start << " page " << page;
  }
}

TEST_F(EmulatorListTest, ChangesOnDiskAreSeenByTheNextListing) {
  NameMaker make(7);
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 3; ++i) (void)WriteFile(directory_ / make.Path(), "x");
    std::vector<std::string> names = FilesOnDisk();
    if (round % 3 == 2) {
      fs::remove(directory_ / names[make.Below(names.size())]);
      fs::remove_all(fs::path(directory_ / names[make.Below(names.size())]).parent_path() / "a");
    }
    EXPECT_EQ(ListAll({}, 1000), PlainListing(FilesOnDisk(), {})) << "round " << round;
  }
}

TEST_F(EmulatorListTest, ADirectoryMovedAwayAndBackIsListedAgain) {
  Write("d/x", "1");
  EXPECT_EQ(ListAll({}, 10), std::vector<std::string>({"d/x"}));
  fs::rename(directory_ / "d", directory_ / "e");
  EXPECT_EQ(ListAll({}, 10), std::vector<std::string>({"e/x"}));
  fs::rename(directory_ / "e", directory_ / "d");
  EXPECT_EQ(ListAll({}, 10), std::vector<std::string>({"d/x"}));
}

TEST_F(EmulatorListTest, EveryNameCanBeDownloadedByName) {
  NameMaker make(11);
  for (int i = 0; i < 100; ++i) {
    std::string name = make.Path();
    (void)WriteFile(directory_ / name, name);
  }
  for (const std::string& name : FilesOnDisk()) {
    HttpAnswer answer = Get(absl::StrCat("/file/photos/", PercentEncode(name)));
    EXPECT_EQ(answer.status, 200) << name;
    EXPECT_EQ(answer.body, name);
    EXPECT_EQ(PercentDecode(answer.headers["x-bz-file-name"]).value_or(""), name);
  }
}

TEST_F(EmulatorListTest, AnEntryHasTheFieldsOfTheService) {
  Write("dir/hello.txt", "hello\n");
  fs::last_write_time(
      directory_ / "dir/hello.txt",
      fs::file_time_type::clock::from_sys(std::chrono::sys_time<std::chrono::milliseconds>(
          std::chrono::milliseconds(1637248673875))));
  JsonDocument json = List({}, 10).Json();
  JsonValue file = json.root()["files"][0];
  EXPECT_EQ(file.StringOr("fileName", ""), "dir/hello.txt");
  EXPECT_EQ(file.StringOr("action", ""), "upload");
  EXPECT_EQ(file.StringOr("accountId", ""), kAccountId);
  EXPECT_EQ(file.IntOr("contentLength", -1), 6);
  EXPECT_EQ(file.StringOr("contentSha1", ""), "f572d396fae9206628714fb2ce00f72e94f2258f");
  EXPECT_EQ(file.StringOr("contentMd5", ""), "b1946ac92492d2347c6235b4d2611184");
  EXPECT_EQ(file.StringOr("contentType", ""), "text/plain");
  EXPECT_EQ(file["fileInfo"].StringOr("src_last_modified_millis", ""), "1637248673875");
  EXPECT_EQ(file.IntOr("uploadTimestamp", 0), 1637248673875);
  EXPECT_TRUE(absl::StrContains(file.StringOr("fileId", ""), "_d20211118_m151753_"));
  EXPECT_TRUE(file["size"].is_null());
}

TEST_F(EmulatorListTest, Version1EntriesCarrySizeToo) {
  Write("a", "12345");
  JsonDocument json = List({}, 10, "v1/b2_list_file_names").Json();
  EXPECT_EQ(json.root()["files"][0].IntOr("size", 0), 5);
}

TEST_F(EmulatorListTest, AFolderIsNamedWithItsDelimiterAndHasNoVersion) {
  Write("dir/a", "1");
  JsonDocument json = List({.prefix = "", .delimiter = "/", .start = ""}, 10).Json();
  JsonValue folder = json.root()["files"][0];
  EXPECT_EQ(folder.StringOr("fileName", ""), "dir/");
  EXPECT_EQ(folder.StringOr("action", ""), "folder");
  EXPECT_TRUE(folder["fileId"].is_null() && folder["contentSha1"].is_null());
}

TEST_F(EmulatorListTest, FileVersionsListsTheVersionThatIsThere) {
  Write("a", "1");
  Write("b", "2");
  std::string id = FileIdOf("b");
  JsonDocument first = List({}, 1, "v2/b2_list_file_versions").Json();
  EXPECT_EQ(first.root()["files"][0].StringOr("fileName", ""), "a");
  EXPECT_EQ(first.root().StringOr("nextFileName", ""), "b");
  EXPECT_EQ(first.root().StringOr("nextFileId", ""), id);
  std::string path = absl::StrCat("/b2api/v2/b2_list_file_versions?bucketId=", BucketId());
  JsonDocument rest = Get(absl::StrCat(path, "&startFileName=b&startFileId=", id)).Json();
  EXPECT_EQ(rest.root()["files"].size(), 1u);
  EXPECT_TRUE(rest.root()["nextFileId"].is_null());
  EXPECT_EQ(Get(absl::StrCat(path, "&startFileName=b&startFileId=x")).Error(),
            "400 invalid_file_id");
  EXPECT_EQ(Get(absl::StrCat(path, "&startFileId=", id)).Error(), "400 bad_request");
}

TEST_F(EmulatorListTest, MaxFileCountHasADefaultAndALimit) {
  for (int i = 0; i < 101; ++i) Write(absl::StrCat("f", i), "x");
  std::string path = absl::StrCat("/b2api/v2/b2_list_file_names?bucketId=", BucketId());
  EXPECT_EQ(Get(path).Json().root()["files"].size(), 100u);
  EXPECT_EQ(List({}, 0).Json().root()["files"].size(), 100u);
  EXPECT_EQ(List({}, 10'000).Json().root()["files"].size(), 101u);
  EXPECT_EQ(List({}, 10'001).Error(), "400 out_of_range");
  EXPECT_EQ(Get(absl::StrCat(path, "&maxFileCount=-1")).Error(), "400 out_of_range");
  EXPECT_EQ(Get(absl::StrCat(path, "&maxFileCount=x")).Error(), "400 bad_request");
}

TEST_F(EmulatorListTest, NamesThatB2CannotHoldAndLinksThatLeaveAreNotListed) {
  Write("good", "x");
  Write("control\x01", "x");
  Write("broken\xff", "x");
  TempDir outside;
  ASSERT_TRUE(WriteFile(outside / "secret", "x").ok());
  fs::create_symlink(outside / "secret", directory_ / "leak");
  fs::create_symlink(outside.path(), directory_ / "leaks");
  fs::create_symlink("missing", directory_ / "dangling");
  fs::create_symlink("good", directory_ / "inside");
  fs::create_directory(directory_ / "links");
  fs::create_symlink(outside / "secret", directory_ / "links/leak");
  EXPECT_EQ(ListAll({}, 10), std::vector<std::string>({"good", "inside"}));
  Listing folders{.prefix = "", .delimiter = "/", .start = ""};
  EXPECT_EQ(ListAll(folders, 10), std::vector<std::string>({"good", "inside"}));
}

TEST_F(EmulatorListTest, TheDeepestNameThatB2CanHoldIsListed) {
  std::string name;
  for (int depth = 0; depth < 511; ++depth) absl::StrAppend(&name, "d/");
  absl::StrAppend(&name, "f");  // 1023 bytes: one more directory is over the limit of 1024
  Write(name, "x");
  Write("d/" + name, "x");
  EXPECT_EQ(ListAll({}, 10), std::vector<std::string>({name}));
}

TEST_F(EmulatorListTest, LargeFilesHaveNoDigests) {
  Write("large", "x");
  fs::resize_file(directory_ / "large", 100'000'001);
  JsonDocument json = List({}, 10).Json();
  JsonValue file = json.root()["files"][0];
  EXPECT_EQ(file.StringOr("contentSha1", ""), "none");
  EXPECT_TRUE(file["contentMd5"].is_null());
  EXPECT_TRUE(absl::StrContains(file.StringOr("fileId", ""), "_f2"));
}

}  // namespace
}  // namespace annofs::testing
