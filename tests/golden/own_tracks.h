// Shapes of no track in CVAT for video, where each is a track of its own behind the others. CVAT's
// database gives shapes by frame (CVAT: JobAnnotation._init_shapes_from_db); the golden files were
// made without it (reference/cvat.md §10.3) and have them as the input lists them.
#pragma once

#include "tests/golden/compare_trees.h"

namespace annofs::testing {

// Puts those of annotations.xml in order of their frames, of one frame as they stand, and numbers
// them again; the first `tracks` stay. A tree without that file, or of another layout, stays.
void OrderOwnTracks(size_t tracks, FileTree& tree);

}  // namespace annofs::testing
