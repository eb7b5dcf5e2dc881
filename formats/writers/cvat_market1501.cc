// CVAT's "Market-1501 1.0" (reference/cvat.md §9.4; Datumaro: market1501): images_<S>.txt lists the
// images, which are called after the person, camera and track that the only tag "market-1501" of an
// image names: bounding_box_<S>/0002_c1s1_000000_00.jpg, or query/….
//
// Where the tag has no frame_id the number is 0: Datumaro means to count the frames of a track, but
// looks for them under a key that it never writes. Images of one name are listed as they are; of
// their files CVAT keeps the last, while here all are kept and the later ones get digits, as do
// those that meet an image under its own name.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/label_folders_export.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/shape_attribute.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kLabel = "market-1501";
constexpr absl::string_view kQuery = "query";

constexpr absl::string_view kOtherLabel = "only a tag with the label market-1501 names a person";
constexpr absl::string_view kSeveral = "the image has more than one tag market-1501";
constexpr absl::string_view kNoNumber = "a camera, track, frame or box that is no number";
constexpr absl::string_view kNoPerson = "it names no person";

int LabelIndex(const DatasetInfo& info) {
  for (size_t i = 0; i < info.labels.size(); ++i) {
    if (info.labels[i].parent < 0 && info.labels[i].name == kLabel) return int(i);
  }
  return -1;
}

// The tag that counts: the only one of its label.
const Shape* TagOf(const FrameShapes& all, int label) {
  const Shape* found = nullptr;
  for (const Shape& tag : all.tags) {
    if (int64_t{tag.label} != label) continue;
    if (found != nullptr) return nullptr;
    found = &tag;
  }
  return found;
}

bool TakeDigits(absl::string_view& text) {
  bool is_any = false;
  while (!text.empty()) {
    absl::string_view rest = text;
    if (!IsPythonDigit(TakeCharacter(rest))) break;
    text = rest;
    is_any = true;
  }
  return is_any;
}

// Such a name says it all already: "-1_c3s1_000151_02…".
bool IsMarketName(absl::string_view id) {
  absl::ConsumePrefix(&id, "-");
  return TakeDigits(id) && absl::ConsumePrefix(&id, "_c") && TakeDigits(id) &&
         absl::ConsumePrefix(&id, "s") && TakeDigits(id) && absl::ConsumePrefix(&id, "_") &&
         TakeDigits(id) && absl::ConsumePrefix(&id, "_") && TakeDigits(id) &&
         !absl::StrContains(id, '\n');
}

// Datumaro's str_to_bool (attrs.converters.to_bool); what it does not know is no query.
bool IsQuery(const DatasetInfo& info, const Shape& tag) {
  const std::optional<ItemValue> query = AttributeOf(info, tag, "query");
  if (!query) return false;
  const std::string* text = std::get_if<std::string>(&*query);
  if (text == nullptr) return PythonTruth(*query);
  const std::string lower = absl::AsciiStrToLower(*text);
  return lower == "true" || lower == "1" || lower == "yes" || lower == "y" || lower == "t" ||
         lower == "on";
}

// The name that the tag makes, without directory and extension.
struct MarketName {
  std::string name;
  absl::string_view why_not;
};

MarketName NameOf(const DatasetInfo& info, const Shape& tag) {
  const std::optional<ItemValue> person = AttributeOf(info, tag, "person_id");
  if (!person || !PythonTruth(*person)) return {.why_not = kNoPerson};
  bool is_well = true;
  const auto number = [&](absl::string_view name, int64_t otherwise) {
    const std::optional<ItemValue> value = AttributeOf(info, tag, name);
    const std::optional<int64_t> whole = value ? PythonIntOf(*value) : otherwise;
    is_well = is_well && whole.has_value();
    return whole.value_or(0);
  };
  const int64_t camera = number("camera_id", 0), track = number("track_id", 1);
  const int64_t frame = number("frame_id", 0), box = number("bbox_id", 0);
  if (!is_well || camera == INT64_MAX) return {.why_not = kNoNumber};
  return {.name = absl::StrCat(PythonStr(*person), absl::StrFormat("_c%ds%d_%06d_%02d", camera + 1,
                                                                   track, frame, box))};
}

// Where the image of a frame belongs.
struct Market {
  bool is_query = false;
  std::string name;  // empty: it keeps its id
};

absl::StatusOr<Market> MarketOf(const Dataset& data, Rank rank, absl::string_view id, int label) {
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  Market market;
  const Shape* tag = TagOf(all, label);
  if (tag == nullptr) return market;
  market.is_query = IsQuery(data.info(), *tag);
  if (!IsMarketName(id)) market.name = NameOf(data.info(), *tag).name;
  return market;
}

// Python's os.path.join.
std::string Join(absl::string_view directory, absl::string_view name) {
  return absl::StartsWith(name, "/") ? std::string(name) : JoinPath(directory, name);
}

std::string BoxDirectory(absl::string_view subset) { return absl::StrCat("bounding_box_", subset); }

absl::StatusOr<std::string> Line(const Dataset& data, Rank rank, absl::string_view subset,
                                 const RankSet& tagged, int label) {
  ASSIGN_OR_RETURN(const ItemNames names, UniqueItemNamesOf(data, rank));
  Market market;
  if (tagged.Contains(rank)) {
    ASSIGN_OR_RETURN(market, MarketOf(data, rank, names.id, label));
  }
  const std::string directory = market.is_query ? std::string(kQuery) : BoxDirectory(subset);
  if (market.name.empty()) return absl::StrCat(Join(directory, names.file_name), "\n");
  return absl::StrCat(Join(directory, Join(DirName(names.id), market.name)),
                      Extension(names.file_name), "\n");
}

