#include "fs/data_yamls.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/pieces.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/yolo_train_tree.h"

namespace annofs {
namespace {

// The views with a data.yaml; that of key points only where there are skeletons.
constexpr absl::string_view kViews[] = {"roboflow-yolo", "yolo", "yolo-obb", "yolo-pose",
                                        "yolo-seg"};
constexpr absl::string_view kEnd = ".yaml";

absl::Status NoSuchFile(absl::string_view file) {
  return absl::NotFoundError(absl::StrCat("no data.yaml for '", file, "'"));
}

class DataYamls : public ControlBranch {
 public:
  DataYamls(Tree& tree, std::string views_name, std::string views)
      : tree_(tree), views_name_(std::move(views_name)), views_(std::move(views)) {}

  absl::StatusOr<std::vector<std::string>> Directories(const CallContext& context) override {
    ASSIGN_OR_RETURN(const NodeAttr views, At("", context));
    std::vector<std::string> names;
    RETURN_IF_ERROR(tree_.List(
        views.id, 0,
        [&names](const DirEntry& entry) {
          if (entry.attr.is_directory) names.emplace_back(entry.name);
          return true;
        },
        context));
    return names;
  }

  absl::StatusOr<std::vector<std::string>> Files(absl::string_view dataset,
                                                 const CallContext& context) override {
    std::vector<std::string> names;
    for (absl::string_view view : kViews) {
      absl::StatusOr<NodeAttr> found = At(JoinPath(JoinPath(dataset, view), "data.yaml"), context);
      if (found.ok()) names.push_back(absl::StrCat(view, kEnd));
      if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    }
    return names;
  }

  absl::StatusOr<std::string> Content(absl::string_view dataset, absl::string_view file,
                                      const CallContext& context) override {
    absl::string_view view = file;
    if (!absl::ConsumeSuffix(&view, kEnd) || !absl::c_linear_search(kViews, view)) {
      return NoSuchFile(file);
    }
    const std::string path = JoinPath(dataset, view);
    ASSIGN_OR_RETURN(const NodeAttr yaml, At(JoinPath(path, "data.yaml"), context));
    std::string text = absl::StrCat("path: ", QuotedYaml(JoinPath(views_, path)), "\n");
    RETURN_IF_ERROR(tree_.Read(
        yaml.id, {.offset = 0, .length = yaml.size},
        [&text](Pieces pieces) { absl::StrAppend(&text, Join(pieces)); }, context));
    return text;
  }

 private:
  // What `path` below the directory of views is.
  absl::StatusOr<NodeAttr> At(absl::string_view path, const CallContext& context) {
    ASSIGN_OR_RETURN(NodeAttr attr, tree_.Lookup(kRootNode, views_name_, context));
    for (absl::string_view name : absl::StrSplit(path, '/', absl::SkipEmpty())) {
      ASSIGN_OR_RETURN(attr, tree_.Lookup(attr.id, name, context));
    }
    return attr;
  }

  Tree& tree_;
  const std::string views_name_;
  const std::string views_;
};

}  // namespace

std::unique_ptr<ControlBranch> NewDataYamls(Tree& tree, std::string views_name, std::string views) {
  return std::make_unique<DataYamls>(tree, std::move(views_name), std::move(views));
}

}  // namespace annofs
