#include "formats/track.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace annofs {
namespace {

bool IsBefore(const Keyframe& a, const Keyframe& b) { return a.frame < b.frame; }

// CVAT's similarity, which is asked before two tracks are united, does this to the keyframes that
// it passes.
void InheritBefore(Track& track, int64_t end) {
  if (InheritsTooMuch(track)) return;  // the united track is not resolved
  std::vector<Keyframe>& keyframes = track.keyframes;
  for (size_t i = 1; i < keyframes.size() && keyframes[i].frame < end; ++i) {
    InheritAttributes(keyframes[i - 1].shape, keyframes[i].shape);
  }
}

// So many are found faster by looking at each than by a table.
constexpr size_t kFewAttributes = 16;

// What inherited attributes may take: so much, and so much for each byte of the track.
constexpr uint64_t kLittleInherited = uint64_t{1} << 20;
constexpr uint64_t kInheritedPerByte = 64;

// Of `from`, those from `begin` on that `to` lacks.
void InheritFew(const std::vector<Attribute>& from, size_t begin, std::vector<Attribute>& to) {
  for (size_t i = begin; i < from.size(); ++i) {
    const bool has = std::any_of(to.begin(), to.end(),
                                 [&](const Attribute& own) { return own.name == from[i].name; });
    if (!has) to.push_back(from[i]);
  }
}

// The same in time linear in their number: a hostile keyframe has a hundred thousand.
void InheritMany(const std::vector<Attribute>& from, size_t begin, std::vector<Attribute>& to) {
  absl::flat_hash_set<std::string> has;
  has.reserve(to.size());
  for (const Attribute& own : to) has.insert(own.name);
  for (size_t i = begin; i < from.size(); ++i) {
    if (has.insert(from[i].name).second) to.push_back(from[i]);
  }
}

uint64_t BytesOf(const Attribute& attribute) {
  return sizeof(Attribute) + attribute.name.size() + attribute.value.size();
}

uint64_t BytesOf(const std::vector<Attribute>& attributes) {
  uint64_t bytes = 0;
  for (const Attribute& attribute : attributes) bytes += BytesOf(attribute);
  return bytes;
}

// With those that they inherit, the attributes of all keyframes; of elements too. Keyframes that
// may not count do here.
uint64_t InheritedBytes(const Track& track) {
  uint64_t own = 0;
  for (const Keyframe& keyframe : track.keyframes) own += BytesOf(keyframe.shape.attributes);
  uint64_t bytes = own * track.keyframes.size();  // at most; exact where that is not little
  if (bytes > kLittleInherited) {
    absl::flat_hash_map<absl::string_view, uint64_t> present;
    uint64_t of_frame = 0;
    bytes = 0;
    for (const Keyframe& keyframe : track.keyframes) {
      for (const Attribute& attribute : keyframe.shape.attributes) {
        uint64_t& size = present[attribute.name];
        of_frame -= size;
        size = BytesOf(attribute);
        of_frame += size;
      }
      bytes += of_frame;
    }
  }
  for (const Track& element : track.elements) bytes += InheritedBytes(element);
  return bytes;
}

void SortAll(Track& track) {
  SortKeyframes(track.keyframes);
  for (Track& element : track.elements) SortAll(element);
}

}  // namespace

void SortKeyframes(std::vector<Keyframe>& keyframes) {
  if (std::is_sorted(keyframes.begin(), keyframes.end(), IsBefore)) return;
  std::stable_sort(keyframes.begin(), keyframes.end(), IsBefore);
}

void InheritAttributes(const Shape& from, Shape& to) {
  // Neighbours mostly have the same ones in the same order; a name at its own place is not
  // searched.
  size_t same = 0;
  while (same < from.attributes.size() && same < to.attributes.size() &&
         from.attributes[same].name == to.attributes[same].name) {
    ++same;
  }
  if (same == from.attributes.size()) return;
  if (from.attributes.size() <= kFewAttributes && to.attributes.size() <= kFewAttributes) {
    InheritFew(from.attributes, same, to.attributes);
  } else {
    InheritMany(from.attributes, same, to.attributes);
  }
}

bool InheritsTooMuch(Track& track) {
  SortAll(track);
  const uint64_t bytes = InheritedBytes(track);
  if (bytes <= kLittleInherited) return false;
  return bytes >
         std::min(kMaxInheritedBytes, kLittleInherited + kInheritedPerByte * BytesOf(track));
}

const Keyframe* LastKeyframe(const Track& track) {
  const auto last = std::max_element(track.keyframes.begin(), track.keyframes.end(), IsBefore);
  return last == track.keyframes.end() ? nullptr : &*last;
}

void CloseTrack(Track& track, int64_t frame) {
  const Keyframe* last = LastKeyframe(track);
  if (last == nullptr || last->shape.outside) return;
  for (Track& element : track.elements) CloseTrack(element, frame);
  if (last->frame >= frame) return;
  Keyframe end = *last;
  end.frame = frame;
  end.shape.outside = true;
  track.keyframes.push_back(std::move(end));
}

Track UniteTracks(Track earlier, Track later, int64_t end) {
  InheritBefore(earlier, end);
  InheritBefore(later, end);
  std::vector<Keyframe> keyframes;
  auto own = earlier.keyframes.begin();
  for (Keyframe& keyframe : later.keyframes) {
    while (own != earlier.keyframes.end() && own->frame < keyframe.frame) {
      keyframes.push_back(std::move(*own++));
    }
    const bool is_there = own != earlier.keyframes.end() && own->frame == keyframe.frame;
    if (!is_there) keyframes.push_back(std::move(keyframe));
  }
  std::move(own, earlier.keyframes.end(), std::back_inserter(keyframes));
  Track united = std::move(later.frame < earlier.frame ? later : earlier);
  united.keyframes = std::move(keyframes);
  return united;
}

uint64_t BytesOf(const Shape& shape) {
  uint64_t bytes = sizeof(Shape) + shape.source.size() + shape.points.size() * sizeof(double) +
                   BytesOf(shape.attributes);
  for (const Shape& element : shape.elements) bytes += BytesOf(element);
  return bytes;
}

uint64_t BytesOf(const Track& track) {
  uint64_t bytes = sizeof(Track) + track.source.size() + BytesOf(track.attributes);
  for (const Keyframe& keyframe : track.keyframes)
    bytes += sizeof(int64_t) + BytesOf(keyframe.shape);
  for (const Track& element : track.elements) bytes += BytesOf(element);
  return bytes;
}

}  // namespace annofs
