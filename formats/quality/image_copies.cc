// Frames whose images are the same bytes, told by the digests that the store gives with its
// listing: nothing is downloaded. Memory: 16 bytes a frame, and 4 for its part.
#include <algorithm>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/quality/rules.h"
#include "formats/split.h"

namespace annofs {
namespace {

constexpr QualityRule kAcross = {
    "cross-split-duplicate", QualitySeverity::kError,
    "frames whose image is the same as one in another part (train, val, test)",
    "keep one of them, or move both into one part: what is trained on is no test"};
constexpr QualityRule kWithin = {"duplicate-image", QualitySeverity::kWarning,
                                 "frames whose image is the same as another's", "keep one of them"};
constexpr QualityRule kUnknown = {
    "image-without-digest", QualitySeverity::kInfo,
    "images whose bytes the store gives no digest of",
    "nothing: they are not compared with others, since that would take a download"};

constexpr size_t kLeastHexDigits = 16;

// Of a digest and its size, another one in each process: nobody makes digests that share it.
// Nothing if it is no digest.
std::optional<uint64_t> HashOf(const Media& media) {
  const size_t colon = media.digest.find(':');
  if (colon == std::string::npos || media.digest.size() < colon + 1 + kLeastHexDigits) {
    return std::nullopt;
  }
  return absl::HashOf(media.digest, media.size);
}

struct Image {
  uint64_t hash;
  uint32_t position;
  Rank rank;
};

struct Copy {
  uint32_t position;  // of the later one
  Rank rank, other;
  bool is_across;
};

class ImageCopies : public Rule {
 public:
  explicit ImageCopies(const RuleGround& ground)
      : ground_(ground),
        across_(ground.tallies.Of(kAcross)),
        within_(ground.tallies.Of(kWithin)),
        unknown_(ground.tallies.Of(kUnknown)) {}

  absl::Status Look(const SeenFrame& seen) override {
    ASSIGN_OR_RETURN(const std::optional<Media> media, ground_.data.GetMedia(seen.rank()));
    if (!media) return absl::OkStatus();
    if (const std::optional<uint64_t> hash = HashOf(*media); hash) {
      images_.push_back({*hash, seen.position(), seen.rank()});
    } else {
      unknown_.Add([&] { return seen.Place(""); });
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    std::sort(images_.begin(), images_.end(), [](const Image& a, const Image& b) {
      return std::pair(a.hash, a.position) < std::pair(b.hash, b.position);
    });
    for (auto begin = images_.begin(); begin != images_.end();) {
      auto end = std::find_if(begin, images_.end(),
                              [&](const Image& image) { return image.hash != begin->hash; });
      if (end - begin > 1) RETURN_IF_ERROR(FindCopies({begin, end}));
      begin = end;
    }
    images_ = {};
    if (copies_.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(FindParts());
    FindLeaks();
    std::sort(copies_.begin(), copies_.end(),
              [](const Copy& a, const Copy& b) { return a.position < b.position; });
    return Tell();
  }

 private:
  // Images with one hash, by position: nearly always copies.
  absl::Status FindCopies(std::vector<Image> alike) {
    while (alike.size() > 1) {
      const Rank first = alike[0].rank;
      ASSIGN_OR_RETURN(const std::optional<Media> image, ground_.data.GetMedia(first));
      std::vector<Image> others;
      for (size_t i = 1; i < alike.size(); ++i) {
        ASSIGN_OR_RETURN(const std::optional<Media> next, ground_.data.GetMedia(alike[i].rank));
        if (!image || !next) continue;
        if (image->digest == next->digest && image->size == next->size) {
          copies_.push_back({alike[i].position, alike[i].rank, first, false});
        } else {
          others.push_back(alike[i]);
        }
      }
      alike = std::move(others);
    }
    return absl::OkStatus();
  }

  absl::Status FindParts() {
    ASSIGN_OR_RETURN(parts_, Split(ground_.data));
    parts_.insert(parts_.begin(), SplitPart());  // of frames that are in none
    part_of_.resize(ground_.data.frame_count());
    for (uint32_t part = 1; part < parts_.size(); ++part) {
      parts_[part].frames.ForEach(0, [&](Rank rank) {
        part_of_[rank] = part;
        return true;
      });
    }
    return absl::OkStatus();
  }

  const std::string& PartOf(Rank rank) const { return parts_[part_of_[rank]].name; }
  // By trainers; other parts are for who names them.
  bool IsUsed(Rank rank) const {
    const std::string& part = PartOf(rank);
    return part == "train" || part == "val" || part == "test";
  }

  // Copies of one image stand together, by position, and name the first one. A leak is told with
  // the first one that is used.
  void FindLeaks() {
    std::optional<Rank> first, used;
    for (Copy& copy : copies_) {
      if (first != copy.other) {
        first = copy.other;
        used = IsUsed(*first) ? first : std::nullopt;
      }
      if (!IsUsed(copy.rank)) continue;
      if (!used) {
        used = copy.rank;
      } else if (PartOf(copy.rank) != PartOf(*used)) {
        copy.is_across = true;
        copy.other = *used;
      }
    }
  }

  absl::Status Tell() {
    absl::Status status;
    for (const Copy& copy : copies_) {
      (copy.is_across ? across_ : within_).Add([&] {
        absl::StatusOr<QualityPlace> place = PlaceOf(copy);
        status.Update(place.status());
        return place.ok() ? *std::move(place) : QualityPlace();
      });
    }
    return status;
  }

  absl::StatusOr<QualityPlace> PlaceOf(const Copy& copy) const {
    ASSIGN_OR_RETURN(FrameNames names, ground_.data.Names(copy.rank));
    ASSIGN_OR_RETURN(const FrameNames other, ground_.data.Names(copy.other));
    const std::string &there = PartOf(copy.other), &here = PartOf(copy.rank);
    const std::string where =
        there == here ? "" : absl::StrCat(" in ", there, ", this one is in ", here);
    return QualityPlace{.rank = copy.rank,
                        .frame = std::move(names.path),
                        .detail = absl::StrCat("the image of ", Quoted(other.path), where)};
  }

  const RuleGround ground_;
  Tally &across_, &within_, &unknown_;
  std::vector<Image> images_;
  std::vector<Copy> copies_;
  std::vector<SplitPart> parts_;   // where there are copies
  std::vector<uint32_t> part_of_;  // by rank
};

}  // namespace

RuleGroup ImageCopyRules() { return {{kAcross, kWithin, kUnknown}, MakeRule<ImageCopies>}; }

}  // namespace annofs
