// One frame in the trees for Ultralytics' trainers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {

using Files = std::map<std::string, std::string>;

inline std::vector<std::string> PathsOf(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return paths;
}

// The label file of that stem, whatever part it is in.
inline std::string LabelFile(const Files& files, absl::string_view stem) {
  for (const auto& [path, text] : files) {
    if (absl::StrContains(path, "labels/") && absl::EndsWith(path, absl::StrCat("/", stem, ".txt")))
      return text;
  }
  return "no such label file";
}

inline std::string LabelFileIn(absl::string_view view, const Dataset& data,
                               absl::string_view stem) {
  return LabelFile(FilesOf(Described(view, data), data), stem);
}

// The only frame, "a.jpg" of 100 x 50, with these shapes; label 0 is "car".
inline std::unique_ptr<Dataset> OneFrame(std::vector<Shape> shapes) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  for (Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  return Finished(builder);
}

inline std::string LinesOf(absl::string_view view, std::vector<Shape> shapes) {
  return LabelFileIn(view, *OneFrame(std::move(shapes)), "a");
}

inline std::vector<std::string> WhyDropped(absl::string_view view, const Dataset& data, Rank rank) {
  std::vector<std::string> why;
  for (absl::string_view reason : WriterNamed(view)->WhyDropped(data, data.GetFrame(rank).value(),
                                                                data.Shapes(rank).value())) {
    why.emplace_back(reason);
  }
  return why;
}

inline Shape PolygonOf(std::vector<double> points, int32_t group = 0) {
  return {.type = ShapeType::kPolygon, .group = group, .points = std::move(points)};
}

}  // namespace annofs::testing
