// Datasets made by hand for the tests of views, and a view as a flat list of its files.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/facet.h"
#include "formats/layout_walk.h"
#include "formats/memory_dataset.h"
#include "formats/related_media.h"
#include "formats/writer.h"

namespace annofs::testing {

// Media of every frame: "bucket/<frame name>" of 7 bytes.
inline absl::StatusOr<std::optional<Media>> EveryImage(const Frame& frame) {
  return std::optional<Media>(Media{.key = absl::StrCat("bucket/", frame.name), .size = 7});
}

inline std::unique_ptr<Dataset> Finished(DatasetBuilder& builder,
                                         const DatasetBuilder::MediaFinder& media = EveryImage) {
  absl::StatusOr<std::unique_ptr<Dataset>> data = builder.Finish(media);
  EXPECT_TRUE(data.ok()) << data.status();
  return *std::move(data);
}

// Frames of those names, 100 x 50, one task of images; the first label is "car" on each.
inline std::unique_ptr<Dataset> FramesNamed(const std::vector<std::string>& names) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  uint32_t label = builder.AddLabel({.name = "car"});
  for (const std::string& name : names) {
    uint32_t frame = builder.AddFrame({.name = name, .width = 100, .height = 50}).value();
    EXPECT_TRUE(builder.AddShape(frame, {.label = label, .points = {10, 10, 20, 20}}).ok());
  }
  return Finished(builder);
}

// One frame "dir/b 1.png" of 100 x 50 with every type of shape, and "a.jpg" without any.
inline std::unique_ptr<Dataset> EveryShape() {
  DatasetBuilder builder;
  builder.SetInfo({.name = "every", .id = "abc", .sources = {{"x.zip", "v1", "cvat_backup"}}});
  builder.AddTask({.name = "first"});
  uint32_t car = builder.AddLabel({.name = "car", .color = "#ff0000"});
  uint32_t person = builder.AddLabel({.name = "person", .type = "skeleton"});
  uint32_t nose = builder.AddLabel({.name = "nose", .parent = int32_t(person)});
  uint32_t knee = builder.AddLabel({.name = "knee", .parent = int32_t(person)});
  uint32_t sky = builder.AddLabel({.name = "sky"});
  builder.AddFrame({.name = "a.jpg", .number = 3, .width = 100, .height = 50}).value();
  uint32_t frame =
      builder.AddFrame({.name = "dir/b 1.png", .number = 7, .width = 100, .height = 50}).value();
  auto add = [&](Shape shape) { EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok()); };
  add({.type = ShapeType::kTag,
       .label = sky,
       .source = "manual",
       .attributes = {{"time", "day;night=x"}}});
  add({.label = car, .rotation = 90, .points = {40, 10, 60, 20}});
  add({.type = ShapeType::kPolygon, .label = sky, .points = {0, 0, 10, 0.5, 10, 5}});
  add({.type = ShapeType::kPolyline, .label = car, .points = {1, 2, 3, 4}});
  add({.type = ShapeType::kPoints, .label = car, .points = {5, 6}});
  add({.type = ShapeType::kEllipse, .label = car, .z_order = -1, .points = {50, 25, 60, 20}});
  add({.type = ShapeType::kCuboid,
       .label = car,
       .points = {10, 10, 10, 20, 20, 10, 20, 20, 25, 8, 25, 18, 15, 8, 15, 18}});
  add({.type = ShapeType::kMask, .label = sky, .points = {0, 4, 80, 40, 81, 41}});
  add({.type = ShapeType::kSkeleton,
       .label = person,
       .elements = {
           {.type = ShapeType::kPoints, .label = nose, .points = {70, 10}},
           {.type = ShapeType::kPoints, .label = knee, .points = {80, 30}},
           {.type = ShapeType::kPoints, .label = knee, .outside = true, .points = {0, 0}}}});
  add({.label = car, .points = {200, 200, 210, 210}});  // outside the image
  add({.label = car, .points = {-10, -10, 10, 10}});    // cut at the edge
  add({.label = car,
       .group = 2,
       .track = 3,
       .occluded = true,
       .keyframe = true,
       .score = 0.5,
       .source = "auto",
       .points = {10, 20, 30, 40},
       .attributes = {{"color", "red"}, {"note", "a\tb"}}});
  add({.label = car, .track = 4, .points = {10, 20, 30, 40}});  // the same again
  return Finished(builder);
}

inline std::unique_ptr<Writer> WriterNamed(absl::string_view name) {
  for (std::unique_ptr<Writer>& writer : NewWriters()) {
    if (writer->Info().name == name) return std::move(writer);
  }
  return nullptr;
}

