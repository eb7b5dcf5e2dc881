// The objects that the emulator serves, whatever the API: buckets over directories, read live. The
// only version of a name is the file that is there now. Thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/digests.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/name_tree.h"
#include "tools/emulator/object_dir.h"

namespace annofs::emulator {

struct BucketSpec {
  std::string name;
  std::string directory;
};

struct FileVersion {
  std::string name;
  std::string file_id;
  FileStamp stamp;
};

// An entry of a listing: a file's version or a folder.
struct ListedEntry {
  std::string name;
  std::optional<FileVersion> version;  // nothing: a folder
};

struct EntryPage {
  std::vector<ListedEntry> entries;
  std::optional<std::string> next;
};

class Bucket {
 public:
  Bucket(std::string id, std::string name, std::unique_ptr<ObjectDir> dir);

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }

  EntryPage List(const NameQuery& query);
  // Nothing if there is no such object now.
  std::optional<FileVersion> Find(absl::string_view name);
  struct OpenVersion {
    FileVersion version;
    OpenFile open;
  };
  std::optional<OpenVersion> Open(absl::string_view name);
  std::optional<OpenVersion> OpenById(absl::string_view file_id);
  // The name that had this file id when it was given out; it may have another version by now.
  std::optional<std::string> NameOf(absl::string_view file_id);

  // Nothing for large files, and for files that cannot be read any more.
  std::optional<FileDigests> DigestsOf(const FileVersion& version);

 private:
  const std::string id_;
  const std::string name_;
  const std::unique_ptr<ObjectDir> dir_;
  const NameTree tree_;
  DigestCache digests_;

  absl::Mutex mutex_;
  // What leads from a file id back to its file: the names by the numbers in their ids.
  absl::flat_hash_map<uint64_t, std::string> names_ ABSL_GUARDED_BY(mutex_);
  absl::once_flag all_remembered_;

  FileVersion Remember(std::string name, const FileStamp& stamp);
  std::optional<std::string> Recall(uint64_t number);
  void RememberAll();
};

class ObjectStore {
 public:
  // Error: a directory that cannot be opened, two buckets of one name.
  static absl::StatusOr<std::unique_ptr<ObjectStore>> Open(const std::vector<BucketSpec>& specs,
                                                           absl::string_view account_id);

  const std::vector<std::unique_ptr<Bucket>>& buckets() const { return buckets_; }
  // nullptr if there is none.
  Bucket* FindById(absl::string_view bucket_id) const;
  Bucket* FindByName(absl::string_view name) const;

 private:
  std::vector<std::unique_ptr<Bucket>> buckets_;
};

}  // namespace annofs::emulator
