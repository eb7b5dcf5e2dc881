// The part "labels" of a dataset in annofs.json (design/product.md §4). Pure.
#pragma once

#include "formats/dataset_config.h"
#include "formats/settings.h"

namespace annofs {

// Besides what is wrong with a value, an error is what can never have an effect or says two things
// of one label: keep together with drop; a label that becomes two others, or another one and is
// dropped or not kept; an order of a name that no label can have afterwards.
LabelRules ReadLabelRules(const Setting& labels);

}  // namespace annofs