// The images that are not where their own paths say, by directory of the view. Made by one pass
// over the tagged frames that have an image: only their tags tell where they belong. Memory grows
// with the directories that hold such images.
struct MovedImages {
  RankSet moved;
  RankCollector query;  // in query/, under their own paths
  // Under the names of their tags: by directory; the directory of the tree that it is in; its
  // frames.
  std::map<std::string, std::pair<std::string, RankCollector>> renamed;
};

absl::Status FindMoved(const Dataset& data, const RankSet& tagged, absl::string_view subset_path,
                       int label, MovedImages& images) {
  RankCollector moved;
  absl::Status status;
  tagged.ForEach(0, [&](Rank rank) {
    status = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const ItemNames names, UniqueItemNamesOf(data, rank));
      ASSIGN_OR_RETURN(const Market market, MarketOf(data, rank, names.id, label));
      if (market.name.empty() && !market.is_query) return absl::OkStatus();
      moved.Add(rank);
      if (market.name.empty()) {
        images.query.Add(rank);
      } else {
        const std::string directory =
            market.is_query ? std::string(kQuery) : BoxDirectory(subset_path);
        auto& [top, frames] = images.renamed[JoinPath(directory, DirName(names.id))];
        top = directory;
        frames.Add(rank);
      }
      return absl::OkStatus();
    }();
    return status.ok();
  });
  images.moved = UnionOf(images.moved, moved.Take());
  return status;
}

// The images that are under their own paths in a directory of the tree.
struct Staying {
  std::string directory;
  RankSet frames;
};

// True if one of them, or a directory of frames, is called `name` in `directory`, which is that of
// `staying` or in it.
absl::StatusOr<bool> IsTaken(const Dataset& data, const Staying& staying,
                             absl::string_view directory, absl::string_view name) {
  absl::ConsumePrefix(&directory, staying.directory);
  absl::ConsumePrefix(&directory, "/");
  const std::string path = JoinPath(directory, name);
  ASSIGN_OR_RETURN(const std::optional<uint32_t> frames, data.FindDirectory(path));
  if (frames) return true;
  // Its image may have an extension that the frame's own path has not.
  for (absl::string_view own : {absl::string_view(path), WithoutExtension(path)}) {
    ASSIGN_OR_RETURN(const std::optional<Rank> rank, data.FindPath(own));
    if (!rank || !staying.frames.Contains(*rank)) continue;
    ASSIGN_OR_RETURN(const ItemNames names, UniqueItemNamesOf(data, *rank));
    if (names.file_name == path) return true;
  }
  return false;
}

NameFrame NameByTag(int label, std::shared_ptr<const Staying> staying, std::string directory) {
  return [label, staying, directory](const Dataset& data,
                                     Rank rank) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const ItemNames names, UniqueItemNamesOf(data, rank));
    ASSIGN_OR_RETURN(const Market market, MarketOf(data, rank, names.id, label));
    const absl::string_view extension = Extension(names.file_name);
    std::string name = SafeName(absl::StrCat(market.name, extension));
    for (uint64_t attempt = 0;; ++attempt) {
      ASSIGN_OR_RETURN(const bool is_taken, IsTaken(data, *staying, directory, name));
      if (!is_taken) return name;
      const uint64_t digits = (attempt << 32) | rank;
      name =
          SafeName(absl::StrCat(market.name, "-", absl::Hex(digits, absl::kZeroPad8), extension));
    }
  };
}

class CvatMarket1501 : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Market-1501 1.0",
            .revision = 2,
            .summary = "CVAT's Market-1501 export: lists of images named after persons and cameras",
            .keeps = {ShapeType::kTag}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    const int label = LabelIndex(data.info());
    RankSet tagged;
    if (label >= 0) {
      ASSIGN_OR_RETURN(tagged, data.With(FrameTerm::OfTag(uint32_t(label))));
    }
    MovedImages images;
    std::map<std::string, std::shared_ptr<const Staying>> staying;  // by directory
    const auto stay = [&](const std::string& directory, RankSet frames) {
      tree.Media(directory + "/{path}", frames);
      staying[directory] = std::make_shared<const Staying>(Staying{directory, std::move(frames)});
    };
    for (const ExportSubset& subset : subsets) {
      tree.Segmented("images_" + subset.path + ".txt",
                     Lines("", subset.frames,
                           [name = subset.name, tagged, label](const Dataset& data, Rank rank) {
                             return Line(data, rank, name, tagged, label);
                           }));
      const RankSet shown = Intersect(subset.frames, media);
      RETURN_IF_ERROR(FindMoved(data, Intersect(tagged, shown), subset.path, label, images));
      stay(BoxDirectory(subset.path), Without(shown, images.moved));
    }
    stay(std::string(kQuery), images.query.Take());
    for (auto& [directory, renamed] : images.renamed) {
      tree.Named(directory, renamed.second.Take(), FamilyKind::kMedia,
                 NameByTag(label, staying[renamed.first], directory));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    const int label = LabelIndex(data.info());
    const Shape* only = TagOf(all, label);
    for (size_t i = 0; i < all.tags.size(); ++i) {
      const Shape& tag = all.tags[i];
      if (&tag != only) {
        why[i] = int64_t{tag.label} == label ? kSeveral : kOtherLabel;
      } else if (!IsQuery(data.info(), tag) && !IsMarketName(WithoutExtension(frame.name))) {
        why[i] = NameOf(data.info(), tag).why_not;
      }
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatMarket1501Writer() { return std::make_unique<CvatMarket1501>(); }

}  // namespace annofs
