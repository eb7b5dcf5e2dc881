// Random uploads, hides, deletions and starts of large files; then listings against a plain model
// that is written from the rules of reference/b2.md §1.6 and §1.7.
#include <random>

#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

struct ModelVersion {
  std::string action;
  std::string id;
};

struct ModelListing {
  std::string prefix;
  std::string delimiter;
  std::string start;
  std::string start_id;
};

using Lines = std::vector<std::string>;  // "action name id" of each entry

class Model {
 public:
  void Add(const std::string& name, absl::string_view action, std::string id) {
    auto& versions = names_[name];
    versions.insert(versions.begin(), {.action = std::string(action), .id = std::move(id)});
  }
  void Remove(const std::string& name, size_t index) {
    auto& versions = names_[name];
    versions.erase(versions.begin() + static_cast<int64_t>(index));
    if (versions.empty()) names_.erase(name);
  }
  const std::vector<ModelVersion>& Of(const std::string& name) { return names_.at(name); }
  bool empty() const { return names_.empty(); }
  const std::map<std::string, std::vector<ModelVersion>>& names() const { return names_; }

  // What a name's download, and hiding it, depend on; nullptr if there is none.
  const ModelVersion* Newest(const std::string& name) const {
    auto found = names_.find(name);
    if (found == names_.end()) return nullptr;
    for (const ModelVersion& version : found->second) {
      if (version.action != "start") return &version;
    }
    return nullptr;
  }

  Lines Names(const ModelListing& listing) const {
    Lines lines;
    for (const auto& [name, versions] : names_) {
      const ModelVersion* newest = Newest(name);
      if (!Matches(listing, name) || newest == nullptr || newest->action == "hide") continue;
      if (!AddFolder(listing, name, lines)) lines.push_back(Line(*newest, name));
    }
    return lines;
  }

  Lines Versions(const ModelListing& listing) const {
    Lines lines;
    for (const auto& [name, versions] : names_) {
      if (!Matches(listing, name) || AddFolder(listing, name, lines)) continue;
      bool begun = name != listing.start || listing.start_id.empty();
      for (const ModelVersion& version : versions) {
        begun = begun || version.id == listing.start_id;
        if (begun) lines.push_back(Line(version, name));
      }
    }
    return lines;
  }

 private:
  std::map<std::string, std::vector<ModelVersion>> names_;  // newest first

  static std::string Line(const ModelVersion& version, const std::string& name) {
    return absl::StrCat(version.action, " ", name, " ", version.id);
  }
  static bool Matches(const ModelListing& listing, const std::string& name) {
    return name >= listing.start && absl::StartsWith(name, listing.prefix);
  }
  // True if the name is folded into a folder, which is there once.
  static bool AddFolder(const ModelListing& listing, const std::string& name, Lines& lines) {
    if (listing.delimiter.empty()) return false;
    size_t cut = name.find(listing.delimiter, listing.prefix.size());
    if (cut == std::string::npos) return false;
    std::string line = absl::StrCat("folder ", name.substr(0, cut + listing.delimiter.size()), " ");
    if (lines.empty() || lines.back() != line) lines.push_back(line);
    return true;
  }
};

class NativeModelTest : public NativeTest {
 protected:
  explicit NativeModelTest(unsigned seed = 20260601) : random_(seed) {}

  size_t Below(size_t limit) { return random_() % limit; }

  // Few enough to meet again, of the kinds that trip clients.
  std::string RandomName() {
    static constexpr absl::string_view kPieces[] = {"a", "b", "ab", " ", "+", ".x", "ü", "𐐀", "0"};
    std::string name(kPieces[Below(std::size(kPieces))]);
    for (size_t depth = Below(3); depth > 0; --depth) {
      absl::StrAppend(&name, "/", kPieces[Below(std::size(kPieces))]);
    }
    return name;
  }
  std::string NameThatIs() {
    auto name = model_.names().begin();
    std::advance(name, Below(model_.names().size()));
    return name->first;
  }

  void DoUpload() {
    std::string name = RandomName();
    HttpAnswer answer = Send(upload_, UploadHeaders(name, "x"), "x");
    ASSERT_EQ(answer.status, 200) << answer.body;
    model_.Add(name, "upload", TextIn(answer, "fileId"));
  }
  void DoStart() {
    std::string name = RandomName();
    model_.Add(name, "start", StartedLarge(name));
  }
  void DoHide() {
    std::string name = Below(4) == 0 ? RandomName() : NameThatIs();
    const ModelVersion* newest = model_.Newest(name);
    HttpAnswer answer = Hide(name);
    if (newest == nullptr) {
      EXPECT_EQ(answer.Error(), "400 no_such_file") << name;
    } else if (newest->action == "hide") {
      EXPECT_EQ(answer.Error(), "400 already_hidden") << name;
    } else {
      ASSERT_EQ(answer.status, 200) << answer.body;
      model_.Add(name, "hide", TextIn(answer, "fileId"));
    }
  }
  void DoDelete() {
    std::string name = NameThatIs();
    size_t index = Below(model_.Of(name).size());
    ASSERT_EQ(Delete(name, model_.Of(name)[index].id).status, 200);
    model_.Remove(name, index);
  }
  void DoSomething() {
    size_t what = model_.empty() ? 0 : Below(10);
    if (what < 4) return DoUpload();
    if (what < 5) return DoStart();
    if (what < 8) return DoHide();
    DoDelete();
  }

