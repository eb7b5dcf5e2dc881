// The lines that `profile` hears on the control socket of a mount. Pure functions.
//
// A client says `profile`. From then on the server says, ten times a second, which requests of the
// kernel have ended, until the client ends the connection:
//
//   file NODE SIZE PATH   before the first request about a node: its size (- where it is not known
//                         without waiting, or a directory's), its path in the mount, escaped as in
//                         TSV files and cut at 3,000 bytes. A node may be told again.
//   op NAME NODE OFFSET LENGTH BEGUN TOOK ERRNO LANE
//                         NODE in hex; of a read the range that was asked for; BEGUN and TOOK in
//                         nanoseconds, since 1970 and since BEGUN; LANE `fast`, or `slow` where it
//                         waited for something
//   lost N                so many more ended than could be told
//   error TEXT            the last line: the request is not served
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fs/op_observer.h"

namespace annofs {

inline constexpr absl::string_view kProfileRequest = "profile";

struct ProfiledFile {
  NodeId node;
  std::optional<uint64_t> size;
  std::string path;
};

// As EndedOp, with a name of its own.
struct ProfiledOp {
  std::string name;
  NodeId node;
  ByteRange range;
  absl::Time begun;
  absl::Duration took;
  int error = 0;
  bool waited = false;
};

// Each with its newline.
std::string FileLine(const ProfiledFile& file);
std::string OpLine(const EndedOp& op);
std::string LostLine(uint64_t count);

struct ProfileLost {
  uint64_t count = 0;
};
using ProfileLine = std::variant<std::monostate, ProfiledFile, ProfiledOp, ProfileLost>;
// A line of another kind is nothing (std::monostate); the text of `error TEXT` is kAborted; one
// that is broken is kDataLoss.
absl::StatusOr<ProfileLine> ParseProfileLine(absl::string_view line);

}  // namespace annofs
