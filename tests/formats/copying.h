// Datasets made of others, for the tests of copies.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "formats/dataset_copy.h"
#include "formats/memory_dataset.h"

namespace annofs::testing {

struct CopyResult {
  absl::Status status;
  CopyCounts left_out;
  std::unique_ptr<Dataset> dataset;

  const DatasetInfo& info() const { return dataset->info(); }

  // By names of parents where there are any: "person/nose".
  std::vector<std::string> Labels() const {
    std::vector<std::string> names;
    for (const Label& label : info().labels) {
      const std::string parent =
          label.parent < 0 ? "" : absl::StrCat(info().labels[size_t(label.parent)].name, "/");
      names.push_back(parent + label.name);
    }
    return names;
  }
  // In CVAT's order.
  std::vector<std::string> Frames() const {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < dataset->frame_count(); ++i) {
      names.push_back(dataset->GetFrame(dataset->InOrder(i).value())->name);
    }
    return names;
  }
  // Of the first frame of that name in CVAT's order.
  FrameShapes ShapesOf(absl::string_view frame) const {
    for (uint32_t i = 0; i < dataset->frame_count(); ++i) {
      const Rank rank = dataset->InOrder(i).value();
      if (dataset->GetFrame(rank)->name == frame) return dataset->Shapes(rank).value();
    }
    ADD_FAILURE() << "no frame " << frame;
    return {};
  }
  // Sources of the tags and shapes of a frame, by which tests call them.
  std::string NamesOn(absl::string_view frame) const {
    std::vector<std::string> names;
    const FrameShapes all = ShapesOf(frame);
    for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
      for (const Shape& shape : *list) names.push_back(shape.source);
    }
    return absl::StrJoin(names, " ");
  }
  std::vector<std::string> FramesWith(const FrameTerm& term) const {
    std::vector<std::string> names;
    dataset->With(term).value().ForEach(0, [&](Rank rank) {
      names.push_back(dataset->GetFrame(rank)->name);
      return true;
    });
    return names;
  }
  std::vector<std::string> Reasons() const {
    std::vector<std::string> reasons;
    const std::vector<Problem> problems = dataset->Problems().value();
    for (const Problem& problem : problems) reasons.push_back(problem.reason);
    return reasons;
  }
};

// `media`, `related`: of the copy.
inline CopyResult Copied(const std::vector<const Dataset*>& parts, const DatasetConfig& config = {},
                         const DatasetBuilder::MediaFinder& media = nullptr,
                         const DatasetBuilder::RelatedFinder& related = nullptr) {
  CopyResult result;
  DatasetBuilder builder;
  std::vector<std::vector<std::string>> lists;
  for (const PartList& list : config.lists) lists.push_back(list.frames);
  result.status = CopyDatasets(parts, config, lists, builder, result.left_out);
  EXPECT_TRUE(result.status.ok()) << result.status;
  DatasetInfo info;
  if (!parts.empty()) {
    const DatasetInfo& first = parts[0]->info();
    info = {.name = first.name, .id = first.id, .sources = first.sources};
  }
  builder.SetInfo(std::move(info));
  absl::StatusOr<std::unique_ptr<Dataset>> dataset = builder.Finish(media, related);
  EXPECT_TRUE(dataset.ok()) << dataset.status();
  result.dataset = *std::move(dataset);
  return result;
}

inline CopyResult Copied(const Dataset& data, const DatasetConfig& config = {}) {
  return Copied(std::vector<const Dataset*>{&data}, config);
}

// Without media, whose problems are not the dataset's own.
inline std::unique_ptr<Dataset> Pushed(DatasetBuilder& builder) {
  absl::StatusOr<std::unique_ptr<Dataset>> data = builder.Finish();
  EXPECT_TRUE(data.ok()) << data.status();
  return *std::move(data);
}

// Tags and shapes.
inline uint64_t CountOfShapes(const Dataset& data) {
  uint64_t count = 0;
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    const FrameShapes all = data.Shapes(rank).value();
    count += all.tags.size() + all.shapes.size();
  }
  return count;
}

}  // namespace annofs::testing
