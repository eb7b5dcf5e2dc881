// The table of rules (formats/quality/rule.h), in the order of the manual.
#pragma once

#include <vector>

#include "formats/quality/rule.h"

namespace annofs {

const std::vector<RuleGroup>& RuleGroups();

// Each in a file of its own.
RuleGroup AttributeRules();
RuleGroup AttributeValueRules();
RuleGroup BoxSizeRules();
RuleGroup DuplicateRules();
RuleGroup FrameRules();
RuleGroup GeometryRules();
RuleGroup ImageCopyRules();
RuleGroup JobRules();
RuleGroup LabelRules();
RuleGroup LabelUseRules();
RuleGroup MediaRules();
RuleGroup OutlineRules();
RuleGroup OutOfFrameRules();
RuleGroup PartRules();
RuleGroup SourceRules();
RuleGroup TagRules();
RuleGroup TrackRules();

}  // namespace annofs
