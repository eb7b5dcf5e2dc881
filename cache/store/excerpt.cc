#include "cache/store/excerpt.h"

#include "cache/base/log.h"

namespace annofs {
namespace {

// A secret that begins before the end of the excerpt is recognised if no more than this of it lies
// beyond.
constexpr size_t kLookBeyond = 8192;

}  // namespace

std::string Excerpt(absl::string_view text, size_t max) {
  return Redact(text.substr(0, max + kLookBeyond)).substr(0, max);
}

}  // namespace annofs
