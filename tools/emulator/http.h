// A request and its reply as values, independent of the HTTP library. Owned by the thread that
// serves the connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/delivery.h"
#include "tools/emulator/unique_fd.h"

namespace annofs::emulator {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The value of the first header or parameter with that name; nothing if absent. Header names
// compare without case, query names with it.
std::optional<absl::string_view> FindHeader(const HeaderList& headers, absl::string_view name);
std::optional<absl::string_view> FindParameter(const HeaderList& query, absl::string_view name);
// Replaces the header of that name, or adds one; removes all of that name.
void ReplaceHeader(absl::string_view name, absl::string_view value, HeaderList& headers);
void DropHeader(absl::string_view name, HeaderList& headers);

// The request line's target, taken apart.
struct Target {
  std::string raw;   // as sent, without scheme and authority
  std::string path;  // before '?', still percent-encoded
  HeaderList query;  // decoded
};
// Origin form (`/a?b`) and absolute form (`http://host/a?b`). kInvalidArgument: anything else, or a
// broken escape in the query.
absl::StatusOr<Target> ParseTarget(absl::string_view target);

struct Request {
  std::string method;
  Target target;
  HeaderList headers;
  std::string body;
  bool body_too_large = false;  // the body was over the limit and has been thrown away
  int socket = -1;              // of the client, to see it hang up
  // The Range header, if a fault has taken it out of `headers`: the answer is then the whole.
  std::optional<std::string> hidden_range;
};
// The header as the client sent it, a hidden one too: for signatures and logs.
std::optional<absl::string_view> FindSentHeader(const Request& request, absl::string_view name);

// `length` bytes of an open file, from `offset`.
struct FileSlice {
  UniqueFd file;
  uint64_t offset = 0;
  uint64_t length = 0;
};

// Reads `length` bytes of the slice, the first at `from` in it; false if the file has become
// shorter.
bool ReadSlice(const FileSlice& slice, uint64_t from, uint64_t length, char* out);

// `length` bytes of a text, from `offset`.
struct TextSlice {
  std::shared_ptr<const std::string> text;
  uint64_t offset = 0;
  uint64_t length = 0;
};

using Body = std::variant<std::string, FileSlice, TextSlice>;
uint64_t BodySize(const Body& body);
// All its bytes; nothing if the file has become shorter.
std::optional<std::string> ReadBody(const Body& body);

struct Reply {
  int status = 200;
  HeaderList headers;
  Body body;
  std::string key_id;  // of the key that was used, if the API knows it: for the log
  Delivery delivery;
  bool hang_up = false;  // close the connection without any answer
};
// Body bytes that are announced.
uint64_t AnnouncedSize(const Reply& reply);

// A reply with the headers that B2 gives its JSON.
Reply JsonReply(int status, std::string json);

}  // namespace annofs::emulator
