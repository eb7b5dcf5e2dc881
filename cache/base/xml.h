// Streaming XML (expat) that answers Status with positions. Hostile input is expected: a document
// that declares entities is refused, depth and text length are bounded, nothing external is ever
// read.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"

namespace annofs {

struct XmlPosition {
  uint64_t line = 1;    // from 1
  uint64_t offset = 0;  // bytes from the start
};

// The attributes of one element, in document order; valid during the callback.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  // nullptr if absent.
  const char* Find(absl::string_view name) const;
  absl::string_view Get(absl::string_view name, absl::string_view otherwise = "") const;
  // Name, value, name, value, …, nullptr: for those that look at all of them.
  const char* const* pairs() const { return pairs_; }

 private:
  const char** pairs_;
};

// What a reader does with the document. An error ends the parsing and is what ParseXml returns.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                             XmlPosition position) = 0;
  // `text`: all character data directly inside the element, but for blank text before a child
  // element (indentation).
  virtual absl::Status End(absl::string_view element, absl::string_view text,
                           XmlPosition position) = 0;
  // The text of the innermost open element is longer than `limit` (XmlLimits::max_text). Where this
  // answers well, End gets the first bytes of it, whole characters, and the parsing goes on; unless
  // overridden it answers an error.
  virtual absl::Status TextTooLong(size_t limit, XmlPosition position);
};

struct XmlLimits {
  int max_depth = 64;
  size_t max_text = 16 << 20;  // bytes of character data directly inside one element
  // Bytes of one tag with its attributes (a mask's runs are one attribute). Expat holds some three
  // times as much while it reads one.
  size_t max_token = 16 << 20;
};

// kInvalidArgument "line L: what" if malformed, cut short, too deep, a token too long, or declaring
// entities; or the first error of source or handler. What the handler was told before an error has
// been told.
absl::Status ParseXml(ChunkSource& source, XmlHandler& handler, const XmlLimits& limits = {});

}  // namespace annofs
