// A whole source as a stream of chunks.
#pragma once

#include <memory>

#include "cache/base/chunk_source.h"
#include "formats/source.h"

namespace annofs {

// `source` outlives the stream.
std::unique_ptr<ChunkSource> NewSourceChunks(Source& source);

}  // namespace annofs
