#include "formats/open_images_labels_export.h"

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxBytes = size_t{32} << 20;
constexpr size_t kIndent = 4;

class Hierarchy {
 public:
  explicit Hierarchy(const DatasetInfo& info) {
    for (const Label& label : info.labels) {
      NodeOf(label.name);
      if (label.parent >= 0) {
        parts_[info.labels[size_t(label.parent)].name].push_back(label.name);
      } else {
        roots_.push_back(label.name);
      }
    }
  }

  std::string Json() {
    std::vector<absl::string_view> with_parts;
    for (absl::string_view root : roots_) {
      if (!parts_[root].empty()) with_parts.push_back(root);
    }
    AppendNode(RootName(), with_parts, true);
    out_.push_back('\n');
    return std::move(out_);
  }

 private:
  void NodeOf(absl::string_view name) { parts_.try_emplace(name); }

  std::string RootName() const {
    for (uint64_t i = 0;; ++i) {
      std::string name = absl::StrCat("/m/", i);
      if (!parts_.contains(name)) return name;
    }
  }

  void Line() {
    out_.push_back('\n');
    out_.append(kIndent * depth_, ' ');
  }

  void AppendNode(absl::string_view name, const std::vector<absl::string_view>& parts,
                  bool is_root) {
    out_.push_back('{');
    ++depth_;
    Line();
    out_ += "\"LabelName\": ";
    AppendJsonText(name, out_);
    if (is_root || !parts.empty()) {
      out_.push_back(',');
      Line();
      out_ += "\"Subcategory\": ";
      AppendList(parts);
    }
    --depth_;
    Line();
    out_.push_back('}');
  }

  void AppendList(const std::vector<absl::string_view>& parts) {
    out_.push_back('[');
    ++depth_;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) out_.push_back(',');
      Line();
      AppendPart(parts[i]);
    }
    --depth_;
    if (!parts.empty()) Line();
    out_.push_back(']');
  }

  void AppendPart(absl::string_view name) {
    const bool is_inside_itself = std::find(path_.begin(), path_.end(), name) != path_.end();
    const bool is_leaf = is_inside_itself || path_.size() >= kMaxDepth || out_.size() >= kMaxBytes;
    path_.push_back(name);
    AppendNode(name, is_leaf ? std::vector<absl::string_view>() : parts_[name], false);
    path_.pop_back();
  }

  absl::flat_hash_map<absl::string_view, std::vector<absl::string_view>> parts_;
  std::vector<absl::string_view> roots_;
  std::vector<absl::string_view> path_;  // from the root to where we are
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string OpenImagesClasses(const DatasetInfo& info) {
  std::string rows;
  for (const Label& label : info.labels) {
    const std::string field = CsvField(label.name);
    absl::StrAppend(&rows, field, ",", field, "\r\n");
  }
  return rows;
}

std::string OpenImagesHierarchy(const DatasetInfo& info) { return Hierarchy(info).Json(); }

}  // namespace annofs
