// A view is described, not listed (architecture, idea 4): a writer declares families of files, one
// file per frame of a set, and single files. Names are made safe and unique here, once, for
// everyone. Built by one thread, then immutable and thread safe. Holds no pointer to the dataset:
// render functions are given it.
//
// Patterns: a directory, '/', and one of
//   {path}       the frame's safe path; its directories appear below the pattern's directory
//   {sidecar}    the same without extension, unless another frame shares it: "{sidecar}.json"
//   {item_path}  {path} and {sidecar} as CVAT's exports have them: unique among the frames of one
//   {item}       subset (formats/subset_names.h)
//   {stem}       the flat unique stem: "labels/train/{stem}.txt"
//   {stem}{ext}  the same with the image's own extension (MediaName): "images/train/{stem}{ext}"
//                media of "{stem}.jpg" are called so whatever they are
// Media of a frame whose name has no extension have that of their own name (MediaPath,
// formats/media_path.h), whatever the pattern but for "{stem}.jpg".
// Media of {path} and {sidecar} may have a suffix too: "{sidecar}_leftImg8bit{ext}"; and those two
// may have a prefix, which stands before the last component: "gt_{sidecar}.txt" is "d/gt_a.txt".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/segments.h"

namespace annofs {

class Facet;

using RenderFrame = std::function<absl::StatusOr<std::string>(const Dataset&, Rank)>;
// The name of a frame's file: one component, safe (cache/base/names.h).
using NameFrame = std::function<absl::StatusOr<std::string>(const Dataset&, Rank)>;
using RenderFile = std::function<absl::StatusOr<std::string>(const Dataset&)>;

// A directory known before frames are looked at. Number 0 is the view's root.
struct Place {
  std::string path;  // "labels/train"
  uint32_t parent = 0;
  std::string name;  // last component
  // What was declared in it, in order of declaration; indexes into Layout's lists.
  std::vector<uint32_t> children, files, families;
  bool is_shown = false;  // a file, or a family with at least one frame, is in it or below it
  // Stands for a directory for each frame of a family (Layout::Folders): nothing but that family
  // leads to it, and it holds families of own names only.
  bool is_folder = false;
};

enum class NameStyle : uint8_t { kPath, kSidecar, kStem, kOwn };
// Text is sized in batches and rendered when read; pixels are sized on `stat` and kept once made;
// media are the bucket's own files; folders are directories, one per frame.
enum class FamilyKind : uint8_t { kText, kPixels, kMedia, kFolder };

struct Family {
  uint32_t place = 0;
  NameStyle style = NameStyle::kPath;
  FamilyKind kind = FamilyKind::kText;
  bool is_by_subset = false;  // {item_path}, {item}
  std::string prefix;         // of kPath and kSidecar; mostly empty
  std::string suffix;         // ".txt"; of media with the image's own extension: empty
  RankSet frames;
  RenderFrame render;   // text and pixels
  NameFrame name;       // kOwn
  uint32_t media = 0;   // kMedia: 0 its own image, n the n-th of its context images (from 1)
  uint32_t folder = 0;  // kFolder: the place that stands for its directories
  bool is_media() const { return kind == FamilyKind::kMedia; }
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

  // A directory for a name that may be hostile: safe, and unique among the directories and files
  // that `parent` (a path from this function, or "") has so far, without regard to the case of
  // ASCII letters. The first of a name keeps it, others get `-` and 8 hex digits. Answers its path.
  std::string Directory(absl::string_view parent, absl::string_view name);
  // The same for a file of its own, to be declared by Segmented() or File(); what makes it unique
  // stands before the extension.
  std::string FileName(absl::string_view parent, absl::string_view name);

  // REQUIRES of these: patterns and paths as above, written by the writer (never from
  // annotations) or made by Directory() or FileName(); no path twice; families of {item_path} and
  // {item} that share a directory have frames of one subset ("default" is none).
  void PerFrame(absl::string_view pattern, RankSet frames, RenderFrame render);
  // The same for files whose size is known only when they are made.
  void Pixels(absl::string_view pattern, RankSet frames, RenderFrame render);
  void Media(absl::string_view pattern, RankSet frames_with_media);
  // Files of one directory under names that the frame's content makes; of equal names those of
  // later ranks get `-` and 8 hex digits (formats/own_names.h). `kind`: of kMedia without `render`.
  // REQUIRES: names of other families of the directory end otherwise.
  void Named(absl::string_view directory, RankSet frames, FamilyKind kind, NameFrame name,
             RenderFrame render = nullptr);
  // The `number`-th (from 0) context image of each frame, which has more than that, as Named():
  // the bucket's own file.
  void Related(absl::string_view directory, uint32_t number, RankSet frames, NameFrame name);
  // A directory for each frame, named as files by Named(). Answers the place that stands for them.
  uint32_t Folders(absl::string_view directory, RankSet frames, NameFrame name);
  // What lies in them; REQUIRES: frames of that place's family; names that no other file of one
  // frame has there.
  void InFolders(uint32_t folder, RankSet frames, NameFrame name, RenderFrame render);
  void RelatedInFolders(uint32_t folder, uint32_t number, RankSet frames, NameFrame name);
  void Segmented(absl::string_view path, Segments segments);
  void File(absl::string_view path, RenderFile render);
  // The whole view is directories that terms make (formats/facet.h): then nothing else is declared.
  void Facets(std::shared_ptr<const Facet> facet) { facet_ = std::move(facet); }

  const std::vector<Place>& places() const { return places_; }
  const std::vector<Family>& families() const { return families_; }
  const std::vector<SingleFile>& files() const { return files_; }
  // Names that Directory() and FileName() changed: original, name in the tree.
  const std::vector<std::pair<std::string, std::string>>& renamed() const { return renamed_; }

  const std::shared_ptr<const Facet>& facet() const { return facet_; }  // nullptr: none

  // By exact path from the view's root; nothing if it was not declared.
  std::optional<uint32_t> FindPlace(absl::string_view path) const;
  std::optional<uint32_t> FindFile(absl::string_view path) const;

 private:
  using Numbers = absl::flat_hash_map<std::string, uint32_t>;

  std::string FreeName(absl::string_view parent, absl::string_view name,
                       absl::string_view extension);
  uint32_t PlaceOf(absl::string_view path);
  uint32_t AddPlace(uint32_t parent, std::string name);
  void AddFile(absl::string_view path, SingleFile file);
  void AddFamily(absl::string_view pattern, Family family);
  void AddFamilyIn(uint32_t place, Family family);
  void AddRelated(uint32_t place, uint32_t number, RankSet frames, NameFrame name);
  void Show(uint32_t place);

  std::vector<Place> places_;
  std::vector<Family> families_;
  std::vector<SingleFile> files_;
  std::vector<std::pair<std::string, std::string>> renamed_;
  Numbers place_numbers_, file_numbers_;  // by path
  std::shared_ptr<const Facet> facet_;
  absl::flat_hash_set<std::string> taken_;  // parent's path, '/', name in lower case
};

}  // namespace annofs
