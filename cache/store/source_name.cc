#include "cache/store/source_name.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/store/url.h"

namespace annofs {

std::string NameAtEndpoint(absl::string_view name, absl::string_view endpoint) {
  const absl::StatusOr<UrlParts> url = ParseUrl(endpoint);
  // Every call to such an endpoint fails.
  if (!url.ok()) return std::string(name);
  return absl::StrCat(name, " at ", Authority(*url), absl::StripSuffix(url->path, "/"));
}

}  // namespace annofs
