// A view is described, not listed (architecture, idea 4): a writer declares families of files, one
// file per frame of a set, and single files. Names are made safe and unique here, once, for
// everyone. Built by one thread, then immutable and thread safe. Holds no pointer to the dataset:
// render functions are given it.
//
// Patterns: a directory, '/', and one of
//   {path}         the frame's safe path; its directories appear below the pattern's directory
//   "{path}" {sidecar}      the same without extension, unless another frame shares it
//   "{sidecar}.json" {stem}         the flat unique stem "labels/train/{stem}.txt" {stem}{ext} the
//   same with the image's own extension "images/train/{stem}{ext}"
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

using RenderFrame = std::function<absl::StatusOr<std::string>(const Dataset&, Rank)>;
using RenderFile = std::function<absl::StatusOr<std::string>(const Dataset&)>;

// A file made of a head, one segment per frame of a set, and a tail. A segment depends on its frame
// only.
struct Segments {
  std::string head;
  RankSet frames;
  RenderFrame segment;
  std::string tail;
};

// A directory known before frames are looked at. Number 0 is the view's root.
struct Place {
  std::string path;  // "labels/train"
  uint32_t parent = 0;
  std::string name;  // last component
};

enum class NameStyle : uint8_t { kPath, kSidecar, kStem };

struct Family {
  uint32_t place = 0;
  NameStyle style = NameStyle::kPath;
  bool is_media = false;  // the bucket's own file; its extension is the image's
  std::string suffix;     // text families: ".txt"
  RankSet frames;
  RenderFrame render;  // text families
};

struct SingleFile {
  uint32_t place = 0;
  std::string name;
  RenderFile render;  // either this
  Segments segments;  // or this, where `render` is null
  bool is_segmented() const { return render == nullptr; }
};

class Layout {
 public:
  Layout();

  // A directory for a name that may be hostile: safe, and unique among what `parent` (a path from
  // this function, or "") has so far. Answers its path.
  std::string Directory(absl::string_view parent, absl::string_view name);

  // REQUIRES of the four: patterns and paths as above, written by the writer (never from
  // annotations).
  void PerFrame(absl::string_view pattern, RankSet frames, RenderFrame render);
  void Media(absl::string_view pattern, RankSet frames_with_media);
  void Segmented(absl::string_view path, Segments segments);
  void File(absl::string_view path, RenderFile render);

  const std::vector<Place>& places() const { return places_; }
  const std::vector<Family>& families() const { return families_; }
  const std::vector<SingleFile>& files() const { return files_; }
  // Names that Directory() changed: original, name in the tree.
  const std::vector<std::pair<std::string, std::string>>& renamed() const { return renamed_; }

 private:
  uint32_t PlaceOf(absl::string_view path);
  void AddFamily(absl::string_view pattern, Family family);

  std::vector<Place> places_;
  std::vector<Family> families_;
  std::vector<SingleFile> files_;
  std::vector<std::pair<std::string, std::string>> renamed_;
};

}  // namespace annofs
