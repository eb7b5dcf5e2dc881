#include "formats/quality/rules.h"

namespace annofs {

const std::vector<RuleGroup>& RuleGroups() {
  static const auto& groups = *new std::vector<RuleGroup>{
      SourceRules(),         FrameRules(),   LabelRules(),    LabelUseRules(), AttributeRules(),
      AttributeValueRules(), TagRules(),     GeometryRules(), OutlineRules(),  OutOfFrameRules(),
      DuplicateRules(),      BoxSizeRules(), TrackRules(),    MediaRules(),    ImageCopyRules(),
      PartRules(),           JobRules(),
  };
  return groups;
}

std::vector<QualityRule> QualityRules() {
  std::vector<QualityRule> all;
  for (const RuleGroup& group : RuleGroups()) {
    all.insert(all.end(), group.rules.begin(), group.rules.end());
  }
  return all;
}

}  // namespace annofs
