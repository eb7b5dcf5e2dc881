#include "formats/flat_names.h"

#include <optional>

#include "absl/strings/str_replace.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/item.h"
#include "formats/own_names.h"

namespace annofs {
namespace {

// Looks for an image that has the flat name of another and an earlier rank.
class Search {
 public:
  Search(const Dataset& data, const RankSet& frames, Rank rank, std::string flat)
      : data_(data), frames_(frames), rank_(rank), flat_(std::move(flat)) {}

  absl::StatusOr<bool> Run() { return Below("", flat_); }

 private:
  // Of the images in a directory whose flat names go on like that.
  absl::StatusOr<bool> Below(const std::string& directory, absl::string_view rest) {
    const std::string path = JoinPath(directory, rest);
    // An image may have an extension that its frame's path has not.
    for (absl::string_view candidate : {absl::string_view(path), WithoutExtension(path)}) {
      ASSIGN_OR_RETURN(const bool is_met, IsMetBy(candidate));
      if (is_met) return true;
    }
    for (size_t at = rest.find('_'); at != rest.npos; at = rest.find('_', at + 1)) {
      if (at == 0 || at + 1 == rest.size()) continue;
      if (++lookups_ > kMostFlatLookups) return false;
      std::string inner = JoinPath(directory, rest.substr(0, at));
      ASSIGN_OR_RETURN(const std::optional<uint32_t> number, data_.FindDirectory(inner));
      if (!number) continue;
      ASSIGN_OR_RETURN(const bool is_met, Below(inner, rest.substr(at + 1)));
      if (is_met) return true;
    }
    return false;
  }

  absl::StatusOr<bool> IsMetBy(absl::string_view path) {
    ASSIGN_OR_RETURN(const std::optional<Rank> other, data_.FindPath(path));
    if (!other || *other >= rank_ || !frames_.Contains(*other)) return false;
    ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data_, *other));
    return FlatName(names.file_name) == flat_;
  }

  const Dataset& data_;
  const RankSet& frames_;
  const Rank rank_;
  const std::string flat_;
  int lookups_ = 0;
};

}  // namespace

std::string FlatName(absl::string_view path) {
  return SafeName(absl::StrReplaceAll(path, {{"/", "_"}}));
}

absl::StatusOr<std::string> FlatNameAmong(const Dataset& data, const RankSet& frames, Rank rank,
                                          absl::string_view path) {
  std::string name = FlatName(path);
  // Without directories every path is a flat name of its own.
  if (data.directory_count() == 1) return name;
  ASSIGN_OR_RETURN(const bool is_met, Search(data, frames, rank, name).Run());
  return is_met ? OwnNameReplacement(name, rank) : name;
}

}  // namespace annofs
