// What the tests of CVAT's formats of masks share: datasets of a few frames, and views of them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/mask_image.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {

// A frame of 8 x 6 pixels unless told otherwise; its subset may be empty.
struct MaskFrame {
  std::string name;
  std::string subset;
  std::vector<Shape> shapes;
  uint32_t width = 8, height = 6;
};

inline std::unique_ptr<Dataset> MaskData(const std::vector<Label>& labels,
                                         const std::vector<MaskFrame>& frames) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  for (const Label& label : labels) builder.AddLabel(label);
  uint32_t number = 0;
  for (const MaskFrame& frame : frames) {
    uint32_t added = builder
                         .AddFrame({.name = frame.name,
                                    .number = number++,
                                    .width = frame.width,
                                    .height = frame.height,
                                    .subset = frame.subset})
                         .value();
    for (const Shape& shape : frame.shapes) EXPECT_TRUE(builder.AddShape(added, shape).ok());
  }
  return Finished(builder);
}

// A mask that is the whole of a box, both ends inclusive.
inline Shape BoxMask(uint32_t label, int left, int top, int right, int bottom) {
  return {.type = ShapeType::kMask,
          .label = label,
          .points = {0, double((right - left + 1) * (bottom - top + 1)), double(left), double(top),
                     double(right), double(bottom)}};
}

// Rows of hexadecimal digits.
inline PixelMap Pixels(const std::vector<std::string>& rows) {
  PixelMap map{.width = uint32_t(rows[0].size()), .height = uint32_t(rows.size())};
  for (const std::string& row : rows) {
    for (char c : row) map.values.push_back(uint16_t(c <= '9' ? c - '0' : c - 'a' + 10));
  }
  return map;
}
// The digits stand for these values.
inline PixelMap Pixels(const std::vector<std::string>& rows, const std::vector<uint16_t>& values) {
  PixelMap map = Pixels(rows);
  for (uint16_t& value : map.values) value = values[value];
  return map;
}

inline std::map<std::string, std::string> Exported(absl::string_view writer, const Dataset& data) {
  return FilesOf(Described(writer, data), data);
}

inline std::vector<std::string> PathsOf(const std::map<std::string, std::string>& files) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return paths;
}

// Of the frame with that rank.
inline std::vector<std::string> Dropped(absl::string_view writer, const Dataset& data, Rank rank) {
  std::vector<std::string> why;
  for (absl::string_view reason : WriterNamed(writer)->WhyDropped(data, data.GetFrame(rank).value(),
                                                                  data.Shapes(rank).value()))
    why.emplace_back(reason);
  return why;
}

}  // namespace annofs::testing
