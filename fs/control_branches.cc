#include "fs/control_branches.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// What a listing says of a file.
constexpr NodeId kUnmadeFile{uint64_t(TreeNumber::kControl) << 60 | 0x0fffffff'00000000};

enum class Kind : uint8_t { kOwn, kDirectory, kFile };
constexpr uint32_t kKinds = 3;
uint32_t SlotOf(size_t branch, Kind kind) { return uint32_t(kKinds * branch + 1 + size_t(kind)); }
size_t BranchOf(NodeId node) { return (node.slot() - 1) / kKinds; }
Kind KindOf(NodeId node) { return Kind((node.slot() - 1) % kKinds); }

NodeAttr DirectoryAttr(uint32_t slot, uint32_t ordinal) {
  return {.id = NodeId::Make(TreeNumber::kControl, slot, ordinal), .is_directory = true};
}

}  // namespace

ControlBranches::ControlBranches(std::vector<ControlBranchAt> branches)
    : branches_(std::move(branches)) {}

std::optional<NodeAttr> ControlBranches::Find(absl::string_view name) const {
  for (size_t i = 0; i < branches_.size(); ++i) {
    if (branches_[i].name == name) return DirectoryAttr(SlotOf(i, Kind::kOwn), 0);
  }
  return std::nullopt;
}

absl::StatusOr<NodeAttr> ControlBranches::Lookup(NodeId directory, absl::string_view name,
                                                 const CallContext& context) {
  ASSIGN_OR_RETURN(const Place place, PlaceOf(directory));
  if (place.directory) {
    ASSIGN_OR_RETURN(const std::string text,
                     place.branch->Content(*place.directory, name, context));
    return FileIn(directory, name, text, context.clock->Now());
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, place.branch->Directories(context));
  if (absl::c_linear_search(names, name)) return DirectoryOf(directory, name);
  return absl::NotFoundError(absl::StrCat("no directory '", name, "'"));
}

absl::StatusOr<NodeAttr> ControlBranches::Stat(NodeId node) const {
  if (KindOf(node) != Kind::kFile) return DirectoryAttr(node.slot(), node.ordinal());
  ASSIGN_OR_RETURN(const File file, FileOf(node));
  return FileAttr(node, file);
}

absl::Status ControlBranches::List(NodeId directory, uint64_t from,
                                   absl::FunctionRef<bool(const DirEntry&)> fn,
                                   const CallContext& context) {
  ASSIGN_OR_RETURN(const Place place, PlaceOf(directory));
  const bool lists_files = place.directory.has_value();
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   lists_files ? place.branch->Files(*place.directory, context)
                               : place.branch->Directories(context));
  for (uint64_t i = from; i < names.size(); ++i) {
    const NodeAttr attr =
        lists_files ? NodeAttr{.id = kUnmadeFile} : DirectoryOf(directory, names[i]);
    if (!fn({.name = names[i], .attr = attr, .next = i + 1, .has_size = !lists_files})) break;
  }
  return absl::OkStatus();
}

absl::Status ControlBranches::Read(NodeId node, ByteRange range, PiecesFn fn,
                                   const CallContext& context) const {
  ASSIGN_OR_RETURN(const File file, FileOf(node));
  ASSIGN_OR_RETURN(const Place place,
                   PlaceOf(NodeId::Make(TreeNumber::kControl,
                                        SlotOf(BranchOf(node), Kind::kDirectory), file.directory)));
  ASSIGN_OR_RETURN(const std::string text,
                   place.branch->Content(*place.directory, file.name, context));
  if (Hash64(text) != file.hash) return absl::AbortedError("this content has changed");
  GiveRange(text, range, fn);
  return absl::OkStatus();
}

NodeAttr ControlBranches::FileAttr(NodeId node, const File& file) {
  return {.id = node, .size = file.size, .modified = file.made, .lifetime = Lifetime::kNoEntry};
}

absl::StatusOr<ControlBranches::Place> ControlBranches::PlaceOf(NodeId node) const {
  if (BranchOf(node) >= branches_.size()) return absl::AbortedError("a node of no branch");
  Place place{.branch = branches_[BranchOf(node)].branch.get()};
  if (KindOf(node) == Kind::kOwn) return place;
  absl::MutexLock lock(&mutex_);
  if (KindOf(node) == Kind::kFile || node.ordinal() >= names_.size()) {
    return absl::NotFoundError("not a directory");
  }
  place.directory = *names_[node.ordinal()];
  return place;
}

absl::StatusOr<ControlBranches::File> ControlBranches::FileOf(NodeId node) const {
  absl::MutexLock lock(&mutex_);
  const bool is_file = BranchOf(node) < branches_.size() && KindOf(node) == Kind::kFile;
  if (!is_file || node.ordinal() >= files_.size()) {
    return absl::AbortedError("a directory's node, not a file's");
  }
  return files_[node.ordinal()];
}

NodeAttr ControlBranches::DirectoryOf(NodeId parent, absl::string_view name) {
  absl::MutexLock lock(&mutex_);
  const auto [known, is_new] = numbers_.try_emplace(std::string(name), names_.size());
  if (is_new) names_.push_back(&known->first);
  return DirectoryAttr(SlotOf(BranchOf(parent), Kind::kDirectory), known->second);
}

NodeAttr ControlBranches::FileIn(NodeId directory, absl::string_view name, absl::string_view text,
                                 absl::Time now) {
  const uint32_t slot = SlotOf(BranchOf(directory), Kind::kFile);
  const File file{.directory = directory.ordinal(),
                  .name = std::string(name),
                  .size = text.size(),
                  .hash = Hash64(text),
                  .made = now};
  absl::MutexLock lock(&mutex_);
  const auto [known, is_new] =
      newest_.try_emplace({slot, file.directory, file.name}, files_.size());
  if (!is_new) {
    const File& before = files_[known->second];
    const NodeId node = NodeId::Make(TreeNumber::kControl, slot, known->second);
    if (before.size == file.size && before.hash == file.hash) return FileAttr(node, before);
    known->second = uint32_t(files_.size());
  }
  files_.push_back(file);
  return FileAttr(NodeId::Make(TreeNumber::kControl, slot, known->second), file);
}

}  // namespace annofs
