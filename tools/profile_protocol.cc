#include "tools/profile_protocol.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kMostPathBytes = 3000;  // LineReader::kLongest is 4,096
constexpr size_t kLongestEscape = 4;     // \xNN

// Escapes are not cut in two.
std::string CutPath(absl::string_view path) {
  std::string text = TsvEscape(path);
  if (text.size() <= kMostPathBytes) return text;
  text = TsvEscape(path.substr(0, kMostPathBytes / kLongestEscape));
  return text + "...";
}

bool ParseNode(absl::string_view text, NodeId& node) {
  return !text.empty() && absl::SimpleHexAtoi(text, &node.value);
}

bool ParseFile(absl::string_view text, ProfiledFile& file) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, absl::MaxSplits(' ', 2));
  if (words.size() != 3 || !ParseNode(words[0], file.node)) return false;
  if (words[1] != "-" && !absl::SimpleAtoi(words[1], &file.size.emplace())) return false;
  absl::StatusOr<std::string> path = TsvUnescape(words[2]);
  if (!path.ok()) return false;
  file.path = *std::move(path);
  return true;
}

bool ParseOp(absl::string_view text, ProfiledOp& op) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  int64_t begun = 0, took = 0;
  const bool is_sound = words.size() == 8 && ParseNode(words[1], op.node) &&
                        absl::SimpleAtoi(words[2], &op.range.offset) &&
                        absl::SimpleAtoi(words[3], &op.range.length) &&
                        absl::SimpleAtoi(words[4], &begun) && absl::SimpleAtoi(words[5], &took) &&
                        absl::SimpleAtoi(words[6], &op.error) &&
                        (words[7] == "fast" || words[7] == "slow");
  if (!is_sound) return false;
  op.name = std::string(words[0]);
  op.begun = absl::FromUnixNanos(begun);
  op.took = absl::Nanoseconds(took);
  op.waited = words[7] == "slow";
  return true;
}

}  // namespace

std::string FileLine(const ProfiledFile& file) {
  return absl::StrCat("file ", absl::Hex(file.node.value), " ",
                      file.size ? absl::StrCat(*file.size) : "-", " ", CutPath(file.path), "\n");
}

std::string OpLine(const EndedOp& op) {
  return absl::StrCat("op ", op.name, " ", absl::Hex(op.node.value), " ", op.range.offset, " ",
                      op.range.length, " ", absl::ToUnixNanos(op.begun), " ",
                      absl::ToInt64Nanoseconds(op.took), " ", op.error,
                      op.waited ? " slow\n" : " fast\n");
}

std::string LostLine(uint64_t count) { return absl::StrCat("lost ", count, "\n"); }

absl::StatusOr<ProfileLine> ParseProfileLine(absl::string_view line) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  const auto& [kind, rest] = parts;
  if (kind == "error") return absl::AbortedError(rest);
  ProfiledFile file;
  if (kind == "file" && ParseFile(rest, file)) return file;
  ProfiledOp op;
  if (kind == "op" && ParseOp(rest, op)) return op;
  ProfileLost lost;
  if (kind == "lost" && absl::SimpleAtoi(rest, &lost.count)) return lost;
  if (kind != "file" && kind != "op" && kind != "lost") return ProfileLine();
  return absl::DataLossError(absl::StrCat("'", TsvEscape(line), "' is no answer"));
}

}  // namespace annofs
