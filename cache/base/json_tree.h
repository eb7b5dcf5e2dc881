// A JSON file of settings: its values and where each stands, for errors that name file, line and
// key. The grammar is that of JsonDocument::Parse (cache/base/json.h); besides, a repeated member
// is an error, and the errors are for people who write such files by hand.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct JsonNode {
  enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kObject, kArray };

  Kind kind = Kind::kNull;
  bool is_true = false;   // kBool
  bool is_whole = false;  // kNumber: from 0 to 2^64 - 1 without a fraction; then also `whole`
  uint32_t line = 0, name_line = 0;  // from 1; of the value, of its name
  uint32_t index = 0;                // among the members or elements of `parent`
  double number = 0;                 // kNumber
  uint64_t whole = 0;
  const JsonNode* parent = nullptr;
  std::string name;                       // of a member
  std::string text;                       // kString
  std::vector<const JsonNode*> children;  // of an object or array, as they stand there
};

// Immutable, movable. Owns its nodes.
class JsonTree {
 public:
  // More values and names would fill the memory.
  static constexpr size_t kMaxValues = 1 << 18;

  // `file`: its name in messages. kInvalidArgument: as At() says it; also for text that is no
  // UTF-8, nested deeper than kMaxJsonDepth, or of more than kMaxValues values.
  static absl::StatusOr<JsonTree> Parse(absl::string_view text, absl::string_view file);

  const JsonNode& root() const { return nodes_.front(); }

  // kInvalidArgument: "FILE:LINE: datasets[0].split.by: WHAT"; at the root "FILE:LINE: WHAT".
  absl::Status At(const JsonNode& node, absl::string_view what) const;
  // The same on the line of the member's name.
  absl::Status AtName(const JsonNode& node, absl::string_view what) const;

 private:
  friend class JsonTreeBuilder;
  absl::Status AtLine(uint32_t line, absl::string_view path, absl::string_view what) const;

  std::string file_;
  std::deque<JsonNode> nodes_;
};

// For messages, in single quotation marks: control characters escaped, cut after some 60 bytes.
std::string QuotedForMessage(absl::string_view text);

}  // namespace annofs