  ModelListing RandomListing() {
    ModelListing listing;
    std::string some = NameThatIs();
    if (Below(2) == 0) listing.prefix = some.substr(0, Below(some.size() + 1));
    if (!IsValidUtf8(listing.prefix)) listing.prefix.clear();
    if (Below(3) > 0) listing.delimiter = Below(6) == 0 ? "b" : "/";
    if (Below(2) == 0) listing.start = Below(2) == 0 ? RandomName() : NameThatIs();
    if (Below(8) == 0) absl::StrAppend(&listing.start, "/");
    return listing;
  }

  // All pages of a listing; each but the last must be full.
  Lines ListAll(absl::string_view operation, ModelListing listing, int page) {
    Lines lines;
    for (int calls = 0; calls < 1000; ++calls) {
      Fields fields = {{"bucketId", bucket_},
                       {"prefix", listing.prefix},
                       {"maxFileCount", page},
                       {"startFileName", listing.start}};
      if (!listing.delimiter.empty()) fields.insert({"delimiter", listing.delimiter});
      if (!listing.start_id.empty()) fields.insert({"startFileId", listing.start_id});
      JsonDocument json = Call(operation, fields).Json();
      JsonValue files = json.root()["files"];
      for (size_t i = 0; i < files.size(); ++i) {
        absl::string_view action = files[i].StringOr("action", "");
        EXPECT_EQ(action == "folder", files[i]["fileId"].is_null());
        lines.push_back(absl::StrCat(action, " ", files[i].StringOr("fileName", ""), " ",
                                     files[i].StringOr("fileId", "")));
      }
      if (json.root()["nextFileName"].is_null()) return lines;
      EXPECT_EQ(files.size(), static_cast<size_t>(page));
      listing.start = std::string(json.root().StringOr("nextFileName", ""));
      listing.start_id = std::string(json.root().StringOr("nextFileId", ""));
    }
    ADD_FAILURE() << "the listing does not come to an end";
    return lines;
  }

  void CheckListings() {
    ModelListing listing = RandomListing();
    int page = static_cast<int>(1 + Below(Below(2) == 0 ? 4 : 200));
    EXPECT_EQ(ListAll("b2_list_file_names", listing, page), model_.Names(listing))
        << About(listing, page);
    if (Below(3) == 0) {
      listing.start = NameThatIs();
      const std::vector<ModelVersion>& versions = model_.Of(listing.start);
      listing.start_id = versions[Below(versions.size())].id;
    }
    EXPECT_EQ(ListAll("b2_list_file_versions", listing, page), model_.Versions(listing))
        << About(listing, page);
  }
  static std::string About(const ModelListing& listing, int page) {
    return absl::StrCat("prefix \"", listing.prefix, "\" delimiter \"", listing.delimiter,
                        "\" start \"", listing.start, "\" page ", page);
  }

  UploadUrl upload_ = GetUploadUrl(bucket_);
  Model model_;

 private:
  std::mt19937 random_;
};

TEST_F(NativeModelTest, ListingsAreWhatTheRulesSayAfterAnyHistory) {
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 15; ++i) DoSomething();
    if (model_.empty()) continue;
    for (int i = 0; i < 4; ++i) CheckListings();
  }
}

TEST_F(NativeModelTest, UnfinishedLargeFilesAreThoseThatTheModelHas) {
  for (int i = 0; i < 200; ++i) DoSomething();
  Lines expected;
  for (const auto& [name, versions] : model_.names()) {
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (version->action == "start") expected.push_back(version->id);
    }
  }
  ASSERT_GT(expected.size(), 5u);
  for (int page : {1, 3, 100}) {
    Lines ids;
    Fields fields = {{"bucketId", bucket_}, {"maxFileCount", page}};
    for (int calls = 0; calls < 300; ++calls) {
      JsonDocument json = Call("b2_list_unfinished_large_files", fields).Json();
      JsonValue files = json.root()["files"];
      for (size_t i = 0; i < files.size(); ++i) ids.emplace_back(files[i].StringOr("fileId", ""));
      if (json.root()["nextFileId"].is_null()) break;
      fields.insert_or_assign("startFileId", json.root().StringOr("nextFileId", ""));
    }
    EXPECT_EQ(ids, expected) << page;
  }
}

}  // namespace
}  // namespace annofs::testing
