// A view or an export format: dataset -> tree of files. One file per view in formats/writers/;
// FOO.cc defines `NewFooWriter()` and is in the table by being there: mounted, exported, listed by
// `annofs formats`, checked by the conformance test. Writers are stateless, thread safe and pure:
// same dataset, same bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/layout.h"

namespace annofs {

struct WriterInfo {
  absl::string_view name;        // directory under views/<dataset>/: "by-frame", "cvat/COCO 1.0"
  int revision = 1;              // goes up when the bytes of a view change: part of its recipe
  absl::string_view summary;     // one line for `annofs formats`
  std::vector<ShapeType> keeps;  // annotation types that survive, converted or not
  bool is_3d = false;            // for point clouds only; the others are not for them
};

class Writer {
 public:
  virtual ~Writer() = default;
  virtual WriterInfo Info() const = 0;
  virtual absl::Status Describe(const Dataset& data, Layout& tree) const = 0;
  // Why the view has no place for the frame at all, and so for nothing on it; "": it has.
  virtual absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset&, Rank) const {
    return absl::string_view();
  }
  // For each of `all.tags`, then each of `all.shapes`: why this view cannot hold it, "" if it holds
  // it; what reports/dropped/<view>.tsv lists. An empty list: it holds everything. The reasons are
  // texts that live for ever.
  virtual std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                                    const FrameShapes& all) const = 0;
};

std::vector<std::unique_ptr<Writer>> NewWriters();

// WhyDropped() of what is on the frame, or of all of it WhyFrameDropped().
absl::StatusOr<std::vector<absl::string_view>> WhyNotIn(const Writer& writer, const Dataset& data,
                                                        Rank rank, const Frame& frame,
                                                        const FrameShapes& all);

// True if the view is shown of such a dataset: it wants it (formats/view_globs.h), and of "cvat/" a
// task is of point clouds where the view is for them, or is not where it is for the others.
bool IsFor(const WriterInfo& writer, const DatasetInfo& dataset);

// reports/, of the views that are for the dataset: about.json, classes.tsv, frames.tsv, names.tsv,
// problems.tsv, dropped/<view>.tsv, SHA1SUMS or MD5SUMS (design/product.md §2). REQUIRES: `writers`
// outlives the layout.
absl::Status DescribeReports(const Dataset& data,
                             const std::vector<std::unique_ptr<Writer>>& writers, Layout& tree);

}  // namespace annofs
