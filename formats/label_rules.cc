#include "formats/label_rules.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

using Names = absl::flat_hash_set<std::string>;

class LabelReader {
 public:
  explicit LabelReader(const Setting& labels) : labels_(labels) {}

  LabelRules Read() {
    if (!labels_.HasOnly({"keep", "drop", "rename", "merge", "order"})) return rules_;
    ReadWhichStay();
    ReadRename();
    ReadMerge();
    ReadOrder();
    return std::move(rules_);
  }

 private:
  void ReadWhichStay() {
    const Setting keep = labels_["keep"];
    const Setting drop = labels_["drop"];
    if (keep.is_given() && drop.is_given()) {
      drop.FailAtName("stands beside 'keep', which drops all other labels already");
    }
    if (keep.is_given()) rules_.keep = keep.Texts();
    if (drop.is_given()) rules_.drop = drop.Texts();
    kept_.insert(rules_.keep.begin(), rules_.keep.end());
    dropped_.insert(rules_.drop.begin(), rules_.drop.end());
  }

  void ReadRename() {
    const Setting rename = labels_["rename"];
    if (!rename.is_given()) return;
    rename.ForEachMember([&](const std::string& label, Setting to) {
      const std::optional<std::string> name = to.Text();
      if (!name || !Becomes(label, *name, to)) return;
      rules_.rename[label] = *name;
    });
  }

  void ReadMerge() {
    const Setting merge = labels_["merge"];
    if (!merge.is_given()) return;
    merge.ForEachMember([&](const std::string& name, Setting from) {
      rules_.merge[name] =
          from.Texts([&](const std::string& label, Setting at) { Becomes(label, name, at); });
    });
  }

  // False, with an error: something else is said of the label.
  bool Becomes(const std::string& label, const std::string& name, Setting at) {
    const std::string quoted = QuotedForMessage(label);
    if (dropped_.contains(label)) {
      at.Fail(absl::StrCat("the label ", quoted, " is in 'drop'"));
    } else if (!kept_.empty() && !kept_.contains(label)) {
      at.Fail(absl::StrCat("the label ", quoted,
                           " is not in 'keep', which names labels as the source does"));
    } else if (const auto [other, is_new] = becomes_.emplace(label, name); !is_new) {
      at.Fail(absl::StrCat("the label ", quoted, " becomes ", QuotedForMessage(other->second),
                           " already"));
    } else {
      made_.insert(name);
      return true;
    }
    return false;
  }

  void ReadOrder() {
    const Setting order = labels_["order"];
    if (!order.is_given()) return;
    rules_.order = order.Texts([&](const std::string& name, Setting at) {
      if (made_.contains(name)) return;
      const std::string quoted = QuotedForMessage(name);
      if (const auto it = becomes_.find(name); it != becomes_.end()) {
        at.Fail(absl::StrCat("the label ", quoted, " is called ", QuotedForMessage(it->second),
                             " here"));
      } else if (dropped_.contains(name)) {
        at.Fail(absl::StrCat("the label ", quoted, " is in 'drop'"));
      } else if (!kept_.empty() && !kept_.contains(name)) {
        at.Fail(absl::StrCat("no label that is kept is called ", quoted));
      }
    });
  }

  const Setting labels_;
  LabelRules rules_;
  Names kept_, dropped_;
  Names made_;                                             // names that some label gets
  absl::flat_hash_map<std::string, std::string> becomes_;  // by the name in the source
};

}  // namespace

LabelRules ReadLabelRules(const Setting& labels) { return LabelReader(labels).Read(); }

}  // namespace annofs
