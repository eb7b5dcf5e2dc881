// A dataset written to the index as its reader would push it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cache/base/status.h"
#include "formats/memory_dataset.h"
#include "fs/index_builder.h"

namespace annofs::testing {

// Frames come in CVAT's order.
inline absl::Status PushAll(const Dataset& data, DatasetSink& sink) {
  for (const Task& task : data.info().tasks) sink.AddTask(task);
  for (const Label& label : data.info().labels) sink.AddLabel(label);
  for (const Job& job : data.info().jobs) sink.AddJob(job);
  std::vector<uint32_t> numbers(data.frame_count());  // by rank
  for (uint32_t position = 0; position < data.frame_count(); ++position) {
    ASSIGN_OR_RETURN(Rank rank, data.InOrder(position));
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    ASSIGN_OR_RETURN(uint32_t number, sink.AddFrame(std::move(frame)));
    numbers[rank] = number;
    ASSIGN_OR_RETURN(FrameShapes shapes, data.Shapes(rank));
    for (Shape& tag : shapes.tags) RETURN_IF_ERROR(sink.AddShape(number, std::move(tag)));
    for (Shape& shape : shapes.shapes) RETURN_IF_ERROR(sink.AddShape(number, std::move(shape)));
  }
  for (uint32_t job = 0; job < data.info().jobs.size(); ++job) {
    ASSIGN_OR_RETURN(RankSet ranks, data.With(FrameTerm::OfJob(job)));
    for (size_t i = 0; i < ranks.size(); ++i)
      RETURN_IF_ERROR(sink.AddToJob(job, numbers[ranks[i]]));
  }
  ASSIGN_OR_RETURN(std::vector<Problem> problems, data.Problems());
  for (Problem& problem : problems) sink.AddProblem(std::move(problem));
  return absl::OkStatus();
}

inline absl::Status WriteAnnotationIndex(Lmdb& lmdb, const IndexVersion& version,
                                         const Dataset& data,
                                         const IndexBuilderOptions& options = {}) {
  IndexBuilder builder(lmdb, nullptr, options);
  RETURN_IF_ERROR(PushAll(data, builder));
  DatasetInfo info;
  info.name = data.info().name;
  info.sources = data.info().sources;
  info.other_sources = data.info().other_sources;
  return builder.Finish(version, std::move(info));
}

}  // namespace annofs::testing
