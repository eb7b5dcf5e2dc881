// SHA-1 and MD5 of file versions, computed when first asked for and remembered. Thread safe; two
// threads may compute the same one at once.
#pragma once

#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/object_dir.h"

namespace annofs::emulator {

struct FileDigests {
  std::string sha1;  // hex
  std::string md5;   // hex
};

class DigestCache {
 public:
  // What is remembered of this version; nothing if it is new.
  std::optional<FileDigests> Find(const FileStamp& stamp) const;
  // Reads the whole file. Nothing if it cannot be read or changed meanwhile.
  std::optional<FileDigests> Compute(const OpenFile& file);

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<FileStamp, FileDigests> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