inline Layout Described(absl::string_view writer, const Dataset& data) {
  Layout layout;
  std::unique_ptr<Writer> found = WriterNamed(writer);
  EXPECT_TRUE(found && found->Describe(data, layout).ok()) << writer;
  return layout;
}

// `names`: of the layout, made once for all its directories.
inline std::vector<ViewEntry> Listed(const Layout& layout, const Dataset& data,
                                     const OwnNames& names, ViewDirectory directory) {
  std::vector<ViewEntry> entries;
  absl::Status status =
      ListEntries(layout, data, names, directory, 0, [&](const ViewEntry& entry, uint64_t) {
        entries.push_back(entry);
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  return entries;
}

// "iii…" stands for the bytes of an image in it.
inline std::string SegmentedText(const Segments& segments, const Dataset& data) {
  std::string text;
  SegmentReader reader(segments, data);
  for (bool is_more = true; is_more;) {
    std::string piece;
    absl::StatusOr<bool> next = reader.Next(piece);
    EXPECT_TRUE(next.ok()) << next.status();
    is_more = next.value_or(false);
    if (reader.image()) text.append(reader.image()->size, 'i');
    text += piece;
  }
  return text;
}

// A file's text; "-> KEY" for the bucket's own file.
inline std::string TextOf(const Layout& layout, const Dataset& data, const ViewEntry& entry) {
  if (entry.kind == ViewEntry::Kind::kFile) {
    const SingleFile& file = layout.files()[entry.unit];
    if (file.is_segmented()) return SegmentedText(file.segments, data);
    return file.render(data).value();
  }
  const Family& family = layout.families()[entry.unit];
  if (!family.is_media()) return family.render(data, entry.rank).value();
  return absl::StrCat("-> ", MediaOf(data, family, entry.rank).value()->key);
}

// Every file by its path, found by listing.
inline void AddFiles(const Layout& layout, const Dataset& data, const OwnNames& names,
                     ViewDirectory directory, absl::string_view path,
                     std::map<std::string, std::string>& files) {
  for (const ViewEntry& entry : Listed(layout, data, names, directory)) {
    std::string inner = JoinPath(path, entry.name);
    if (entry.kind == ViewEntry::Kind::kDirectory) {
      AddFiles(layout, data, names, entry.directory, inner, files);
    } else {
      files[inner] = TextOf(layout, data, entry);
    }
  }
}

inline std::vector<FacetChild> ChildrenOf(const Facet& facet, const Dataset& data,
                                          FacetDirectory at) {
  std::vector<FacetChild> children;
  const absl::Status status = facet.ForEach(data, at, 0, [&](const FacetChild& child) {
    children.push_back(child);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return children;
}
// Calls `fn(path, number)` for each leaf.
template <typename Fn>
void ForEachLeaf(const Facet& facet, const Dataset& data, FacetDirectory at,
                 const std::string& path, Fn fn) {
  for (const FacetChild& child : ChildrenOf(facet, data, at)) {
    const std::string inner = JoinPath(path, child.name);
    if (at.level + 1 == facet.levels()) {
      fn(inner, child.number);
    } else {
      ForEachLeaf(facet, data, {at.level + 1, child.number}, inner, fn);
    }
  }
}
inline Layout LeafOf(const Facet& facet, const Dataset& data, uint32_t number) {
  Layout leaf;
  const absl::Status status = facet.DescribeLeaf(data, number, leaf);
  EXPECT_TRUE(status.ok()) << status;
  return leaf;
}

inline std::map<std::string, std::string> FilesOf(const Layout& layout, const Dataset& data) {
  std::map<std::string, std::string> files;
  if (layout.facet() != nullptr) {
    ForEachLeaf(*layout.facet(), data, {}, "", [&](const std::string& path, uint32_t number) {
      const Layout leaf = LeafOf(*layout.facet(), data, number);
      AddFiles(leaf, data, *NewMemoryOwnNames(leaf, data), {}, path, files);
    });
    return files;
  }
  AddFiles(layout, data, *NewMemoryOwnNames(layout, data), {}, "", files);
  return files;
}

inline std::vector<std::string> NamesIn(const Layout& layout, const Dataset& data,
                                        ViewDirectory directory = {}) {
  std::vector<std::string> names;
  const std::unique_ptr<OwnNames> own = NewMemoryOwnNames(layout, data);
  for (const ViewEntry& entry : Listed(layout, data, *own, directory)) names.push_back(entry.name);
  return names;
}

}  // namespace annofs::testing
