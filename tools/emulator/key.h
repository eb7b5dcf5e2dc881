// Application keys and what they may do (reference/b2.md §1.4, §1.13). Values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs::emulator {

struct ApplicationKey {
  std::string id;
  std::string secret;
  std::string name;
  std::vector<std::string> capabilities;
  std::optional<std::vector<std::string>> bucket_ids;  // nothing: all buckets
  std::string prefix;                                  // "" = all names
  std::optional<absl::Time> expires;

  bool IsExpired(absl::Time now) const { return expires && *expires <= now; }
  bool Can(absl::string_view capability) const {
    return absl::c_linear_search(capabilities, capability);
  }
  bool CoversBucket(absl::string_view id) const {
    return !bucket_ids || absl::c_linear_search(*bucket_ids, id);
  }
  // Also of a prefix that a listing asks for.
  bool CoversName(absl::string_view name) const { return absl::StartsWith(name, prefix); }
};

using KeyPointer = std::shared_ptr<const ApplicationKey>;

// Every capability there is, in the order of reference/b2.md §1.4.
const std::vector<std::string>& AllCapabilities();

}  // namespace annofs::emulator
