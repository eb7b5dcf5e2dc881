// Images in a source's zip (formats/model.h: InnerMedia) as records of the dataset index hold them;
// and the nodes that stand for them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/number_code.h"
#include "formats/model.h"

namespace annofs {

void AppendInner(const InnerMedia& inner, std::string& out);
InnerMedia TakeInner(CodeReader& in);

// The source holds some of a frame's context images (Frame::related_inner).
bool HasInnerRelated(const std::vector<std::optional<InnerMedia>>& inner);
void AppendInnerOrNone(const std::vector<std::optional<InnerMedia>>& inner, size_t number,
                       std::string& out);
std::optional<InnerMedia> TakeInnerOrNone(CodeReader& in);

// Ordinals of one slot: frames' own images by rank, then as many for the first context image of
// each (RelatedInOrder), for the second, … Nothing where it is a number that ordinals have no room
// for, which happens from 33 million frames on.
std::optional<uint32_t> InnerRelatedOrdinal(uint32_t frames, uint32_t rank, uint32_t number);
struct InnerPart {
  uint32_t rank = 0;
  std::optional<uint32_t> number;  // of a context image; nothing: the frame's own
};
// REQUIRES: frames > 0.
InnerPart InnerPartOf(uint32_t frames, uint32_t ordinal);

}  // namespace annofs
