// Unfinished large files and their parts (reference/b2.md §1.10). Not thread safe: a bucket's lock
// guards its table.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annofs::emulator {

struct Part {
  int number = 0;  // 1..10,000
  std::shared_ptr<const std::string> bytes;
  std::string sha1;  // hex
  std::string md5;   // hex
  int64_t upload_millis = 0;
};

class LargeFileTable {
 public:
  using Parts = std::map<int, Part>;

  void Start(absl::string_view file_id) { files_.try_emplace(file_id); }
  // nullptr if it is none of them.
  Parts* Find(absl::string_view file_id) {
    auto found = files_.find(file_id);
    return found == files_.end() ? nullptr : &found->second;
  }
  const Parts* Find(absl::string_view file_id) const {
    return const_cast<LargeFileTable*>(this)->Find(file_id);
  }
  void Remove(absl::string_view file_id) { files_.erase(file_id); }

 private:
  absl::flat_hash_map<std::string, Parts> files_;
};

// "MD5 of the MD5s-N": the ETag of an object that was uploaded in parts (reference/b2.md §4.3).
std::string EtagOfParts(const std::vector<Part>& parts);

}  // namespace annofs::emulator
