#include "tests/testing/temp_dir.h"

#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "cache/base/text.h"

namespace annofs::testing {

namespace {

const char* UsualBase() {
  const char* base = getenv("TMPDIR");
  return base != nullptr && *base != '\0' ? base : "/tmp";
}

}  // namespace

TempDir::TempDir() : TempDir(UsualBase()) {}

TempDir::TempDir(absl::string_view base) : path_(JoinPath(base, "annofs-test-XXXXXX")) {
  if (mkdtemp(path_.data()) == nullptr) {
    perror(path_.c_str());
    abort();
  }
}

TempDir::~TempDir() {
  std::error_code ignored;  // what is still mounted or gone already is not this test's failure
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::operator/(absl::string_view name) const { return JoinPath(path_, name); }

}  // namespace annofs::testing
