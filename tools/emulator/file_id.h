// Identifiers of buckets and file versions in the shapes of the real service (reference/b2.md
// §1.2). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs::emulator {

// What makes one version of a file differ from the next.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t mtime_ns = 0;  // since the epoch

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const FileStamp& stamp) {
    return H::combine(std::move(hash), stamp.device, stamp.inode, stamp.size, stamp.mtime_ns);
  }
};

// Milliseconds since the epoch: upload time and src_last_modified_millis.
int64_t MillisOf(const FileStamp& stamp);

// Larger files are shown as B2 shows files uploaded in parts: without SHA-1 and MD5. It is the
// recommended part size, above which clients upload in parts.
inline constexpr uint64_t kLargeFileBytes = 100'000'000;
inline bool IsLargeFile(const FileStamp& stamp) { return stamp.size > kLargeFileBytes; }

// 24 hex digits whose low nibbles spell the account id; the same for the same names.
std::string BucketId(absl::string_view account_id, absl::string_view bucket_name);

// `4_z<bucket>_f1<16 hex>_d<date>_m<time>_c002_v…_t…_u<ms>`: another name, inode, size or mtime
// gives another id.
std::string FileId(absl::string_view bucket_id, absl::string_view name, const FileStamp& stamp);

// An id that no other file has, of a version that is not a file of a directory.
enum class FileSize { kSmall, kLarge };
std::string NewFileId(absl::string_view bucket_id, FileSize size, int64_t upload_millis);

// The parts of a file id that lead back to the file.
struct FileIdParts {
  std::string bucket_id;
  uint64_t number = 0;  // the 16 hex digits
};
// Nothing if the text is not shaped like a file id.
std::optional<FileIdParts> ParseFileId(absl::string_view file_id);

}  // namespace annofs::emulator
