// The XML of a CVAT export, plain or in its zip, and which of CVAT's two formats it is. Hostile
// input is expected: what is no such document is told apart by its head.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cache/base/chunk_source.h"
#include "formats/cvat_xml_media.h"
#include "formats/reader.h"
#include "formats/source.h"

namespace annofs {

struct CvatXmlDocument {
  std::string name;  // of the source, with "!annotations.xml" in a zip
  std::unique_ptr<ChunkSource> text;
  CvatXmlMedia media;  // images in the same zip
};

// An object named .xml, or annotations.xml of a zip. Nothing: it has none. `source` outlives it.
absl::StatusOr<std::optional<CvatXmlDocument>> OpenCvatXml(Source& source);

enum class CvatXmlKind { kImages, kVideo };

// The first <image> or <track> decides. A document without any is of images, but where its <meta>
// has a video: all frames of a task stand in a file of images (reference/cvat.md §2.2), so there a
// file without frames is one of tracks that has none. Nothing: another format. Error: one of the
// two, broken before that is known; only the reader of images says so. Tracks over images are
// poorer than the reader of videos says: their frames have numbers and no names.
absl::StatusOr<std::optional<ProbeResult>> ProbeCvatXml(Source& source, CvatXmlKind wanted);

}  // namespace annofs
