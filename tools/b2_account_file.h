// The account database of Backblaze's `b2` tool (SQLite; b2sdk: SqliteAccountInfo).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct B2AccountFile {
  std::string key_id;
  std::string key;
  std::string realm;   // URL; "" where the file names it by a word
  std::string s3_url;  // "" where the tool that wrote the file did not know it
};

bool IsSqlite(absl::string_view content);

// From the content of the file. kUnauthenticated: nobody is logged in. kInvalidArgument: not such a
// database. No message holds anything of the content.
absl::StatusOr<B2AccountFile> ParseB2AccountFile(absl::string_view content);

}  // namespace annofs
