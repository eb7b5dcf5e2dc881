// The files of a directory as versions of a bucket, read live: the only version of a name is the
// file that is there now. The directory is never written. Thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/digests.h"
#include "tools/emulator/name_tree.h"
#include "tools/emulator/object_dir.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

class LiveFiles {
 public:
  LiveFiles(std::string bucket_id, std::unique_ptr<ObjectDir> dir);

  // The names in byte order; each directory is read at most once while it lives. One at a time.
  using Listing = NameTree::Listing;
  std::unique_ptr<Listing> NewListing() const { return std::make_unique<Listing>(tree_); }

  // Without digests and ETag. Null if there is no such file now.
  VersionPointer Find(absl::string_view name) const;
  VersionPointer FindById(absl::string_view file_id) const;
  // The version with its digests: the file is read the first time. Large files have none.
  VersionPointer WithDigests(const FileVersion& version) const;
  // Nothing if it is not that version any more.
  std::optional<OpenFile> Open(const FileVersion& version) const;

 private:
  // The name that had this file id when it was given out; it may have another version by now.
  std::optional<std::string> NameOf(absl::string_view file_id) const;
  std::optional<std::string> Recall(uint64_t number) const;
  void Remember(absl::string_view file_id, absl::string_view name) const;
  void RememberAll() const;
  std::optional<FileDigests> DigestsOf(absl::string_view name, const FileStamp& stamp) const;

  const std::string bucket_id_;
  const std::unique_ptr<ObjectDir> dir_;
  const NameTree tree_;
  mutable DigestCache digests_;

  mutable absl::Mutex mutex_;
  // What leads from a file id back to its file: the names by the numbers in their ids.
  mutable absl::flat_hash_map<uint64_t, std::string> names_ ABSL_GUARDED_BY(mutex_);
  mutable absl::once_flag all_remembered_;
};

}  // namespace annofs::emulator
