// Datasets that hold what the golden cases do not: several subsets, names that hurt.
#pragma once

#include <memory>

#include "formats/dataset.h"
#include "formats/memory_dataset.h"

namespace annofs::testing {

// Four tasks of one project, in subsets "train", "Val", "b c" and none, each with every type of
// shape. Every image is in the bucket (ImageOfSize).
std::unique_ptr<Dataset> SeveralSubsets();

// Frames in directories, with blanks, quotes, commas, other scripts, several dots, a name that
// differs by extension or case only; labels and attributes that look like the syntax of formats.
std::unique_ptr<Dataset> NamesThatHurt();

}  // namespace annofs::testing
