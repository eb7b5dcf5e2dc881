// A directory of a test, removed with everything in it when the test ends. Not thread safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs::testing {

// Made under $TMPDIR, or /tmp, with mode 0700. Aborts the test program if it cannot be made.
class TempDir {
 public:
  TempDir();
  // Made under `base`.
  explicit TempDir(absl::string_view base);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // The path of `name` inside.
  std::string operator/(absl::string_view name) const;

 private:
  std::string path_;
};

}  // namespace annofs::testing
