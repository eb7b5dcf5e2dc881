// The files that every view for people has for a frame: its image, and beside it what is annotated
// there as JSON and TSV.
#pragma once

#include "absl/strings/string_view.h"
#include "formats/annotation_text.h"
#include "formats/layout.h"

namespace annofs {

// `directory`: from Layout::Directory(), or "". `media`: of frames with an image; those that are
// not of `frames` do not count. `wanted`: what the texts are cut down to, null: nothing is cut.
void AddPeopleFiles(absl::string_view directory, const RankSet& frames, const RankSet& media,
                    const ShapeFilter& wanted, Layout& tree);

}  // namespace annofs
