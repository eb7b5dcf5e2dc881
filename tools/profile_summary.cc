#include "tools/profile_summary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace annofs {

absl::string_view WaitedFor(const ProfiledOp& op) {
  if (!op.waited) return "";
  if (absl::EndsWith(op.name, "xattr")) return "facts of a file";
  const bool reads = op.name == "read";
  switch (op.node.tree()) {
    case TreeNumber::kBucket:
      return reads ? "bytes of the store or the disk" : "a listing of the store";
    case TreeNumber::kView:
      return reads ? "text or pixels that are made, bytes of a zip"
                   : "the annotations of a dataset, names or sizes of a view";
    case TreeNumber::kAt:
      return "a listing of a past time";
    case TreeNumber::kControl:
      break;
  }
  return "a file of .annofs that is made";
}

void ProfileSummary::Add(const ProfileLine& line) {
  if (const auto* op = std::get_if<ProfiledOp>(&line)) AddOp(*op);
  if (const auto* lost = std::get_if<ProfileLost>(&line)) lost_ += lost->count;
  const auto* file = std::get_if<ProfiledFile>(&line);
  if (file == nullptr) return;
  if (Node* node = NodeOf(file->node)) node->file = *file;
}

// nullptr: there are too many.
ProfileSummary::Node* ProfileSummary::NodeOf(NodeId node) {
  auto known = nodes_.find(node.value);
  if (known != nodes_.end()) return &known->second;
  if (nodes_.size() >= kMostFiles) return nullptr;
  return &nodes_[node.value];
}

ByteRange ProfileSummary::RangeOf(const ProfiledOp& op) const {
  const auto known = nodes_.find(op.node.value);
  ByteRange range = op.range;
  if (known == nodes_.end() || !known->second.file.size) return range;
  const uint64_t size = *known->second.file.size;
  range.length = std::min(range.length, size - std::min(size, range.offset));
  return range;
}

std::string ProfileSummary::PathOf(NodeId node) const {
  const auto known = nodes_.find(node.value);
  if (known == nodes_.end() || known->second.file.path.empty()) {
    return absl::StrFormat("node %x", node.value);
  }
  return known->second.file.path;
}

void ProfileSummary::AddOp(const ProfiledOp& op) {
  Kind& kind = kinds_[op.name];
  kind.name = op.name;
  kind.latencies.Add(op.took);
  const uint64_t bytes = op.error == 0 ? RangeOf(op).length : 0;
  kind.bytes += bytes;
  kind.errors += op.error != 0;
  ++count_;
  bytes_ += bytes;
  errors_ += op.error != 0;
  time_ += op.took;
  if (Node* node = NodeOf(op.node)) {
    ++node->counts.requests;
    node->counts.bytes += bytes;
    node->counts.time += op.took;
  }
  if (op.took < kSlow) return;
  ++slow_count_;
  const auto longer = [](const Slow& a, const Slow& b) { return a.op.took > b.op.took; };
  Slow slow{op, PathOf(op.node)};
  slow_.insert(std::upper_bound(slow_.begin(), slow_.end(), slow, longer), std::move(slow));
  if (slow_.size() > kMostSlow) slow_.pop_back();
}

std::vector<ProfileSummary::Kind> ProfileSummary::kinds() const {
  std::vector<Kind> kinds;
  for (const auto& [name, kind] : kinds_) kinds.push_back(kind);
  std::stable_sort(kinds.begin(), kinds.end(), [](const Kind& a, const Kind& b) {
    return a.latencies.total() > b.latencies.total();
  });
  return kinds;
}

std::vector<ProfileSummary::Slow> ProfileSummary::slow() const { return slow_; }

std::vector<ProfileSummary::File> ProfileSummary::TopFiles(By by, size_t most) const {
  const auto amount = [by](const File& file) {
    if (by == By::kBytes) return double(file.bytes);
    return by == By::kTime ? absl::ToDoubleSeconds(file.time) : double(file.requests);
  };
  std::vector<File> files;
  const auto more = [&amount](const File& a, const File& b) {
    return amount(a) != amount(b) ? amount(a) > amount(b) : a.path < b.path;
  };
  for (const auto& [id, node] : nodes_) {
    if (amount(node.counts) <= 0) continue;
    File file = node.counts;
    file.path = PathOf(NodeId{id});
    files.insert(std::upper_bound(files.begin(), files.end(), file, more), std::move(file));
    if (files.size() > most) files.pop_back();
  }
  return files;
}

}  // namespace annofs
